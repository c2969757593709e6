"""A dated map of the Syrian ceasefire talks.

>>> import geo_astana
>>> record = geo_astana.load()
>>> record.on("2017-12-21")["sentence"]
'The eighth Astana round opens. …'
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from geo_astana.api import Record
    from geo_astana.notebook import LiveView

__all__ = ["__version__", "load", "show"]
__version__ = "0.1.0"


def load(folder: Path | str | None = None) -> "Record":
    """Read, check and join a data folder, the package's own by default.

    Raises `errors.DataError` with every fault found.
    """
    from geo_astana import api  # noqa: PLC0415 - pandas, shapely and plotly are heavy

    return api.load(folder)


def show(day: "date | str" = "", **wanted: Any) -> "LiveView":
    """The live view of the package's own record in a notebook.

    `wanted` is what `Record.show` takes: `show("2017-12-21", view="full")`.
    """
    from geo_astana import api  # noqa: PLC0415 - as above

    return api.own().show(day, **wanted)
