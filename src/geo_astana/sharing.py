"""The head of a page for one link: what other sites show of it where it is shared.

Open Graph and Twitter cards, the one address of a view however its link was written,
and where its oEmbed answer is. The picture is that of the link's own view.
"""

import html
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import flask

from geo_astana import dates, link, masthead, pictures, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, imprint, picture, tours
from geo_astana.link import View

SIZE = picture.SIZES["og"]
OEMBED = "oembed"
OEMBED_TYPES = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
# What the picture shows of a frame of some kind; of the others it shows the slide.
DRAWN: dict[str, picture.Kind] = {
    "map": "stage",
    "syria": "syria",
    "timeline": "timeline",
}
# The title as both pages have it before they are asked for; assets/view/shell.js puts
# another day into ours.
TITLE = f"<title>{masthead.TITLE}</title>"
BETWEEN = " · "
# Heads that are kept: links are many, those that are shared at a time are few.
KEPT = 512


@dataclass(frozen=True, slots=True)
class Card:
    """What is told of a link; all addresses are whole, all texts plain.

    `link` is the page as such, `view` what it shows, with the day of a presentation's
    step; `alt` describes the picture for who cannot see it.
    """

    title: str
    tab: str
    description: str
    alt: str
    view: View
    link: str
    picture: str
    asked: str


def card(record: Dataset, asked: View, address: str) -> Card:
    """The card of a link; `address` is that of the page, without a query."""
    view, words = _presented(record, asked)
    day = dates.in_words(evidence.shown_day(view))
    about = f"Syria’s ceasefire talks on {day}"
    if name := words[0] or _open_name(record, view.event):
        about = f"{name}{BETWEEN}{about}"
    alone = evidence.permalink(record, view, address)
    kind = drawn(record, view, asked.embed)
    presented = link.write(_without(asked, "panel", "embed", "clock"), record)
    return Card(
        title=about,
        tab=f"{day}{BETWEEN}{masthead.TITLE}" if view.day else masthead.TITLE,
        description=words[1] or _sentence(record, view),
        alt=evidence.of_day(record, view, address).alt.replace(
            picture.BOTH, picture.SEEN.get(kind, picture.BOTH)
        ),
        view=view,
        link=f"{address}?{presented}" if asked.present else alone,
        picture=picture_address(record, view, kind, address),
        asked=_whole(address, link.write(_without(asked, "panel"), record)),
    )


def drawn(record: Dataset, view: View, embed: str) -> picture.Kind:
    """The kind of picture that shows what a frame of the kind `embed` does."""
    if embed == "card" and view.event in record.events:
        return "card"
    return DRAWN.get(embed, "slide")


def picture_address(
    record: Dataset, view: View, kind: picture.Kind, address: str, scale: float = 1
) -> str:
    """Where the picture of a view is, `scale` times SIZE."""
    query = evidence.permalink(record, view, "").removeprefix("?")
    fields = {"kind": kind, "size": SIZE.name}
    if scale != 1:
        fields["scale"] = f"{scale:g}"
    told = "&".join(filter(None, (query, urllib.parse.urlencode(fields))))
    return f"{address}{pictures.FOLDER}picture.png?{told}"


def head(said: Card, address: str) -> str:
    """The lines of the head, every text escaped."""
    found = urllib.parse.quote(said.asked, safe="")
    image = imprint.Image(said.picture, SIZE.width, SIZE.height, said.alt)
    lines = [
        f"<title>{html.escape(said.tab)}</title>",
        imprint.meta("name", "description", said.description),
        f'<link rel="canonical" href="{html.escape(said.link)}">',
        *(
            f'<link rel="alternate" type="{kind}" title="{html.escape(said.title)}" '
            f'href="{html.escape(f"{address}{OEMBED}?url={found}&format={form}")}">'
            for form, kind in OEMBED_TYPES.items()
        ),
        *imprint.card(said.title, said.description, said.link, image),
    ]
    return "\n".join(lines)


def placed(page: str, lines: str) -> str:
    """A page with the head of its link in the place of its title."""
    return page.replace(TITLE, lines, 1)


def heads(record: Dataset, prefix: str) -> Callable[[], str]:
    """A function that gives the head of the request that is being answered."""

    @lru_cache(maxsize=KEPT)
    def made(view: View, address: str) -> str:
        return head(card(record, view, address), address)

    def asked() -> str:
        query = flask.request.query_string.decode("utf-8", "replace")
        return made(link.read(query, record), pictures.page_address(prefix))

    return asked


def _presented(record: Dataset, asked: View) -> tuple[View, tuple[str, str]]:
    """What a link shows at first; of a tour also its title and what it is about."""
    number = asked.step or 1
    if asked.present == link.MARKS:
        marks = asked.marks[number - 1 : number] or asked.marks[:1]
        return replace(asked, day=marks[0] if marks else asked.day), ("", "")
    if asked.present not in tours.names():
        return asked, ("", "")
    tour = _tour(asked.present, record)
    step = tour.steps[min(number, len(tour.steps)) - 1]
    words = tour.description if number == 1 else step.words
    return replace(step.view, theme=asked.theme), (tour.title, words)


@lru_cache
def _tour(name: str, record: Dataset) -> tours.Tour:
    return tours.load(name, record)


def _open_name(record: Dataset, event_id: str) -> str:
    """The name of the event or the zone that is open."""
    if event_id in record.events:
        return record.events[event_id].title
    return timeline.ZONES[event_id][1] if event_id in timeline.ZONES else ""


def _sentence(record: Dataset, view: View) -> str:
    """The sentence of the day, and what it leaves out."""
    day = evidence.shown_day(view)
    state = selection.state(record, timeline.state_on(record, day), view.selection)
    chosen = evidence.words(record, view.selection)
    return f"{state.sentence} Only: {chosen}." if chosen else state.sentence


def _without(view: View, *keys: str) -> View:
    return replace(view, **{key: getattr(picture.OPENING, key) for key in keys})


def _whole(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
