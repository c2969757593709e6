"""The record as notebooks use it: days, figures and tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import geopandas
import plotly.graph_objects as go

from geo_astana import dataset, dates, maps, notebook, report, theme, timeline
from geo_astana.dataset import Dataset
from geo_astana.notebook import LiveView


@dataclass(frozen=True)
class Record:
    """The whole record; `data` holds its parts one by one. Made by `load`.

    A day is a date or ISO text; one that is none or outside the record raises
    DateError.
    """

    data: Dataset

    @cached_property
    def events(self) -> geopandas.GeoDataFrame:
        """The events at their places, one row an event, in WGS84.

        An event without one place has an empty geometry.
        """
        return self.data.events_frame()

    @cached_property
    def zones(self) -> geopandas.GeoDataFrame:
        """The dated schematic outlines, one row a version, in WGS84."""
        return self.data.zones_frame()

    def on(self, day: date | str) -> dict[str, Any]:
        """What holds on the day: talks, regimes, zones, plans and the sentence."""
        return report.as_json(self.data, self._day(day))

    def figure(
        self,
        day: date | str,
        *,
        theme: theme.Theme = "light",
        width: int = 1488,
        height: int = 500,
    ) -> go.Figure:
        """The two maps of the day; width and height in pixels decide their frames."""
        when = self._day(day)
        state = timeline.state_on(self.data, when)
        drawn = maps.figure(self.data, state, when, colours=theme, box=(width, height))
        return go.Figure(drawn, skip_invalid=False)

    def show(
        self,
        day: date | str = "",
        *,
        view: str = notebook.USUAL,
        height: int = 0,
        address: str = "",
        **wanted: str | Iterable[str],
    ) -> LiveView:
        """The live view of the day in a notebook, with no server behind it.

        `view` is slide, map, syria, timeline, card or full, `height` in pixels;
        `wanted` are keys of links: `tracks=["astana", "sochi"], theme="dark"`.
        `address` is that of your dashboard, for the way to the whole map. Without a
        day it opens as the dashboard does. Raises ExportError for what no link can say.
        """
        return notebook.show(
            self.data, day, view=view, height=height, address=address, wanted=wanted
        )

    def export(
        self,
        path: Path | str,
        *,
        overwrite: bool = False,
        address: str = "",
        **wanted: str,
    ) -> Path:
        """Write a file: a picture, a deck, a film, one page or data; gives its path.

        The ending of `path` says which, `wanted` the rest by the keys of
        `export.order.KEYS` and of links: `date="2017-12-21", size="4:3"`, or
        `**{"from": "2017-01-01", "to": "2017-12-31"}`. `address` is that of your
        dashboard, for the links in the file. Raises ExportError.
        """
        # Making files takes a second to load.
        from geo_astana.export import order, picture  # noqa: PLC0415

        target = Path(path)
        fields = {**order.by_ending(target), **wanted}
        ordered = order.read(fields, self.data)
        with picture.Studio(self.data, address or picture.ADDRESS) as studio:
            order.make(ordered, studio, target, overwrite=overwrite)
        return target

    def _day(self, day: date | str) -> date:
        text = day if isinstance(day, str) else f"{day:%Y-%m-%d}"
        return dates.parse_day(text, self.data.record)


def load(folder: Path | str | None = None) -> Record:
    """Read, check and join a data folder, the package's own by default.

    Raises DataError with every fault found.
    """
    return Record(dataset.load(folder))


@lru_cache(maxsize=1)
def own() -> Record:
    """The package's own record, loaded once."""
    return load()
