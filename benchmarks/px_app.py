"""What one would write without us, in Dash: two px animations in one figure.

RECORD FRAMES. A date needs a frame of its own; FRAMES is `changes` for one on each day
on which anything differs, or `months` for fewer: a frame repeats every outline.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import flask
import pandas as pd
import plotly.express as px
from dash import Dash, dcc
from werkzeug import serving
from werkzeug.wrappers import Response

from geo_astana import dataset, files

BASEMAP = dataset.default_folder() / "basemap"


def days(told: pd.DataFrame, record: dict[str, Any], frames: str) -> list[str]:
    """The ISO days that get a frame, from the record's first on."""
    first, last = record["first"], record["last"]
    if frames == "months":
        return list(pd.date_range(first, last, freq="MS").strftime("%Y-%m-%d"))
    after = pd.to_datetime(told["last"]) + pd.Timedelta(days=1)
    found = {first, *told["first"], *after.dt.strftime("%Y-%m-%d")}
    return sorted(day for day in found if first <= day <= last)


def by_day(told: pd.DataFrame, shown: list[str]) -> pd.DataFrame:
    """One row a day and id, and an empty one each day: else it would have no frame."""
    parts = []
    for day in shown:
        held = told[(told["first"] <= day) & (day <= told["last"])]
        parts += [held.assign(day=day), pd.DataFrame([{"day": day, "id": ""}])]
    return pd.concat(parts, ignore_index=True)


def figure(record: dict[str, Any], frames: str) -> Any:
    """Outlines and points, their frames joined one by one."""
    features = record["features"]
    told = pd.DataFrame([feature["properties"] for feature in features])
    outlines = [found for found in features if found["geometry"]["type"] != "Point"]
    points = told.iloc[: len(features) - len(outlines)].copy()
    at = [found["geometry"]["coordinates"] for found in features[: len(points)]]
    points[["lon", "lat"]] = at
    shown = days(told, record, frames)
    drawn = px.choropleth(
        by_day(told.iloc[len(points) :], shown),
        geojson={"type": "FeatureCollection", "features": outlines},
        locations="id",
        animation_frame="day",
    )
    placed = px.scatter_geo(
        by_day(points, shown),
        lon="lon",
        lat="lat",
        hover_name="title",
        custom_data=["id"],
        animation_frame="day",
    )
    for frame, other in zip(drawn.frames, placed.frames, strict=True):
        frame.data += other.data
    drawn.add_traces(placed.data)
    drawn.update_geos(lonaxis_range=[0, 75], lataxis_range=[30, 56], fitbounds=False)
    return drawn


def main() -> None:
    path, frames = sys.argv[1:]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Dash(__name__, external_scripts=["/px.js"], compress=True)
    record = json.loads(Path(path).read_text("utf-8"))
    app.layout = dcc.Graph(
        figure=figure(record, frames),
        config={"topojsonURL": "/basemap/"},
        style={"height": "100vh"},
    )
    routes: flask.Flask = app.server

    @routes.get("/px.js")
    def script() -> Response:
        return flask.send_file(Path(__file__).with_name("peers") / "px.js")

    @routes.get("/basemap/<name>")
    def basemap(name: str) -> Response:
        return flask.send_file(BASEMAP / files.BASEMAP[f"basemap/{name}"])

    server = serving.make_server("127.0.0.1", 0, routes, threaded=True)
    print(f"http://127.0.0.1:{server.port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
