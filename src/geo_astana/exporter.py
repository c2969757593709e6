"""The panel in which a view leaves as a file, and its jobs.

What there is to choose, and when, stands here; assets/exporter.js makes a control of
each `data-value` or `data-type`, shows what `data-when` allows, previews and downloads.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from geo_astana import errors, ids, pictures, ticket, worker
from geo_astana.dataset import Dataset
from geo_astana.export import data, film, order, picture, tours
from geo_astana.jobs import CeleryJobs, DiskJobs
from geo_astana.ticket import End, Task

EXPORT = "export"
NAMESPACE = "geoAstanaExporter"
POLL_MS = 500
MOST_RUN_LETTERS = 100
_log = logging.getLogger("geo_astana")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a field: its name, a word beside it, and when it can be chosen.

    `when` names fields and the values that they must have; `needs` is a key that the
    view's link must have.
    """

    value: str
    name: str
    told: str = ""
    when: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the order; without choices it is written, as `kind` of an input."""

    key: str
    name: str
    choices: tuple[Choice, ...] = ()
    when: str = ""
    kind: str = ""
    start: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A button that sets several fields at once."""

    name: str
    told: str
    fields: Mapping[str, str]


WHATS = (
    Choice("picture", "Picture"),
    Choice("deck", "Deck"),
    Choice("film", "Film"),
    Choice("page", "One file"),
    Choice("data", "Data"),
)
SIZE_NAMES = {
    "16:9": "16:9",
    "4:3": "4:3",
    "square": "Square",
    "a4": "A4",
    "a4-tall": "A4 tall",
    "og": "Link",
}
KIND_NAMES: dict[picture.Kind, str] = {
    "slide": "Slide",
    "stage": "Maps and years",
    "region": "Left map",
    "syria": "Right map",
    "timeline": "Timeline",
    "card": "Open event",
}
FORM_NAMES = {"png": "PNG", "svg": "SVG", "pdf": "PDF"}
FILM_NAMES = {"mp4": "MP4", "webm": "WebM", "gif": "GIF"}
# The choice of a size of one’s own, and the field in which that is written.
OWN_SIZE = "own"
SCALES = (1, 2, 3, 4)
PRESETS = (
    Preset(
        "Slide",
        "16:9, PNG",
        {
            "what": "picture",
            "kind": "slide",
            "format": "png",
            "size": "16:9",
            "background": "paper",
            "scale": "1",
        },
    ),
    Preset(
        "For print",
        "A4, PDF",
        {
            "what": "picture",
            "kind": "slide",
            "format": "pdf",
            "size": "a4",
            "theme": "light",
        },
    ),
    Preset(
        "Link picture",
        "1200 × 630",
        {
            "what": "picture",
            "kind": "slide",
            "format": "png",
            "size": "og",
            "background": "paper",
            "scale": "1",
        },
    ),
    Preset("Deck", "changes in view", {"what": "deck", "days": "changes"}),
    Preset(
        "Film",
        "changes in view",
        {"what": "film", "days": "changes", "step": "change", "format": "mp4"},
    ),
    Preset("One file", "for a memory stick", {"what": "page"}),
)


