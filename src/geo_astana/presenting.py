"""The panel from which a presentation begins: the tours, and the days bookmarked.

assets/presenting.js keeps the bookmarks, which are part of the link, and lists them in
the element of class `present-marks`.
"""

import urllib.parse
from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, html

from geo_astana import dates, ids
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, presentation
from geo_astana.export.tours import Tour

PRESENT = "present"
NAMESPACE = "geoAstanaPresenting"
# What the Export panel makes of a tour or of bookmarks.
FILES = {"deck": "Deck", "film": "Film"}


def register(app: Dash) -> None:
    """Let the browser list the bookmarks in a panel that was filled."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "mount"),
        Output(ids.PANEL, "data-present"),
        Input(ids.PANEL, "children"),
    )


def component(record: Dataset) -> html.Section:
    """The panel; bookmarks are listed in it by the browser."""
    tours = presentation.named(record)
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Present", className="present-title", tabIndex="-1"),
                    html.P(
                        "The page becomes the screen: large type, steps by clicker or "
                        "arrow keys, S for a second window with notes and a clock.",
                        className="present-lede",
                    ),
                ]
            ),
            html.Div(
                [
                    html.Section(
                        [html.H3("Tours"), *map(_tour, tours, tours.values())],
                        className="present-tours",
                    ),
                    html.Section(
                        [html.H3("Bookmarks"), html.Div(className="present-marks")]
                    ),
                ],
                className="present-body",
            ),
        ],
        id=PRESENT,
        className="present-page",
        **_attribute("aria-label", "Present"),
    )


def _tour(name: str, tour: Tour) -> html.Article:
    days = [evidence.shown_day(step.view) for step in tour.steps]
    ends = [dates.in_words(day) for day in (min(days), max(days))]
    count = "1 step" if len(days) == 1 else f"{len(days)} steps"
    makes = [
        html.Button(
            words, type="button", className="plain", **_order(what, {"tour": name})
        )
        for what, words in FILES.items()
    ]
    query = urllib.parse.urlencode({"present": name})
    return html.Article(
        [
            html.H4(tour.title),
            html.P(tour.description, className="present-told"),
            html.P(f"{count}, {' to '.join(ends)}", className="present-count"),
            html.Div(
                [
                    html.A("Present", href=f"?{query}", className="present-go"),
                    *makes,
                ],
                className="present-acts",
            ),
        ],
        className="present-tour",
    )


def _order(what: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """What the button has the Export panel ask for."""
    query = urllib.parse.urlencode({"what": what, "days": "tour", **fields})
    return _attribute("data-order", query)


def _attribute(name: str, value: str) -> dict[str, Any]:
    return {name: value}
