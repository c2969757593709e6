"""The dashboard without its server: as one file, or as a folder for any host of files.

Both hold the view, its data and a small shell, assets/export/page.js. The table, the
downloads and the exports need a server and are left out. Neither asks for anything that
is not its own; the same record, query and address give the same bytes.
"""

import base64
import gzip
import hashlib
import html
import shutil
import urllib.parse
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

import geo_astana
from geo_astana import citation, errors, files, masthead, theme
from geo_astana.dataset import Dataset
from geo_astana.export import bundle

SHELL = "page"
DATA = tuple(name for name in files.NAMES if name != files.THEME)
VIEW_SCRIPT = "view.js"
STYLES = "page.css"
FONTS = "fonts"
# A folder is known as ours by these names, and its page by the attribute of its root.
INDEX = "index.html"
SCRIPTS_FOLDER = "assets-"
DATA_FOLDER = "data-"
MARK = '<html lang="en" data-made-by="geo-astana">'
HASH_LETTERS = 12
# So much of its name a folder carries while it is written; names have 255 bytes.
NAME_LETTERS = 40
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What is worth packing; fonts are packed already.
PACKED = (".css", ".html", ".js", ".json")
# Plotly writes style attributes and a style sheet of its own.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'{own}; "
    "img-src data:; font-src data:{own}; connect-src {asks}; base-uri 'none'; "
    "form-action 'none'"
)


def build(
    record: Dataset,
    *,
    query: str = "",
    address: str = "",
    plotly: bytes | None = None,
    head: str = "",
) -> bytes:
    """One page that opens from a disk with no network, at the view of `query`.

    Its links lead to `address`, that of a dashboard or a site without a query, and
    where there is none, or one of this machine only, to the file itself. `head` is
    HTML for the head, such as `imprint.html_head` writes; `plotly` a bundle other than
    that of `make slim`, or of the installed package. Raises ExportError for an address
    that is none on the web, and for a bundle of another version.
    """
    body = _body(record, query, address, {})
    shell = bundle.inline(bundle.shell_script(SHELL))
    packed = {files.PLOTLY: _plotly(plotly), VIEW_SCRIPT: _view_script()}
    policy = _POLICY.format(
        scripts=" ".join(map(_hash, (shell.encode(), *packed.values()))),
        own="",
        asks="'none'",
    )
    packed |= files.build(record, DATA)
    styles = [bundle.style(name) for name in bundle.style_names([SHELL])]
    styles.append(theme.css())
    return _document(
        head=[_policy(policy), head, *(f"<style>{sheet}</style>" for sheet in styles)],
        body=body,
        # The shell comes before the data: it can say that the rest is missing.
        tail=[f"<script>{shell}</script>", *map(_element, packed, packed.values())],
    )


def site(  # noqa: PLR0913 - what `build` takes, and how to write a folder
    record: Dataset,
    folder: Path,
    *,
    query: str = "",
    address: str = "",
    plotly: bytes | None = None,
    head: str = "",
    overwrite: bool = False,
    gzipped: bool = False,
) -> None:
    """The same as a folder, for a static host or a CDN, below any prefix.

    All but index.html lies in folders named by the hash of what they hold: it may be
    cached for ever. With `gzipped` each text has a packed sibling. The folder appears
    whole or not at all; one that is there is replaced with `overwrite` only, and only
    if it is such a site and no more. Raises ExportError for that, for what the disk
    refuses, and as `build` does.
    """
    try:
        _look(folder, overwrite=overwrite)
        contents = _site(record, query, address, _plotly(plotly), head)
        if gzipped:
            contents |= {
                f"{name}.gz": _gzip(content)
                for name, content in contents.items()
                if name.endswith(PACKED)
            }
        _write(folder.resolve(), contents)
    except OSError as error:
        raise errors.ExportError(
            f"The folder “{folder}” could not be written: {error.strerror or error}; "
            "nothing was kept. Make room or choose another place"
        ) from error


