"""What an exported file says of itself: date, selection, version, link and sources.

`imprint` writes it into each format, `verification` reads it back. The form that
programs read is one line of ASCII JSON without a mark of XML, so that it stands
unchanged in every format and is found by its beginning.
"""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

import geo_astana
from geo_astana import (
    citation,
    dates,
    errors,
    link,
    payload,
    selection,
    timeline,
)
from geo_astana.dataset import Dataset
from geo_astana.link import View
from geo_astana.model import Event, Source
from geo_astana.selection import Selection
from geo_astana.timeline import State

LICENCE = f"CC BY 4.0 ({citation.CC_BY})"
CREDIT = (
    "geo-astana; coordinates from GeoNames (CC BY 4.0) and the UCDP GED gazetteer "
    "(CC BY 4.0), among others"
)
SOFTWARE = f"geo-astana {geo_astana.__version__}"
# The words of the filter, assets/view/filter.js; a test holds the two together.
STATUS_WORDS = {
    "held": "sitting or happening",
    "planned": "planned",
    "agreed": "agreed, not yet in force",
    "in force": "in force",
    "contested": "contested",
    "lapsed": "earlier outlines",
    "standing": "observation posts",
}
FACET_WORDS = {
    "tracks": "lines of talks",
    "status": "status on the day",
    "zones": "zones concerned",
    "actors": "who took part",
    "roles": "in which role",
    "kinds": "kinds of events",
}
# The selection of a tour whose steps have one each.
STEP_BY_STEP = "what each step of the tour keeps"
# Of a facet with more words than this the words give only the number.
MOST_WORDS = 2
# A screen reader reads an alternative text in one breath.
ALT_LETTERS = 600
MARK = '{"geo-astana": "evidence"'
NO_MARKUP = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a file shows and where that comes from; `selection` is "" for everything.

    `date` is an ISO day, or `first/last`, both inclusive. `link` opens the view, `alt`
    describes it for who cannot see it, `sources` are citations in full.
    """

    title: str
    date: str
    selection: str
    version: str
    link: str
    alt: str
    sources: tuple[str, ...]
    licence: str
    credit: str
    software: str


def of_day(record: Dataset, view: View, address: str) -> Evidence:
    """The evidence of a picture of the view's day, or of the day the dashboard opens.

    `address` is that of the page, without a query.
    """
    day = shown_day(view)
    state = _state(record, day, view.selection)
    shown = permalink(record, replace(view, day=day), address)
    return replace(
        _terms(record, view.selection, shown),
        title=dates.in_words(day),
        date=day.isoformat(),
        alt=_alt_of_day(record, state, day),
        sources=_cited(sources_of(record, view)),
    )


def of_days(
    record: Dataset, days: Sequence[date], view: View, address: str, title: str
) -> Evidence:
    """The evidence of a deck or a film of some days, at least one, in their order.

    Its link opens the first of them.
    """
    return of_views(record, [replace(view, day=day) for day in days], address, title)


def of_views(
    record: Dataset, views: Sequence[View], address: str, title: str
) -> Evidence:
    """The same of some views, at least one, each with a day and a selection."""
    days = [shown_day(view) for view in views]
    first, last = min(days), max(days)
    found = {
        source.source_id: source for one in views for source in sources_of(record, one)
    }
    begins, ends = (
        _state(record, day, views[days.index(day)].selection) for day in (first, last)
    )
    told = f"On {dates.in_words(first)}: {begins.sentence}"
    if first != last:
        span = f"{dates.in_words(first)} to {dates.in_words(last)}"
        told = (
            f"Two maps and a timeline on {len(set(days))} days, {span}. {told} "
            f"On {dates.in_words(last)}: {ends.sentence}"
        )
    else:
        told = f"Two maps and a timeline. {told}"
    terms = _terms(record, views[0].selection, permalink(record, views[0], address))
    if any(view.selection != views[0].selection for view in views):
        terms = replace(terms, selection=STEP_BY_STEP)
    return replace(
        terms,
        title=title,
        date=_span(first, last),
        alt=_in_short(told),
        sources=_cited(found.values()),
    )


def of_event(record: Dataset, event_id: str, view: View, address: str) -> Evidence:
    """The evidence of the card of one event; its link opens the event."""
    event = record.events[event_id]
    day = view.day or event.active.first
    shown = replace(view, event=event_id)
    if day in record.record:
        shown = replace(shown, day=day)
    when = dates.span_in_words(event.start, event.end or event.attested_until)
    told = ", ".join(filter(None, (event.title, when, event.location)))
    return replace(
        _terms(record, view.selection, permalink(record, shown, address)),
        title=event.title,
        date=_span(*_days(record, [event])),
        alt=_in_short(f"{told}. {event.outcome or event.summary}"),
        sources=_cited(sources_of_events(record, [event])),
    )


def of_record(record: Dataset, view: View, address: str, title: str) -> Evidence:
    """The evidence of a page that shows every day of the record."""
    kept = selection.events(record, view.selection)
    first, last = _record_days(record)
    told = (
        "Two maps and a timeline of every day from "
        f"{dates.in_words(first)} to {dates.in_words(last)}, with a card for each of "
        f"{len(kept)} events."
    )
    return replace(
        _terms(record, view.selection, permalink(record, view, address)),
        title=title,
        date=_span(first, last),
        alt=told,
        sources=_cited(sources_of_events(record, kept)),
    )


def of_events(record: Dataset, chosen: Selection, address: str) -> Evidence:
    """The evidence of a file of the selection's events; `address` is its whole link."""
    kept = selection.events(record, chosen)
    kept.sort(key=lambda event: (event.active.first, event.event_id))
    how_many = "All" if len(kept) == len(record.events) else f"{len(kept)} of"
    return replace(
        _terms(record, chosen, address),
        title=citation.TITLE,
        date=_span(*_days(record, kept)),
        alt=f"{how_many} {len(record.events)} events as data.",
        sources=_cited(sources_of_events(record, kept)),
    )