def choices(record: Dataset) -> tuple[Field, ...]:
    """What can be chosen, in the order in which it stands in the panel."""
    return (
        Field("what", "Make", WHATS),
        Field(
            "kind",
            "Shows",
            tuple(
                Choice(kind, name, needs="event" if kind == "card" else "")
                for kind, name in KIND_NAMES.items()
            ),
            "what=picture",
        ),
        Field(
            "days",
            "Days",
            (
                Choice("changes", "Changes in view"),
                Choice("span", "Between two days"),
                Choice("day", "This day", when="what=deck"),
                Choice("tour", "A tour"),
            ),
            "what=deck film",
        ),
        Field("from", "First day", when="what=deck film;days=span", kind="date"),
        Field("to", "Last day", when="what=deck film;days=span", kind="date"),
        Field(
            "tour",
            "Tour",
            tuple(
                Choice(name, tours.load(name, record).title) for name in tours.names()
            ),
            "what=deck film;days=tour",
        ),
        Field("format", "Format", tuple(_formats()), "what=picture film data"),
        Field("size", "Size", tuple(_sizes()), "what=picture deck film"),
        Field(
            OWN_SIZE,
            "Width × height",
            when="what=picture film;size=own",
            kind="text",
            start="1600x900",
        ),
        Field(
            "step",
            "A picture a",
            tuple(
                Choice(step, step.capitalize()) for step in ("change", "week", "day")
            ),
            "what=film;days=changes span",
        ),
        Field(
            "seconds",
            "Seconds each",
            when="what=film",
            kind="number",
            start=f"{film.PER_CHANGE_S:g}",
        ),
        Field(
            "theme",
            "Theme",
            (Choice("light", "Light"), Choice("dark", "Dark")),
            "what=picture deck film page",
        ),
        Field(
            "background",
            "Background",
            (Choice("paper", "Paper"), Choice("transparent", "Transparent")),
            "what=picture;format=png svg",
        ),
        Field(
            "scale",
            "Scale",
            tuple(Choice(f"{scale}", f"{scale}×") for scale in SCALES),
            "what=picture;format=png",
        ),
    )


def _formats() -> Iterable[Choice]:
    for form in picture.FORMS:
        yield Choice(form, FORM_NAMES[form], when="what=picture")
    for moving in film.FORMS:
        yield Choice(moving, FILM_NAMES[moving], when="what=film")
    for ending, kind in data.FORMATS.items():
        yield Choice(ending, kind.name, when="what=data")


def _sizes() -> Iterable[Choice]:
    for name, size in picture.SIZES.items():
        on_screen = name in ("16:9", "4:3")
        when = "" if on_screen else "what=picture"
        if name == "square":
            when = "what=picture film"
        yield Choice(name, SIZE_NAMES[name], f"{size.width} × {size.height}", when)
    yield Choice(OWN_SIZE, "Other", when="what=picture film")


def stores() -> list[Component]:
    """What the panel's job is known by, in the page whether the panel is open or not.

    What was ordered, how far it is, whether it is being made, how it ended, and that it
    is to be cancelled.
    """
    return [
        dcc.Store(id=ids.EXPORT_RUN),
        dcc.Store(id=ids.EXPORT_STEP),
        dcc.Store(id=ids.EXPORT_BUSY),
        dcc.Store(id=ids.EXPORT_END),
        dcc.Store(id=ids.EXPORT_CANCEL),
    ]


