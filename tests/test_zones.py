"""The outlines are what the boundary points make, on every day a zone stands."""

import itertools
import json
import runpy
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely

from geo_astana import dataset, geometry
from geo_astana.dates import DAY, Interval

MAKER = Path(__file__).parents[1] / "scripts" / "make_zones.py"
OUTLINES = (
    "idlib-a",
    "idlib-b",
    "idlib-c",
    "idlib-d",
    "idlib-e",
    "east-ghouta-a",
    "east-ghouta-b",
    "east-ghouta-c",
    "east-ghouta-d",
    "north-homs-a",
    "south-a",
    "south-b",
    "idlib-dmz-a",
    "idlib-dmz-b",
    "m4-corridor-a",
)
FIRST_OUTLINE = {
    "idlib": "idlib-a",
    "east-ghouta": "east-ghouta-a",
    "north-homs": "north-homs-a",
    "south": "south-a",
}
INSIDE = {
    "idlib-a": (
        "idlib jisr_al_shughur ariha maarat_al_numan saraqib khan_shaykhun kafr_nabl "
        "kafr_zita morek latamina qalaat_al_madiq ziyarah abu_al_duhur sinjar_idlib "
        "tall_al_daman al_eis zarbah khan_tuman atarib darat_izzah anadan huraytan "
        "harem salqin darkush bdama kabani taftanaz binnish al_dana maarrat_misrin"
    ),
    "idlib-b": "al_eis tell_touqan surman tamanah morek",
    "idlib-e": (
        "idlib ariha jisr_al_shughur binnish taftanaz sarmin afis atarib darat_izzah "
        "al_dana harem ihsim ziyarah kabani bdama"
    ),
    "east-ghouta-a": (
        "douma harasta arbin kafr_batna nashabiyah zamalka ayn_tarma jobar hazza saqba "
        "hamouriyah mesraba mudayra shifuniyah rihan utaya hazrama jisreen aftris "
        "muhammadiyah beit_naim hawsh_al_dawahirah"
    ),
    # Aqrab, Masharah: the notes of both say that another source puts them outside.
    "north-homs-a": (
        "rastan talbiseh taldou kafr_laha ghantu teir_maalah talaf dar_al_kabirah "
        "deir_ful izz_al_din salim_homs aqrab zafaraneh umm_sharshuh taqsis"
    ),
    "south-b": (
        "nawa jasim inkhil tafas dael muzayrib kafr_shams al_harra masharah "
        "nabaa_al_sakhr jubata_al_khashab rafid tell_shihab"
    ),
    "south-a": (
        "hirak musayfirah busra_al_sham jizah ghasam busra_al_harir saida karak_sharqi "
        "nasib"
    ),
}
OUTSIDE = {
    "idlib-a": (
        "aleppo al_hadir khanasir al_hajib suran_hama halfaya taybat_al_imam maharda "
        "kurnaz suqaylabiyah kinsabba rabia_latakia nubl afrin kafraya al_fuah"
    ),
    "idlib-b": "abu_al_duhur sinjar_idlib tall_al_daman kafraya al_fuah",
    "idlib-d": "kafr_zita latamina morek qalaat_al_madiq tamanah khan_shaykhun",
    "idlib-e": (
        "maarat_al_numan saraqib trumba kafr_nabl hish al_eis zarbah khan_tuman "
        "khan_al_asal urum_al_kubra anadan huraytan surman tell_touqan rashidin"
    ),
    # Wafideen: its note says that another source puts the camp inside.
    "east-ghouta-a": "damascus mleiha jaramana deir_al_asafir wafideen",
    "north-homs-a": "homs hama salamiyah",
    "south-a": "shajara tasil sanamayn izra shaykh_miskin khirbat_ghazalah",
    "south-b": "hirak musayfirah busra_al_sham",
}


@pytest.fixture(scope="module")
def outlines(record: dataset.Dataset) -> dict[str, dataset.Outline]:
    return {outline.version: outline for outline in record.outlines}


def places(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(version, town) for version in table for town in table[version].split()]


def days_of(valid: Interval) -> list[date]:
    return [valid.first + timedelta(step) for step in range(valid.days() or 0)]


