"""What our readers' figures stand beside: Flask, which sends one static file."""

import os
from pathlib import Path

import flask

FOLDER = "TORTURE_FILES"
FILE = "file.bin"

server = flask.Flask(__name__, static_folder=os.environ.get(FOLDER), static_url_path="")


@server.get("/healthz")
def healthy() -> str:
    return "OK"


def fill(folder: Path, size: int) -> None:
    """Write the file, which cannot be packed any smaller."""
    (folder / FILE).write_bytes(os.urandom(size))
