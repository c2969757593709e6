"""The page around the view: header, stores, footer. No figure and no payload in it."""

from dash import dcc, html

from geo_astana import ids

MOTTO = "Syria’s ceasefire talks, day by day"
LIMITS = (
    "Outlines are schematic; the shaded edge is the expected error, 2 to 5 km. "
    "Boundaries imply no endorsement; the Golan and Crimea are drawn as disputed."
)
CREDIT = "Basemap: Natural Earth · Places: GeoNames, CC BY 4.0"


def page(setup: dict[str, object]) -> html.Div:
    """The page; `setup` tells the browser where its data is."""
    return html.Div(
        [
            dcc.Store(id=ids.SETUP, data=setup),
            # The date the reader asked for, and the one the view shows.
            dcc.Store(id=ids.DATE),
            dcc.Store(id=ids.SHOWN),
            dcc.Store(id=ids.THEME),
            html.Header(
                [
                    html.Span("geo-astana", className="brand"),
                    html.Span(MOTTO, className="motto"),
                    html.Button("Dark", id=ids.THEME_BUTTON, type="button"),
                ],
                className="top",
            ),
            html.Main(
                html.Div(
                    html.P("The map is loading.", className="loading"),
                    id=ids.VIEW,
                    className="view",
                )
            ),
            html.Footer(
                [html.Span(LIMITS), html.Span(CREDIT)],
                className="bottom",
            ),
            html.Div(id=ids.NOTICE, role="status"),
        ],
        id=ids.PAGE,
        className="page geo-astana",
    )
