"""The page around the view: header, stores, panel, footer. No figure, no payload."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from geo_astana import about, exporter, ids, masthead

# What opens over the stage, by its name in links.
PANELS = {
    "table": "Table",
    "export": "Export",
    "embed": "Embed",
    "present": "Present",
    "about": "About",
}


def page(setup: dict[str, object]) -> html.Div:
    """The page; `setup` tells the browser where its data is."""
    return html.Div(
        [
            dcc.Store(id=ids.SETUP, data=setup),
            # The date the reader asked for, and the one the view shows.
            dcc.Store(id=ids.DATE),
            dcc.Store(id=ids.SHOWN),
            dcc.Store(id=ids.THEME),
            dcc.Store(id=ids.PANEL_NAME),
            *exporter.stores(),
            _header(),
            html.Main(
                [
                    html.Div(
                        html.P("The map is loading.", className="loading"),
                        id=ids.VIEW,
                        className="view",
                    ),
                    html.Section(
                        id=ids.PANEL, className="panel", tabIndex="-1", hidden=True
                    ),
                ]
            ),
            html.Footer(
                [html.Span(masthead.LIMITS), html.Span(masthead.CREDIT)],
                className="bottom",
            ),
            html.Div(id=ids.NOTICE, role="status"),
            html.Div(
                about.note("welcome-about", "welcome-close"),
                id=ids.WELCOME,
                hidden=True,
            ),
        ],
        id=ids.PAGE,
        className="page geo-astana",
    )


def _header() -> html.Header:
    opens = [
        html.Button(words, type="button", className="plain", **_opens(name))
        for name, words in PANELS.items()
    ]
    return html.Header(
        [
            html.Span("geo-astana", className="brand"),
            html.Span(masthead.MOTTO, className="motto"),
            html.Div(id=ids.SEARCH, className="search-place"),
            *opens,
            html.Button(
                "Keys", id=ids.KEYS_BUTTON, type="button", className="plain keys-open"
            ),
            html.Button("Dark", id=ids.THEME_BUTTON, type="button"),
        ],
        className="top",
    )


def panel(content: Component, name: str) -> list[Component]:
    """What stands in the open panel, with the button that closes it."""
    return [
        html.Button(
            "Close",
            type="button",
            className="plain panel-close",
            **_labelled(f"Close: {PANELS[name]}"),
        ),
        content,
    ]


def _opens(name: str) -> dict[str, Any]:
    """The attributes of a button that opens a panel; assets/app.js finds it by them."""
    return {
        "data-panel-button": name,
        "aria-expanded": "false",
        "aria-controls": ids.PANEL,
    }


def _labelled(words: str) -> dict[str, Any]:
    return {"aria-label": words}
