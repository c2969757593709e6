"""Colours, type and looks: the only place with hex codes.

A look says for each part of a mark its colour and opacity. From this one table come
the style sheet that the browser switches by `data-look` and the attributes that Plotly
gets.
"""

from typing import Literal

from geo_astana.model import TRACKS

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

COLOURS: dict[Theme, dict[str, str]] = {
    "light": {
        "paper": "#FBF8F2",
        "surface": "#FFFFFF",
        "sunk": "#F3EEE4",
        "ink": "#1D1B19",
        "ink2": "#4F4A43",
        "ink3": "#686158",
        "rule": "#DDD5C8",
        "rule2": "#BEB4A4",
        "control": "#857C70",
        "focus": "#0B57D0",
        "on": "#FFFFFF",
        "sea": "#DDE6E8",
        "land": "#EDE7DC",
        "syria": "#FAF6EC",
        "border": "#B9AE9D",
        "governorate": "#D9CFBF",
        "lake": "#D3DFE2",
        "graticule": "#C7D3D6",
        "halo": "#FAF6EC",
        "fill-astana": "#A03E08",
        "fill-geneva": "#215AB8",
        "fill-committee": "#8362C8",
        "fill-sochi": "#3D7F88",
        "fill-summits": "#A8660F",
        "fill-council": "#14212B",
        "fill-ceasefire": "#224500",
        "fill-zone": "#8D0358",
        "fill-ground": "#6D6962",
        "text-astana": "#A03E08",
        "text-geneva": "#1E52A8",
        "text-committee": "#6B48B0",
        "text-sochi": "#24646D",
        "text-summits": "#7C530D",
        "text-council": "#1F3242",
        "text-ceasefire": "#2B5208",
        "text-zone": "#8D0358",
        "text-ground": "#5C5851",
    },
    "dark": {
        "paper": "#15191D",
        "surface": "#1D2227",
        "sunk": "#111518",
        "ink": "#F2EEE6",
        "ink2": "#C4BEB2",
        "ink3": "#B0AA9F",
        "rule": "#30363C",
        "rule2": "#4B535B",
        "control": "#78818A",
        "focus": "#8AB4F8",
        "on": "#15191D",
        "sea": "#151C22",
        "land": "#262C32",
        "syria": "#343B42",
        "border": "#59626B",
        "governorate": "#464E56",
        "lake": "#151C22",
        "graticule": "#222B33",
        "halo": "#2A3037",
        "fill-astana": "#FF6834",
        "fill-geneva": "#609AED",
        "fill-committee": "#BFA9F3",
        "fill-sochi": "#98EFFD",
        "fill-summits": "#EBBB55",
        "fill-council": "#8699BD",
        "fill-ceasefire": "#ACEA9F",
        "fill-zone": "#ED6D94",
        "fill-ground": "#C9C9C8",
        "text-astana": "#FF8A5F",
        "text-geneva": "#85B3F5",
        "text-committee": "#CBB8F6",
        "text-sochi": "#8FE3F0",
        "text-summits": "#EBBB55",
        "text-council": "#B3C3DE",
        "text-ceasefire": "#ACE29A",
        "text-zone": "#FF93B5",
        "text-ground": "#C9C9C8",
    },
}
ALPHA: dict[Theme, dict[str, float]] = {
    "light": {"fill": 0.30, "band": 0.15, "lane": 0.20},
    "dark": {"fill": 0.34, "band": 0.17, "lane": 0.26},
}
CONTESTED_ALPHA = 0.10

SERIF = "Noto Serif, Charter, Georgia, serif"
SANS = "Noto Sans, Noto Sans Arabic, Segoe UI, Roboto, Arial, sans-serif"

# Width classes of the view: where the type and the marks change their size.
Size = Literal["large", "medium", "phone"]
SIZES: tuple[Size, ...] = ("large", "medium", "phone")
# The least view width of each class in pixels.
LEAST_WIDTH: dict[Size, int] = {"large": 1400, "medium": 900, "phone": 0}
TEXT_PX: dict[Size, dict[str, float]] = {
    "large": {
        "label": 12.5,
        "name": 17,
        "detail": 12.5,
        "number": 15,
        "call": 14,
        "country": 11.5,
    },
    "medium": {
        "label": 11.5,
        "name": 15,
        "detail": 11.5,
        "number": 13,
        "call": 12.5,
        "country": 10.5,
    },
    "phone": {
        "label": 11,
        "name": 13.5,
        "detail": 11,
        "number": 12,
        "call": 12,
        "country": 10,
    },
}
MARK_PX: dict[Size, dict[str, float]] = {
    "large": {
        "target": 36,
        "halo": 44,
        "disc": 32,
        "ring": 22,
        "diamond": 15,
        "square": 11,
    },
    "medium": {
        "target": 34,
        "halo": 40,
        "disc": 29,
        "ring": 21,
        "diamond": 14,
        "square": 10,
    },
    "phone": {
        "target": 44,
        "halo": 32,
        "disc": 23,
        "ring": 18,
        "diamond": 12,
        "square": 9,
    },
}

