"""Tours as the page without Dash presents them: steps, words and notes as JSON."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo_astana import errors, link, settings
from geo_astana.dataset import Dataset
from geo_astana.export import tours
from geo_astana.export.tours import Step, Tour

# assets/modes/presenter.js reads it when a presentation begins.
NAME = "tours.json"


def named(record: Dataset) -> dict[str, Tour]:
    """Every tour that has a name, by it; raises DataError for one with faults.

    Raises SettingsError where GEO_ASTANA_TOURS is no folder.
    """
    own = os.environ.get(settings.TOURS, "")
    if own and not Path(own).is_dir():
        raise errors.SettingsError(
            f"{settings.TOURS} is “{own}”, which is no folder; name one with tours"
        )
    return {name: tours.load(name, record) for name in tours.names()}


def name_of(name_or_path: str) -> str:
    """The name by which a link presents a tour: its own, or one made of its file's."""
    if name_or_path in tours.names():
        return name_or_path
    return tours.name_of(Path(name_or_path))


def contents(
    record: Dataset, more: Mapping[str, Tour] | None = None
) -> dict[str, bytes]:
    """The file that holds every tour by its name, `more` beside those that have one."""
    found = {
        name: _tour(tour, record)
        for name, tour in (named(record) | dict(more or {})).items()
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return {NAME: text.encode()}


def _tour(tour: Tour, record: Dataset) -> dict[str, Any]:
    return {
        "title": tour.title,
        "description": tour.description,
        "steps": [_step(step, record) for step in tour.steps],
    }


def _step(step: Step, record: Dataset) -> dict[str, str]:
    """The view of a step as a link; what it opens and its theme stand beside it."""
    view = replace(step.view, event="", theme="")
    told = {
        "query": link.write(view, record),
        "event": step.view.event,
        "theme": step.view.theme,
        "words": step.words,
        "notes": step.notes,
    }
    return {name: text for name, text in told.items() if text}
