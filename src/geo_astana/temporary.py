"""Folders for passing files that nobody but their person can open."""

import os
import tempfile
from pathlib import Path

from geo_astana import errors

OPEN_TO_ONE = 0o700


def folder(name: str, failure: type[errors.ExportError] = errors.ExportError) -> Path:
    """The folder of that name, made where there is none.

    Raises `failure` where it cannot be made or somebody else has made it.
    """
    own = Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}"
    try:
        own.mkdir(mode=OPEN_TO_ONE, exist_ok=True)
        status = own.lstat()
    except OSError as error:
        raise failure(
            f"The folder “{own}” is needed and cannot be made ({error.strerror}). Make "
            "room there, or set TMPDIR to another folder."
        ) from error
    if own.is_symlink() or status.st_uid != os.getuid():
        raise failure(
            f"The folder “{own}” belongs to somebody else. Remove it, or set TMPDIR to "
            "another folder."
        )
    own.chmod(OPEN_TO_ONE)
    return own