def shown_day(view: View) -> date:
    """The day of a view: its own, else that on which the dashboard opens."""
    return view.day or dates.parse(payload.OPENS_ON).first


def permalink(record: Dataset, view: View, address: str) -> str:
    """The address of a view, whatever page it was in.

    `address` is that of the dashboard, without a query.
    """
    alone = {key: getattr(View(), key) for key in link.PAGE}
    query = link.write(replace(view, **alone), record)
    return f"{address}?{query}" if query else address


def sources_of(record: Dataset, view: View) -> list[Source]:
    """The sources of what the view shows on its day, in the order of its cards.

    Of a plan that is the source of its claim, of a zone those of its outline as well.
    """
    day = shown_day(view)
    claims = {claim.claim_id: claim.source_id for claim in record.plans}
    found: dict[str, None] = {}
    for card in _state(record, day, view.selection).cards:
        event = record.events[card.event_id]
        if card.section == "plan":
            found[claims[card.claim_id]] = None
            continue
        found.update(dict.fromkeys(event.source_ids))
        outline = (
            record.outline_on(event.zone_ids[0], day)
            if card.section == "zone"
            else None
        )
        found.update(dict.fromkeys(outline.source_ids if outline else ()))
    return [record.sources[source_id] for source_id in found]


def short_credits(sources: Iterable[Source]) -> tuple[str, ...]:
    """Who says so and when, each once: “The New Arab, 21 Dec 2017”."""
    return tuple(dict.fromkeys(map(_short_credit, sources)))


def words(record: Dataset, chosen: Selection) -> str:
    """A selection in the words of the dashboard; "" for everything."""
    said = []
    for name, offered in selection.choices(record).items():
        kept = [word for word in offered if word in getattr(chosen, name)]
        if len(kept) > MOST_WORDS:
            said.append(f"{len(kept)} {FACET_WORDS[name]}")
        else:
            said += [_named(record, name, word) for word in kept]
    return " · ".join(said)


def dumps(evidence: Evidence) -> str:
    """The evidence for programs: one line of ASCII JSON that begins with MARK."""
    told = json.dumps({"geo-astana": "evidence", **asdict(evidence)})
    return told.translate(NO_MARKUP)


