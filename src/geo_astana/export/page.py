"""The dashboard without its server: as one file, or as a folder for any host of files.

Both hold the view, its data and a small shell, assets/export/page.js. The table, the
downloads and the exports need a server and are left out. Neither asks for anything that
is not its own; the same record, query and address give the same bytes.
"""

import base64
import gzip
import hashlib
import shutil
import urllib.parse
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from geo_astana import errors, files, theme
from geo_astana.dataset import Dataset
from geo_astana.export import bundle, host, presentation, shell
from geo_astana.export.tours import Tour

DATA = tuple(name for name in files.NAMES if name != files.THEME)
# A folder is known as ours by these names, and its page by `shell.MARK`.
INDEX = "index.html"
# What is shown where the site is shared.
PREVIEW = "preview.png"
SCRIPTS_FOLDER = "assets-"
DATA_FOLDER = "data-"
HASH_LETTERS = 12
# So much of its name a folder carries while it is written; names have 255 bytes.
NAME_LETTERS = 40
# What is worth packing; fonts are packed already.
PACKED = (".css", ".html", ".js", ".json", ".mjs")
# Plotly writes style attributes and a style sheet of its own.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'{own}; "
    "img-src data:; font-src data:{own}; connect-src {asks}; base-uri 'none'; "
    "form-action 'none'"
)


def build(  # noqa: PLR0913 - each is a part of the page
    record: Dataset,
    *,
    query: str = "",
    address: str = "",
    origins: Sequence[str] = shell.ANY_ORIGIN,
    plotly: bytes | None = None,
    head: str = "",
    tours: Mapping[str, Tour] | None = None,
) -> bytes:
    """One page that opens from a disk with no network, at the view of `query`.

    Its links lead to `address`, that of a dashboard or a site without a query, and
    where there is none, or one of this machine only, to the file itself. `head` is
    HTML for the head, such as `imprint.html_head` writes; `plotly` a bundle other than
    that of `make slim`, or of the installed package; `tours` can be presented beside
    those that have a name. Raises ExportError for an address that is none on the web,
    and for a bundle of another version.
    """
    body = shell.body(record, query, address, {}, origins)
    script = shell.script()
    packed = shell.scripts(plotly)
    policy = _POLICY.format(
        scripts=" ".join(map(shell.digest, (script.encode(), *packed.values()))),
        own="",
        asks="'none'",
    )
    packed |= files.build(record, DATA) | presentation.contents(record, tours)
    styles = map(bundle.style, bundle.style_names([shell.SHELL]))
    # What the first words need no colours for waits packed.
    later = [*map(bundle.style, bundle.mode_styles()), theme.css()]
    packed[shell.STYLES] = "\n".join(later).encode()
    return shell.document(
        head=[
            shell.policy(policy),
            head,
            *(f"<style>{sheet}</style>" for sheet in styles),
        ],
        body=body,
        # The shell comes before the data: it can say that the rest is missing.
        tail=[f"<script>{script}</script>", *map(_element, packed, packed.values())],
    )


def site(  # noqa: PLR0913 - what `build` takes, and how to write a folder
    record: Dataset,
    folder: Path,
    *,
    query: str = "",
    address: str = "",
    origins: Sequence[str] = shell.ANY_ORIGIN,
    plotly: bytes | None = None,
    head: str = "",
    preview: bytes = b"",
    overwrite: bool = False,
    gzipped: bool = False,
) -> None:
    """The same as a folder, for a static host or a CDN, below any prefix.

    All but index.html, the scripts for other sites and PREVIEW lies in folders named by
    the hash of what they hold: it may be cached for ever. `preview` is a PNG that
    `head` tells of. With `gzipped` each text has a packed sibling. The folder appears
    whole or not at all; one that is there is replaced with `overwrite` only, and only
    if it is such a site and no more. Raises ExportError for that, for what the disk
    refuses, and as `build` does.
    """
    try:
        _look(folder, overwrite=overwrite)
        body = partial(shell.body, record, query, address, origins=origins)
        contents = _site(record, body, plotly, head)
        if preview:
            contents[PREVIEW] = preview
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


def preview_address(address: str) -> str:
    """Where PREVIEW is of a site at `address`, a page or a folder.

    What does not end as a page does is a folder, with its slash or without.
    """
    page = address.endswith((".html", ".htm"))
    folder = address if page else f"{address.rstrip('/')}/"
    return urllib.parse.urljoin(folder, PREVIEW)


def _site(
    record: Dataset,
    body: Callable[[Mapping[str, str]], str],
    plotly: bytes | None,
    head: str,
) -> dict[str, bytes]:
    """Every file of the folder by its path in it; `body` takes the folders."""
    scripts = shell.scripts(plotly) | shell.styles()
    data = files.build(record, DATA) | presentation.contents(record)
    folders = {
        "scripts": f"{SCRIPTS_FOLDER}{_stamp(scripts)}/",
        "data": f"{DATA_FOLDER}{_stamp(data)}/",
    }
    script = shell.script()
    policy = _POLICY.format(
        scripts=f"'self' {shell.digest(script.encode())}", own=" 'self'", asks="'self'"
    )
    index = shell.document(
        head=[shell.policy(policy), head, *shell.linked(folders)],
        body=body(folders),
        tail=[f"<script>{script}</script>"],
    )
    return {
        INDEX: index,
        **host.scripts(),
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
    ours = index.is_file() and shell.MARK.encode() in index.read_bytes()
    whole = (INDEX, PREVIEW, *host.scripts())
    known = (*whole, *(f"{name}.gz" for name in whole))
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
