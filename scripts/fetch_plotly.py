"""Fetch the plotly.js that holds no more than maps and lines: 1.4 instead of 4.8 MB.

Run `make slim`, which needs npm. `geo-astana export page` finds the outcome; it is not
committed. Its version is that of the plotly.js of the installed package.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from pathlib import Path

from geo_astana import dataset, files, lanes, maps, timeline

PACKAGE = "plotly.js-geo-dist-min"
MEMBER = "package/plotly-geo.min.js"
OUT = files.assets_folder().parent / files.PLOTLY_SLIM


def main() -> None:
    version = files.plotly_version(files.plotly_js())
    bundle = _fetch(f"{PACKAGE}@{version}")
    if missing := _drawn() - _traces(bundle):
        sys.exit(f"{PACKAGE} {version} cannot draw {', '.join(sorted(missing))}.")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(bundle)
    if files.plotly_slim() != bundle:
        sys.exit(f"{OUT} is not used: {files.PLOTLY_VARIABLE} names another bundle.")
    sys.stdout.write(f"{OUT}: plotly.js {version}, {len(bundle):,} bytes\n")


def _fetch(package: str) -> bytes:
    npm = shutil.which("npm")
    if not npm:
        sys.exit(
            "This needs npm: install it (on Debian the package npm) and try again."
        )
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - our own package name
            [npm, "pack", "--loglevel=error", package],
            cwd=folder,
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
        if packed.returncode:
            sys.exit(f"npm could not fetch {package}; it says why above.")
        with tarfile.open(Path(folder, packed.stdout.split()[-1])) as archive:
            member = archive.extractfile(MEMBER)
            if member is None:
                sys.exit(f"{package} holds no {MEMBER}.")
            return member.read()


def _drawn() -> set[str]:
    """The types of trace in our figures."""
    record = dataset.load()
    day = date(2017, 12, 21)
    figures = (
        maps.figure(record, timeline.state_on(record, day), day),
        lanes.figure(record),
    )
    return {trace["type"] for figure in figures for trace in figure["data"]}


def _traces(bundle: bytes) -> set[str]:
    """The types of trace that a bundle of plotly.js registers."""
    found = re.findall(rb'moduleType:"trace",name:"(\w+)"', bundle)
    return {name.decode() for name in found}


if __name__ == "__main__":
    main()
