"""The wiring: stores drive the view, the view writes the stores. No request in it."""

from dash import ClientsideFunction, Dash, Input, Output, State

from geo_astana import ids

NAMESPACE = "geoAstanaApp"


def register(app: Dash) -> None:
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
