"""The page around the view where no Dash is: its HTML, and the files it loads.

The one file, the static site and what the server answers to a frame or a presentation
are this page; assets/export/page.js mounts the view in it, and assets/modes/ make of it
what its link asks for.
"""

import base64
import hashlib
import html
import urllib.parse
from collections.abc import Iterable, Mapping

import geo_astana
from geo_astana import citation, errors, files, masthead, theme
from geo_astana.dataset import Dataset
from geo_astana.export import bundle

SHELL = "page"
VIEW_SCRIPT = "view.js"
STYLES = "page.css"
FONTS = "fonts"
# What the modes draw a picture of themselves with.
DRAWING = "svg"
# The page is known as ours by the attribute of its root.
MARK = '<html lang="en" data-made-by="geo-astana">'
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Whoever frames the page may drive it.
ANY_ORIGIN = ("*",)


def document(*, head: Iterable[str], body: str, tail: Iterable[str]) -> bytes:
    """The whole page; all parts are HTML."""
    lines = "\n".join(
        [
            "<!DOCTYPE html>",
            MARK,
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{masthead.TITLE}</title>",
            f'<link rel="icon" href="{masthead.icon()}">',
            *head,
            "</head>",
            f"<body>{body}",
            *tail,
            "</body></html>",
        ]
    )
    # A link typed at a terminal may hold halves of letters.
    return lines.encode(errors="replace")


def linked(folders: Mapping[str, str], *, drawn: bool = True) -> list[str]:
    """The lines of the head that load what lies in `folders["scripts"]`.

    A page where nothing is `drawn` needs no Plotly.
    """
    early = (VIEW_SCRIPT, files.PLOTLY) if drawn else (VIEW_SCRIPT,)
    folder = html.escape(folders["scripts"])
    return [
        *(f'<link rel="preload" as="script" href="{folder}{name}">' for name in early),
        # In a sandbox the page has an origin of its own, and reads the fonts' rules.
        f'<link rel="stylesheet" crossorigin href="{folder}{STYLES}">',
    ]


def body(
    record: Dataset,
    query: str,
    address: str,
    folders: Mapping[str, str],
    origins: Iterable[str] = ANY_ORIGIN,
) -> str:
    """The page around the view; its attributes tell the shell what to open.

    `folders` are the addresses of its `data` and `scripts`, if they are not inside it;
    pages of `origins` may drive it from outside. Raises ExportError for an address that
    is none on the web.
    """
    shared = on_web(address)
    told = {
        "query": query.removeprefix("?"),
        "address": shared,
        "origins": " ".join(origins),
        **folders,
    }
    attributes = "".join(
        f' data-{name}="{html.escape(value)}"' for name, value in told.items()
    )
    version = f'<span class="roomy">Data {html.escape(record.version)}, </span>'
    licence = version + _link(citation.CC_BY, "CC BY 4.0")
    terms = [
        f'<span id="licence">{licence}</span>',
        f"Made by geo-astana {geo_astana.__version__}",
    ]
    if shared:
        terms.append(_link(shared, "Open this view online", 'id="permalink" '))
    return f"""
<div id="page" class="page geo-astana"{attributes}>
<header class="top">
<span class="brand">geo-astana</span><span class="motto">{masthead.MOTTO}</span>
<div id="search" class="search-place"></div>
<button type="button" id="keys-button" class="plain keys-open">Keys</button>
<button type="button" id="theme-button">Dark</button>
</header>
<main><div id="view" class="view">
<noscript><p class="loading">The maps of this page are drawn by scripts, which are
switched off. All of them are inside this page: allow them and open it again.</p>
</noscript>
<p class="loading waiting">The map is loading.</p>
</div></main>
<footer class="bottom"><span>{masthead.LIMITS}</span><span>{masthead.CREDIT}</span>
<span>{" · ".join(terms)}</span></footer>
<div id="notice" role="status"></div>
</div>"""


def _link(address: str, words: str, attributes: str = "") -> str:
    return (
        f'<a {attributes}href="{html.escape(address)}" target="_blank" '
        f'rel="noopener noreferrer">{words}</a>'
    )


def on_web(address: str) -> str:
    """An address that others can open, or ""; raises ExportError for what is none.

    That of a dashboard on this machine leads nowhere on another.
    """
    if not address:
        return ""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise errors.ExportError(
            f"“{address}” is no address that a link can lead to; expected one that "
            "begins with https:// or http:// and has no query"
        )
    return "" if parts.hostname in LOOPBACK else address


def script() -> str:
    """What stands in the page itself and loads the rest."""
    return bundle.inline(bundle.shell_script(SHELL))


def scripts(plotly: bytes | None = None) -> dict[str, bytes]:
    """The scripts that the page runs by name; `plotly` is a bundle other than ours."""
    parts = (*bundle.view_scripts(), *bundle.mode_scripts())
    view = "\n".join([*parts, bundle.shell_script(DRAWING)])
    return {
        files.PLOTLY: plotly or files.plotly_slim() or files.plotly_js(),
        VIEW_SCRIPT: view.encode(),
    }


def styles() -> dict[str, bytes]:
    """The style sheets by name, and the fonts that they find beside them."""
    folder = files.assets_folder()
    sheets = [(folder / name).read_text("utf-8") for name in sheet_names()]
    return {
        STYLES: "\n".join([*sheets, theme.css()]).encode(),
        **{
            f"{FONTS}/{path.name}": path.read_bytes()
            for path in sorted((folder / FONTS).iterdir())
        },
    }


def sheet_names() -> list[str]:
    """The style sheets of the page, by their paths in assets/."""
    return [*bundle.style_names([SHELL]), *bundle.mode_styles()]


def policy(text: str) -> str:
    """A content security policy as a line of the head."""
    return f'<meta http-equiv="Content-Security-Policy" content="{text}">'


def digest(script: bytes) -> str:
    """A script as a policy names it."""
    told = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return f"'sha256-{told}'"