def _site(
    record: Dataset, query: str, address: str, plotly: bytes, head: str
) -> dict[str, bytes]:
    """Every file of the folder by its path in it."""
    fonts = (files.assets_folder() / FONTS).iterdir()
    scripts = {
        files.PLOTLY: plotly,
        VIEW_SCRIPT: _view_script(),
        STYLES: _style_sheet().encode(),
        **{f"{FONTS}/{path.name}": path.read_bytes() for path in sorted(fonts)},
    }
    data = files.build(record, DATA)
    folders = {
        "scripts": f"{SCRIPTS_FOLDER}{_stamp(scripts)}/",
        "data": f"{DATA_FOLDER}{_stamp(data)}/",
    }
    shell = bundle.inline(bundle.shell_script(SHELL))
    policy = _POLICY.format(
        scripts=f"'self' {_hash(shell.encode())}", own=" 'self'", asks="'self'"
    )
    style = html.escape(folders["scripts"] + STYLES)
    early = [
        f'<link rel="preload" as="script" href="{folders["scripts"]}{name}">'
        for name in (VIEW_SCRIPT, files.PLOTLY)
    ]
    index = _document(
        head=[
            _policy(policy),
            head,
            *early,
            f'<link rel="stylesheet" href="{style}">',
        ],
        body=_body(record, query, address, folders),
        tail=[f"<script>{shell}</script>"],
    )
    return {
        INDEX: index,
        **{folders["scripts"] + name: content for name, content in scripts.items()},
        **{folders["data"] + name: content for name, content in data.items()},
    }


def _write(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write beside the folder, then change places with it."""
    mark = f".{target.name[:NAME_LETTERS]}.{uuid.uuid4().hex}"
    new, old = target.with_name(f"{mark}.part"), target.with_name(f"{mark}.old")
    try:
        for name, content in contents.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _look(folder: Path, *, overwrite: bool) -> None:
    """Raises ExportError where something is in the way that is not to be replaced."""
    target = folder.resolve()
    if not target.parent.is_dir():
        raise errors.ExportError(
            f"There is no folder “{folder.parent}”; make it or choose another"
        )
    if not target.exists():
        return
    if not target.is_dir():
        raise errors.ExportError(f"“{folder}” is a file; name a folder")
    entries = sorted(path.name for path in target.iterdir())
    if not entries:
        return
    if not overwrite:
        raise errors.ExportError(
            f"“{folder}” is there already and not empty; choose another folder or ask "
            "to overwrite it (--overwrite)"
        )
    index = target / INDEX
    ours = index.is_file() and MARK.encode() in index.read_bytes()
    known = (INDEX, f"{INDEX}.gz")
    strange = [
        name
        for name in entries
        if name not in known and not name.startswith((SCRIPTS_FOLDER, DATA_FOLDER))
    ]
    if not ours or strange:
        found = f"holds “{strange[0]}”" if ours else "is no site of geo-astana"
        raise errors.ExportError(
            f"“{folder}” {found}, and would be deleted; choose another folder"
        )


def _document(*, head: Iterable[str], body: str, tail: Iterable[str]) -> bytes:
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


def _body(record: Dataset, query: str, address: str, folders: Mapping[str, str]) -> str:
    """The page around the view; its attributes tell the shell what to open."""
    shared = _web(address)
    told = {"query": query.removeprefix("?"), "address": shared, **folders}
    attributes = "".join(
        f' data-{name}="{html.escape(value)}"' for name, value in told.items()
    )
    terms = [
        f"Data {html.escape(record.version)}, {_link(citation.CC_BY, 'CC BY 4.0')}",
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


def _web(address: str) -> str:
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


def _plotly(plotly: bytes | None) -> bytes:
    return plotly or files.plotly_slim() or files.plotly_js()


def _view_script() -> bytes:
    """The scripts of the view as one."""
    return "\n".join(bundle.view_scripts()).encode()


def _style_sheet() -> str:
    """The style sheets as one, which finds its fonts beside it."""
    folder = files.assets_folder()
    sheets = [(folder / n).read_text("utf-8") for n in bundle.style_names([SHELL])]
    return "\n".join([*sheets, theme.css()])


def _policy(policy: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _hash(script: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return f"'sha256-{digest}'"


def _stamp(contents: Mapping[str, bytes]) -> str:
    """A hash of names and contents."""
    told = hashlib.sha256()
    for name, content in contents.items():
        told.update(f"{name} {len(content)}\n".encode())
        told.update(content)
    return told.hexdigest()[:HASH_LETTERS]


def _element(name: str, content: bytes) -> str:
    """A file inside the page; base64 holds nothing that could end its element.

    Packed the page is less than half as large and opens as fast.
    """
    packed = base64.b64encode(_gzip(content)).decode()
    return f'<script type="text/plain" id="{name}">{packed}</script>'


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
