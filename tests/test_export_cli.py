"""The commands that make files, as a user types them."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pptx
import psutil
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from geo_astana import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli.app, ["export", *words])


def test_pictures_of_several_days_have_names_by_a_pattern(
    run: Run, tmp_path: Path
) -> None:
    days = ("2017-12-21", "2018-02-20")
    pattern = "talks-{date}-{kind}-{n}.{ext}"
    words = ("--size", "640x400", "--out", pattern, "--view", "theme=dark")
    done = run("picture", *days, *words)
    names = ["talks-2017-12-21-slide-1.png", "talks-2018-02-20-slide-2.png"]
    assert done.output.split() == names
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    with Image.open(tmp_path / names[0]) as image:
        assert image.size == (640, 400)
    again = run("picture", *days, *words)
    assert again.exit_code == 1
    assert "already" in again.output
    assert "--overwrite" in again.output


def test_a_deck_a_film_and_what_verify_says_of_them(run: Run, tmp_path: Path) -> None:
    spans = ("--from", "2017-12-20", "--to", "2017-12-22")
    deck = run("deck", *spans, "--out", "talks.pptx")
    assert deck.exit_code == 0, deck.output
    slides = pptx.Presentation(
        io.BytesIO((tmp_path / "talks.pptx").read_bytes())
    ).slides
    titles = [slide.shapes.title.text for slide in slides if slide.shapes.title]
    assert "21 December 2017" in titles
    words = ("--size", "640x360", "--out", "talks.webm", "--step", "day")
    film = run("film", *spans, *words)
    assert film.exit_code == 0, film.output
    told = CliRunner().invoke(
        cli.app,
        [
            "verify",
            str(tmp_path / "talks.pptx"),
            str(tmp_path / "talks.webm"),
            "--json",
        ],
    )
    reports = json.loads(told.output)
    assert len(reports) == 2
    for report in reports:
        assert "2017-12-2" in json.dumps(report)


def test_one_page_a_site_and_data_need_no_browser(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    assert run("page", "--out", "talks.html").exit_code == 0
    assert run("site", "--out", "site").exit_code == 0
    for ending in ("csv", "geojson", "parquet", "xlsx", "zip", "ics"):
        done = run("data", "--out", f"talks.{ending}", "--view", "tracks=astana")
        assert done.exit_code == 0, done.output
    assert (tmp_path / "site" / "index.html").is_file()
    assert len(list(tmp_path.glob("talks.*"))) == 7


def test_a_site_that_is_shared_has_a_picture_of_its_view(
    run: Run, tmp_path: Path
) -> None:
    words = ("site", "--out", "site", "--address", "https://example.org/map/")
    done = run(*words, "--view", "date=2017-12-21")
    assert done.exit_code == 0, done.output
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert '"og:image" content="https://example.org/map/preview.png"' in index
    with Image.open(tmp_path / "site" / "preview.png") as image:
        assert f'"og:image:width" content="{image.width}"' in index
        assert f'"og:image:height" content="{image.height}"' in index
    told = CliRunner().invoke(cli.app, ["verify", "site/preview.png"])
    assert "21 December 2017" in told.output
    again = run(*words, "--overwrite")
    assert again.exit_code == 0, again.output


def test_a_site_is_made_without_its_picture_where_no_browser_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    done = run("site", "--out", "site", "--address", "https://example.org/")
    assert done.exit_code == 0, done.output
    assert "Without a picture" in done.output
    assert "og:image" not in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert not (tmp_path / "site" / "preview.png").exists()


def test_without_a_browser_a_sentence_says_how_to_get_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    done = run("picture", "2017-12-21")
    assert done.exit_code == 1
    assert "BROWSER_PATH" in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("picture", "2017-13-01"), "2017-13-01"),
        (("picture", "2017-12-21", "--size", "huge"), "huge"),
        (("picture", "2017-12-21", "--out", "no/such/folder/x.png"), "no folder"),
        (("picture", "2017-12-21", "--out", "{colour}.png"), "colour"),
        (("data", "--out", "x" * 300 + ".csv"), "too long"),
        (("picture", "2017-12-21", "2017-12-22", "--out", "x.png"), "{date}"),
        (("picture", "2017-12-21", "--kind", "card"), "event"),
        (("deck", "--tour", "nowhere"), "nowhere"),
        (("deck", "--dates", "2017-12-21", "--template", "none.pptx"), "none.pptx"),
        (("film", "--step", "day", "--to", "2025-12-31"), "--yes"),
        (("data", "--view", "tracks=nowhere"), "tracks=nowhere"),
        (("picture", "2017-12-21", "--out", "x.jpg"), "ends in .jpg"),
        (("picture", "2017-12-21", "--out", "x.png", "--format", "pdf"), "is pdf"),
        (("picture", "2017-12-21", "--out", "x", "--format", "bmp"), "bmp"),
        (("data", "--out", "talks"), "does not say its format"),
        (("deck", "--dates", "2017-12-21", "--out", "x.ppt"), ".pptx"),
        (("film", "--out", "-"), "name a file"),
        (("site", "--out", "-"), "name a file"),
        (("page", "--out", "."), "is a folder"),
        (("data", "--out", "/dev/full"), "a device"),
        (("picture", "2017-12-21", "--out", "/dev/full", "--format", "png"), "device"),
        (("picture", "2017-12-21", "--size", "500x400"), "at least 560x360"),
        (("deck", "--dates", "2017-12-21", "--shape", "square"), "16:9, 4:3"),
        (("deck", "--dates", "2017-12-21", "--from", "2017-12-20"), "all but one"),
        (("film", "--tour", "astana-rounds", "--to", "2018-01-01"), "all but one"),
    ],
)
def test_a_wrong_word_gets_a_sentence_and_leaves_no_file(
    run: Run, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = run(*words)
    assert done.exit_code == 1, done.output
    assert told in done.output
    assert "Traceback" not in done.output
    assert "--overwrite" not in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_export_leaves_no_file_and_no_browser(
    tmp_path: Path, sent: signal.Signals
) -> None:
    room, kept = tmp_path / "room", tmp_path / "kept"
    room.mkdir()
    kept.mkdir()
    command = [
        *(sys.executable, "-m", "geo_astana", "export", "film"),
        *("--from", "2016-01-01", "--to", "2018-12-31", "--out", "talks.mp4"),
    ]
    with subprocess.Popen(
        command,
        cwd=kept,
        env={**os.environ, "TMPDIR": str(room)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as made:
        owner = psutil.Process(made.pid)
        while not (_browsers(owner) and any(kept.glob(".*.part"))):
            assert made.poll() is None
        browsers = _browsers(owner)
        made.send_signal(sent)
        assert made.wait(30) != 0
    _, alive = psutil.wait_procs(browsers, timeout=10)
    assert not alive
    assert not list(kept.iterdir())
    # Which browsers run on the machine is kept there for all who draw.
    assert [path.name for path in room.iterdir()] == [f"geo-astana-{os.getuid()}"]


def _browsers(owner: psutil.Process) -> list[psutil.Process]:
    try:
        children = owner.children(recursive=True)
        return [child for child in children if "chrom" in child.name().lower()]
    except psutil.NoSuchProcess:
        return []
