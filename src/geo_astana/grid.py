"""The table of all events, made when it is first opened.

The grid's own script is large; the page loads it, from the address of `loader`, before
it shows the table. All text is shown as text. What happens in the browser is in
assets/grid.js.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash_ag_grid
from dash import ClientsideFunction, Dash, Input, Output, fingerprint, html

from geo_astana import dates, ids, model, payload, timeline
from geo_astana.dataset import Dataset
from geo_astana.dates import Moment
from geo_astana.export import data
from geo_astana.model import Event

TABLE = "table"
GRID = "table-grid"
NAMESPACE = "geoAstanaGrid"
SCRIPT = "dash_ag_grid.min.js"

# The script is to come with the table, not with the first page.
for _resource in dash_ag_grid.AgGrid._js_dist:  # noqa: SLF001 - Dash names it so
    if _resource["relative_package_path"] == SCRIPT:
        _resource["dynamic"] = True

# Field, heading, least width in pixels, and what else its column has.
_DATE = {
    "cellDataType": "dateString",
    "filter": "agDateColumnFilter",
    # Two dates have no room under a heading; its button opens the filter.
    "floatingFilter": False,
    "suppressHeaderFilterButton": False,
}
_NUMBER = {"cellDataType": "number", "filter": "agNumberColumnFilter"}
_HIDDEN = {"hide": True}
COLUMNS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("start", "From", 122, {**_DATE, "sort": "asc"}),
    ("end", "To", 146, _DATE),
    ("title", "Title", 240, {"flex": 3}),
    ("track", "Track", 170, {}),
    ("kind", "Kind", 104, _HIDDEN),
    ("round", "Round", 80, _HIDDEN),
    ("place", "Place", 100, {}),
    ("location", "Place in the source", 150, _HIDDEN),
    ("who", "Who", 160, {"flex": 3}),
    ("status", "Status", 80, {}),
    ("zones", "Zones", 104, {"flex": 1}),
    ("summary", "Summary", 300, _HIDDEN),
    ("outcome", "Outcome", 300, _HIDDEN),
    ("confidence", "Confidence", 104, _HIDDEN),
    ("sources", "Sources", 84, _NUMBER),
)
GOES_ON = "goes on"
UNKNOWN = "unknown"


def loader(app: Dash) -> str:
    """The address of the grid's script, under its version: it keeps for a year."""
    path = Path(dash_ag_grid.__file__).parent / SCRIPT
    name = fingerprint.build_fingerprint(
        SCRIPT, dash_ag_grid.__version__, int(path.stat().st_mtime)
    )
    prefix = app.config.requests_pathname_prefix
    return f"{prefix}_dash-component-suites/{dash_ag_grid.__name__}/{name}"


