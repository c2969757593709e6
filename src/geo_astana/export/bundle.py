"""One HTML document that holds everything it needs: scripts, styles, fonts and data."""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from geo_astana import files

# The view's own scripts and styles; the rest of assets/ is for the dashboard.
VIEW = "view"
MODES = "modes"
SHELLS = "export"
STYLES = ("fonts.css", "geo-astana.css", "drawer.css", "search.css")
_FONT = re.compile(r"url\((fonts/[\w.-]+\.woff2)\)")


def document(  # noqa: PLR0913 - each is a part of the page
    contents: Mapping[str, bytes],
    shells: Sequence[str],
    *,
    title: str,
    head: str = "",
    body: str = "",
    plotly: bytes | None = None,
) -> str:
    """A page that runs from a file with no network.

    `contents` are the files of `files.build` that it carries, `shells` the names of the
    scripts in assets/export/ that mount it, with style sheets of the same names where
    there are any; `head` and `body` are HTML, `plotly` a bundle other than our own.
    """
    styles = [style(name) for name in style_names(shells)]
    styles += [contents[files.THEME].decode()] if files.THEME in contents else []
    scripts = [(plotly or files.plotly_js()).decode(), *view_scripts()]
    scripts += [shell_script(name) for name in shells]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            head,
            *(f"<style>{sheet}</style>" for sheet in styles),
            "</head>",
            f"<body>{body}",
            *_data(contents),
            *(f"<script>{inline(script)}</script>" for script in scripts),
            "</body></html>",
        ]
    )


@lru_cache
def view_scripts() -> tuple[str, ...]:
    """The scripts of the view, in the order in which Dash loads them."""
    return _scripts(VIEW)


@lru_cache
def mode_scripts() -> tuple[str, ...]:
    """The scripts that make a frame or a presentation of the view."""
    return _scripts(MODES)


def mode_styles() -> list[str]:
    """Their style sheets, by their paths in assets/."""
    folder = files.assets_folder() / MODES
    return [f"{MODES}/{path.name}" for path in sorted(folder.glob("*.css"))]


def _scripts(name: str) -> tuple[str, ...]:
    folder = files.assets_folder() / name
    return tuple(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))


@lru_cache
def shell_script(name: str) -> str:
    """The script of assets/export/ that mounts a view."""
    return (files.assets_folder() / SHELLS / f"{name}.js").read_text("utf-8")


def style_names(shells: Sequence[str]) -> list[str]:
    """The style sheets of the view and of its shells, by their paths in assets/."""
    own = [f"{SHELLS}/{shell}.css" for shell in shells]
    return [*STYLES, *(n for n in own if (files.assets_folder() / n).is_file())]


@lru_cache
def style(name: str) -> str:
    """A style sheet of assets/ with its fonts inside."""
    folder = files.assets_folder()

    def font(match: re.Match[str]) -> str:
        content = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f"url(data:font/woff2;base64,{content})"

    return _FONT.sub(font, (folder / name).read_text("utf-8"))


def _data(contents: Mapping[str, bytes]) -> Iterable[str]:
    """JSON as elements that the shell reads by the name of the file."""
    for name, content in contents.items():
        if name.endswith(".json"):
            text = content.decode().replace("<", "\\u003c")
            yield f'<script type="application/json" id="{name}">{text}</script>'


def inline(script: str) -> str:
    """A script that cannot end its element before its time."""
    return re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE).replace(
        "<!--", "<\\!--"
    )
