"""What every answer carries and every request may be: headers, bounds, plain words.

A page runs the scripts of its own server and no others, asks nothing of another host,
and is framed by whom the settings name. What is refused is refused in one sentence.
"""

import html
import logging
import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from functools import partial

import flask
from dash import Dash
from dash.exceptions import DependencyException, InvalidResourceError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from geo_astana import envelope, settings
from geo_astana.settings import Settings

# A request of a page is an order of a few kilobytes; nothing is uploaded.
MOST_BYTES = 64 * 1024
MOST_PARTS = 16
A_YEAR = 31_536_000
# Files of the fonts have no hash in their names, and never change.
FONTS_S = 30 * 24 * 3600
CARRIED = re.compile(
    rb"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\""
)
HEAD_BYTES = 4096
# Other pages may load these: public files, and what is embedded.
LENT = ("data/", "assets/", "embed.", "oembed", "export/picture.")
# Frames in a sandbox have an origin of their own, from which they fetch these.
SHARED = ("data/", "assets/", "embed.", "oembed")
# Routes that Dash or Flask have and a served page never asks for.
CLOSED = ("_reload-hash", "_favicon.ico", "<path:path>", "static")
CALLBACK = "_dash-update-component"
SUITES = "_dash-component-suites/"
DENIED = (
    "accelerometer camera geolocation gyroscope magnetometer microphone midi payment "
    "usb"
).split()
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A link tells what somebody reads: no other host is told it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED),
}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
DRAWING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "sandbox"
)
SENTENCES = {
    400: "The request cannot be read.",
    403: "This is not for everyone.",
    404: "There is nothing at this address.",
    405: "This address does not take such a request.",
    413: f"The request is too large: at most {MOST_BYTES // 1024} kB are read.",
    414: "The address is too long: after its “?” are read at most "
    f"{settings.MOST_QUERY} letters.",
    415: "The request is of a kind that is not read here.",
    429: "Too much is asked for at once. Try again in a moment.",
    500: "This failed by a fault of ours. What happened stands in the server’s log.",
    503: "The server cannot do this now. Try again in a moment.",
}
_log = logging.getLogger("geo_astana")


def page_policy(hashes: Iterable[str]) -> str:
    """The Content-Security-Policy of the dashboard, whose inline scripts have `hashes`.

    A hash is written as in the policy, `'sha256-…'` with its quotes.
    """
    return _policy(hashes, "'self'")


def light_policy(hashes: Iterable[str], origins: Iterable[str]) -> str:
    """The same for the light page, which pages of `origins` may show in a frame.

    With "*" nothing is said of it: that sign would keep out pages opened from a disk.
    """
    allowed = " ".join(origins) or "'none'"
    return _policy(hashes, "" if settings.ANY in allowed.split() else allowed)


def lend(response: Response, hashes: Iterable[str], origins: Iterable[str]) -> Response:
    """Make an answer the light page: its policy, and leave to be framed."""
    response.headers["Content-Security-Policy"] = light_policy(hashes, origins)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _policy(hashes: Iterable[str], ancestors: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *hashes)),
            # Plotly writes style attributes and a style sheet of its own.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            *((f"frame-ancestors {ancestors}",) if ancestors else ()),
        )
    )


def protect(app: Dash, obeyed: Settings = settings.USUAL) -> None:
    """Bound what is asked of an application, and complete what it answers.

    Call it when all callbacks are registered: scripts that come later do not run.
    """
    server: flask.Flask = app.server
    prefix: str = app.config.routes_pathname_prefix
    server.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    if obeyed.secret:
        server.secret_key = obeyed.secret
    # Else DASH_UI and its like in the environment would turn some on.
    app.enable_dev_tools(
        debug=False,
        dev_tools_ui=False,
        dev_tools_props_check=False,
        dev_tools_serve_dev_bundles=False,
        dev_tools_hot_reload=False,
        dev_tools_silence_routes_logging=False,
        dev_tools_disable_version_check=True,
        dev_tools_prune_errors=False,
    )
    server.before_request(partial(_bound, app, prefix))
    policy = page_policy(app.csp_hashes())
    server.after_request(partial(_complete, obeyed, prefix, policy))
    server.register_error_handler(HTTPException, _refused)
    server.register_error_handler(InvalidResourceError, _no_resource)
    server.register_error_handler(DependencyException, _no_resource)
    server.register_error_handler(Exception, _broken)