def register(app: Dash) -> None:
    """Let assets/grid.js take the table each time it is put into the panel."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "mount"),
        Output(ids.PANEL, "data-table"),
        Input(ids.PANEL, "children"),
    )


def rows(record: Dataset) -> list[dict[str, Any]]:
    """The events as the grid shows them: days as ISO text, and as words beside."""
    return [_row(record, event) for event in record.events.values()]


def component(record: Dataset, folder: str) -> html.Section:
    """The table with its bar; `folder` is the address of the downloads."""
    grid = dash_ag_grid.AgGrid(
        id=GRID,
        className="table-grid",
        rowData=rows(record),
        columnDefs=list(_columns()),
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "filter": "agTextColumnFilter",
            "floatingFilter": True,
            "suppressHeaderMenuButton": True,
            "suppressHeaderFilterButton": True,
            "suppressFloatingFilterButton": True,
        },
        getRowId="params.data.id",
        dashGridOptions={
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
            "animateRows": False,
            "suppressDragLeaveHidesColumns": True,
            "tooltipShowDelay": 400,
            "tooltipShowMode": "whenTruncated",
            "localeText": {
                "noRowsToShow": "No event is in the selection.",
                "noMatchingRows": "No event fits the filters of the columns.",
            },
        },
    )
    return html.Section(
        [_bar(record, folder), grid],
        id=TABLE,
        className="table-page",
        **_attribute("aria-label", "Table of the events"),
    )


def _columns() -> Iterator[dict[str, Any]]:
    for field, heading, width, more in COLUMNS:
        column = {
            "field": field,
            "headerName": heading,
            "minWidth": width,
            "initialWidth": width,
            "tooltipField": field,
            **more,
        }
        if field in ("start", "end"):
            words = f"{field}_words"
            column["tooltipField"] = words
            column["valueFormatter"] = {"function": f"params.data.{words}"}
        if field == "track":
            colour = "({'color': 'var(--text-' + params.data.line + ')'})"
            column["cellStyle"] = {"function": colour}
        yield column


def _bar(record: Dataset, folder: str) -> html.Div:
    scopes = (("all", f"All events ({len(record.events)})"), ("chosen", "Selection"))
    return html.Div(
        [
            html.H2("Events", className="table-title", tabIndex="-1"),
            html.P(className="table-count", role="status"),
            html.Div(
                [
                    html.Button(
                        words,
                        type="button",
                        **_attribute("data-scope", scope),
                        **_attribute("aria-pressed", "false"),
                    )
                    for scope, words in scopes
                ],
                className="table-scope",
                role="group",
                **_attribute("aria-label", "Events in the table"),
            ),
            html.Details(
                [
                    html.Summary("Columns"),
                    html.Div(className="table-columns"),
                ],
                className="table-choice",
            ),
            html.Div(
                [
                    html.Span("Download", className="table-label"),
                    *(
                        html.A(
                            form.name,
                            href=f"{folder}events.{ending}",
                            download="",
                            **_attribute("data-download", f"{folder}events.{ending}"),
                        )
                        for ending, form in data.FORMATS.items()
                    ),
                ],
                className="table-downloads",
                role="group",
                **_attribute("aria-label", "Download the events shown"),
            ),
        ],
        className="table-bar",
    )


def _attribute(name: str, value: str) -> dict[str, Any]:
    return {name: value}


def _row(record: Dataset, event: Event) -> dict[str, Any]:
    place = record.place_of(event)
    first, last = event.active.first, event.end.last if event.end else None
    unknown = UNKNOWN if event.attested_until else GOES_ON
    return {
        "id": event.event_id,
        "line": event.track,
        "start": first.isoformat(),
        "start_words": _in_words(event.start),
        "end": last.isoformat() if last else None,
        "end_words": _in_words(event.end) if event.end else unknown,
        "track": payload.TRACK_WORDS[event.track],
        "kind": event.kind.replace("_", " "),
        "round": event.round,
        "title": event.title,
        "place": record.gazetteer.label(place.place_id, first) if place else "",
        "location": event.location,
        "zones": ", ".join(_zone(zone_id) for zone_id in event.zone_ids),
        "status": event.status,
        "who": _who(record, event),
        "summary": event.summary,
        "outcome": event.outcome,
        "confidence": event.confidence,
        "sources": len(event.source_ids),
    }


def _zone(zone_id: str) -> str:
    return timeline.ZONES[zone_id][1] if zone_id in timeline.ZONES else zone_id


def _who(record: Dataset, event: Event) -> str:
    """The actors by role: guarantors: Russia, Türkiye, Iran; host: Kazakhstan."""
    by_role = ((role, data.who(record, event, role)) for role in model.ROLES)
    return "; ".join(
        f"{payload.ROLE_WORDS[role]}: {', '.join(who)}" for role, who in by_role if who
    )


def _in_words(moment: Moment) -> str:
    """21 Dec 2017, about Jul 2016."""
    words = dates.span_in_words(moment, moment)
    month = dates.MONTHS[moment.first.month - 1]
    return words.replace(month, month[:3])
