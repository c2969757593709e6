"""Torture the server and the page, and print one table: `make torture`."""

import argparse
import importlib
import sys
import time

from table import Row, printed

from torture import load
from torture.bounds import Bounds

# Each part with the module that has it, in the order in which they run.
PARTS = {
    "readers": "readers",
    "hostile": "hostile",
    "kill": "killing",
    "redis": "outage",
    "data": "replacement",
    "disk": "disk",
    "clock": "jumps",
    "soak": "soak",
}

NOTE = f"""
One machine holds servers, browsers and whoever asks; servers are gunicorn of two
processes, as docs/running.md starts it. Requests a second: sent by {load.by()} over
{load.CONNECTIONS} connections that are kept, to 127.0.0.1, each the next of the
recorded ones, with the headers of Chromium; p50 and p99 from the request to its last
byte. A view is all that Chromium asked for with an empty cache; requests a second by
requests a view are views a second. Bare Flask sends one static file of the mean size
of an answer of the view, on the same settings of gunicorn, in the same run. Of each
there are five rounds and the figures of the fastest: in a slower one all connections,
opened at once, reached one of the two processes. Failed:
no answer, or a status of 400 and more. A refusal of the hostile parts is one line of
plain text of ours; 501 is what oEmbed wants for a format that there is not; what is
no HTTP, gunicorn refuses. Memory of processes is what they hold alone (USS). The heap
is collected twice before it is measured, on the same day of the map each time; before
the start every day was shown once, or as many as fit one minute."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join(PARTS), default=[]
    )
    parser.add_argument("--seconds", type=float, help="the most that a measure takes")
    parser.add_argument("--count", type=int, help="the most acts of a measure")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"There is no part {min(unknown)}; there are {', '.join(PARTS)}.")
    bounds = Bounds(asked.seconds, asked.count)
    rows: list[Row] = []
    begun = time.monotonic()
    for name in asked.parts or PARTS:
        part = importlib.import_module(f"torture.{PARTS[name]}")
        began = time.monotonic()
        rows += part.rows(bounds)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(printed(rows))
    took = (time.monotonic() - begun) / 60
    print(f"{NOTE}\n\n{took:.1f} minutes in all.")


if __name__ == "__main__":
    main()
