"""A state as a Plotly figure: where they talk, and what it covers.

The traces are fixed; a state only decides which of their parts show. Each trace names
in `meta` the part it draws and the marks of its points, so that the browser can find
its nodes, whatever markup Plotly gives them.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import shapely

from geo_astana import dataset, frame, geometry, labels, model, theme, timeline
from geo_astana.dataset import Dataset, Outline
from geo_astana.model import Place
from geo_astana.timeline import Mark, State

Trace = dict[str, Any]
# Look, words and event of one part of one mark, and those of all, by mark and part.
Row = tuple[str, str, str]
Shown = dict[tuple[str, str], Row]
AT_REST: Row = ("", "", "")
UNSEEN: Row = ("none", "", "")
MARKER_PARTS = ("venue", "halo", "disc", "ring", "diamond", "square", "post", "target")
LINE_PARTS = ("line", "hatch", "dots", "leader")
AREA_PARTS = ("band", "fill")
# The unseen part that answers the pointer: one point a place, because Plotly lets a
# hidden point of another trace stand before a shown one.
ANSWERING = ("target",)
TEXT_PARTS = ("label", "number", "name", "detail")
PLACE_PARTS = (
    "venue",
    "halo",
    "disc",
    "ring",
    "diamond",
    "square",
    *ANSWERING,
    *TEXT_PARTS,
)
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
# In a narrow box the callouts of Syria need more of it. By least width in pixels:
REGION_SHARES = ((900, 0.64), (0, 0.58))
LEAST_ASPECT, MOST_ASPECT = 1.1, 2.3
# A short title of at most so many letters fits into a disc.
NUMBER_LETTERS = 4


def figure(
    record: Dataset,
    state: State,
    day: date,
    *,
    colours: theme.Theme = "light",
    box: tuple[int, int] = (1488, 500),
) -> dict[str, Any]:
    """The maps of one day as a Plotly figure (plain JSON values).

    The box, width and height in pixels, decides the frames of the maps and the sizes of
    type and marks.
    """
    size = size_class(box[0])
    shown = looks_shown(record, state, day, size)
    return {
        "data": _dressed(record, _traces(record, colours, size), shown, colours),
        "layout": layout(colours, *box),
    }


def size_class(width: float) -> theme.Size:
    return next(size for size in theme.SIZES if width >= theme.LEAST_WIDTH[size])


def layout(colours: theme.Theme, width: int, height: int) -> dict[str, Any]:
    """The two maps, each in the frame that fills its box."""
    share = next(share for least, share in REGION_SHARES if width >= least)
    beside = width * share / height >= LEAST_ASPECT
    charts = {}
    for chart in frame.MAPS:
        first = chart.name == "region"
        if beside:
            across = [0, share] if first else [share, 1]
            domain: dict[str, list[float]] = {"x": across, "y": [0, 1]}
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
    chart: frame.Map,
    aspect: float,
    domain: dict[str, list[float]],
    colours: theme.Theme,
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


def looks_shown(record: Dataset, state: State, day: date, size: theme.Size) -> Shown:
    """For each mark and part its look, its words and its event.

    The first mark of a place in the state wins; at rest a venue shows ring and name.
    """
    first: dict[str, Mark] = {}
    for mark in state.marks:
        first.setdefault(mark.mark, mark)
    at = {
        key.removeprefix("at:"): mark
        for key, mark in first.items()
        if key.startswith("at:")
    }
    space, quiet = room(record, size), quiet_places(record)
    written, named = labels.shown(list(at), quiet, space)
    shown: Shown = {(f"at:{place}", "venue"): AT_REST for place in {*quiet} - {*at}}
    for place in named:
        name = model.as_label(record.gazetteer.label(place, day))
        shown[f"at:{place}", "label"] = ("", name, "")
    for place, mark in at.items():
        shown |= _mark_shown(record, mark)
        if place in written:
            shown |= _block_shown(record, place, mark, day, size)
    shown |= _countries_shown(written, space)
    for mark in first.values():
        if not mark.mark.startswith("at:"):
            shown |= _zone_shown(record, mark, day)
    return shown


def _mark_shown(record: Dataset, mark: Mark) -> Shown:
    """The mark at a place that shows something, and the number in it."""
    look, event_id = mark.look, mark.event_id
    parts = theme.looks("light")[look]
    short = record.events[event_id].short
    number = short if len(short) <= NUMBER_LETTERS else ""
    drawn = ("halo", "disc", "ring", "diamond", "square")
    return {
        **{(mark.mark, part): (look, "", event_id) for part in drawn if part in parts},
        (mark.mark, "target"): (look, "", event_id),
        (mark.mark, "number"): (look, number, event_id),
    }


def _block_shown(
    record: Dataset, place: str, mark: Mark, day: date, size: theme.Size
) -> Shown:
    """The name and the detail beside a mark."""
    filled = timeline.fill(mark.label, record.events[mark.event_id], day)
    detail = _fitting(filled, size)
    name = model.as_label(record.gazetteer.label(place, day))
    return {
        (mark.mark, "name"): (mark.look, name, mark.event_id),
        (mark.mark, "detail"): (mark.look, detail, mark.event_id),
    }


def _fitting(detail: str, size: theme.Size) -> str:
    """A detail for its width class: a phone has room for its first half."""
    return detail.partition(",")[0] if size == "phone" else detail


def _countries_shown(written: set[str], space: labels.Room) -> Shown:
    """The names of countries that no block needs the room of."""
    displaced = {name for place in written for name in space.base.get(place, ())}
    hidden = displaced.union(space.never)
    return {
        (f"country:{country}", "country"): ("", text, "")
        for country, text, *_ in labels.COUNTRIES
        if country not in hidden
    }


def _zone_shown(record: Dataset, mark: Mark, day: date) -> Shown:
    """The outline, the post or the callout of a mark, whichever of them it is."""
    look, event_id = mark.look, mark.event_id
    _, name = timeline.ZONES.get(mark.mark.removeprefix("call:"), ("", ""))
    words = timeline.fill(mark.label, record.events[event_id], day)
    parts = (*LINE_PARTS, *AREA_PARTS, "post")
    return {
        **{(mark.mark, part): (look, "", event_id) for part in parts},
        (mark.mark, "call"): (look, name, event_id),
        (mark.mark, "state"): (look, words, event_id),
    }


def _dressed(
    record: Dataset, traces: Iterable[Trace], shown: Shown, colours: theme.Theme
) -> list[Trace]:
    """The traces, each part of each mark with the attributes of its look."""
    table, tokens = theme.looks(colours), theme.COLOURS[colours]
    dressed = []
    for trace in traces:
        if "meta" not in trace:
            dressed.append(trace)
            continue
        part, marks = trace["meta"]["part"], trace["meta"]["marks"]
        rows = [shown.get((mark, part), UNSEEN) for mark in marks]
        answer = _answer(record, rows) if part in ANSWERING else {}
        dressed.append({**trace, **_attributes(trace, rows, table, tokens), **answer})
    return dressed


def _answer(record: Dataset, rows: list[Row]) -> Trace:
    """What the points tell the pointer: the titles of their events."""
    events = [event for *_, event in rows]
    return {
        "hovertext": [
            theme.as_shown(record.events[event].title) if event else ""
            for event in events
        ],
        "hoverinfo": ["text" if event else "skip" for event in events],
    }


def _attributes(
    trace: Trace,
    rows: list[Row],
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
    words = theme.as_shown(words)
    if part in ("name", "call"):
        return f"{words}<br> "
    return f" <br>{words}" if part in ("detail", "state") else words


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
    letters: dict[str, int] = {}
    for state in timeline.states(record):
        for mark in state.marks:
            place = mark.mark.removeprefix("at:")
            detail = _fitting(mark.label.replace("{day}", "00"), size)
            letters[place] = max(len(detail), letters.get(place, 0))
    return labels.room(marked_places(record), quiet_places(record), size, letters)


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
        traces += _places(_groups(record, name), subplot, tokens, size)
    return traces


@lru_cache(maxsize=8)
def _groups(record: Dataset, name: str) -> dict[str, list[Place]]:
    """The places of one map at which some state shows a part, by part.

    What is never shown is not drawn: a redraw costs by the node.
    """
    looks = theme.looks("light")
    used: dict[str, set[str]] = {
        f"at:{key}": set(looks[""]) for key in quiet_places(record)
    }
    for state in timeline.states(record):
        for mark in state.marks:
            if mark.mark.startswith("at:"):
                used.setdefault(mark.mark, set()).update(looks[mark.look], ANSWERING)
    places = [place for place in marked_places(record) if labels.map_of(place) == name]
    return {
        part: [place for place in places if part in used.get(_at(place), ())]
        for part in PLACE_PARTS
    }


def _at(place: Place) -> str:
    return f"at:{place.place_id}"


@lru_cache
def _base(name: str) -> list[dict[str, Any]]:
    """The features of one GeoJSON file of the base map."""
    path = dataset.default_folder() / "basemap" / name
    features: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["features"]
    return features


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
        f"<b>{theme.as_shown(outline.title)}</b><br>about {outline.area_km2:,.0f} km², "
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
        subplot = "geo2" if area == "golan" else "geo"
        style = {"color": tokens["ink3"]}
        traces.append(_line(hatch, subplot, width=0.6, **style))
        traces.append(_line(shape, subplot, width=0.9, dash="3px,2px", **style))
    seen = shapely.box(34.6, 32.2, 41.2, 37.1)
    traces.append(_line(seen, "geo", color=tokens["ink2"], width=0.9))
    return traces


def _text(
    points: list[tuple[float, float, str]],
    subplot: str,
    position: str | list[str],
    font: dict[str, Any],
    *,
    apart: float = 0,
) -> Trace:
    """Words at points (lon, lat, words), `apart` pixels of clear space around each."""
    return {
        "type": "scattergeo",
        "geo": subplot,
        "mode": "markers+text" if apart else "text",
        "marker": {"size": apart, "opacity": 0, "line": {"width": 0}},
        "lon": [lon for lon, _, _ in points],
        "lat": [lat for _, lat, _ in points],
        "text": [words for _, _, words in points],
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
        points = [(lon, lat, text) for _, text, lon, lat, _ in rows]
        trace = _text(points, subplot, "middle center", font)
        trace["meta"] = {
            "part": "country",
            "marks": [f"country:{row[0]}" for row in rows],
        }
        traces.append(trace)
    golan = [(35.6, 33.0, "Golan<br>disputed")]
    traces.append(_text(golan, "geo2", "middle left", font))
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
    points = [(CALLOUT_LON, lat, "") for lat, _ in CALLOUTS.values()]
    marks = [f"call:{zone_id}" for zone_id in CALLOUTS]
    for part, scale, weight in (("call", 1, "bold"), ("state", 0.9, "normal")):
        font = {
            "family": theme.SANS,
            "size": theme.TEXT_PX[size]["call"] * scale,
            "weight": weight,
            "color": tokens["text-zone"],
            "shadow": theme.shadow(tokens["halo"]),
        }
        trace = _text(points, "geo2", "middle right", font)
        trace["meta"] = {"part": part, "marks": marks}
        traces.append(trace)
    return traces


def _places(
    groups: dict[str, list[Place]],
    subplot: str,
    tokens: dict[str, str],
    size: theme.Size,
) -> list[Trace]:
    """The parts of the marks at places, one trace a part, one point a place."""
    marks, text = theme.MARK_PX[size], theme.TEXT_PX[size]
    traces = []
    for part, group in groups.items():
        if not group or part in TEXT_PARTS:
            continue
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
    for part in TEXT_PARTS:
        group = groups[part]
        if not group:
            continue
        font = {
            "family": theme.SERIF if part == "name" else theme.SANS,
            "size": text[part],
            "weight": "normal" if part == "label" else "bold",
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
        points = [(place.lon, place.lat, "") for place in group]
        trace = _text(points, subplot, sides, font, apart=apart)
        trace["meta"] = _meta(part, group)
        traces.append(trace)
    return traces


def _meta(part: str, places: list[Place]) -> dict[str, Any]:
    return {"part": part, "marks": [_at(place) for place in places]}