def zone_status(record: dataset.Dataset, zone_id: str, day: date) -> str:
    found = [
        standing.status
        for standing in record.standings
        if standing.zone_id == zone_id and day in standing.valid
    ]
    return found[0] if found else "none"


def test_the_points_make_the_outlines_of_the_file(record: dataset.Dataset) -> None:
    golden = json.loads((record.folder / "zones.geojson").read_text("utf-8"))
    assert json.loads(json.dumps(runpy.run_path(str(MAKER))["build"]())) == golden


def test_every_dated_outline_is_there(outlines: dict[str, dataset.Outline]) -> None:
    assert tuple(outlines) == OUTLINES


@pytest.mark.parametrize(
    ("version", "area_km2"),
    [
        ("idlib-a", 8750),
        ("idlib-c", 6350),
        ("idlib-d", 5720),
        ("idlib-e", 3310),
        ("east-ghouta-a", 160),
        ("east-ghouta-d", 20),
        ("north-homs-a", 620),
        ("south-b", 1350),
        ("south-a", 1350 + 1280),
    ],
)
def test_areas_are_those_of_the_dossier(
    outlines: dict[str, dataset.Outline], version: str, area_km2: float
) -> None:
    # The dossier rounds to 10 km², so it may be 5 off whatever the size.
    outline = outlines[version]
    measured = geometry.area_km2(outline.shape)
    assert measured == pytest.approx(area_km2, rel=0.01, abs=5)
    assert outline.area_km2 == round(measured)


@pytest.mark.parametrize(("version", "town"), places(INSIDE))
def test_a_town_held_then_lies_inside(
    record: dataset.Dataset,
    outlines: dict[str, dataset.Outline],
    version: str,
    town: str,
) -> None:
    place = record.gazetteer.places[town]
    assert outlines[version].shape.contains(shapely.Point(place.lon, place.lat))


@pytest.mark.parametrize(("version", "town"), places(OUTSIDE))
def test_a_town_not_held_then_lies_outside(
    record: dataset.Dataset,
    outlines: dict[str, dataset.Outline],
    version: str,
    town: str,
) -> None:
    place = record.gazetteer.places[town]
    assert not outlines[version].shape.intersects(shapely.Point(place.lon, place.lat))


@pytest.mark.parametrize(
    ("day", "holes"), [(date(2018, 7, 19), 1), (date(2018, 7, 20), 0)]
)
def test_the_kafraya_fuah_hole_closes_after_its_evacuation(
    record: dataset.Dataset, day: date, holes: int
) -> None:
    outline = record.outline_on("idlib", day)
    assert outline
    assert len(outline.shape.interiors) == holes
    enclave = shapely.Point(36.691, 35.987)
    assert outline.shape.contains(enclave) == (holes == 0)


def test_the_hole_is_a_disc_of_three_kilometres(
    outlines: dict[str, dataset.Outline],
) -> None:
    gap = shapely.Polygon(outlines["idlib-b"].shape.interiors[0])
    assert geometry.area_km2(gap) == pytest.approx(3.14159 * 3**2, rel=0.02)


@pytest.mark.parametrize("version", OUTLINES)
def test_every_ring_is_valid_closed_and_clockwise(
    outlines: dict[str, dataset.Outline], version: str
) -> None:
    shape = outlines[version].shape
    assert shapely.is_valid_reason(shape) == "Valid Geometry"
    for part in shapely.get_parts(shape):
        assert part.exterior.is_closed
        assert not shapely.is_ccw(part.exterior)


def test_there_is_one_version_a_zone_and_day(record: dataset.Dataset) -> None:
    for outline in record.outlines:
        for other in record.outlines:
            if outline is not other and outline.zone_id == other.zone_id:
                assert not outline.valid.overlaps(other.valid)


def test_versions_of_a_zone_follow_each_other_without_a_gap(
    record: dataset.Dataset,
) -> None:
    by_zone: dict[str, list[Interval]] = {}
    for outline in record.outlines:
        by_zone.setdefault(outline.zone_id, []).append(outline.valid)
    for spans in by_zone.values():
        for before, after in itertools.pairwise(spans):
            assert before.last is not None
            assert after.first == before.last + DAY


