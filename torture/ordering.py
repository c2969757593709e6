"""Jobs, as the page of the dashboard orders them and asks after them."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from deployed import Deployed, get
from working import FILM, browsers_below, until

DAY = "date=2017-12-21"
FILM_QUERY = "&".join(f"{key}={value}" for key, value in FILM.items())
UPDATE = "_dash-update-component"


def body(query: str) -> dict[str, Any]:
    """What the page sends for an order: with a word of its own, which makes it one."""
    value = {"query": query, "word": secrets.token_hex(8)}
    return {
        "output": "export-end.data",
        "outputs": {"id": "export-end", "property": "data"},
        "inputs": [{"id": "export-run", "property": "data", "value": value}],
        "changedPropIds": ["export-run.data"],
    }


@dataclass(frozen=True, slots=True)
class Ordered:
    """A job that was taken in; at `address` it is asked after with what was sent."""

    address: str
    sent: dict[str, Any]
    at_once: dict[str, Any] | None

    def end(self) -> dict[str, Any] | None:
        """How it ended, None if it has not."""
        if self.at_once:
            return self.at_once
        said = get(self.address, self.sent)
        if said.status != 200:
            return None
        return _end(said.json)

    def wait(self) -> dict[str, Any]:
        """How it ends."""
        found: dict[str, Any] = until(self.end)
        return found


def order(server: str, query: str = FILM_QUERY) -> Ordered:
    """Order a job at the address of a server."""
    found = re.search(r'"end_id":\s*"([^"]+)"', get(server).text)
    if not found:
        raise SystemExit("The page has no handle for jobs.")
    update = f"{server}{UPDATE}?endId={found[1]}"
    sent = body(query)
    made = get(update, sent).json
    if "cacheKey" not in made:
        return Ordered(update, sent, _end(made))
    asked = f"{update}&cacheKey={made['cacheKey']}&job={made['job']}"
    return Ordered(asked, sent, None)


def begun(server: Deployed, job: Ordered) -> None:
    """Wait until a browser draws for it; ends where it has ended before."""
    until(lambda: browsers_below(server.process.pid) or job.end())


def _end(said: dict[str, Any]) -> dict[str, Any] | None:
    response = said.get("response")
    return response and response["export-end"]["data"]
