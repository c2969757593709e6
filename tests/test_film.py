"""Films as a player sees them: days, frames, colours; and what ends one early."""

import io
import os
import resource
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import psutil
import pytest
from PIL import Image

from geo_astana import errors, selection, theme
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, film
from geo_astana.export.evidence import Evidence
from geo_astana.export.film import Shot
from geo_astana.link import View
from geo_astana.selection import Selection

NEW_YEAR, DAY = date(2017, 1, 1), date(2017, 12, 21)
PAPER = theme.COLOURS["light"]["paper"]
# Far apart in every colour space.
INKS = ["#000000", "#ffffff", "#c00000", "#00a000", "#0000c0"]
SIZE = (64, 48)


def png(colour: str, size: tuple[int, int] = SIZE, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, "PNG")
    return stream.getvalue()


def noise(size: tuple[int, int] = (320, 240)) -> bytes:
    stream = io.BytesIO()
    Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)).save(stream, "PNG")
    return stream.getvalue()


def shots(*seconds: float) -> list[Shot]:
    return [Shot(NEW_YEAR + timedelta(day), held) for day, held in enumerate(seconds)]


def decoded(path: Path, size: tuple[int, int] = SIZE) -> list[tuple[int, int, int]]:
    """The colour in the middle of every frame."""
    exact = ["-vf", "scale=flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    done = subprocess.run(
        [*command, *exact, "-f", "rawvideo", "-"], capture_output=True, check=True
    )
    assert not done.stderr
    frame = size[0] * size[1] * 3
    middle = (size[1] // 2 * size[0] + size[0] // 2) * 3
    starts = range(middle, len(done.stdout), frame)
    return [tuple(done.stdout[at : at + 3]) for at in starts]  # type: ignore[misc]


def described(path: Path) -> str:
    """What ffmpeg tells of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, check=False, text=True).stderr


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def nearest(colour: tuple[int, int, int]) -> str:
    """The ink that a decoded colour was."""

    def distance(ink: str) -> int:
        pairs = zip(colour, rgb(ink), strict=True)
        return sum(abs(one - other) for one, other in pairs)

    return min(INKS, key=distance)


def runs(values: Sequence[str]) -> list[tuple[str, int]]:
    """Equal neighbours and how many they are."""
    found: list[tuple[str, int]] = []
    for value in values:
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1] + 1)
        else:
            found.append((value, 1))
    return found


def ffmpegs() -> list[psutil.Process]:
    running = psutil.Process().children(recursive=True)
    return [child for child in running if "ffmpeg" in child.name()]


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Files that this process and its children write end at so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def said(record: Dataset) -> Evidence:
    address = "http://127.0.0.1:8050/"
    return evidence.of_days(record, [NEW_YEAR, DAY], View(), address, "Talks of 2017")


def test_a_film_of_changes_shows_each_and_begins_with_its_first_day(
    record: Dataset,
) -> None:
    last = date(2017, 12, 31)
    changed = [
        change.day
        for change in selection.changes(record, selection.EVERYTHING)
        if change.day.year == 2017
    ]
    planned = film.plan(record, NEW_YEAR, last)
    assert NEW_YEAR not in changed
    assert [shot.day for shot in planned] == [NEW_YEAR, *changed]
    assert {shot.seconds for shot in planned} == {1.0}
    assert film.seconds(planned) == film.pictures(planned) == len(changed) + 1


def test_both_ends_belong_to_the_film(record: Dataset) -> None:
    planned = film.plan(record, DAY, date(2017, 12, 23))
    assert [shot.day.day for shot in planned] == [21, 22, 23]
    assert film.plan(record, DAY, DAY) == [Shot(DAY, 1.0)]


def test_days_fly_by_and_changes_are_held(record: Dataset) -> None:
    planned = film.plan(
        record, date(2017, 12, 15), DAY, "day", per_change_s=2, days_per_s=10
    )
    assert [(shot.day.day, shot.seconds) for shot in planned] == [
        (15, 2),
        (16, 0.1),
        (17, 0.1),
        (18, 0.1),
        (19, 2),
        (20, 0.1),
        (21, 2),
    ]


def test_weeks_pass_over_no_change(record: Dataset) -> None:
    planned = film.plan(record, date(2017, 12, 1), DAY, "week", days_per_s=10)
    assert [(shot.day.day, shot.seconds) for shot in planned] == [
        (1, 0.7),
        (8, 0.3),
        (11, 1),
        (15, 1),
        (19, 1),
        (21, 1),
    ]


def test_a_film_of_a_selection_holds_its_changes_only(record: Dataset) -> None:
    geneva = Selection(tracks=frozenset({"geneva"}))
    planned = film.plan(record, date(2017, 12, 10), DAY, "change", geneva)
    assert [shot.day.day for shot in planned] == [10, 15, 21]


@pytest.mark.parametrize(
    ("days", "speed", "words"),
    [
        ((DAY, NEW_YEAR), {}, "2017-12-21 is after 2017-01-01"),
        ((NEW_YEAR, DAY), {"per_change_s": 0.2}, "choose from 0.5, to be read, to 600"),
        ((NEW_YEAR, DAY), {"per_change_s": float("nan")}, "cannot be held for nan"),
        ((NEW_YEAR, DAY), {"days_per_s": 0}, "0 days a second"),
        ((NEW_YEAR, DAY), {"days_per_s": 61}, "61 days a second"),
    ],
)
def test_a_film_nobody_could_follow_is_refused(
    record: Dataset, days: tuple[date, date], speed: dict[str, Any], words: str
) -> None:
    with pytest.raises(errors.ExportError) as refused:
        film.plan(record, *days, "day", **speed)
    assert words in str(refused.value)


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_each_picture_is_held_for_its_frames(
    tmp_path: Path, said: Evidence, form: film.Form
) -> None:
    path = tmp_path / f"film.{form}"
    held = (1, 0.5, 1 / 15, 1 / 15, 2)
    film.write(path, shots(*held), map(png, INKS), said, size=SIZE, form=form)
    shown = runs([nearest(colour) for colour in decoded(path)])
    assert shown == list(zip(INKS, (30, 15, 2, 2, 60), strict=True))
    assert "Duration: 00:00:03.6" in described(path)
    assert "30 fps" in described(path)


def test_a_gif_holds_each_picture_once_for_its_time(
    tmp_path: Path, said: Evidence
) -> None:
    path = tmp_path / "film.gif"
    held = (1, 0.5, 0.1, 2)
    inks = INKS[: len(held)]
    film.write(path, shots(*held), map(png, inks), said, size=SIZE, form="gif")
    with Image.open(path) as image:
        shown = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            colour = image.convert("RGB").getpixel((32, 24))
            shown.append((nearest(colour), image.info["duration"]))  # type: ignore[arg-type]
        assert image.info["loop"] == 0
    assert shown == list(zip(inks, (1000, 500, 100, 2000), strict=True))


def test_odd_lengths_add_up_without_drift() -> None:
    frames = film.frames(shots(*[0.55] * 100), 30)
    assert sum(frames) == 1650
    assert set(frames) == {16, 17}
    assert film.frames(shots(0.001, 0.001, 1), 30) == [1, 1, 28]


@pytest.mark.parametrize("form", film.FORMS)
def test_colours_stay_what_they_are(
    tmp_path: Path, said: Evidence, form: film.Form
) -> None:
    colours = [theme.COLOURS["light"][name] for name in ("paper", "sea", "fill-zone")]
    path = tmp_path / f"film.{form}"
    held = shots(0.5, 0.5, 0.5)
    film.write(path, held, map(png, colours), said, size=SIZE, form=form)
    found = list(dict.fromkeys(decoded(path)))
    assert len(found) == len(colours)
    for colour, wanted in zip(found, map(rgb, colours), strict=True):
        assert all(
            abs(one - other) <= 2 for one, other in zip(colour, wanted, strict=True)
        )


def test_a_video_says_how_its_colours_are_meant_and_starts_fast(
    tmp_path: Path, said: Evidence
) -> None:
    path = tmp_path / "film.mp4"
    film.write(path, shots(0.5), [png(PAPER)], said, size=SIZE)
    told = described(path)
    assert "h264 (High)" in told
    assert "yuv420p(tv, bt709, progressive)" in told
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_film_carries_its_evidence(tmp_path: Path, said: Evidence) -> None:
    for form in film.FORMS:
        path = tmp_path / f"film.{form}"
        film.write(path, shots(0.5), [png(PAPER)], said, size=SIZE, form=form)
        assert evidence.MARK.encode() in path.read_bytes()
    assert "Talks of 2017" in described(tmp_path / "film.mp4")


def test_odd_sides_lose_a_line_of_paper(tmp_path: Path, said: Evidence) -> None:
    path = tmp_path / "film.mp4"
    film.write(path, shots(0.5), [png(PAPER, (65, 49))], said, size=(65, 49))
    assert "64x48" in described(path)


def test_what_is_transparent_becomes_paper(tmp_path: Path, said: Evidence) -> None:
    path = tmp_path / "film.gif"
    clear = png("#00000000", mode="RGBA")
    film.write(path, shots(0.5), [clear], said, size=SIZE, form="gif")
    assert decoded(path)[0] == rgb(PAPER)


def test_progress_counts_the_pictures(tmp_path: Path, said: Evidence) -> None:
    heard: list[tuple[int, int]] = []
    film.write(
        tmp_path / "film.gif",
        shots(0.5, 0.5, 0.5),
        map(png, INKS[:3]),
        said,
        size=SIZE,
        form="gif",
        progress=lambda done, whole: heard.append((done, whole)),
    )
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("planned", "options", "words"),
    [
        ([], {}, "has no pictures"),
        (shots(1), {"form": "avi"}, "no film of the kind “avi”; there are mp4, webm"),
        (shots(1), {"fps": 0}, "choose from 1 to 60"),
        (shots(1), {"size": (9000, 48)}, "9000 × 48 pixels is not made"),
        (
            shots(1) * 1000,
            {"form": "gif", "size": (1920, 1080)},
            "take at most 96 of this size, smaller ones, or MP4",
        ),
    ],
)
def test_a_film_that_cannot_be_made_is_refused(
    tmp_path: Path,
    said: Evidence,
    planned: list[Shot],
    options: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(errors.ExportError) as refused:
        film.write(tmp_path / "film", planned, [], said, **{"size": SIZE, **options})
    assert words in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (b"no picture", "no whole PNG"),
        (png("red")[:60], "no whole PNG"),
        (png("red", (66, 48)), "has 66 × 48 pixels instead of 64 × 48"),
    ],
)
def test_a_bad_picture_ends_the_film(
    tmp_path: Path, said: Evidence, picture: bytes, words: str
) -> None:
    with pytest.raises(errors.ExportError, match=words):
        film.write(
            tmp_path / "film.mp4", shots(1, 1), [png("red"), picture], said, size=SIZE
        )
    assert not list(tmp_path.iterdir())
    assert not ffmpegs()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, errors.BrowserError("gone")])
def test_what_stops_the_pictures_stops_the_film(
    tmp_path: Path, said: Evidence, stop: BaseException
) -> None:
    def drawn() -> Iterator[bytes]:
        yield png("red")
        raise stop

    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    with pytest.raises(type(stop) if isinstance(stop, Exception) else stop):  # type: ignore[arg-type]
        film.write(path, shots(1, 1), drawn(), said, size=SIZE, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]
    assert path.read_bytes() == b"old"
    assert not ffmpegs()


@pytest.mark.parametrize("asked", [2, 4])
def test_a_cancelled_film_leaves_nothing(
    tmp_path: Path, said: Evidence, asked: int
) -> None:
    """Cancelled between pictures, and after the last one while it is finished."""
    answers = iter([False] * (asked - 1) + [True] * 3)
    with pytest.raises(errors.ExportError, match="was cancelled; nothing was kept"):
        film.write(
            tmp_path / "film.webm",
            shots(1, 1, 60),
            [noise(), noise(), noise()],
            said,
            size=(320, 240),
            form="webm",
            cancelled=lambda: next(answers),
        )
    assert not list(tmp_path.iterdir())
    assert not ffmpegs()


def test_an_ffmpeg_that_does_not_end_is_ended(
    tmp_path: Path, said: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "ffmpeg-stuck"
    stuck.write_text("#!/bin/sh\nexec sleep 1000\n")
    stuck.chmod(0o700)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(stuck))
    answers = iter([False, True])
    with pytest.raises(errors.ExportError, match="was cancelled"):
        film.write(
            tmp_path / "film.mp4",
            shots(1),
            [png("red")],
            said,
            size=SIZE,
            cancelled=lambda: next(answers),
        )
    running = [child.name() for child in psutil.Process().children()]
    assert "sleep" not in running
    assert [one.name for one in tmp_path.iterdir()] == ["ffmpeg-stuck"]


def test_a_killed_ffmpeg_is_told_in_words(tmp_path: Path, said: Evidence) -> None:
    def kill(done: int, whole: int) -> None:  # noqa: ARG001 - how progress is told
        for process in ffmpegs():
            process.kill()

    with pytest.raises(errors.ExportError, match="ffmpeg was ended by signal 9"):
        film.write(
            tmp_path / "film.mp4",
            shots(1, 1, 1),
            [noise()] * 3,
            said,
            size=(320, 240),
            progress=kill,
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", film.FORMS)
def test_a_full_disk_is_told_in_words(
    tmp_path: Path, said: Evidence, form: film.Form
) -> None:
    size = (320, 240)
    with (
        at_most(60_000),
        pytest.raises(errors.ExportError, match="There is no room for"),
    ):
        film.write(
            tmp_path / "film",
            shots(*[0.5] * 9),
            [noise()] * 9,
            said,
            size=size,
            form=form,
        )
    assert not list(tmp_path.iterdir())
    assert not ffmpegs()


def test_without_ffmpeg_one_sentence_says_so(
    tmp_path: Path, said: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with pytest.raises(errors.ExportError, match="no ffmpeg to make films with"):
        film.write(tmp_path / "film.mp4", shots(1), [png("red")], said, size=SIZE)
    assert not list(tmp_path.iterdir())
