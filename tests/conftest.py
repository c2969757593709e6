"""Fixtures that several tests share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, expect
from visiting import chromium, served

from geo_astana import dataset
from geo_astana.export import slots

# However busy the machine is, only a wrong answer fails a test.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
expect.set_options(timeout=30_000)
# Several tests at a time draw pictures, and none is about to wait for another.
os.environ[slots.VARIABLE] = "8"


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


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The dashboard as a reader starts it."""
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def reader(browser: Browser) -> BrowserContext:
    """One browser profile, which keeps what it loaded."""
    return browser.new_context()