# A zero-blur shadow in eight directions: a blurred one becomes a raster in a PDF.
_HALO = ((1, 1), (-1, -1), (1, -1), (-1, 1), (1.5, 0), (-1.5, 0), (0, 1.5), (0, -1.5))

Style = tuple[str, float]
Look = dict[str, Style]


def _place_looks() -> dict[str, Look]:
    looks: dict[str, Look] = {}
    for track in TRACKS:
        words: Look = {"name": ("ink", 1), "detail": (f"text-{track}", 1)}
        fill = f"fill-{track}"
        looks[f"talks.{track}"] = {
            "halo": (fill, 0.2),
            "disc": (fill, 1),
            "number": ("on", 1),
            **words,
        }
        looks[f"decided.{track}"] = {"diamond": (fill, 1), **words}
        looks[f"planned.{track}"] = {"ring": (fill, 1), **words}
    for look, track in (("ground", "ground"), ("truce", "ceasefire")):
        looks[look] = {
            "square": (f"fill-{track}", 1),
            "name": ("ink", 1),
            "detail": (f"text-{track}", 1),
        }
    return looks


def looks(theme: Theme) -> dict[str, Look]:
    """Every look: the parts of a mark that show, each with its colour and opacity."""
    alpha = ALPHA[theme]
    zone = "fill-zone"
    edge: Look = {"band": (zone, alpha["band"]), "line": (zone, 1)}
    call: Look = {
        "call": ("text-zone", 1),
        "state": ("ink2", 1),
        "leader": ("ink2", 1),
    }
    return {
        # At rest: a venue of the record, and the name of a town.
        "": {"venue": ("ink3", 1), "label": ("ink2", 1), "country": ("ink3", 1)},
        **_place_looks(),
        "agreed": {**edge, **call},
        "in-force": {"fill": (zone, alpha["fill"]), **edge, **call},
        "contested": {
            "fill": (zone, CONTESTED_ALPHA),
            "hatch": (zone, 1),
            **edge,
            **call,
        },
        "lapsed": {"dots": ("ink3", 1)},
        "post": {"post": (zone, 1)},
    }


def shadow(colour: str) -> str:
    """A halo around map words as Plotly's `textfont.shadow`."""
    return ", ".join(f"{x}px {y}px 0 {colour}" for x, y in _HALO)


def as_shown(text: str) -> str:
    """Text as Plotly shows it letter by letter: it reads tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rgba(colour: str, opacity: float) -> str:
    """A hex colour with an opacity as CSS."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def css() -> str:
    """The style sheet of the looks and the colours, for both themes.

    A part shows only under a look that names it. Plotly writes its own styles into the
    nodes, so each rule has to be important.
    """
    rules = []
    for theme in THEMES:
        names = [f"--{name}:{value}" for name, value in COLOURS[theme].items()]
        names += [f"--alpha-{name}:{value}" for name, value in ALPHA[theme].items()]
        rules.append(f".geo-astana[data-theme={theme}]{{{';'.join(names)}}}")
    rules.append(".geo-astana [data-part]{visibility:hidden!important}")
    # Plotly hides a trace by its group and a word by its paint; here the look decides.
    rules.append(".geo-astana [data-parts]{opacity:1!important}")
    for theme in THEMES:
        for look, parts in looks(theme).items():
            for part, (colour, opacity) in parts.items():
                selector = (
                    f".geo-astana[data-theme={theme}] "
                    f'[data-part={part}][data-look="{look}"]'
                )
                rules.append(f"{selector}{{{_declarations(part, colour, opacity)}}}")
    return "\n".join(rules) + "\n"


STROKED = ("line", "hatch", "dots", "leader", "ring", "venue", "post")


def _declarations(part: str, colour: str, opacity: float) -> str:
    paint = "stroke" if part in STROKED else "fill"
    return (
        f"visibility:visible!important;{paint}:var(--{colour})!important;"
        f"{paint}-opacity:1!important;"
        f"opacity:{opacity:g}!important"
    )
