"""The whole record as lanes under the maps: a Plotly figure that never moves.

The cursor, its beads and the words beside the lanes belong to the view.
"""

from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from typing import Any

from geo_astana import theme, timeline
from geo_astana.dataset import Dataset, Standing
from geo_astana.dates import DAY, Interval
from geo_astana.model import Claim, Event

# Lane, its words, the same where there is little room, the track of its colour.
LANES = (
    ("astana", "Astana", "Astana", "astana"),
    ("geneva", "Geneva", "Geneva", "geneva"),
    ("committee", "Constitutional Committee", "Const. Committee", "committee"),
    ("sochi", "Sochi", "Sochi", "sochi"),
    ("summits", "Summits and ministers", "Summits, ministers", "summits"),
    ("council", "Security Council", "Security Council", "council"),
    ("ceasefires", "Ceasefires", "Ceasefires", "ceasefire"),
    ("south", "South-west", "South-west", "zone"),
    ("east-ghouta", "Eastern Ghouta", "Eastern Ghouta", "zone"),
    ("north-homs", "Northern Homs", "Northern Homs", "zone"),
    ("idlib", "Idlib area", "Idlib area", "zone"),
    ("strip", "Idlib strip, M4 corridor", "Strip, corridor", "zone"),
    ("ground", "On the ground", "On the ground", "ground"),
)
ROW = {lane: number for number, (lane, *_) in enumerate(LANES)}
# Words are written where this many days lie between two marks: about 40 px of a view
# that shows three years.
WORD_DAYS = 24
HALF = 0.27
# Above the lanes: the flag of the cursor, then the years.
HEAD_PX = 40

Trace = dict[str, Any]


def figure(record: Dataset, *, colours: theme.Theme = "light") -> dict[str, Any]:
    """All lanes over the whole record as a Plotly figure (plain JSON values).

    The y axis counts lanes from the top, row 0 first; the x axis is days.
    """
    tokens = theme.COLOURS[colours]
    alpha = theme.ALPHA[colours]["lane"]
    traces: list[Trace] = []
    for lane, _, _, track in LANES:
        fill = tokens[f"fill-{track}"]
        events = [
            event
            for event in record.events.values()
            if timeline.lane_of(event) == lane and event.status in ("held", "ended")
        ]
        if track == "zone":
            standings = [
                standing
                for standing in record.standings
                if timeline.ZONES[standing.zone_id][0] == lane
            ]
            traces += _bands(lane, standings, fill, alpha)
        if lane == "idlib":
            posts = [event for event in record.events.values() if event.kind == "post"]
            traces.append(_ticks(lane, posts, fill))
        traces += _regimes(lane, events, fill, alpha)
        traces += _plans(record, lane, fill)
        traces += _bars(lane, events, fill)
        traces.append(_diamonds(lane, events, fill))
        traces.append(_words(lane, events, tokens[f"text-{track}"]))
    first, last = record.record.first, record.record.last or date.max
    return {
        "data": [trace for trace in traces if trace["x"]],
        "layout": _layout(tokens, first, last),
    }


def _layout(tokens: dict[str, str], first: date, last: date) -> dict[str, Any]:
    years = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    rules = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": row + 0.5,
            "y1": row + 0.5,
            "line": {
                "width": 1,
                "color": tokens["rule2" if row in (5, 6, 11, 12) else "rule"],
            },
            "layer": "below",
        }
        for row in range(-1, len(LANES))
    ]
    return {
        "template": "none",
        "margin": {"l": 0, "r": 0, "t": HEAD_PX, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "uirevision": "lanes",
        "font": {"family": theme.SANS, "size": 10.9, "color": tokens["ink2"]},
        "shapes": rules,
        "xaxis": {
            "type": "date",
            "range": ["2016-01-01", "2019-01-01"],
            "side": "top",
            "tickmode": "array",
            "tickvals": [year.isoformat() for year in years],
            "ticktext": [f"<b> {year.year}</b>" for year in years],
            "ticklabelposition": "outside right",
            "tickfont": {"size": 12, "color": tokens["ink2"]},
            "gridcolor": tokens["rule2"],
            "showgrid": True,
            "zeroline": False,
            "fixedrange": True,
            "minor": {
                "showgrid": True,
                "dtick": "M3",
                "tick0": "2016-01-01",
                "gridcolor": tokens["rule"],
                "griddash": "1px,4px",
            },
        },
        "yaxis": {
            "range": [len(LANES) - 0.5, -0.5],
            "visible": False,
            "fixedrange": True,
        },
    }


def _trace(points: Iterable[tuple[date | None, float | None]], **style: Any) -> Trace:
    pairs = list(points)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() if day else None for day, _ in pairs],
        "y": [height for _, height in pairs],
        "hoverinfo": "skip",
        **style,
    }


