"""The panel from which a view goes into another page: a preview, and a line to copy.

What there is to choose stands here and in `snippets`; assets/embedder.js makes a
control of each `data-value`, frames the view as it is chosen, and fills the line.
"""

import json
from dataclasses import asdict
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, html
from dash.development.base_component import Component

from geo_astana import ids, link, snippets
from geo_astana.exporter import Choice, Field

EMBEDDER = "embedder"
NAMESPACE = "geoAstanaEmbedder"
KIND_NAMES = {
    "slide": "Slide",
    "map": "Both maps",
    "syria": "Right map",
    "timeline": "Timeline",
    "card": "Cards",
    "full": "Everything",
}
COLUMN = "column"
# A card has no clock.
CLOCKED = " ".join(kind for kind in link.EMBEDS if kind != "card")


def choices() -> tuple[Field, ...]:
    """What can be chosen, in the order in which it stands in the panel."""
    return (
        Field(
            "kind",
            "Shows",
            tuple(Choice(kind, KIND_NAMES[kind]) for kind in link.EMBEDS),
        ),
        Field(
            "width",
            "Width",
            (
                *(Choice(f"{px}", f"{px} pixels") for px in snippets.WIDTHS),
                Choice(COLUMN, "As its column"),
            ),
        ),
        Field(
            "day",
            "Opens at",
            (Choice("shown", "The day in view"), Choice("usual", "The usual day")),
        ),
        Field(
            "clock",
            "Clock",
            (Choice("on", "Shown"), Choice("off", "Hidden")),
            f"kind={CLOCKED}",
        ),
        Field(
            "theme",
            "Theme",
            (
                Choice("", "As the reader’s"),
                Choice("light", "Light"),
                Choice("dark", "Dark"),
            ),
        ),
        Field(
            "into",
            "Goes into",
            tuple(Choice(line.key, line.name) for line in snippets.LINES),
        ),
    )


def register(app: Dash) -> None:
    """Wire the panel; it asks the server for nothing."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "mount"),
        Output(ids.PANEL, "data-embedder"),
        Input(ids.PANEL, "children"),
    )


def component() -> html.Section:
    """The panel, before its controls are made."""
    setup = {
        "lines": {line.key: asdict(line) for line in snippets.LINES},
        "heights": snippets.HEIGHTS,
        "sized": snippets.SIZED,
        "column": snippets.COLUMN,
        "columnPx": snippets.COLUMN_PX,
        "script": snippets.SCRIPT,
    }
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Embed", className="export-title", tabIndex="-1"),
                    html.P(
                        "The map in a page of yours. It stays live, stores nothing "
                        "with its readers, names its sources and leads back here.",
                        className="export-lede",
                    ),
                ],
                className="export-head",
            ),
            html.Div(
                [
                    html.Div(
                        [_field(field) for field in choices()],
                        className="export-fields",
                    ),
                    _result(),
                ],
                className="export-body",
            ),
        ],
        id=EMBEDDER,
        className="export-page embedder",
        **_attribute("aria-label", "Embed"),
        **_attribute("data-setup", json.dumps(setup)),
    )


def _field(field: Field) -> Component:
    return html.Fieldset(
        [
            html.Legend(field.name, className="export-legend"),
            html.Div(
                [
                    html.Label(
                        html.Span(choice.name), **_attribute("data-value", choice.value)
                    )
                    for choice in field.choices
                ],
                className="export-choices",
            ),
        ],
        className="export-field",
        **_attribute("data-when", field.when),
        **_attribute("data-key", field.key),
    )


def _result() -> html.Div:
    """The line and the button that copies it, and what it will show."""
    return html.Div(
        [
            html.Label(
                html.Span(className="embedder-place"), className="embedder-line"
            ),
            html.P(className="embedder-told"),
            html.Div(
                [
                    html.Button("Copy", type="button", className="export-go"),
                    html.P(className="embedder-copied", role="status"),
                ],
                className="embedder-action",
            ),
            html.Figure(
                [html.Div(className="embedder-stage"), html.Figcaption()],
                className="embedder-preview",
            ),
        ],
        className="export-result embedder-result",
    )


def _attribute(name: str, value: str) -> dict[str, Any]:
    return {name: value}
