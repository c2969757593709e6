"""A peer's page with its packages and the record: PEER RECORD PACKAGES.

Text goes out compressed, as a web server would send it.
"""

import logging
import sys
from pathlib import Path

import flask
import flask_compress
from werkzeug import serving
from werkzeug.wrappers import Response

PAGES = Path(__file__).with_name("peers")
peer, record, packages = sys.argv[1:]

logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = flask.Flask(__name__)
flask_compress.Compress(app)


@app.get("/")
def page() -> Response:
    return flask.send_file(PAGES / f"{peer}.html")


@app.get("/record.json")
def intervals() -> Response:
    return flask.send_file(record)


@app.get("/<name>.js")
def script(name: str) -> Response:
    return flask.send_from_directory(PAGES, f"{name}.js")


@app.get("/packages/<path:name>")
def package(name: str) -> Response:
    return flask.send_from_directory(packages, name)


server = serving.make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.port}/", flush=True)
server.serve_forever()