def _box(
    interval: Interval, low: float, high: float, end: date
) -> list[tuple[date | None, float | None]]:
    """A closed rectangle from the first day's start to the last day's end."""
    first, last = interval.first, min(interval.last or end, end) + DAY
    corners = [(first, low), (last, low), (last, high), (first, high), (first, low)]
    return [*corners, (None, None)]


def _boxes(
    row: float,
    intervals: Iterable[Interval],
    half: float,
    *,
    fill: str = "rgba(0,0,0,0)",
    edge: str = "rgba(0,0,0,0)",
    **style: Any,
) -> Trace:
    points = [
        point
        for interval in intervals
        for point in _box(interval, row - half, row + half, date.max - DAY)
    ]
    line = {"width": 1.4, "color": edge}
    return _trace(points, fill="toself", fillcolor=fill, line=line, **style)


def _bands(
    lane: str, standings: list[Standing], colour: str, alpha: float
) -> list[Trace]:
    """A zone: hollow while agreed, filled in force, hatched while contested."""
    row = ROW[lane]
    by_status: dict[str, list[Interval]] = {
        "agreed": [],
        "in force": [],
        "contested": [],
    }
    for standing in standings:
        by_status[standing.status].append(standing.valid)
    hatch = {"shape": "/", "fgcolor": colour, "size": 5, "solidity": 0.25}
    ends = [Interval(valid.first, valid.first) for valid in by_status["in force"][:1]]
    return [
        _boxes(row, by_status["agreed"], HALF, edge=colour),
        _boxes(row, by_status["in force"], HALF, fill=theme.rgba(colour, alpha)),
        _boxes(
            row,
            by_status["contested"],
            HALF,
            fill=theme.rgba(colour, 0.05),
            fillpattern=hatch,
        ),
        _boxes(row, ends, HALF, fill=colour, edge=colour),
    ]


def _regimes(lane: str, events: list[Event], colour: str, alpha: float) -> list[Trace]:
    """Nationwide truces as bands with a solid exact end; local ones as thin bars."""
    row = ROW[lane]
    wide = [event for event in events if event.kind == "ceasefire"]
    local = [event for event in events if event.kind in ("local_truce", "standing")]
    ends = [Interval(event.active.first, event.active.first) for event in wide]
    for event in wide:
        last = event.active.last
        if event.end and event.end.exact and last:
            ends.append(Interval(last, last))
    bands = [_solid_part(event) for event in wide]
    fading = [part for event in wide for part in _fading(event)]
    traces = [
        _boxes(row - 0.08, bands, 0.3, fill=theme.rgba(colour, alpha)),
        _boxes(row - 0.08, ends, 0.3, fill=colour, edge=colour),
        _boxes(
            row + 0.36,
            [event.active for event in local],
            0.06,
            fill=colour,
            edge=colour,
        ),
    ]
    for step in range(4):
        pale = theme.rgba(colour, alpha * (4 - step) / 5)
        traces.append(_boxes(row - 0.08, fading[step::4], 0.3, fill=pale))
    return traces


# An approximate end fades over this many days, in four steps.
FADE_DAYS = 40


def _solid_part(event: Event) -> Interval:
    last = event.active.last
    exact = event.end is not None and event.end.exact
    if exact or last is None:
        return event.active
    solid = last - FADE_DAYS * DAY
    return Interval(event.active.first, max(event.active.first, solid))