def _bound(app: Dash, prefix: str) -> None:
    """Refuse a request that is too long, or that no page of ours would send."""
    request = flask.request
    if len(request.query_string) > settings.MOST_QUERY:
        flask.abort(414)
    asked = (request.endpoint or "").removeprefix(prefix)
    if asked in CLOSED:
        flask.abort(404)
    if asked == CALLBACK and request.method == "POST":
        if not request.is_json:
            flask.abort(415)
        text = request.get_data()
        if said := envelope.fault(text, request.args, app.callback_map):
            flask.abort(400, said)


def _complete(
    obeyed: Settings, prefix: str, policy: str, response: Response
) -> Response:
    path = flask.request.path.removeprefix(prefix)
    headers = response.headers
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if obeyed.hsts_s:
        headers["Strict-Transport-Security"] = f"max-age={obeyed.hsts_s}"
    sharing = "cross-origin" if path.startswith(LENT) else "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", sharing)
    if path.startswith(SHARED):
        headers["Access-Control-Allow-Origin"] = "*"
    # What is not modified keeps the policy that it was sent with.
    if response.status_code != 304:  # noqa: PLR2004
        _contain(response, policy, dashboard=not path)
    _keep(response, path)
    return response


def _contain(response: Response, policy: str, *, dashboard: bool) -> None:
    """Set the policy of an answer that has none yet."""
    headers = response.headers
    if "Content-Security-Policy" in headers or response.mimetype == "application/pdf":
        return
    if response.mimetype == "text/html":
        if dashboard:
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            # For browsers that do not know `frame-ancestors`.
            headers["X-Frame-Options"] = "SAMEORIGIN"
            # It holds a token of this one load.
            headers.setdefault("Cache-Control", "private, no-cache")
        else:
            policy = _carried(response)
    else:
        policy = DRAWING if response.mimetype == "image/svg+xml" else NOTHING
    headers["Content-Security-Policy"] = policy


def _carried(response: Response) -> str:
    """The policy that a page carries in its head, such as an exported one."""
    if response.direct_passthrough or response.is_streamed:
        return NOTHING
    found = CARRIED.search(response.get_data()[:HEAD_BYTES])
    own = html.unescape(found[1].decode()) if found else "default-src 'none'"
    return f"{own}; frame-ancestors 'none'"


def _keep(response: Response, path: str) -> None:
    """Let browsers keep what cannot change under its address."""
    if response.status_code != 200:  # noqa: PLR2004
        return
    control = response.cache_control
    if path.startswith("assets/"):
        if _stamped(response):
            control.no_cache = None
            control.public = control.immutable = True
            control.max_age = A_YEAR
        elif path.startswith("assets/fonts/"):
            control.no_cache = None
            control.public = True
            control.max_age = FONTS_S
    elif path.startswith((SUITES, "data/")) and control.max_age == A_YEAR:
        control.public = control.immutable = True


def _stamped(response: Response) -> bool:
    """Whether the address of an asset names the version that is sent.

    Dash adds the file's time as `m`. While servers are replaced one by one, a page of
    the new one may ask an old one, whose file must not be kept.
    """
    sent = response.headers.get("Last-Modified")
    try:
        asked = int(float(flask.request.args.get("m", "")))
    except (ValueError, OverflowError):
        return False
    return sent is not None and asked == parsedate_to_datetime(sent).timestamp()


def refusal(status: int, said: str) -> Response:
    """An answer of one sentence."""
    response = Response(f"{said}\n", status, content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = True
    return response


def _refused(error: HTTPException) -> Response:
    """What Flask refuses, with the headers that belong to it."""
    status = error.code or 500
    given = error.get_response()
    if status < 400:  # noqa: PLR2004 - a redirect
        return given
    own = error.description if error.description != type(error).description else ""
    said = own if status == 400 and own else SENTENCES.get(status)  # noqa: PLR2004
    answer = refusal(status, said or SENTENCES[400])
    for name in ("Allow", "Retry-After"):
        if name in given.headers:
            answer.headers[name] = given.headers[name]
    return answer


def _no_resource(error: Exception) -> Response:
    del error
    return refusal(404, SENTENCES[404])


def _broken(error: Exception) -> Response:
    _log.error("A request failed.", exc_info=error)
    return refusal(500, SENTENCES[500])
