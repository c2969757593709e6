"""Which map names have room beside which others.

Plotly avoids no collisions, so Python works out, at the reference size of each width
class, which names would overlap. The browser and the figures then follow one rule: a
name is left out when one that comes before it needs its room.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo_astana import frame, model, theme
from geo_astana.model import Place

# Reference boxes in pixels, width and height, of both maps in each width class.
BOXES: dict[theme.Size, dict[str, tuple[int, int]]] = {
    "large": {"region": (952, 575), "syria": (536, 575)},
    "medium": {"region": (659, 355), "syria": (371, 355)},
    "phone": {"region": (390, 200), "syria": (390, 310)},
}
# Names to the left of their mark; all others stand to its right. A venue that shows
# something needs more room and may stand on the other side.
QUIET_LEFT = (
    "geneva",
    "istanbul",
    "amman",
    "cairo",
    "antalya",
    "brussels",
    "latakia",
    "idlib",
    "damascus",
    "daraa",
)
SHOWN_LEFT = ("astana", "moscow", "istanbul", "amman", "khmeimim")
# Venues whose names come first where there is room for some only.
PRIORITY = (
    "astana",
    "geneva",
    "sochi",
    "moscow",
    "ankara",
    "tehran",
    "vienna",
    "cairo",
    "amman",
    "istanbul",
    "munich",
)
TOWNS = ("aleppo", "idlib", "latakia", "hama", "homs", "damascus", "daraa")
# A detail such as "Round 8 · day 1 of 2" is at most about this many letters long.
DETAIL_LETTERS = 22
# Noto Sans: the mean width of a letter as a part of the type size.
LETTER = 0.56

Box = tuple[float, float, float, float]
# The title in the upper left corner of each map, in pixels.
TITLE: Box = (0, 0, 138, 32)


@dataclass(frozen=True)
class Room:
    """Per width class: the names that a shown place displaces, and those never shown.

    `active` maps a place to the places whose own block would overlap its block, `base`
    to those whose quiet name would; `never` are quiet names without room at all.
    """

    active: dict[str, tuple[str, ...]]
    base: dict[str, tuple[str, ...]]
    never: tuple[str, ...]


def map_of(place: Place) -> str:
    """The map that shows a place: syria, region, or none."""
    if place.country == "SY":
        return "syria"
    west, south, east, north = frame.REGION.must_see
    inside = west - 12 < place.lon < east + 12 and south < place.lat < north + 4
    return "region" if inside else ""


def side(place_id: str, *, quiet: bool = False) -> str:
    return "left" if place_id in (QUIET_LEFT if quiet else SHOWN_LEFT) else "right"


# Names of countries: key, text, lon, lat, map. They give way to everything else.
COUNTRIES = (
    ("germany", "GERMANY", 10.2, 51.2, "region"),
    ("italy", "ITALY", 12.6, 43.2, "region"),
    ("ukraine", "UKRAINE", 31.4, 49.3, "region"),
    ("turkiye", "TÜRKİYE", 33.2, 38.7, "region"),
    ("kazakhstan", "KAZAKHSTAN", 66.5, 47.6, "region"),
    ("iran", "IRAN", 54.6, 32.6, "region"),
    ("iraq", "IRAQ", 43.2, 32.6, "region"),
    ("turkiye-border", "TÜRKİYE", 37.6, 36.92, "syria"),
    ("lebanon", "LEBANON", 35.72, 33.98, "syria"),
    ("jordan", "JORDAN", 37.3, 32.5, "syria"),
    ("iraq-border", "IRAQ", 40.7, 32.75, "syria"),
)


def room(
    places: Iterable[Place],
    quiet: Iterable[str],
    size: theme.Size,
    letters: Mapping[str, int] = MappingProxyType({}),
) -> Room:
    """Work out the room at one width class.

    `quiet` are the places named at rest, `letters` the length of the longest detail
    that is ever written at a place.
    """
    countries = {key: _country(key, size) for key, *_ in COUNTRIES}
    known = {place.place_id: place for place in places if map_of(place)}
    blocks = {
        key: _block(place, size, letters.get(key, DETAIL_LETTERS))
        for key, place in known.items()
    }
    names = {key: _name(known[key], size) for key in quiet if key in known}
    kept: list[str] = []
    for key, name in names.items():
        drawn_on = map_of(known[key])
        clear = all(
            map_of(known[other]) != drawn_on or not _overlap(name, names[other])
            for other in kept
        )
        if clear and _inside(name, BOXES[size][drawn_on]):
            kept.append(key)
    same_map = {
        key: [other for other in known if map_of(known[other]) == map_of(place)]
        for key, place in known.items()
    }
    return Room(
        active={
            key: others
            for key in known
            if (
                others := tuple(
                    other
                    for other in same_map[key]
                    if other != key and _overlap(blocks[key], blocks[other])
                )
            )
        },
        base={
            key: others
            for key in known
            if (
                others := tuple(
                    other
                    for other in kept
                    if other in same_map[key]
                    and other != key
                    and _overlap(blocks[key], names[other])
                )
                + tuple(
                    country
                    for country, (name, box) in countries.items()
                    if name == map_of(known[key]) and _overlap(blocks[key], box)
                )
            )
        },
        never=tuple(key for key in names if key not in kept)
        + tuple(
            country
            for country, (name, box) in countries.items()
            if not _inside(box, BOXES[size][name])
            or any(
                name == map_of(known[key]) and _overlap(names[key], box) for key in kept
            )
        ),
    )


def shown(
    order: list[str], quiet: Iterable[str], space: Room
) -> tuple[set[str], set[str]]:
    """The places whose block, and those whose quiet name, are written.

    `order` are the places that show something, the weightiest first.
    """
    written: set[str] = set()
    for place in order:
        if not any(place in space.active.get(other, ()) for other in written):
            written.add(place)
    displaced = {other for place in written for other in space.base.get(place, ())}
    still = set(quiet) - displaced - set(space.never) - set(order)
    return written, still


def _country(key: str, size: theme.Size) -> tuple[str, Box]:
    """The map of a country's name and its box, in pixels."""
    _, text, lon, lat, name = next(row for row in COUNTRIES if row[0] == key)
    x, y = _point(name, lon, lat, size)
    px = theme.TEXT_PX[size]["label"]
    half = len(text) * px * LETTER * 0.62
    return name, (x - half, y - px * 0.7, x + half, y + px * 0.7)


