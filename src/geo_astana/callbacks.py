"""The wiring: stores drive the view, the view writes the stores.

Only a panel that is opened asks the server, once.
"""

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from geo_astana import (
    about,
    downloads,
    embedder,
    exporter,
    grid,
    ids,
    layout,
    presenting,
)
from geo_astana.dataset import Dataset
from geo_astana.jobs import CeleryJobs, DiskJobs

NAMESPACE = "geoAstanaApp"


def register(app: Dash, record: Dataset, manager: DiskJobs | CeleryJobs) -> None:
    """Wire one app; each function is named in assets/app.js."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "mount"),
        Output(ids.NOTICE, "children"),
        Input(ids.SETUP, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "setDate"),
        Output(ids.PAGE, "data-date"),
        Input(ids.DATE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "setTheme"),
        Output(ids.PAGE, "data-theme"),
        Output(ids.THEME_BUTTON, "children"),
        Input(ids.THEME, "data"),
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "switchTheme"),
        Output(ids.THEME, "data"),
        Input(ids.THEME_BUTTON, "n_clicks"),
        State(ids.THEME, "data"),
    )
    grid.register(app)
    exporter.register(app, record, manager)
    embedder.register(app)
    presenting.register(app)

    @app.callback(Output(ids.PANEL, "children"), Input(ids.PANEL_NAME, "data"))
    def fill_panel(name: str | None) -> object:
        if name == "about":
            return layout.panel(about.page(record), name)
        if name == "table":
            folder = app.config.requests_pathname_prefix + downloads.FOLDER
            return layout.panel(grid.component(record, folder), name)
        if name == "export":
            return layout.panel(exporter.component(record), name)
        if name == "embed":
            return layout.panel(embedder.component(), name)
        if name == "present":
            return layout.panel(presenting.component(record), name)
        return no_update