def test_a_zone_has_an_outline_on_every_day_of_a_standing(
    record: dataset.Dataset,
) -> None:
    for standing in record.standings:
        for day in days_of(standing.valid):
            assert record.outline_on(standing.zone_id, day), (standing, day)


def test_a_zone_has_one_standing_a_day_and_no_day_between_two(
    record: dataset.Dataset,
) -> None:
    by_zone: dict[str, list[Interval]] = {}
    for standing in record.standings:
        by_zone.setdefault(standing.zone_id, []).append(standing.valid)
    for spans in by_zone.values():
        for before, after in itertools.pairwise(spans):
            assert before.last is not None
            assert after.first == before.last + DAY


@pytest.mark.parametrize("zone_id", ["idlib-dmz", "m4-corridor"])
def test_strip_and_corridor_stay_inside_idlib_as_drawn_that_day(
    record: dataset.Dataset, zone_id: str
) -> None:
    for outline in record.outlines:
        if outline.zone_id == zone_id and outline.valid.last:
            for day in (outline.valid.first, outline.valid.last):
                idlib = record.outline_on("idlib", day)
                assert idlib
                around = idlib.shape.buffer(2 * geometry.GRID)
                assert around.contains(outline.shape)


@pytest.mark.parametrize(
    ("zone_id", "last_agreed"),
    [
        ("south", date(2017, 7, 8)),
        ("east-ghouta", date(2017, 7, 21)),
        ("north-homs", date(2017, 8, 2)),
        ("idlib", date(2017, 9, 14)),
    ],
)
def test_a_zone_is_agreed_from_the_memorandum_to_its_own_deal(
    record: dataset.Dataset, zone_id: str, last_agreed: date
) -> None:
    assert zone_status(record, zone_id, date(2017, 5, 5)) == "none"
    for day in (date(2017, 5, 6), last_agreed):
        assert zone_status(record, zone_id, day) == "agreed"
        outline = record.outline_on(zone_id, day)
        assert outline
        assert outline.version == FIRST_OUTLINE[zone_id]
        assert "drawn later" in outline.note
    assert zone_status(record, zone_id, last_agreed + DAY) == "in force"


@pytest.mark.parametrize(
    ("zone_id", "first", "last", "settled"),
    [
        ("east-ghouta", date(2018, 2, 18), date(2018, 4, 14), "none"),
        ("north-homs", date(2018, 4, 15), date(2018, 5, 16), "none"),
        ("south", date(2018, 6, 18), date(2018, 7, 31), "none"),
        ("idlib", date(2018, 1, 20), date(2018, 2, 14), "in force"),
        ("idlib", date(2019, 4, 30), date(2019, 8, 30), "in force"),
        ("idlib", date(2019, 12, 19), date(2020, 3, 5), "in force"),
        ("idlib", date(2024, 11, 27), date(2024, 12, 8), "none"),
    ],
)
def test_a_zone_is_contested_from_the_offensive_to_the_settled_outline(
    record: dataset.Dataset, zone_id: str, first: date, last: date, settled: str
) -> None:
    assert zone_status(record, zone_id, first - DAY) == "in force"
    for day in days_of(Interval(first, last)):
        assert zone_status(record, zone_id, day) == "contested"
    assert zone_status(record, zone_id, last + DAY) == settled


def test_a_contested_zone_of_idlib_keeps_its_last_settled_outline(
    record: dataset.Dataset,
) -> None:
    for first in (date(2018, 1, 20), date(2019, 4, 30), date(2019, 12, 19)):
        before = record.outline_on("idlib", first - DAY)
        contested = next(
            standing.valid
            for standing in record.standings
            if standing.zone_id == "idlib" and standing.valid.first == first
        )
        assert contested.last
        assert record.outline_on("idlib", contested.last) is before
        assert record.outline_on("idlib", contested.last + DAY) is not before


def test_a_standing_begins_with_an_event_of_its_day(record: dataset.Dataset) -> None:
    # An event may begin a standing twice, after an interruption: its first counts.
    began = {
        (standing.zone_id, standing.event_id): standing.valid.first
        for standing in reversed(record.standings)
    }
    for (_, event_id), first in began.items():
        assert first == record.events[event_id].active.first, event_id
