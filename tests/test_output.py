"""Files by pattern, whole or not at all, one job each, in real processes."""

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_astana import errors
from geo_astana.export import output

SLIDES = [
    {"date": day, "kind": "slide", "size": "16:9", "theme": "light", "ext": "png"}
    for day in ("2017-12-21", "2018-02-20")
]
# A job in a process of its own: it claims, says so, and waits to be told to go on.
JOB = """
import sys
from pathlib import Path
from geo_astana.export import output
with output.writing(Path(sys.argv[1]), overwrite=True) as file:
    file.write(b"of the other job")
    print("claimed", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def another_job(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", JOB, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as job:
        assert job.stdout
        assert job.stdout.readline() == "claimed\n"
        yield job


@contextlib.contextmanager
def at_most(size: int) -> Iterator[None]:
    """Files that this process writes end at so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Without the rights of the superuser, whom no folder refuses."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def write_until(path: Path, stop: BaseException) -> None:
    with output.writing(path, overwrite=True) as file:
        file.write(b"half")
        raise stop


def write_while(path: Path, other: bytes) -> None:
    with output.writing(path) as file:
        path.write_bytes(other)
        file.write(b"new")


def refusal(path: Path, *, overwrite: bool = False) -> str:
    with (
        pytest.raises(errors.ExportError) as refused,
        output.writing(path, overwrite=overwrite) as file,
    ):
        file.write(b"new")
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "is a folder; add the name of a file"),
        ("there.png", "is there already"),
        ("none/new.png", "no folder"),
        ("there.png/new.png", "is no folder"),
        ("x" * 300, "too long"),
    ],
)
def test_a_path_is_refused_before_the_work(
    tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / "there.png").write_bytes(b"old")
    with pytest.raises(errors.ExportError, match=told):
        output.check(tmp_path / name)
    output.check(tmp_path / "there.png", overwrite=True)
    output.check(tmp_path / "new.png")
    assert names(tmp_path) == ["there.png"]


def test_a_device_is_no_file_to_replace() -> None:
    with pytest.raises(errors.ExportError, match="device") as refused:
        output.check(Path("/dev/full"))
    assert "overwrite" not in str(refused.value)


def test_a_pattern_names_each_file() -> None:
    pattern = "out/talks-{date}-{kind}-{size}-{theme}-{n}.{ext}"
    assert output.paths(pattern, SLIDES) == [
        Path("out/talks-2017-12-21-slide-16x9-light-1.png"),
        Path("out/talks-2018-02-20-slide-16x9-light-2.png"),
    ]


def test_numbers_are_as_wide_as_the_last_and_values_add_no_folder() -> None:
    files = [{"date": f"2017-01-01/2017-01-{n:02}"} for n in range(1, 11)]
    names = output.paths("{n}-{date}", files)
    assert names[0] == Path("01-2017-01-01_2017-01-01")
    assert names[-1] == Path("10-2017-01-01_2017-01-10")


def test_braces_may_stand_in_a_name_and_no_file_needs_none() -> None:
    assert output.paths("{{{date}}}", SLIDES[:1]) == [Path("{2017-12-21}")]
    assert output.paths("one.png", []) == []


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{day}.png", "unknown field {day}; there are {date}, {kind}, {size}"),
        ("{}.png", "unknown field {}"),
        ("{date.year}", "unknown field {date.year}"),
        ("{date!r}", "unknown field {date!r}"),
        ("{n:>900000000}", "unknown field {n:>900000000}"),
        ("{date.png", "a brace without its other half"),
        ("date}.png", "a brace without its other half"),
        ("talks.{ext}", "2 files would have the name “talks.png”; put {date} or {n}"),
    ],
)
def test_a_pattern_that_names_no_file_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(errors.ExportError) as refused:
        output.paths(pattern, SLIDES)
    assert said in str(refused.value)


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(errors.ExportError, match=r"asks for \{theme\}.*have \{date\}"):
        output.paths("{theme}", [{"date": "2017-12-21"}])


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    with output.writing(path) as file:
        file.write(b"first")
        assert not path.exists()
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["deck.pptx"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError, SystemExit])
def test_whatever_stops_a_job_leaves_the_old_file(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"old")
    with pytest.raises(stop):
        write_until(path, stop())
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["deck.pptx"]


def test_an_existing_file_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    path.write_bytes(b"old")
    assert "is there already" in refusal(path)
    assert path.read_bytes() == b"old"
    with output.writing(path, overwrite=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    with pytest.raises(errors.ExportError, match="is there already"):
        write_while(path, b"of someone else")
    assert path.read_bytes() == b"of someone else"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    path = tmp_path / "latest.pptx"
    path.symlink_to("real.pptx")
    with output.writing(path) as file:
        file.write(b"new")
    assert path.is_symlink()
    assert (tmp_path / "real.pptx").read_bytes() == b"new"


def test_another_program_writes_to_the_path_of_a_claim(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with output.claimed(path) as temporary:
        subprocess.run(["cp", "/dev/null", temporary], check=True)
        assert temporary.parent == tmp_path
    assert path.read_bytes() == b""
    assert names(tmp_path) == ["film.mp4"]


def test_a_folder_or_a_device_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path, overwrite=True)
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert "a device or a pipe" in refusal(fifo, overwrite=True)
    assert fifo.is_fifo()


def test_a_missing_folder_and_a_name_too_long_are_named(tmp_path: Path) -> None:
    missing = refusal(tmp_path / "none" / "deck.pptx")
    assert missing.startswith(f"There is no folder “{tmp_path / 'none'}”")
    (tmp_path / "file").touch()
    assert "is no folder" in refusal(tmp_path / "file" / "deck.pptx")
    assert "is too long" in refusal(tmp_path / ("я" * 200 + ".pptx"))
    assert names(tmp_path) == ["file"]


def test_the_longest_name_a_disk_takes_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("я" * 125 + ".pptx")
    with output.writing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_folder_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with nobody():
        said = refusal(tmp_path / "closed" / "deck.pptx")
    assert "may not be written to" in said


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    """Ten bytes fail only when the file is closed, the others when it is written."""
    path = tmp_path / "film.mp4"
    with (
        at_most(size // 2),
        pytest.raises(errors.ExportError, match="There is no room for"),
        output.writing(path) as file,
    ):
        file.write(b"x" * size)
    assert names(tmp_path) == []


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    with (
        pytest.raises(errors.ExportError, match="There is no room for"),
        output.writing(path, overwrite=True),
        Path("/dev/full").open("wb") as full,
    ):
        full.write(b"new")
    assert path.read_bytes() == b"old"


def test_an_error_of_the_writer_is_not_called_one_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), output.writing(tmp_path / "deck.pptx"):
        (tmp_path / "template.pptx").read_bytes()
    assert names(tmp_path) == []


def test_of_two_jobs_for_one_file_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    with another_job(path) as job:
        assert "Another job is writing" in refusal(path, overwrite=True)
        job.communicate("go on\n")
    assert path.read_bytes() == b"of the other job"
    assert names(tmp_path) == ["deck.pptx"]


def test_jobs_of_one_process_are_kept_apart_too(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    (tmp_path / "link").symlink_to(path)
    with output.writing(path) as file:
        assert "Another job" in refusal(tmp_path / "link")
        file.write(b"first")
    assert path.read_bytes() == b"first"


def test_the_claim_of_a_dead_job_is_void(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    with another_job(path) as job:
        job.kill()
        job.wait()
    left = names(tmp_path)
    assert left
    assert path.name not in left
    with output.writing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["deck.pptx"]
