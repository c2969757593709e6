"""Who sends what no page sends is refused in a sentence, and nothing else ensues."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from random import Random

import psutil
from deployed import Deployed, deployed, get
from playwright.sync_api import Browser
from table import Row, aim
from visiting import chromium

from geo_astana import settings
from torture import ordering, strange, views, wire
from torture.bounds import Bounds
from torture.wire import Heard

COUNT = 1000
ORDERS, ODD, OPENED = 40, 200, 30
AT_ONCE = 4
MORE_MB = 20
REFUSED, BROKEN = 400, 500
# What oembed.com wants said of a format that there is not.
NO_FORMAT = 501
# A picture is no job, which is said in a sentence.
JOB = json.dumps(ordering.body("what=picture")).encode()
PANEL = {
    "output": "panel.children",
    "outputs": {"id": "panel", "property": "children"},
    "inputs": [{"id": "panel-name", "property": "data", "value": "about"}],
    "changedPropIds": ["panel-name.data"],
}
# gunicorn's own words for what never becomes a request.
UNREAD = re.compile(rb"<h1><p>(Bad Request|[\w ]+)</p></h1>")
# A page tells what its policy has stopped; what ran says so in `window.hacked`.
WATCH = """
window.stopped = [];
addEventListener('securitypolicyviolation', (event) =>
  window.stopped.push(event.violatedDirective + ' ' + event.blockedURI));"""


def rows(bounds: Bounds) -> list[Row]:
    count = bounds.number(COUNT)
    random = Random(strange.SEED)  # noqa: S311 - to be the same again
    # Else the limit on exports would answer for the orders.
    with deployed({settings.EXPORTS: "100000"}) as server, chromium() as browser:
        recorded = [*views.bodies(browser, server.address), JOB]
        before = _state(server)
        targets = list(strange.links(random, count))
        found = [_row("links", _asked(server, map(wire.request, targets)))]
        memory = [memory_mb(server)]
        bodies = (
            wire.request(
                b"/_dash-update-component" + query,
                "POST",
                b"Content-Type: " + kind + b"\r\n",
                body,
            )
            for query, kind, body in strange.bodies(random, recorded, count)
        )
        found.append(_row("callback bodies", _asked(server, bodies)))
        odd = strange.odd(random, bounds.number(ODD))
        found.append(_row("methods and headers", _asked(server, odd)))
        memory.append(memory_mb(server))
        orders = map(wire.request, strange.orders(random, bounds.number(ORDERS)))
        found.append(_row("orders of pictures and pages", _asked(server, orders)))
        memory.append(memory_mb(server))
        opened = _opened(browser, server.address, targets, bounds.number(OPENED))
        after = _state(server)
        changed = [name for name, body in after.items() if body != before[name]]
        failed = sum("A request failed" in line["message"] for line in server.lines())
    return [
        *found,
        opened,
        Row(
            "Hostile: page, frame, data and callback afterwards",
            f"changed: {', '.join(changed)}" if changed else "as before",
            f"{failed} faults in the log, seed {strange.SEED}",
            aim("as before", met=not changed and not failed),
        ),
        Row(
            "Hostile: memory of the two processes",
            f"{' → '.join(f'{one:.0f}' for one in memory)} MB",
            "after the links, after bodies and headers, after pages were exported",
            aim(
                f"under {MORE_MB} MB more by bodies and headers",
                met=memory[1] - memory[0] < MORE_MB,
            ),
        ),
    ]


def memory_mb(server: Deployed) -> float:
    """Megabytes that only this server's Python processes hold."""
    processes = psutil.Process(server.process.pid).children()
    return float(sum(one.memory_full_info().uss for one in processes) / 1e6)


def _asked(server: Deployed, wires: Iterable[bytes]) -> list[tuple[bytes, Heard]]:
    """What each request was answered, a few at a time."""
    asked = list(wires)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(
            zip(asked, pool.map(partial(wire.ask, server.address), asked), strict=True)
        )


def _row(what: str, found: list[tuple[bytes, Heard]]) -> Row:
    """How often which status; a refusal is one sentence of ours or of gunicorn's."""
    counts = Counter(heard.status for _, heard in found)
    broken = [sent for sent, heard in found if BROKEN <= heard.status != NO_FORMAT]
    wordy = [
        sent
        for sent, heard in found
        if heard.status >= REFUSED and not _plain(sent, heard)
    ]
    silent = [sent for sent, heard in found if heard.status <= wire.SILENT]
    for kind, sent in (("broken", broken), ("wordy", wordy), ("silent", silent)):
        for one in islice(sent, 3):
            _tell(kind, one)
    told = ", ".join(
        f"{status if status > 0 else 'none'}: {n:,}"
        for status, n in sorted(counts.items())
    )
    faults = f"{len(broken)} broken, {len(silent)} without an answer"
    return Row(
        f"Hostile: {len(found):,} {what}",
        faults,
        told,
        aim(
            "no fault of ours, a sentence each",
            met=not broken and not wordy and not silent,
        ),
    )


def _plain(sent: bytes, heard: Heard) -> bool:
    """Whether a refusal is one line of words."""
    kind = heard.headers.get_content_type()
    if sent.startswith(b"HEAD"):
        return True
    if UNREAD.search(heard.body):
        return not heard.headers["X-Request-ID"]
    lines = heard.text.splitlines()
    return kind == "text/plain" and len(lines) == 1 and bool(lines[0].strip())


def _tell(kind: str, sent: bytes) -> None:
    print(f"{kind}: {sent[:600]!r}", file=sys.stderr)


def _state(server: Deployed) -> dict[str, bytes]:
    """What a reader gets, by name, without what differs from load to load."""
    page = get(server.address)
    text = re.sub(r'"end_id":\s*"[^"]+"', "", page.text)
    folder = re.search(r"/data/\w+/", text)
    data = folder[0].lstrip("/") if folder else "no data"
    update = f"{server.address}_dash-update-component"
    paths = {
        "frame": "?embed=slide",
        "data": f"{data}payload.json",
        "download": "download/events.csv",
    }
    return {
        "page": text.encode(),
        "callback": get(update, PANEL).body,
        **{name: get(server.address + path).body for name, path in paths.items()},
    }


def _opened(browser: Browser, address: str, targets: list[bytes], count: int) -> Row:
    """Open links of the page in a real browser: no script of theirs runs."""
    ran, stopped, ready = [], [], 0
    links = [
        target.decode("latin-1")
        for target in targets
        if target.startswith(b"/?") and len(target) < settings.MOST_QUERY
    ]
    context = browser.new_context()
    for link in links[:count]:
        page = context.new_page()
        page.set_default_timeout(views.PATIENCE_MS)
        page.add_init_script(WATCH)
        page.goto(address + link.removeprefix("/"))
        page.wait_for_selector(views.READY, state="attached")
        ready += 1
        if page.evaluate("window.hacked !== undefined"):
            ran.append(link)
        if found := page.evaluate("window.stopped"):
            stopped.append(f"{link}: {found}")
        page.close()
    context.close()
    for one in (*ran, *stopped):
        _tell("opened", one.encode())
    return Row(
        f"Hostile: {ready} of the links opened in Chromium",
        f"{len(ran)} scripts run",
        f"{len(stopped)} violations of the policy",
        aim("none", met=not ran and not stopped),
    )
