"""The peers' packages from npm, kept beside the environment and never committed."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

# Package, version, and the files of its tarball that a page loads.
WANTED = (
    ("leaflet", "1.9.4", ("dist/leaflet.js", "dist/leaflet.css")),
    ("leaflet.timeline", "1.6.0", ("dist/leaflet.timeline.js",)),
    (
        "vis-timeline",
        "8.5.4",
        (
            "standalone/umd/vis-timeline-graph2d.min.js",
            "styles/vis-timeline-graph2d.min.css",
        ),
    ),
)
FOLDER = Path(sys.prefix) / "peers"
TIMEOUT_S = 60


class MissingError(Exception):
    """A package that could not be had, in one sentence."""


def fetch() -> Path:
    """The folder with every wanted file, as PACKAGE-VERSION/FILE; asks npm only once.

    Raises MissingError without npm or where it cannot download.
    """
    for name, version, files in WANTED:
        if not all((_folder(name, version) / file).is_file() for file in files):
            _fetch(name, version, files)
    return FOLDER


def _folder(name: str, version: str) -> Path:
    return FOLDER / f"{name}-{version}"


def _fetch(name: str, version: str, files: tuple[str, ...]) -> None:
    npm = shutil.which("npm")
    if not npm:
        raise MissingError("npm is not installed.")
    folder = _folder(name, version)
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--silent", f"{name}@{version}"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT_S,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise MissingError(f"npm could not download {name}@{version}.") from error
    packed = folder / done.stdout.split()[-1]
    with tarfile.open(packed) as tarball:
        for file in files:
            content = tarball.extractfile(f"package/{file}")
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read() if content else b"")
    packed.unlink()
