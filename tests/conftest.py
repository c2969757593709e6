"""Fixtures that several tests share."""

import shutil
from pathlib import Path

import pytest

from geo_astana import dataset


@pytest.fixture(scope="session")
def record() -> dataset.Dataset:
    """The record as it is shipped."""
    return dataset.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data folder, to spoil."""
    copy = tmp_path / "geo"
    shutil.copytree(dataset.default_folder(), copy)
    return copy