def _fading(event: Event) -> list[Interval]:
    solid = _solid_part(event).last
    if solid is None or solid == event.active.last:
        return []
    step = FADE_DAYS // 4
    return [
        Interval(solid + (step * part + 1) * DAY, solid + step * (part + 1) * DAY)
        for part in range(4)
    ]


def _bars(lane: str, events: list[Event], colour: str) -> list[Trace]:
    """Talks and changes on the ground: as long as they were, never under 5 px."""
    row = ROW[lane]
    traces = []
    for pale in (False, True):
        group = [
            event
            for event in events
            if event.section in ("talks", "ground")
            and event.kind not in ("capture", "deployment", "patrol", "exchange")
            and (event.kind in ("technical", "monitoring")) == pale
        ]
        shade = theme.rgba(colour, 0.5) if pale else colour
        traces.append(_boxes(row, [event.active for event in group], HALF, fill=shade))
        least = {
            "symbol": "line-ns",
            "size": 8.6,
            "line": {"width": 5, "color": shade},
        }
        short = [
            event for event in group if (event.active.days() or FADE_DAYS) < FADE_DAYS
        ]
        middles = [(event.active.first + DAY, row) for event in short]
        traces.append(_trace(middles, marker=least) | {"mode": "markers"})
    return traces


def _diamonds(lane: str, events: list[Event], colour: str) -> Trace:
    """What was decided or happened on one day."""
    points = [
        (event.active.first, ROW[lane])
        for event in events
        if event.section == "decided"
        or event.kind in ("capture", "deployment", "patrol", "exchange")
    ]
    marker = {"symbol": "diamond", "size": 9, "color": colour}
    return _trace(points, marker=marker) | {"mode": "markers"}


def _ticks(lane: str, posts: list[Event], colour: str) -> Trace:
    points = [(event.active.first, ROW[lane] + 0.36) for event in posts]
    marker = {"symbol": "line-ns", "size": 4, "line": {"width": 2, "color": colour}}
    return _trace(points, marker=marker) | {"mode": "markers"}


def _plans(record: Dataset, lane: str, colour: str) -> list[Trace]:
    """Plans that were not kept: hollow, tied by dots to the date that was held."""
    row = ROW[lane]
    hollow: list[Interval] = []
    ties: list[tuple[date | None, float | None]] = []
    for claim in record.plans:
        event = record.events[claim.event_id]
        if timeline.lane_of(event) != lane or claim.verdict == "held":
            continue
        planned = _planned(claim)
        if event.section != "talks" or planned is None:
            continue
        hollow.append(planned)
        if (
            planned.last
            and planned.last < event.active.first
            and event.status == "held"
        ):
            ties += [(planned.last + DAY, row), (event.active.first, row), (None, None)]
    dots = {"width": 1.1, "color": colour, "dash": "1px,3px"}
    return [
        _boxes(row, hollow, HALF, edge=theme.rgba(colour, 0.6)),
        _trace(ties, line=dots),
    ]


def _planned(claim: Claim) -> Interval | None:
    if claim.start is None or claim.end is None:
        return None
    return Interval(claim.start.first, claim.end.last)


def _words(lane: str, events: list[Event], colour: str) -> Trace:
    """Round and resolution numbers to the right of their marks, where there is room."""
    numbered = sorted(
        (event for event in events if event.round),
        key=lambda event: event.active.first,
    )
    points: list[tuple[date | None, float | None]] = []
    words = []
    for event, after in zip_longest(numbered, numbered[1:]):
        end = (event.active.last or event.active.first) + 3 * DAY
        clear = after is None or (after.active.first - end).days >= WORD_DAYS
        if clear or len(event.short) == 1:
            points.append((end, ROW[lane]))
            words.append(f"\u2009{event.short}")
    return _trace(points) | {
        "mode": "text",
        "text": words,
        "textposition": "middle right",
        "textfont": {"color": colour, "size": 10.9},
    }
