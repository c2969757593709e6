"""The live view in a notebook: the one-file page in a frame, with no server."""

import html
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from geo_astana import dates, errors, link
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, page, shell
from geo_astana.link import View

USUAL = "slide"
# Pixels that a view takes in a cell, where nobody says how high it is to be.
HEIGHTS = {
    "slide": 600,
    "map": 480,
    "syria": 600,
    "timeline": 460,
    "card": 480,
    "full": 900,
}
# The frame has an origin of its own: what runs in it reaches nothing of the notebook.
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads"
# Stands in the page, which takes seconds to make, for the query of each cell.
_PLACE = "the-query-of-the-cell"
# Jupyter takes the frame out of a notebook that is not trusted, and then shows this.
UNTRUSTED = "<p hidden>Trust this notebook, or run the cell again, to see the view.</p>"


@dataclass(frozen=True, slots=True)
class LiveView:
    """A view that a notebook shows where it ends a cell; `height` is in pixels.

    The saved notebook holds all of it, about 3 MB a cell, and shows it again without
    Python once it is trusted.
    """

    record: Dataset
    query: str
    height: int
    address: str = ""

    def __repr__(self) -> str:
        day = dates.in_words(evidence.shown_day(self._view()))
        return (
            f"geo-astana, {day}: end a notebook’s cell with it to see it; elsewhere "
            'write a file with `geo_astana.load().export("view.html")`'
        )

    def _repr_html_(self) -> str:
        text = _page(self.record, self.address).replace(_PLACE, html.escape(self.query))
        day = dates.in_words(evidence.shown_day(self._view()))
        return (
            f'<iframe title="geo-astana, {day}" sandbox="{SANDBOX}" '
            'allow="clipboard-write; fullscreen" '
            'style="display: block; width: 100%; '
            f'height: {self.height:d}px; border: 0" '
            f'srcdoc="{html.escape(text)}"></iframe>{UNTRUSTED}'
        )

    def _view(self) -> View:
        return link.read(self.query, self.record)


def show(  # noqa: PLR0913 - a day, how it is shown, and the keys of a link
    record: Dataset,
    day: date | str,
    *,
    view: str,
    height: int,
    address: str,
    wanted: dict[str, str | Iterable[str]],
) -> LiveView:
    """What a notebook shows of a day; `wanted` are further keys of a link.

    `view` is one of `link.EMBEDS`; `height` 0 is the usual one of the view. Raises
    DateError for a day that is none, ExportError for a view, a key or an address that
    is none.
    """
    if view not in link.EMBEDS:
        raise errors.ExportError(
            f"There is no view “{view}”; there are {', '.join(link.EMBEDS)}"
        )
    keys = {"date": _iso(day, record)} if day else {}
    keys |= {name: _joined(value) for name, value in wanted.items()}
    query = urllib.parse.urlencode(keys | {"embed": view})
    asked = link.read(query, record)
    if asked.wrong:
        named = ", ".join(f"“{pair}”" for pair in asked.wrong)
        raise errors.ExportError(
            f"No link can say {named}; copy keys and values from a link of the "
            f"dashboard, the keys are {', '.join(key.name for key in link.KEYS)}"
        )
    query = link.write(asked, record)
    # An error belongs to the call; the page is made only where it is shown.
    shell.body(record, query, address, {})
    return LiveView(record, query, height or HEIGHTS[view], address)


def _iso(day: date | str, record: Dataset) -> str:
    text = day if isinstance(day, str) else f"{day:%Y-%m-%d}"
    return dates.parse_day(text, record.record).isoformat()


def _joined(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)


@lru_cache(maxsize=2)
def _page(record: Dataset, address: str) -> str:
    return page.build(record, query=_PLACE, address=address).decode()
