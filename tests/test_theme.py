"""Colours can be read and told apart, and only `theme` knows them."""

import itertools
import math
import re
from pathlib import Path

import pytest

from geo_astana import model, theme

ROOT = Path(__file__).parents[1]
GROUNDS = ("paper", "surface", "sunk", "syria", "land", "sea")
INKS = ("ink", "ink2", "ink3")
HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
# WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (graphics).
TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0
# Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation
# of Color Vision Deficiency, table 1: linear RGB at severity 1.0.
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
Vector = tuple[float, ...]


def linear(colour: str) -> Vector:
    """Linear RGB of a hex colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def oklab(rgb: Vector) -> Vector:
    """OKLab of linear RGB, after Ottosson (2020)."""
    inside = tuple(min(1, max(0, part)) for part in rgb)
    cones = times(
        (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        ),
        inside,
    )
    return times(
        (
            (0.2104542553, 0.7936177850, -0.0040720468),
            (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660),
        ),
        tuple(math.cbrt(cone) for cone in cones),
    )


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", theme.THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_texts_can_be_read_on_every_ground(colours: theme.Theme, ground: str) -> None:
    tokens = theme.COLOURS[colours]
    texts = [*INKS, *(name for name in tokens if name.startswith("text-"))]
    for text in texts:
        assert contrast(tokens[text], tokens[ground]) >= TEXT_CONTRAST, text


@pytest.mark.parametrize("colours", theme.THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_marks_stand_out_from_every_ground(colours: theme.Theme, ground: str) -> None:
    tokens = theme.COLOURS[colours]
    for name in tokens:
        if name.startswith("fill-") or name == "focus":
            assert contrast(tokens[name], tokens[ground]) >= MARK_CONTRAST, name


@pytest.mark.parametrize("colours", theme.THEMES)
def test_the_number_stands_out_from_its_disc(colours: theme.Theme) -> None:
    tokens = theme.COLOURS[colours]
    for track in model.TRACKS:
        assert contrast(tokens["on"], tokens[f"fill-{track}"]) >= TEXT_CONTRAST, track


@pytest.mark.parametrize("colours", theme.THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_tracks_can_be_told_apart(colours: theme.Theme, sight: str) -> None:
    fills = {
        track: oklab(
            times(SIGHT[sight], linear(theme.COLOURS[colours][f"fill-{track}"]))
        )
        for track in model.TRACKS
    }
    for one, other in itertools.combinations(fills, 2):
        assert math.dist(fills[one], fills[other]) >= 0.05, (one, other)


def test_both_themes_name_the_same_colours_and_looks() -> None:
    light, dark = theme.THEMES
    assert list(theme.COLOURS[light]) == list(theme.COLOURS[dark])
    assert {look: list(parts) for look, parts in theme.looks(light).items()} == {
        look: list(parts) for look, parts in theme.looks(dark).items()
    }


@pytest.mark.parametrize("colours", theme.THEMES)
def test_a_look_names_colours_that_exist_and_opacities_that_show(
    colours: theme.Theme,
) -> None:
    for parts in theme.looks(colours).values():
        for colour, opacity in parts.values():
            assert colour in theme.COLOURS[colours]
            assert 0 < opacity <= 1


@pytest.mark.parametrize("colours", theme.THEMES)
def test_the_style_sheet_names_every_look_and_part(colours: theme.Theme) -> None:
    lines = theme.css().splitlines()
    start = f".geo-astana[data-theme={colours}] "
    for look, parts in theme.looks(colours).items():
        for part, (colour, opacity) in parts.items():
            selector = f'{start}[data-part={part}][data-look="{look}"]'
            rules = [line for line in lines if line.startswith(selector)]
            assert len(rules) == 1, (look, part)
            assert f"var(--{colour})" in rules[0]
            assert f"opacity:{opacity:g}!important" in rules[0]


@pytest.mark.parametrize("colours", theme.THEMES)
def test_the_style_sheet_names_every_colour(colours: theme.Theme) -> None:
    rule = next(
        line
        for line in theme.css().splitlines()
        if line.startswith(f".geo-astana[data-theme={colours}]{{")
    )
    for name, value in theme.COLOURS[colours].items():
        assert f"--{name}:{value}" in rule


def test_a_part_hides_unless_a_look_names_it() -> None:
    hidden = ".geo-astana [data-part]{visibility:hidden!important}"
    css = theme.css()
    assert css.index(hidden) < css.index("visibility:visible")


def test_every_colour_of_a_theme_is_a_six_digit_hex_code() -> None:
    for tokens in theme.COLOURS.values():
        assert all(re.fullmatch("#[0-9A-F]{6}", value) for value in tokens.values())
    assert theme.rgba("#1D1B19", 0.5) == "rgba(29,27,25,0.5)"


def written_files() -> list[Path]:
    paths = [*ROOT.glob("src/**/*.py"), *ROOT.glob("assets/**/*.css")]
    paths += ROOT.glob("assets/**/*.js")
    # Bundles that the assets folder may hold are not ours.
    return [
        path for path in paths if path.name != "theme.py" and ".min." not in path.name
    ]


@pytest.mark.parametrize(
    "path", written_files(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_hex_colour_stands_outside_theme(path: Path) -> None:
    assert not HEX.findall(path.read_text("utf-8"))


def test_a_hex_colour_would_be_found() -> None:
    assert HEX.findall("a{color:#fff;b:#1D1B19}") == ["#fff", "#1D1B19"]
    assert HEX.findall((ROOT / "src/geo_astana/theme.py").read_text("utf-8"))
