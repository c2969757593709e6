"""The record as any timeline could show it: places and outlines with their days.

Python's word for what holds on a day is `Event.active` and the validity of an outline;
the peers get the same intervals and are held to them.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely

from geo_astana import payload
from geo_astana.dataset import Dataset
from geo_astana.dates import DAY, Interval
from geo_astana.model import Event


def write(record: Dataset, path: Path) -> None:
    """Write record.json: first and last day, day opened on, GeoJSON features."""
    content = {
        "first": record.record.first.isoformat(),
        "last": _last(record).isoformat(),
        "opens": payload.OPENS_ON,
        "features": _features(record),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, "utf-8")


def on(record: Dataset, day: date) -> set[str]:
    """The ids of the events at places and of the outlines that hold on a day."""
    return {key for key, interval in _intervals(record).items() if day in interval}


def change_days(record: Dataset) -> list[int]:
    """The days on which an interval begins or has ended, counted from the first."""
    days = {record.record.first}
    for interval in _intervals(record).values():
        days.add(interval.first)
        if interval.last:
            days.add(interval.last + DAY)
    return sorted(
        (day - record.record.first).days for day in days if day in record.record
    )


def middle_days(record: Dataset, count: int) -> list[int]:
    """So many days of a change in a row, around the middle of all."""
    days = change_days(record)
    begin = max(0, len(days) - count) // 2
    return days[begin : begin + count]


def day_of(record: Dataset, number: int) -> date:
    return record.record.first + timedelta(days=number)


def _placed(record: Dataset) -> list[Event]:
    return [
        event
        for event in record.events.values()
        if event.place_id and event.status in ("held", "ended")
    ]


def _intervals(record: Dataset) -> dict[str, Interval]:
    events = {event.event_id: event.active for event in _placed(record)}
    return events | {outline.version: outline.valid for outline in record.outlines}


def _last(record: Dataset) -> date:
    return record.record.last or record.record.first


def _features(record: Dataset) -> list[dict[str, Any]]:
    features = []
    for event in _placed(record):
        place = record.gazetteer.places[event.place_id]
        point = shapely.Point(place.lon, place.lat)
        told = (event.event_id, event.title, event.track)
        features.append(_feature(record, told, event.active, point))
    for outline in record.outlines:
        told = (outline.version, outline.title, "zone")
        features.append(_feature(record, told, outline.valid, outline.shape))
    return features


def _feature(
    record: Dataset,
    told: tuple[str, str, str],
    interval: Interval,
    shape: shapely.Geometry,
) -> dict[str, Any]:
    key, title, track = told
    return {
        "type": "Feature",
        "id": key,
        "properties": {
            "id": key,
            "title": title,
            "track": track,
            "first": interval.first.isoformat(),
            "last": (interval.last or _last(record)).isoformat(),
        },
        "geometry": shapely.geometry.mapping(shape),
    }
