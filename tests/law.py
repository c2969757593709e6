"""The law of the view: what a browser draws on a day is what Python decided for it."""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from playwright.sync_api import Page

from geo_astana import lanes, link, maps, selection, theme, timeline
from geo_astana.dataset import Dataset
from geo_astana.selection import Selection

DAYS = st.dates(date(2012, 1, 1), date(2025, 12, 31))
FIRST_VIEW = (date(2016, 1, 1), date(2018, 12, 31))
# Every part of a mark that shows, with its look, words, colour and opacity.
SHOWN = """(stroked) =>
  [...document.querySelectorAll('.maps-plot [data-mark][data-part]')]
  .filter((node) => getComputedStyle(node).visibility === 'visible')
  .map((node) => {
    const lines = node.querySelectorAll('tspan.line');
    const second = ['detail', 'state'].includes(node.dataset.part) ? 1 : 0;
    const words = node.tagName === 'text'
      ? (lines.length ? lines[second] : node).textContent.trim() : '';
    const paint = stroked.includes(node.dataset.part) ? 'stroke' : 'fill';
    const style = getComputedStyle(node);
    let opacity = Number(style[paint + 'Opacity']);
    for (let up = node; !up.classList.contains('maps-plot'); up = up.parentNode)
      opacity *= Number(getComputedStyle(up).opacity);
    return [node.dataset.mark, node.dataset.part, node.dataset.look, words,
      style[paint], opacity.toFixed(2)];
  })"""
# The drawn timeline: its range and its traces.
LANES = """() => {
  const gd = document.querySelector('.lane-drawing');
  const { width, height } = gd.layout;
  return { box: [width, height], range: gd.layout.xaxis.range,
    traces: gd.data.map(({x, y, text, textposition, textfont, meta}) =>
      ({x, y, text, textposition, colour: textfont && textfont.color,
        things: meta.things})) };
}"""


def expected(
    record: Dataset,
    day: date,
    size: theme.Size,
    chosen: Selection = selection.EVERYTHING,
) -> set[tuple[str, ...]]:
    """What Python shows of each mark on a day, in which colour and opacity."""
    looks = theme.looks("light")
    colours = theme.COLOURS["light"]
    state = selection.state(record, timeline.state_on(record, day), chosen)
    shown = maps.looks_shown(record, state, day, size)
    drawn = {
        (mark, trace["meta"]["part"])
        for trace in maps.figure(record, state, day)["data"]
        if "meta" in trace
        for mark in trace["meta"]["marks"]
    }
    return {
        (
            mark,
            part,
            look,
            " ".join(words.split()),
            theme.rgba(colours[looks[look][part][0]], 1),
            f"{looks[look][part][1]:.2f}",
        )
        for (mark, part), (look, words, _) in shown.items()
        if part in looks.get(look, {}) and (mark, part) in drawn
    }


def drawn(page: Page) -> set[tuple[str, ...]]:
    rows = page.evaluate(SHOWN, list(theme.STROKED))
    assert rows, "no marks were found: the selectors no longer fit Plotly's markup"
    return {
        (
            mark,
            part,
            look,
            " ".join(words.split()),
            colour.replace("rgb(", "rgba(").replace(")", ",1)").replace(" ", ""),
            opacity,
        )
        for mark, part, look, words, colour, opacity in rows
    }


def go(page: Page, day: date, *, moving: bool = False) -> None:
    page.evaluate(
        "([day, moving]) => { const view = geoAstana.view;"
        " view.step(view.lookups.day(day), moving); }",
        [day.isoformat(), moving],
    )


def lanes_equal_pythons(page: Page, record: Dataset, query: str) -> None:
    """Range, points, words and colours of the timeline that a link opens."""
    found: dict[str, Any] = page.evaluate(LANES)
    view = link.read(query, record)
    figure = lanes.figure(
        record,
        chosen=view.selection,
        span=view.span or FIRST_VIEW,
        box=tuple(found["box"]),
    )
    assert found["range"] == figure["layout"]["xaxis"]["range"]
    assert len(found["traces"]) == len(figure["data"])
    for mine, pythons in zip(found["traces"], figure["data"], strict=True):
        wanted = {
            "x": pythons["x"],
            "y": pythons["y"],
            "text": pythons.get("text"),
            "textposition": pythons.get("textposition"),
            "colour": pythons.get("textfont", {}).get("color"),
            "things": pythons["meta"].get("things"),
        }
        assert {key: mine.get(key) for key in wanted} == wanted, pythons["meta"]