def register(app: Dash, record: Dataset, manager: DiskJobs | CeleryJobs) -> None:
    """Wire the panel, and let `manager` make what is ordered in it."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "mount"),
        Output(ids.PANEL, "data-export"),
        Input(ids.PANEL, "children"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "resume"),
        Output(ids.EXPORT_RUN, "id"),
        Input(ids.SETUP, "data"),
    )
    for store, function in (
        (ids.EXPORT_STEP, "step"),
        (ids.EXPORT_BUSY, "busy"),
        (ids.EXPORT_END, "end"),
    ):
        app.clientside_callback(
            ClientsideFunction(NAMESPACE, function),
            Input(store, "data"),
            prevent_initial_call=True,
        )
    prefix = app.config.requests_pathname_prefix

    @app.callback(
        Output(ids.EXPORT_END, "data"),
        Input(ids.EXPORT_RUN, "data"),
        background=True,
        manager=manager,
        interval=POLL_MS,
        progress=[Output(ids.EXPORT_STEP, "data")],
        running=[(Output(ids.EXPORT_BUSY, "data"), True, False)],
        cancel=[Input(ids.EXPORT_CANCEL, "data")],
        prevent_initial_call=True,
        on_error=ended_by,
    )
    def make(run: object) -> Task:
        return task(run, record, prefix)


def task(run: object, record: Dataset, prefix: str) -> Task:
    """What a page orders, checked; raises ExportError with every fault.

    The page sends the query of an order, and a word of its own that makes the order
    this one.
    """
    query = run.get("query") if isinstance(run, dict) else None
    if not isinstance(query, str):
        raise errors.ExportError("The page sent no order. Reload it and try again.")
    fields = pictures.fields(query)
    wanted = pictures.read(fields, record)
    if wanted.what in pictures.AT_ONCE or wanted.what == "data":
        raise errors.ExportError(f"A {wanted.what} is no job; it has an address.")
    return Task(
        fields,
        pictures.page_address(prefix),
        order.file_name(wanted, record),
        record.version,
    )


def ended_by(error: Exception) -> dict[str, Any]:
    """The end of a job that could not be begun."""
    if isinstance(error, errors.GeoAstanaError):
        return asdict(ticket.failed(error))
    _log.error("An export could not be begun.", exc_info=error)
    return asdict(End("failed", worker.BROKEN))


def component(record: Dataset) -> html.Section:
    """The panel, before its controls are made."""
    return html.Section(
        [
            html.Header(
                [
                    html.H2("Export", className="export-title", tabIndex="-1"),
                    html.P(
                        "What you see, as a file. Date, selection, sources, licence "
                        "and a link back go with it.",
                        className="export-lede",
                    ),
                ],
                className="export-head",
            ),
            html.Div(
                [_preset(preset) for preset in PRESETS],
                className="export-presets",
                role="group",
                **_attribute("aria-label", "Ready-made choices"),
            ),
            html.Div(
                [
                    html.Div(
                        [_field(field, record) for field in choices(record)],
                        className="export-fields",
                    ),
                    _result(),
                ],
                className="export-body",
            ),
        ],
        id=EXPORT,
        className="export-page",
        **_attribute("aria-label", "Export"),
    )


def _preset(preset: Preset) -> html.Button:
    return html.Button(
        [html.Strong(preset.name), html.Span(preset.told)],
        type="button",
        **_attribute("data-preset", json.dumps(dict(preset.fields))),
        **_attribute("aria-pressed", "false"),
    )


def _field(field: Field, record: Dataset) -> Component:
    when = _attribute("data-when", field.when)
    if not field.choices:
        span = record.record
        limits: dict[str, Any] = {}
        if field.kind == "date":
            limits = {"data-min": f"{span.first}", "data-max": f"{span.last}"}
        return html.Label(
            html.Span(field.name, className="export-legend"),
            className="export-field",
            **when,
            **_attribute("data-key", field.key),
            **_attribute("data-type", field.kind),
            **_attribute("data-start", field.start),
            **limits,
        )
    return html.Fieldset(
        [
            html.Legend(field.name, className="export-legend"),
            html.Div(
                [_choice(choice) for choice in field.choices],
                className="export-choices",
            ),
        ],
        className="export-field",
        **when,
        **_attribute("data-key", field.key),
    )


def _choice(choice: Choice) -> html.Label:
    told = [html.Small(choice.told)] if choice.told else []
    return html.Label(
        [html.Span(choice.name), *told],
        **_attribute("data-value", choice.value),
        **_attribute("data-when", choice.when),
        **_attribute("data-needs", choice.needs),
    )


def _result() -> html.Div:
    """What will be made, as a picture and in words, and the button that makes it."""
    return html.Div(
        [
            html.Figure(
                [
                    html.Div(html.Img(alt=""), className="export-paper"),
                    html.Figcaption(),
                ],
                className="export-preview",
            ),
            html.P(className="export-name"),
            html.P(className="export-words", role="status"),
            html.Div(
                [
                    html.Button("Download", type="button", className="export-go"),
                    html.Div(
                        [
                            html.P(className="export-step", role="status"),
                            html.Progress(
                                **_attribute("aria-label", "How far the export is")
                            ),
                            html.Button(
                                "Cancel", type="button", className="export-cancel"
                            ),
                        ],
                        className="export-job",
                        hidden=True,
                    ),
                    html.P(className="export-end", role="status"),
                ],
                className="export-action",
            ),
        ],
        className="export-result",
    )


def _attribute(name: str, value: str) -> dict[str, Any]:
    return {name: value}
