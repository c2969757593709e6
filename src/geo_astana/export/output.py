"""Files as they are written: named by a pattern, whole or not at all, one job each."""

import contextlib
import errno
import os
import stat
import string
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import portalocker

from geo_astana import errors

# What a pattern may name, in braces.
FIELDS = {
    "date": "the day, or the first and the last",
    "kind": "slide, stage, region, syria, timeline, card, deck and so on",
    "size": "the size, by name or as width and height",
    "theme": "light, dark or transparent",
    "n": "the number of the file, from 1",
    "ext": "the ending",
}
# Letters that a name of a file must not have on one system or another.
_UNSAFE = str.maketrans(
    {"/": "_", "\\": "_", ":": "x", " ": "-"} | dict.fromkeys('*?"<>|', "")
)
# So much of its target's name a temporary file carries; names have 255 bytes.
_NAME_LETTERS = 40
# The errors of a disk without room.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What writing may meet in the middle; any other error is that of who writes.
_OF_THE_DISK = (*FULL, errno.EIO, errno.EROFS, errno.ESTALE)
_CLOSED = "The folder “{folder}” may not be written to; choose another"
_TOLD = {
    errno.ENOENT: "There is no folder “{folder}”; make it or choose another",
    errno.ENOTDIR: "“{folder}” is no folder; choose another",
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: "The disk of “{folder}” can only be read; choose another folder",
    errno.ENAMETOOLONG: "The name “{name}…” is too long; choose a shorter one",
}


def paths(pattern: str, files: Sequence[Mapping[str, str]]) -> list[Path]:
    """A path for each file, by a pattern such as `talks-{date}.{ext}`.

    A file is its values of FIELDS; `n` is counted here. Values lose what a name of a
    file must not have. Raises ExportError for a field that is unknown or has no value,
    for a brace too many, and where two files would have one name.
    """
    width = len(str(len(files)))
    counted = [
        {**values, "n": f"{number:0{width}}"} for number, values in enumerate(files, 1)
    ]
    named = [_filled(pattern, values) for values in counted]
    name, count = Counter(named).most_common(1)[0] if named else ("", 0)
    if count > 1:
        differing = [
            f"{{{field}}}"
            for field in FIELDS
            if len({values.get(field, "") for values in counted}) > 1
        ]
        raise errors.ExportError(
            f"{count} files would have the name “{name}”; "
            f"put {' or '.join(differing)} into the pattern “{pattern}”"
        )
    return [Path(name) for name in named]


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        raise errors.ExportError(
            f"The pattern “{pattern}” has a brace without its other half; "
            "write {{ for a brace of the name"
        ) from None
    filled = []
    for text, field, form, conversion in parts:
        filled.append(text)
        if field is None:
            continue
        if field not in FIELDS or form or conversion:
            written = "".join((field, f"!{conversion}" if conversion else ""))
            written += f":{form}" if form else ""
            raise errors.ExportError(
                f"The pattern “{pattern}” has the unknown field {{{written}}}; "
                f"there are {', '.join(f'{{{name}}}' for name in FIELDS)}"
            )
        if field not in values:
            raise errors.ExportError(
                f"The pattern “{pattern}” asks for {{{field}}}, which these files do "
                f"not have; they have {', '.join(f'{{{name}}}' for name in values)}"
            )
        filled.append(values[field].translate(_UNSAFE))
    return "".join(filled)


@contextlib.contextmanager
def writing(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """An open file that becomes `path` when the block ends, and only then.

    Whatever ends the block early leaves `path` as it was and nothing beside it. Raises
    ExportError as `claimed` does.
    """
    with (
        claimed(path, overwrite=overwrite) as temporary,
        temporary.open("xb") as file,
    ):
        yield file


@contextlib.contextmanager
def claimed(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A path for another program to write to, moved to `path` when the block ends.

    Only one job at a time has the claim on a path; that of a job that died is void.
    Raises ExportError where `path` is there and must not be overwritten, where another
    job writes it, and where its folder or its disk refuses it.
    """
    target = Path(os.path.realpath(path))
    mark = f".{target.name[:_NAME_LETTERS]}.{zlib.crc32(os.fsencode(target.name)):08x}"
    temporary = target.with_name(f"{mark}.part")
    with _claim(path, target.with_name(f"{mark}.lock")):
        with _in_words(path):
            _look(path, target, overwrite=overwrite)
            temporary.unlink(missing_ok=True)
        try:
            with _in_words(path, *_OF_THE_DISK):
                yield temporary
            with _in_words(path):
                _settle(temporary)
                _look(path, target, overwrite=overwrite)
                temporary.replace(target)
                _settle(target.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _claim(path: Path, lock: Path) -> Iterator[None]:
    """Holds the lock file, which the system frees when its process ends."""
    held = portalocker.TemporaryFileLock(str(lock), timeout=0)
    with _in_words(path):
        try:
            held.acquire()
        except portalocker.AlreadyLocked:
            raise errors.ExportError(
                f"Another job is writing “{path}”; wait for it or choose another name"
            ) from None
        except portalocker.LockException as error:
            raise errors.ExportError(
                f"The disk of “{path.parent}” keeps no locks, so two jobs could mix "
                "their files; choose another folder"
            ) from error
    try:
        yield
    finally:
        held.release()


def check(path: Path, *, overwrite: bool = False) -> None:
    """Raise at once what `claimed` would raise of a path, without a claim on it.

    That is ExportError where `path` is a folder, a device or in no folder, and, unless
    it may be overwritten, where it is there.
    """
    with _in_words(path):
        _look(path, Path(os.path.realpath(path)), overwrite=overwrite)


def _look(path: Path, target: Path, *, overwrite: bool) -> None:
    """Raises ExportError where there is something that may not be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        target.parent.stat()
        return
    if stat.S_ISDIR(mode):
        raise errors.ExportError(f"“{path}” is a folder; add the name of a file")
    if not stat.S_ISREG(mode):
        raise errors.ExportError(
            f"“{path}” is a device or a pipe, no file; choose another name"
        )
    if not overwrite:
        raise errors.ExportError(
            f"“{path}” is there already; choose another name or ask to overwrite it "
            "(--overwrite)"
        )


def _settle(path: Path) -> None:
    """Waits until the disk holds what was written; only here some disks say no."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _in_words(path: Path, *codes: int) -> Iterator[None]:
    """Makes a sentence of an error of the system, of the given codes alone if any."""
    try:
        yield
    except OSError as error:
        if codes and error.errno not in codes:
            raise
        raise errors.ExportError(_said(path, error)) from error


def _said(path: Path, error: OSError) -> str:
    code = error.errno or 0
    if code in FULL:
        return disk_full(path)
    told = _TOLD.get(code, f"“{{path}}” could not be written: {error.strerror}")
    return told.format(path=path, folder=path.parent, name=path.name[:_NAME_LETTERS])


def disk_full(path: Path) -> str:
    """What to say when `path` has no room; other programs that write tell by words."""
    return (
        f"There is no room for “{path}” on its disk, or no file may be so large; "
        "nothing was kept. Make room or choose another folder"
    )