def _at(place: Place, size: theme.Size) -> tuple[float, float]:
    return _point(map_of(place), place.lon, place.lat, size)


def _point(name: str, lon: float, lat: float, size: theme.Size) -> tuple[float, float]:
    width, height = BOXES[size][name]
    chart = frame.REGION if name == "region" else frame.SYRIA
    filled = frame.fill(chart, width / height)
    x, y = frame.position(chart, filled, lon, lat)
    return x * width, (1 - y) * height


def _block(place: Place, size: theme.Size, letters: int) -> Box:
    """The box of a mark with its name and detail, in pixels."""
    x, y = _at(place, size)
    text, mark = theme.TEXT_PX[size], theme.MARK_PX[size]["halo"] / 2
    name_px, detail_px = text["name"], text["detail"]
    name = model.as_label(place.name)
    width = max(len(name) * name_px, letters * detail_px) * LETTER
    top, bottom = y - name_px * 1.3, y + detail_px * 1.5
    if side(place.place_id) == "left":
        return x - mark - width, top, x + mark, bottom
    return x - mark, top, x + mark + width, bottom


def _name(place: Place, size: theme.Size) -> Box:
    """The box of a quiet name with its ring, in pixels."""
    x, y = _at(place, size)
    px = theme.TEXT_PX[size]["label"]
    width = len(model.as_label(place.name)) * px * LETTER + 8
    if side(place.place_id, quiet=True) == "left":
        return x - width, y - px * 0.7, x + 5, y + px * 0.7
    return x - 5, y - px * 0.7, x + width, y + px * 0.7


def _inside(box: Box, size: tuple[int, int]) -> bool:
    """Whether a box lies in its map, clear of the map's title."""
    within = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
    return within and not _overlap(box, TITLE)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )
