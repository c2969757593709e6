"""A state as a Plotly figure: where they talk, and what it covers.

The traces are fixed; a state only decides which of their parts show. Each trace names in
`meta` the part it draws and the marks of its points, so that the browser can find its
nodes, whatever markup Plotly gives them.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import shapely

from geo_astana import frame, geometry, labels, theme, timeline
from geo_astana.dataset import Dataset, Outline
from geo_astana.model import Place
from geo_astana.timeline import State

Trace = dict[str, Any]
MARKER_PARTS = ("venue", "halo", "disc", "ring", "diamond", "square", "post", "target")
LINE_PARTS = ("line", "hatch", "dots", "leader")
AREA_PARTS = ("band", "fill")
# The unseen part that answers the pointer: one point a place, because Plotly lets a
# hidden point of another trace stand before a shown one.
ANSWERING = ("target",)
NO_WORDS = "\u00a0"
SYMBOLS = {
    "venue": "circle-open",
    "ring": "circle-open-dot",
    "diamond": "diamond",
    "square": "square",
    "post": "square-open",
}
# Where the callout of a zone stands, and where its leader meets the zone: lon, lat.
CALLOUT_LON = 38.75
CALLOUTS = {
    "idlib": (35.62, (37.15, 35.72)),
    "north-homs": (34.92, (36.88, 34.92)),
    "east-ghouta": (33.86, (36.50, 33.55)),
    "south": (33.16, (36.36, 32.80)),
    "idlib-dmz": (34.92, (36.75, 35.45)),
    "m4-corridor": (34.92, (36.55, 35.78)),
}
SUBPLOT = {"region": "geo", "syria": "geo2"}
# Hatch of a contested zone and of a disputed area, in degrees of latitude.
HATCH_DEG = 0.06
DISPUTED_HATCH_DEG = {"golan": 0.045, "crimea": 0.4}
# Share of the width that the region map takes beside the Syria map, and the aspects
# between which its conic fills a box: if it were narrower, the maps stand one above the
# other, the region map as high as it takes not to be wider.
REGION_SHARE = 0.64
LEAST_ASPECT, MOST_ASPECT = 1.1, 2.3


def figure(
    record: Dataset,
    state: State,
    day: date,
    *,
    colours: theme.Theme = "light",
    width: int = 1488,
    height: int = 500,
) -> dict[str, Any]:
    """The maps of one day as a Plotly figure (plain JSON values).

    The size in pixels decides the frames of the maps and the sizes of type and marks.
    """
    size = size_class(width)
    traces = [dict(trace) for trace in _traces(record, colours, size)]
    place_shown(record, traces, state, day, colours, size)
    return {
        "data": traces,
        "layout": layout(colours, width, height),
    }


def size_class(width: float) -> theme.Size:
    return next(size for size in theme.SIZES if width >= theme.LEAST_WIDTH[size])


def layout(colours: theme.Theme, width: int, height: int) -> dict[str, Any]:
    """The two maps, each in the frame that fills its box."""
    beside = width * REGION_SHARE / height >= LEAST_ASPECT
    charts = {}
    for chart in frame.MAPS:
        first = chart.name == "region"
        if beside:
            across = [0, REGION_SHARE] if first else [REGION_SHARE, 1]
            domain = {"x": across, "y": [0, 1]}
            aspect = width * (across[1] - across[0]) / height
        else:
            upper = labels.BOXES["phone"]["region"][1]
            lower = labels.BOXES["phone"]["syria"][1]
            split = min(lower / (upper + lower), 1 - width / (height * MOST_ASPECT))
            domain = {"x": [0, 1], "y": [split, 1] if first else [0, split]}
            aspect = width / (height * (1 - split if first else split))
        charts[SUBPLOT[chart.name]] = _geo(chart, aspect, domain, colours)
    tokens = theme.COLOURS[colours]
    return {
        "template": "none",
        "width": width,
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": tokens["paper"],
        "showlegend": False,
        "uirevision": "maps",
        "font": {"family": theme.SANS, "color": tokens["ink2"]},
        "hoverlabel": {
            "bgcolor": tokens["surface"],
            "bordercolor": tokens["rule2"],
            "font": {"family": theme.SANS, "size": 14, "color": tokens["ink"]},
            "align": "left",
        },
        "dragmode": "pan",
        **charts,
    }


def _geo(
    chart: frame.Map, aspect: float, domain: dict, colours: theme.Theme
) -> dict[str, Any]:
    tokens = theme.COLOURS[colours]
    filled = frame.fill(chart, aspect)
    region = chart.name == "region"
    projection: dict[str, Any] = {"type": chart.kind, "scale": 1, "minscale": 1}
    if region:
        projection |= {
            "parallels": list(chart.parallels),
            "rotation": {"lon": chart.centre_lon},
        }
    grid = {"gridcolor": tokens["graticule"], "gridwidth": 0.7, "dtick": 10}
    return {
        "domain": domain,
        "resolution": 110 if region else 50,
        "projection": projection,
        "fitbounds": False,
        "center": dict(zip(("lon", "lat"), filled.centre, strict=True)),
        "lonaxis": {"range": list(filled.lon), "showgrid": region, **grid},
        "lataxis": {"range": list(filled.lat), "showgrid": region, **grid},
        "bgcolor": tokens["sea"],
        "showland": True,
        "landcolor": tokens["land"],
        "showcountries": True,
        "countrycolor": tokens["border"],
        "countrywidth": 0.8,
        "showcoastlines": False,
        "showlakes": True,
        "lakecolor": tokens["lake"],
        "showrivers": True,
        "rivercolor": tokens["lake"],
        "riverwidth": 0.8 if region else 1.2,
        "showframe": False,
    }


def place_shown(  # noqa: PLR0913 - what decides a part's attributes
    record: Dataset,
    traces: list[Trace],
    state: State,
    day: date,
    colours: theme.Theme,
    size: theme.Size,
) -> None:
    """Give every part of every mark the attributes of its look on the day."""
    shown = looks_shown(record, state, day, size)
    table = theme.looks(colours)
    tokens = theme.COLOURS[colours]
    for trace in traces:
        meta = trace.get("meta")
        if meta:
            rows = [
                shown.get((mark, meta["part"]), ("none", "", ""))
                for mark in meta["marks"]
            ]
            trace.update(_attributes(trace, rows, table, tokens))
            if meta["part"] in ANSWERING:
                trace["hovertext"] = [
                    escape(record.events[event].title) if event else ""
                    for _, _, event in rows
                ]
                trace["hoverinfo"] = ["text" if event else "skip" for *_, event in rows]


def looks_shown(
    record: Dataset, state: State, day: date, size: theme.Size
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """For each mark and part its look, its words and its event.

    The first mark of a place in the state wins; at rest a venue shows its ring and name.
    """
    first: dict[str, timeline.Mark] = {}
    for mark in state.marks:
        first.setdefault(mark.mark, mark)
    order = [key.removeprefix("at:") for key in first if key.startswith("at:")]
    quiet = quiet_places(record)
    blocks, names = labels.shown(order, quiet, room(record, size))
    shown: dict[tuple[str, str], tuple[str, str, str]] = {}
    for place in {*quiet, *order}:
        mark = first.get(f"at:{place}")
        key = f"at:{place}"
        name = record.gazetteer.label(place, day)
        if mark is None:
            shown[key, "venue"] = ("", "", "")
            if place in names:
                shown[key, "label"] = ("", name, "")
            continue
        event = record.events[mark.event_id]
        parts = theme.looks("light")[mark.look]
        for part in ("halo", "disc", "ring", "diamond", "square"):
            if part in parts:
                shown[key, part] = (mark.look, "", mark.event_id)
        shown[key, "target"] = (mark.look, "", mark.event_id)
        number = event.short if len(event.short) <= 4 else ""  # noqa: PLR2004 - fits
        shown[key, "number"] = (mark.look, number, mark.event_id)
        if place in blocks:
            detail = timeline.fill(mark.label, event, day)
            if size == "phone":
                detail = detail.split(",")[0]
            shown[key, "name"] = (mark.look, name, mark.event_id)
            shown[key, "detail"] = (mark.look, detail, mark.event_id)
    space = room(record, size)
    displaced = {name for place in blocks for name in space.base.get(place, ())}
    for country, text, *_ in labels.COUNTRIES:
        if country not in displaced and country not in space.never:
            shown[f"country:{country}", "country"] = ("", text, "")
    for key, mark in first.items():
        if not key.startswith("at:"):
            event = record.events[mark.event_id]
            words = timeline.fill(mark.label, event, day)
            for part in (*LINE_PARTS, *AREA_PARTS, "post"):
                shown[key, part] = (mark.look, "", mark.event_id)
            zone = timeline.ZONES.get(key.removeprefix("call:"))
            shown[key, "call"] = (mark.look, zone[1] if zone else "", mark.event_id)
            shown[key, "state"] = (mark.look, words, mark.event_id)
    return shown


def _attributes(
    trace: Trace,
    rows: list[tuple[str, str, str]],
    table: dict[str, theme.Look],
    tokens: dict[str, str],
) -> Trace:
    """The Plotly attributes of one trace for the looks of its points."""
    part = trace["meta"]["part"]
    styles = [table.get(look, {}).get(part, ("ink", 0)) for look, _, _ in rows]
    if part in LINE_PARTS:
        return {"opacity": styles[0][1]}
    if part in AREA_PARTS:
        visible = styles[0][1] > 0 and part == "fill"
        return {
            "marker": {**trace["marker"], "opacity": styles[0][1]},
            "hoverinfo": "text" if visible else "skip",
        }
    if part in MARKER_PARTS:
        marker = {
            **trace["marker"],
            "opacity": [opacity for _, opacity in styles],
            "color": [tokens[colour] for colour, _ in styles],
        }
        return {"marker": marker}
    # A hidden name would still cast its halo, and an empty one has no node to fill.
    words = [
        _lines(part, words if alpha and words else NO_WORDS)
        for (_, words, _), (_, alpha) in zip(rows, styles, strict=True)
    ]
    return {
        "text": words,
        "textfont": {
            **trace["textfont"],
            "color": [theme.rgba(tokens[colour], alpha) for colour, alpha in styles],
        },
    }


def _lines(part: str, words: str) -> str:
    """Name and detail are two lines beside a mark: each leaves the other's empty."""
    words = escape(words)
    if part in ("name", "call"):
        return f"{words}<br> "
    return f" <br>{words}" if part in ("detail", "state") else words


def escape(text: str) -> str:
    """Text as Plotly shows it literally: its pseudo-HTML made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quiet_places(record: Dataset) -> tuple[str, ...]:
    """Places named at rest: the venues of the record, then the large towns."""
    venues = dict.fromkeys(labels.PRIORITY)
    for event in record.events.values():
        place = record.place_of(event)
        talks = event.section == "talks" and event.status == "held"
        if talks and place and labels.map_of(place) == "region":
            venues[place.place_id] = None
    known = record.gazetteer.places
    return tuple(key for key in (*venues, *labels.TOWNS) if key in known)


def marked_places(record: Dataset) -> list[Place]:
    """Every place that some state marks, on either map."""
    keys = dict.fromkeys(quiet_places(record))
    for event in record.events.values():
        keys[event.place_id] = None
    for claim in record.plans:
        if claim.location and claim.pending:
            first = claim.pending.first
            keys[record.gazetteer.place_id(claim.location, first)] = None
    places = record.gazetteer.places
    return [places[key] for key in keys if key]


@lru_cache(maxsize=12)
def room(record: Dataset, size: theme.Size) -> labels.Room:
    return labels.room(marked_places(record), quiet_places(record), size)


def _traces(record: Dataset, colours: theme.Theme, size: theme.Size) -> list[Trace]:
    """Every trace in drawing order: ground, zones, then marks and words."""
    tokens = theme.COLOURS[colours]
    traces = [_syria_fill(name, tokens) for name in SUBPLOT]
    traces += _areas(record, tokens)
    traces += _ground(tokens)
    traces += _edges(record, tokens)
    traces += _countries(tokens, size)
    traces.append(_posts(record, tokens))
    traces += _callouts(tokens, size)
    for name, subplot in SUBPLOT.items():
        places = [
            place for place in marked_places(record) if labels.map_of(place) == name
        ]
        quiet = [place for place in places if place.place_id in quiet_places(record)]
        traces += _places(places, quiet, subplot, tokens, size)
    return traces


@lru_cache
def _base(name: str) -> list[dict]:
    """The features of one GeoJSON file of the base map."""
    from geo_astana import dataset  # noqa: PLC0415 - the reader of files

    path = dataset.default_folder() / "basemap" / name
    return json.loads(path.read_text("utf-8"))["features"]


def _choropleth(shape: shapely.Geometry, key: str, subplot: str, colour: str) -> Trace:
    return {
        "type": "choropleth",
        "geo": subplot,
        "geojson": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": key,
                    "properties": {},
                    "geometry": shapely.geometry.mapping(geometry.clockwise(shape)),
                }
            ],
        },
        "locations": [key],
        "z": [1],
        "colorscale": [[0, colour], [1, colour]],
        "showscale": False,
        "hoverinfo": "skip",
        "marker": {"opacity": 1, "line": {"width": 0}},
    }


def _syria_fill(name: str, tokens: dict[str, str]) -> Trace:
    feature = next(
        row for row in _base("syria.geojson") if row["properties"]["map"] == name
    )
    shape = shapely.geometry.shape(feature["geometry"])
    trace = _choropleth(shape, "syria", SUBPLOT[name], tokens["syria"])
    trace["marker"]["line"] = {"width": 0.8, "color": tokens["border"]}
    return trace


def _areas(record: Dataset, tokens: dict[str, str]) -> list[Trace]:
    """Error band and fill of each outline; the fill answers the pointer."""
    traces = []
    for outline in record.outlines:
        band = geometry.edge_band(outline.shape, outline.error_km)
        for part, shape in (("band", band), ("fill", outline.shape)):
            key = f"{outline.version}:{part}"
            trace = _choropleth(shape, key, "geo2", tokens["fill-zone"])
            trace["meta"] = {"part": part, "marks": [f"zone:{outline.version}"]}
            trace["hovertext"] = [_outline_in_words(outline)]
            traces.append(trace)
    return traces


def _outline_in_words(outline: Outline) -> str:
    return (
        f"<b>{escape(outline.title)}</b><br>about {outline.area_km2:,.0f} km², "
        f"edge ± {outline.error_km:g} km, schematic"
    )


def _line(shape: shapely.Geometry, subplot: str, **style: Any) -> Trace:
    lon, lat = geometry.lines_of(shape)
    return {
        "type": "scattergeo",
        "geo": subplot,
        "mode": "lines",
        "lon": lon,
        "lat": lat,
        "line": style,
        "hoverinfo": "skip",
    }


def _edges(record: Dataset, tokens: dict[str, str]) -> list[Trace]:
    """Dashed edge, hatch and dotted ghost of each outline."""
    zone = tokens["fill-zone"]
    traces = []
    for outline in record.outlines:
        lines = geometry.hatch(outline.shape, HATCH_DEG)
        drawn = {
            "hatch": _line(lines, "geo2", color=zone, width=1.1),
            "line": _line(
                outline.shape, "geo2", color=zone, width=1.5, dash="5px,2.5px"
            ),
            "dots": _line(
                outline.shape, "geo2", color=tokens["ink3"], width=1.1, dash="1px,2.5px"
            ),
        }
        for part, trace in drawn.items():
            trace["meta"] = {"part": part, "marks": [f"zone:{outline.version}"]}
            traces.append(trace)
    return traces


def _ground(tokens: dict[str, str]) -> list[Trace]:
    """What never changes: governorates, disputed areas, the frame of the right map."""
    inner = shapely.geometry.shape(_base("governorates.geojson")[0]["geometry"])
    traces = [_line(inner, "geo2", color=tokens["governorate"], width=0.8)]
    for feature in _base("disputed.geojson"):
        area = feature["properties"]["area"]
        shape = shapely.geometry.shape(feature["geometry"])
        hatch = geometry.hatch(shape, DISPUTED_HATCH_DEG[area])
        for subplot in ("geo2",) if area == "golan" else ("geo",):
            style = {"color": tokens["ink3"]}
            traces.append(_line(hatch, subplot, width=0.6, **style))
            traces.append(_line(shape, subplot, width=0.9, dash="3px,2px", **style))
    seen = shapely.box(34.6, 32.2, 41.2, 37.1)
    traces.append(_line(seen, "geo", color=tokens["ink2"], width=0.9))
    return traces


def _text(  # noqa: PLR0913 - a text trace has these parts
    points: Iterable[tuple[float, float]],
    words: list[str],
    subplot: str,
    position: str | list[str],
    font: dict[str, Any],
    apart: float = 0,
) -> Trace:
    """Words at points; `apart` pixels of clear space around each point."""
    pairs = list(points)
    return {
        "type": "scattergeo",
        "geo": subplot,
        "mode": "markers+text" if apart else "text",
        "marker": {"size": apart, "opacity": 0, "line": {"width": 0}},
        "lon": [lon for lon, _ in pairs],
        "lat": [lat for _, lat in pairs],
        "text": words,
        "textposition": position,
        "textfont": font,
        "hoverinfo": "skip",
    }


def _countries(tokens: dict[str, str], size: theme.Size) -> list[Trace]:
    font = {
        "family": theme.SANS,
        "size": theme.TEXT_PX[size]["country"],
        "color": tokens["ink3"],
        "shadow": theme.shadow(tokens["land"]),
    }
    traces = []
    for name, subplot in SUBPLOT.items():
        rows = [row for row in labels.COUNTRIES if row[4] == name]
        points = [(lon, lat) for _, _, lon, lat, _ in rows]
        trace = _text(
            points, [text for _, text, *_ in rows], subplot, "middle center", font
        )
        trace["meta"] = {
            "part": "country",
            "marks": [f"country:{row[0]}" for row in rows],
        }
        traces.append(trace)
    golan = {**font, "size": font["size"]}
    words = ["Golan<br>disputed"]
    traces.append(_text([(35.6, 33.0)], words, "geo2", "middle left", golan))
    return traces


def _posts(record: Dataset, tokens: dict[str, str]) -> Trace:
    events = [event for event in record.events.values() if event.section == "post"]
    places = [record.gazetteer.places[event.place_id] for event in events]
    return {
        "type": "scattergeo",
        "geo": "geo2",
        "mode": "markers",
        "lon": [place.lon for place in places],
        "lat": [place.lat for place in places],
        "marker": {
            "symbol": SYMBOLS["post"],
            "size": 6,
            "opacity": 0,
            "color": tokens["fill-zone"],
            "line": {"width": 1.4},
        },
        "hoverinfo": "skip",
        "meta": {
            "part": "post",
            "marks": [f"post:{event.event_id}" for event in events],
        },
    }


def _callouts(tokens: dict[str, str], size: theme.Size) -> list[Trace]:
    """Name and state of each zone in a column to the right, with a leader."""
    traces = []
    for zone_id, (lat, end) in CALLOUTS.items():
        leader = shapely.LineString(
            [end, (CALLOUT_LON - 0.45, lat), (CALLOUT_LON - 0.1, lat)]
        )
        trace = _line(leader, "geo2", color=tokens["ink2"], width=0.9)
        trace["meta"] = {"part": "leader", "marks": [f"call:{zone_id}"]}
        traces.append(trace)
    points = [(CALLOUT_LON, lat) for lat, _ in CALLOUTS.values()]
    marks = [f"call:{zone_id}" for zone_id in CALLOUTS]
    names = [timeline.ZONES[zone_id][1] for zone_id in CALLOUTS]
    for part, scale, weight in (("call", 1, "bold"), ("state", 0.9, "normal")):
        font = {
            "family": theme.SANS,
            "size": theme.TEXT_PX[size]["call"] * scale,
            "weight": weight,
            "color": tokens["text-zone"],
            "shadow": theme.shadow(tokens["halo"]),
        }
        words = [_lines(part, name if part == "call" else "") for name in names]
        trace = _text(points, words, "geo2", "middle right", font)
        trace["meta"] = {"part": part, "marks": marks}
        traces.append(trace)
    return traces


def _places(
    places: list[Place],
    quiet: list[Place],
    subplot: str,
    tokens: dict[str, str],
    size: theme.Size,
) -> list[Trace]:
    """The parts of the marks at places, one trace a part, one point a place."""
    marks, text = theme.MARK_PX[size], theme.TEXT_PX[size]
    traces = []
    kinds = ["venue", "halo", "disc", "ring", "diamond", "square", "target"]
    for part in kinds:
        group = quiet if part == "venue" else places
        width = {"ring": 2, "venue": 1.4}.get(part, 0)
        traces.append(
            {
                "type": "scattergeo",
                "geo": subplot,
                "mode": "markers",
                "lon": [place.lon for place in group],
                "lat": [place.lat for place in group],
                "marker": {
                    "symbol": SYMBOLS.get(part, "circle"),
                    "size": marks.get(part, 8 if subplot == "geo" else 4),
                    "color": tokens["ink3"],
                    "opacity": 0,
                    "line": {"width": width},
                },
                "hoverinfo": "skip",
                "meta": _meta(part, group),
            }
        )
    for part in ("label", "number", "name", "detail"):
        group = quiet if part == "label" else places
        bold = {"number": "bold", "name": "bold", "detail": "bold"}.get(part, "normal")
        font = {
            "family": theme.SERIF if part == "name" else theme.SANS,
            "size": text[part],
            "weight": bold,
            "color": tokens["ink2"],
        }
        if part != "number":
            font["shadow"] = theme.shadow(tokens["halo"])
        sides: str | list[str] = "middle center"
        if part != "number":
            quiet_name = part == "label"
            sides = [
                f"middle {labels.side(place.place_id, quiet=quiet_name)}"
                for place in group
            ]
        apart = {"label": 8, "number": 0}.get(part, marks["ring"] + 12)
        points = [(place.lon, place.lat) for place in group]
        trace = _text(points, [""] * len(group), subplot, sides, font, apart)
        trace["meta"] = _meta(part, group)
        traces.append(trace)
    return traces


def _meta(part: str, places: list[Place]) -> dict[str, Any]:
    return {"part": part, "marks": [f"at:{place.place_id}" for place in places]}