def loads(text: str) -> Evidence:
    """The evidence that a text begins with; what comes after it is left alone.

    Raises ExportError for anything else.
    """
    try:
        told, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        told = None
    values: dict[str, Any] = {
        field.name: told.get(field.name) if isinstance(told, dict) else None
        for field in fields(Evidence)
    }
    sources = values.pop("sources")
    cited = sources if isinstance(sources, list) else [None]
    if not all(isinstance(value, str) for value in (*values.values(), *cited)):
        raise errors.ExportError("what geo-astana wrote into it is damaged")
    texts = {name: _whole(value) for name, value in values.items()}
    return Evidence(**texts, sources=tuple(map(_whole, cited)))


def _whole(text: str) -> str:
    """Text without halves of characters, which JSON may hold and nobody can print."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _terms(record: Dataset, chosen: Selection, address: str) -> Evidence:
    """What every file says; title, date, alternative text and sources are to come."""
    return Evidence(
        title="",
        date="",
        selection=words(record, chosen),
        version=record.version,
        link=address,
        alt="",
        sources=(),
        licence=LICENCE,
        credit=CREDIT,
        software=SOFTWARE,
    )


def _state(record: Dataset, day: date, chosen: Selection) -> State:
    return selection.state(record, timeline.state_on(record, day), chosen)


def _alt_of_day(record: Dataset, state: State, day: date) -> str:
    """The sentence of the day, then which talks sit where and how the zones stand."""
    talks, zones = [], []
    for card in state.cards:
        event = record.events[card.event_id]
        if card.section == "talks":
            place = record.place_of(event)
            where = record.gazetteer.label(place.place_id, day) if place else ""
            talks.append(f"{event.title} in {where}" if where else event.title)
        elif card.section == "zone":
            _, name = timeline.ZONES[event.zone_ids[0]]
            zones.append(f"{name} {STATUS_WORDS[card.status]}")
    told = [f"Two maps and a timeline on {dates.in_words(day)}. {state.sentence}"]
    told += [
        f"{title}: {'; '.join(items)}."
        for title, items in (("Sitting", talks), ("Zones", zones))
        if items
    ]
    return _in_short(" ".join(told))


def _in_short(text: str) -> str:
    return textwrap.shorten(text, ALT_LETTERS, placeholder=" …")


def _span(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first}/{last}"


def _record_days(record: Dataset) -> tuple[date, date]:
    return record.record.first, record.record.last or date.max


def _days(record: Dataset, events: Sequence[Event]) -> tuple[date, date]:
    """The first and last day of events, the record's where there is none."""
    first, last = _record_days(record)
    if not events:
        return first, last
    lasts = [event.active.last or last for event in events]
    return min(event.active.first for event in events), max(lasts)


def sources_of_events(record: Dataset, events: Iterable[Event]) -> list[Source]:
    """The sources of some events in their order, each once."""
    ids = dict.fromkeys(key for event in events for key in event.source_ids)
    return [record.sources[source_id] for source_id in ids]


def _cited(sources: Iterable[Source]) -> tuple[str, ...]:
    return tuple(citation.text(source.record) for source in sources)


def _short_credit(source: Source) -> str:
    year, *rest = source.issued.split("-")
    if rest:
        rest[0] = dates.MONTHS[int(rest[0]) - 1][:3]
    if rest[1:]:
        rest[1] = str(int(rest[1]))
    issued = " ".join([*reversed(rest), year])
    return ", ".join(filter(None, (source.publisher or source.title, issued)))


def _named(record: Dataset, facet: str, word: str) -> str:
    """A word of a facet as the filter shows it."""
    if facet == "zones":
        return timeline.ZONES[word][1]
    if facet == "actors":
        return record.actors[word].short
    tables = {
        "tracks": payload.TRACK_WORDS,
        "kinds": payload.KIND_WORDS,
        "roles": payload.ROLE_WORDS,
        "status": STATUS_WORDS,
    }
    return tables[facet].get(word, word)
