"""A site of somebody else that frames the map, and what Python says that it shows."""

import functools
import http.server
import importlib.util
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page
from visiting import Visit

from geo_astana import selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.selection import Selection

DOCS = Path(__file__).parents[1] / "docs"
# The address that stands in the examples, for their readers to change.
USUAL = "http://127.0.0.1:8050/"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
# Chromium says so of a frame that waits to be shown; nothing is wrong then.
UNUSED = "was preloaded using link preload but not used"


class _Answer(http.server.BaseHTTPRequestHandler):
    def __init__(self, contents: Mapping[str, bytes], *given: Any) -> None:
        self._contents = contents
        super().__init__(*given)

    def do_GET(self) -> None:
        path = self.path.split("?")[0].removeprefix("/")
        if path.endswith("/"):
            path += "index.html"
        content = self._contents.get(path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", KINDS.get(Path(path).suffix, "text/plain"))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def living(contents: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a host of files, by their paths; it is another site than ours."""
    answer = functools.partial(_Answer, contents)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def examples(address: str) -> dict[str, bytes]:
    """The pages of docs/embedding for a map at an address, with their reveal.js."""
    pages = {
        path.name: path.read_text("utf-8").replace(USUAL, address).encode()
        for path in (DOCS / "embedding").glob("*.html")
    }
    return pages | reveal_js()


def reveal_js() -> dict[str, bytes]:
    """reveal.js as its package of npm lies beside a deck."""
    found = importlib.util.find_spec("pyreveal")
    assert found
    assert found.origin
    folder = Path(found.origin).parent / "revealjs" / "dist"
    names = ("reset.css", "reveal.css", "reveal.js")
    return {f"reveal.js/dist/{name}": (folder / name).read_bytes() for name in names}


def page(address: str, body: str = '<div id="map"></div>', head: str = "") -> bytes:
    """A page of somebody else that loads our script and no other."""
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>News</title>'
        f'<link rel="icon" href="data:,">{head}<body>{body}'
        f'<script src="{address}embed.js"></script></body></html>'
    ).encode()


def inside(page_: Page, place: str = "iframe") -> Frame:
    """What the frame at a place shows, when it is there and at rest."""
    frame = page_.wait_for_selector(place).content_frame()  # type: ignore[union-attr]
    assert frame
    frame.wait_for_selector("[data-ready=true]", state="attached")
    frame.wait_for_selector(".view:not(.moving)", state="attached")
    return frame


def shows(
    found: Mapping[str, Any],
    record: Dataset,
    day: date,
    chosen: Selection = selection.EVERYTHING,
) -> None:
    """What a map tells of itself is what Python decided for the day."""
    state = selection.state(record, timeline.state_on(record, day), chosen)
    items: dict[str, dict[str, str]] = {}
    for mark in state.marks:
        told = timeline.fill(mark.label, record.events[mark.event_id], day)
        item = {"look": mark.look, "event": mark.event_id, "words": told}
        items.setdefault(mark.mark, {"mark": mark.mark, **item})
    assert found["date"] == day.isoformat()
    assert found["sentence"] == state.sentence
    assert found["items"] == list(items.values())


def unharmed(visit: Visit, *addresses: str) -> None:
    """Nothing failed and nobody else was asked, by the page or by its frames."""
    own = (*addresses, "data:", "blob:")
    assert [words for words in visit.complaints if UNUSED not in words] == []
    assert [url for url in visit.requests if not url.startswith(own)] == []
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert visit.page.evaluate(wide) <= 0
