"""The scripts that other sites load to hold and drive the view."""

import hashlib

import flask
from werkzeug.wrappers import Response

from geo_astana.export import host

# Sites name them without a version: a new one reaches them within the hour.
KEPT_S = 3600


def register(server: flask.Flask, prefix: str) -> None:
    """Serve the scripts below the prefix; pages of any origin may load them."""
    for name, content in host.scripts().items():
        _serve(server, f"{prefix}{name}", content)


def _serve(server: flask.Flask, address: str, content: bytes) -> None:
    tag = hashlib.sha256(content).hexdigest()[:20]

    def script() -> Response:
        response = Response(content, mimetype="text/javascript")
        response.set_etag(tag)
        response.cache_control.public = True
        response.cache_control.max_age = KEPT_S
        response.access_control_allow_origin = "*"
        return response.make_conditional(flask.request)

    server.add_url_rule(address, endpoint=address, view_func=script)
