"""Whether a server can serve, and what it serves: `/readyz`, for those who run it.

`/healthz` is Dash's own and says no more than that the process answers.
"""

import json
from typing import Any

import flask
from werkzeug.wrappers import Response

from geo_astana import errors, ticket
from geo_astana.dataset import Dataset
from geo_astana.shelf import Shelf

NAME = "readyz"
# Where a watch of the data folder leaves what it saw, for each request.
REFUSED = "geo_astana.refused"
FINE = "ready"


def register(
    server: flask.Flask, prefix: str, record: Dataset, stamp: str, shelf: Shelf
) -> None:
    """Add `<prefix>readyz`, which is 200 as long as the record can be served.

    Its JSON has the version of the data; the faults of a data folder that was put in
    its place and refused, or null; and whether the shelf of the exports, which Redis
    may be, can be reached. Without the exports the map is served all the same, so a
    shelf that is out of reach takes no server away from its readers.
    """

    def ready() -> Response:
        said: dict[str, Any] = {
            "ready": True,
            "data": {
                "version": record.version,
                "as_of": record.as_of,
                "events": len(record.events),
                "stamp": stamp,
            },
            "refused": flask.request.environ.get(REFUSED),
            "exports": _exports(shelf),
        }
        answer = Response(
            json.dumps(said, ensure_ascii=False), content_type="application/json"
        )
        answer.cache_control.no_store = True
        return answer

    server.add_url_rule(f"{prefix}{NAME}", endpoint=NAME, view_func=ready)


def _exports(shelf: Shelf) -> str:
    """FINE, or a sentence that says what is out of reach."""
    try:
        shelf.get("secret")
    except errors.ExportError as error:
        return ticket.sentence(error)
    return FINE
