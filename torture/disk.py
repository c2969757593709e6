"""A disk without room: an export says so and leaves nothing, and a server serves on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deployed import Got, deployed, get
from table import Row, aim
from working import browsers_below, browsers_in, until

from torture import ordering
from torture.bounds import Bounds

KILOBYTE = 1024
# Less than any of the files needs, and enough for a server with its browser.
SMALL, LARGE = 24 * KILOBYTE, 96 * KILOBYTE**2
EXPORTS = {
    "picture": "picture 2017-12-21 --size 640x360 --out picture.png",
    "film": "film --from 2017-12-20 --to 2017-12-21 --size 640x360 --out film.mp4",
    "page": "page --out page.html",
}
FILLER, PIECE = "filler", KILOBYTE
WORDS = "There is no room for"
FINE, UNABLE = 200, 503


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder that holds at most so much; `before` stands before a command."""

    folder: Path
    before: tuple[str, ...]
    told: str


def rows(bounds: Bounds) -> list[Row]:
    del bounds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        home = Path(name)
        found = [_exported(home)]
        with _mounted(home / "large", LARGE) as disk:
            if disk:
                found += _served(disk)
            else:
                found.append(Row("Disk: a server on a full disk", "not measured"))
        return found


@contextmanager
def _mounted(folder: Path, size: int) -> Iterator[Path | None]:
    """A file system in memory, None where none may be mounted."""
    folder.mkdir()
    options = f"-t tmpfs -o size={size},mode=0700 tmpfs"
    mounting = ["mount", *options.split(), str(folder)]
    try:
        mounted = subprocess.run(mounting, check=False, capture_output=True)
    except OSError:
        yield None
        return
    if mounted.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def _small(home: Path) -> Iterator[Disk]:
    """A small disk, or where none can be had a small bound of each file."""
    with _mounted(home / "small", SMALL) as folder:
        if folder:
            yield Disk(folder, (), f"a disk of {SMALL // KILOBYTE} kB")
            return
    own = home / "bounded"
    own.mkdir()
    yield Disk(own, ("prlimit", f"--fsize={SMALL}"), "no larger files allowed")


def _exported(home: Path) -> Row:
    """The command line, on a disk that is too small for its files."""
    clear, left = 0, []
    scratch = home / "scratch"
    scratch.mkdir()
    with _small(home) as disk:
        for name, words in EXPORTS.items():
            command = [*disk.before, sys.executable, "-m", "geo_astana", "export"]
            ended = subprocess.run(
                [*command, *words.split()],
                cwd=disk.folder,
                env={**os.environ, "TMPDIR": str(scratch)},
                capture_output=True,
                text=True,
                check=False,
            )
            said = " ".join(ended.stderr.split())
            if ended.returncode and WORDS in said and "Traceback" not in said:
                clear += 1
            else:
                print(f"{name}: {ended.returncode}, {said}", file=sys.stderr)
            left += [path.name for path in disk.folder.iterdir()]
        browsers = len(browsers_in(scratch))
    return Row(
        f"Disk: {', '.join(EXPORTS)} made on {disk.told}",
        f"{clear} of {len(EXPORTS)} say so in a sentence",
        f"{len(left)} files and {browsers} browsers left",
        aim("all, none left", met=clear == len(EXPORTS) and not left and not browsers),
    )


def _said(answer: Got) -> str:
    """The status of an answer, and the sentence of a refusal."""
    words = "" if answer.status == FINE else f" ({answer.text.strip()})"
    return f"{answer.status}{words}"


def _fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk / FILLER).open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(PIECE)):
            pass


def _served(disk: Path) -> list[Row]:
    """A server that has no other disk."""
    with deployed({"TMPDIR": str(disk)}) as server:
        job = ordering.order(server.address)
        until(lambda: browsers_below(server.process.pid))
        _fill(disk)
        middle = job.wait()
        until(lambda: not browsers_below(server.process.pid))
        # What the job had written is gone.
        _fill(disk)
        pages = [get(server.address + path).status for path in ("", "?embed=map")]
        ready = get(f"{server.address}readyz").status
        refused = ordering.order(server.address).wait()
        picture = get(f"{server.address}export/picture.png?{ordering.DAY}")
        (disk / FILLER).unlink()
        after = ordering.order(server.address).wait()
        again = get(f"{server.address}export/picture.png?{ordering.DAY}").status
    browsers = len(browsers_in(disk))
    drawn = picture.status in (FINE, UNABLE)
    served = pages == [FINE, FINE] and ready == FINE
    return [
        Row(
            "Disk: the server’s becomes full while it makes a film",
            f"the job {middle['state']}",
            middle["words"],
            aim("a clear word", met="Traceback" not in middle["words"]),
        ),
        Row(
            "Disk: on the full disk",
            f"pages {pages[0]}, {pages[1]}, /readyz {ready}",
            f"a picture {_said(picture)}; a job {refused['state']}: {refused['words']}",
            aim("pages served, a sentence each", met=served and drawn),
        ),
        Row(
            "Disk: with room again",
            f"a job {after['state']}, a picture {again}",
            f"{browsers} browsers left at the end",
            aim(
                "made", met=after["state"] == "done" and again == FINE and not browsers
            ),
        ),
    ]
