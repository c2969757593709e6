"""The timeline as a Plotly figure that never moves: lanes, and over them the density.

The cursor, its beads and the names of the lanes belong to the view.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from geo_astana import schedule, selection, theme
from geo_astana.dataset import Dataset
from geo_astana.dates import DAY
from geo_astana.schedule import LANES, Thing
from geo_astana.selection import Selection

ROW = {lane: number for number, (lane, *_) in enumerate(LANES)}
HALF = 0.27
# Over the lanes: how much holds at once, then the years.
DENSITY_PX = 22
HEAD_PX = 42
# The plot without the names of the lanes, where nobody says how large it is.
BOX = (830, 263)
TENTH_OF_DAY = timedelta(minutes=144)
CLEAR = "rgba(0,0,0,0)"

Trace = dict[str, Any]
Point = tuple[str | None, float | None]


def figure(
    record: Dataset,
    *,
    colours: theme.Theme = "light",
    chosen: Selection = selection.EVERYTHING,
    span: tuple[date, date] | None = None,
    box: tuple[int, int] = BOX,
) -> dict[str, Any]:
    """The lanes as a Plotly figure (plain JSON values), of the days `span` inclusive.

    `box` is the width and height of the plot in pixels. Each trace says in `meta` of
    which thing, by its position in `schedule.things`, each point is. The y axis counts
    lanes from the top, row 0 first; the x axis is days.
    """
    first, last = span or (record.record.first, record.record.last or date.max - DAY)
    everything = schedule.things(record)
    keeps = selection.keeper(record, chosen)
    kept = [keeps(thing.event_id, thing.status) for thing in everything]
    drawing = _Drawing(record, colours, everything)
    still = [
        _only(trace, kept)
        for lane, _, _, track in LANES
        for trace in drawing.lane(lane, track)
        if trace["x"]
    ]
    members = [thing for thing, keep in zip(everything, kept, strict=True) if keep]
    words = schedule.words(members, first, last, box[0])
    return {
        "data": [
            _density(record, colours, lambda card: keeps(card.event_id, card.status)),
            *still,
            _words(words, first, colours),
        ],
        "layout": _layout(record, colours, first, last, box),
    }


def _only(trace: Trace, kept: Sequence[bool]) -> Trace:
    """A trace with the points of the kept things; empty it stays in its place."""
    things = trace["meta"]["things"]
    at = [point for point, thing in enumerate(things) if kept[thing]]
    return trace | {
        "x": [trace["x"][point] for point in at],
        "y": [trace["y"][point] for point in at],
        "meta": {"things": [things[point] for point in at]},
    }


def _layout(
    record: Dataset,
    colours: theme.Theme,
    first: date,
    last: date,
    box: tuple[int, int],
) -> dict[str, Any]:
    tokens = theme.COLOURS[colours]
    end = (record.record.last or last).year
    years = [date(year, 1, 1) for year in range(record.record.first.year, end + 1)]
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
    height = box[1]
    return {
        "template": "none",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "uirevision": "lanes",
        # The colours of the words, for the browser, which places them by the range.
        "meta": {track: tokens[f"text-{track}"] for *_, track in LANES},
        "font": {"family": theme.SANS, "size": 10.9, "color": tokens["ink2"]},
        "shapes": rules,
        "xaxis": {
            "type": "date",
            "range": [first.isoformat(), (last + DAY).isoformat()],
            "side": "top",
            "anchor": "y",
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
            "domain": [0, 1 - HEAD_PX / height],
            "range": [len(LANES) - 0.5, -0.5],
            "visible": False,
            "fixedrange": True,
        },
        "yaxis2": {
            "domain": [1 - DENSITY_PX / height, 1],
            "rangemode": "tozero",
            "visible": False,
            "fixedrange": True,
        },
    }


def _density(
    record: Dataset, colours: theme.Theme, keeps: Callable[[Any], bool]
) -> Trace:
    """Steps that count what holds, not what begins; `meta` has no things."""
    points = schedule.density(record, keeps)
    end = (record.record.last or points[-1][0]) + DAY
    points.append((end, points[-1][1]))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day, _ in points],
        "y": [count for _, count in points],
        "yaxis": "y2",
        "hoverinfo": "skip",
        "fill": "tozeroy",
        "fillcolor": theme.rgba(theme.COLOURS[colours]["ink3"], 0.3),
        "line": {"width": 0, "shape": "hv", "color": CLEAR},
        "meta": {"part": "density"},
    }


def _words(words: Sequence[schedule.Word], first: date, colours: theme.Theme) -> Trace:
    """The words that have room, each in the colour of its lane."""
    tokens = theme.COLOURS[colours]
    track = {lane: track for lane, _, _, track in LANES}
    start = datetime.combine(first, time())
    at = [start + round(word.at * 10) * TENTH_OF_DAY for word in words]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [moment.isoformat(timespec="minutes") for moment in at],
        "y": [ROW[word.thing.lane] for word in words],
        "text": [theme.as_shown(word.thing.word) for word in words],
        "textposition": [f"middle {'left' if w.left else 'right'}" for w in words],
        "textfont": {
            "size": 10.9,
            "color": [tokens[f"text-{track[w.thing.lane]}"] for w in words],
        },
        "hoverinfo": "skip",
        "meta": {"part": "words"},
    }


class _Drawing:
    """The traces of the lanes, from all their things."""

    def __init__(
        self,
        record: Dataset,
        colours: theme.Theme,
        things: Sequence[Thing],
    ) -> None:
        self._record = record
        self._tokens = theme.COLOURS[colours]
        self._alpha = theme.ALPHA[colours]["lane"]
        self._things = things

    def lane(self, lane: str, track: str) -> list[Trace]:
        colour = self._tokens[f"fill-{track}"]
        row = ROW[lane]
        hatch = {"shape": "/", "fgcolor": colour, "size": 5, "solidity": 0.25}
        soft = theme.rgba(colour, self._alpha)
        traces: list[Trace] = []
        if track == "zone":
            agreed = self._of(lane, "band", "agreed")
            force = self._of(lane, "band", "in force")
            contested = self._of(lane, "band", "contested")
            traces += [
                _boxes(row, agreed, edge=colour),
                _boxes(row, force, fill=soft),
                _boxes(row, contested, theme.rgba(colour, 0.05), fillpattern=hatch),
                _boxes(row, [(at, _day(t, t.first)) for at, t in force[:1]], colour),
            ]
        if lane in ("ceasefires", "ground"):
            traces += self._truces(lane, row - 0.08, colour)
        thin = self._of(lane, "thin")
        plans = self._of(lane, "plan")
        bars, pale_bars = self._of(lane, "bar"), self._of(lane, "pale")
        faded = theme.rgba(colour, 0.5)
        return [
            *traces,
            _boxes(row + 0.36, thin, colour, colour, half=0.06),
            _points(self._of(lane, "tick"), row + 0.36, _stroke(colour, 2, 4)),
            _boxes(row, plans, edge=theme.rgba(colour, 0.6)),
            _ties(row, plans, colour),
            _boxes(row, pale_bars, faded),
            _points(_short(pale_bars), row, _stroke(faded, 5, 8.6)),
            _boxes(row, bars, colour),
            _points(_short(bars), row, _stroke(colour, 5, 8.6)),
            _points(
                self._of(lane, "diamond"),
                row,
                {"symbol": "diamond", "size": 9, "color": colour},
            ),
        ]

    def _of(self, lane: str, form: str, status: str = "") -> list[tuple[int, Thing]]:
        return [
            (position, thing)
            for position, thing in enumerate(self._things)
            if (thing.lane, thing.form) == (lane, form) and status in ("", thing.status)
        ]

    def _truces(self, lane: str, row: float, colour: str) -> list[Trace]:
        """Bands with a solid edge at each exact end; another end fades in steps."""
        solid, edges = [], []
        fading: list[list[tuple[int, Thing]]] = [[] for _ in range(FADE_STEPS)]
        for position, thing in self._of(lane, "band"):
            event = self._record.events[thing.event_id]
            edges.append((position, _day(thing, thing.first)))
            until = thing.last
            if event.end is not None and event.end.exact:
                edges.append((position, _day(thing, thing.last)))
            else:
                until = max(thing.first, thing.last - FADE_DAYS * DAY)
            solid.append((position, _days(thing, thing.first, until)))
            step = (thing.last - until) / FADE_STEPS
            for number, part in enumerate(fading):
                begins = until + step * number + DAY
                if step:
                    part.append(
                        (position, _days(thing, begins, until + step * (number + 1)))
                    )
        shades = [
            theme.rgba(colour, self._alpha * (FADE_STEPS - number) / (FADE_STEPS + 1))
            for number in range(FADE_STEPS)
        ]
        return [
            _boxes(row, solid, theme.rgba(colour, self._alpha), half=0.3),
            *(
                _boxes(row, part, shade, half=0.3)
                for part, shade in zip(fading, shades, strict=True)
            ),
            _boxes(row, edges, colour, colour, half=0.3),
        ]


# An end that is not exact fades over this many days.
FADE_DAYS = 40
FADE_STEPS = 4


def _day(thing: Thing, day: date) -> Thing:
    return _days(thing, day, day)


def _days(thing: Thing, first: date, last: date) -> Thing:
    return replace(thing, first=first, last=last)


def _short(things: Sequence[tuple[int, Thing]]) -> list[tuple[int, Thing]]:
    """Those that may be thinner than a bar has to be."""
    return [(at, t) for at, t in things if (t.last - t.first).days < FADE_DAYS]


def _stroke(colour: str, width: float, size: float) -> dict[str, Any]:
    line = {"width": width, "color": colour}
    return {"symbol": "line-ns", "size": size, "line": line}


def _trace(rows: Iterable[tuple[int, Sequence[Point]]], **style: Any) -> Trace:
    """Points by thing; None between two things lifts the pen."""
    points = [(position, *point) for position, shape in rows for point in shape]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for _, x, _ in points],
        "y": [y for _, _, y in points],
        "hoverinfo": "skip",
        "meta": {"things": [position for position, _, _ in points]},
        **style,
    }


def _boxes(
    row: float,
    things: Sequence[tuple[int, Thing]],
    fill: str = CLEAR,
    edge: str = CLEAR,
    half: float = HALF,
    **style: Any,
) -> Trace:
    """Closed rectangles from the first day's start to the last day's end."""
    rows: list[tuple[int, Sequence[Point]]] = []
    for position, thing in things:
        x0, x1 = thing.first.isoformat(), (thing.last + DAY).isoformat()
        low, high = row - half, row + half
        corners: list[Point] = [(x0, low), (x1, low), (x1, high), (x0, high), (x0, low)]
        rows.append((position, [*corners, (None, None)]))
    line = {"width": 1.4, "color": edge}
    return _trace(rows, fill="toself", fillcolor=fill, line=line, **style)


def _points(
    things: Sequence[tuple[int, Thing]], row: float, marker: dict[str, Any]
) -> Trace:
    """One point at the middle of each thing."""
    noon = time(12)
    rows = [
        (
            position,
            [
                (
                    (
                        datetime.combine(t.first, noon) + (t.last - t.first) / 2
                    ).isoformat(),
                    row,
                )
            ],
        )
        for position, t in things
    ]
    return _trace(rows, marker=marker) | {"mode": "markers"}


def _ties(row: float, plans: Sequence[tuple[int, Thing]], colour: str) -> Trace:
    """Dots from a plan that was not kept to the day that was."""
    rows = [
        (
            position,
            [
                ((plan.last + DAY).isoformat(), row),
                (plan.held.isoformat(), row),
                (None, None),
            ],
        )
        for position, plan in plans
        if plan.held
    ]
    dots = {"width": 1.1, "color": colour, "dash": "1px,3px"}
    return _trace(rows, line=dots)
