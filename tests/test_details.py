"""The drawer tells of every event and zone what the tables say, and no more."""

import dataclasses
import json
import math
from itertools import pairwise
from typing import Any

import pyproj
import pytest
import shapely

from geo_astana import citation, dates, details, timeline
from geo_astana.dataset import Dataset

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def told(record: Dataset) -> Entry:
    """The details as the browser reads them."""
    return dict(json.loads(json.dumps(details.build(record))))


def source_ids(told: Entry) -> list[str]:
    return [csl["id"] for _, _, csl in told["sources"]]


def cited(entry: Entry) -> list[int]:
    """Every source position in an entry."""
    return [
        *entry.get("sources", []),
        *(plan[2] for plan in entry.get("plans", [])),
        *(claim[2] for group in entry.get("claims", []) for claim in group[2]),
        *(at for outline in entry.get("outlines", []) for at in outline[8]),
    ]


def test_every_event_and_every_drawn_zone_has_an_entry(
    record: Dataset, told: Entry
) -> None:
    assert list(told["events"]) == list(record.events)
    assert list(told["zones"]) == list(timeline.ZONES)


def test_every_source_cited_is_in_the_list_and_the_other_way_round(
    record: Dataset, told: Entry
) -> None:
    entries = [*told["events"].values(), *told["zones"].values()]
    positions = {at for entry in entries for at in cited(entry)}
    assert positions == set(range(len(told["sources"])))
    ids = source_ids(told)
    assert len(set(ids)) == len(ids)
    for event_id, event in record.events.items():
        own = told["events"][event_id]["sources"]
        assert [ids[at] for at in own] == list(event.source_ids)


def test_csl_json_gives_the_source_back(record: Dataset, told: Entry) -> None:
    for text, bibtex, csl in told["sources"]:
        source = record.sources[csl["id"]].record
        assert csl == source
        assert (text, bibtex) == (citation.text(csl), citation.bibtex(csl))


def test_every_claim_is_told_once_with_its_event(record: Dataset, told: Entry) -> None:
    for event_id, entry in told["events"].items():
        plans = [row[0] for row in entry.get("plans", [])]
        claims = [
            row[0]
            for group in entry.get("claims", [])
            for row in group[2]
            if row[4] == ""
        ]
        own = [claim for claim in record.claims if claim.event_id == event_id]
        assert sorted(plans + claims) == sorted(claim.value for claim in own)


def test_every_id_inside_an_entry_opens(told: Entry) -> None:
    known = {"", *told["events"], *told["zones"]}
    for entry in told["events"].values():
        named = {
            *entry["near"],
            *(row[0] for row in entry.get("belongs", [])),
            *(row[0] for row in entry.get("signed", [])),
            *(row[4] for group in entry.get("claims", []) for row in group[2]),
        }
        assert named <= known
    for zone in told["zones"].values():
        assert {row[4] for row in zone["statuses"]} <= known
        assert {*zone["events"], *zone.get("posts", []), zone["event"]} <= known


def test_before_and_after_are_each_other_s_neighbours(told: Entry) -> None:
    events = told["events"]
    for event_id, entry in events.items():
        before, after = entry["near"]
        assert not before or events[before]["near"][1] == event_id
        assert not after or events[after]["near"][0] == event_id


def test_rounds_follow_each_other(told: Entry) -> None:
    assert told["events"]["ast-06"]["near"] == ["ast-05", "ast-07"]
    assert told["events"]["ast-01"]["near"][0] == ""


@pytest.mark.parametrize(
    ("event_id", "words"),
    [
        ("ast-06", "Both days exact · sat 2 days"),
        ("unsc-2254", "Day exact"),
        ("cf-2016-12", "First day exact, end unknown after 15 May 2018"),
        ("cf-2016-02", "First day exact, last day known to the month, about"),
        ("zone-idlib", "First day exact, last day approximate"),
        ("cc-09", "Planned days"),
        ("cf-2016-05-aleppo", "Both days exact · lasted 2 days"),
    ],
)
def test_precision_in_words(told: Entry, event_id: str, words: str) -> None:
    assert told["events"][event_id]["precision"] == words


def test_what_goes_on_is_said_to_go_on(record: Dataset) -> None:
    event = dataclasses.replace(
        record.events["ast-06"], end=None, start=dates.parse("2017-09")
    )
    words = "First day known to the month, still going on"
    assert details.precision(event) == words


def test_geneva_iv_has_its_earlier_plans_and_the_dates_held(
    record: Dataset, told: Entry
) -> None:
    entry = told["events"]["gva-iv"]
    verdicts = {row[0]: row[1] for row in entry["plans"]}
    assert verdicts["8 February 2017"] == "moved"
    assert verdicts["20 February 2017"] == "moved"
    assert verdicts["23 February 2017"] == "kept"
    held = record.events["gva-iv"]
    assert dates.span_in_words(held.start, held.end) == "23 February – 3 March 2017"
    assert [row[4] for row in entry["plans"]] == [
        "19 December 2016",
        "27 January 2017",
        "31 January 2017",
        "13 February 2017",
    ]
    [conflict, *others] = entry["claims"]
    assert conflict[:2] == ["the dates and the terms", 1]
    assert ["Opened 23 February, closed 3 March 2017", "followed here"] in [
        row[:2] for row in conflict[2]
    ]
    assert all(not group[1] for group in others)


def test_the_truce_of_december_2016_names_who_signed_and_who_is_disputed(
    told: Entry,
) -> None:
    [[agreement, roles]] = told["events"]["cf-2016-12"]["signed"]
    people = {role: [actor[0] for actor in actors] for role, actors in roles}
    assert agreement == "cf-2016-12-agr"
    assert "Jaysh al-Islam" in people["signatory"]
    assert people["disputed"] == ["Ahrar al-Sham"]
    assert len(people["signatory"]) == 7
    [note] = [actors[0][2] for role, actors in roles if role == "disputed"]
    assert note.startswith("On the Russian list")
    deal = told["events"]["cf-2016-12-agr"]
    assert "signed" not in deal
    assert dict(deal["people"])["disputed"] == dict(roles)["disputed"]


def test_a_conflict_is_told_whole_from_either_event(told: Entry) -> None:
    def conflict(event_id: str) -> set[str]:
        groups = told["events"][event_id]["claims"]
        [found] = [group for group in groups if group[1] and "the place" in group[0]]
        return {row[0] for row in found[2]}

    assert conflict("cf-2016-12") == conflict("cf-2016-12-agr")


def test_the_sixth_round_belongs_to_idlib_and_the_memorandum(told: Entry) -> None:
    assert told["events"]["ast-06"]["belongs"] == [
        ["idlib", "concerns this zone", "agreed"],
        ["zone-mem-eff", "also in force there", ""],
    ]


def test_parts_are_named_by_ids_not_by_dates(record: Dataset) -> None:
    parts = details.parts(record)
    assert [event.event_id for event in parts["cf-2016-12"]] == ["cf-2016-12-agr"]
    assert "cf-2019-08" not in parts


@pytest.mark.parametrize("zone_id", timeline.ZONES)
def test_a_zone_lists_every_outline(record: Dataset, told: Entry, zone_id: str) -> None:
    rows = told["zones"][zone_id]["outlines"]
    own = [outline for outline in record.outlines if outline.zone_id == zone_id]
    assert [row[0] for row in rows] == [outline.version for outline in own]
    ids = source_ids(told)
    for row, outline in zip(rows, own, strict=True):
        assert [ids[at] for at in row[8]] == list(outline.source_ids)
        assert row[4] - row[3] + 1 == outline.valid.days()
        note = f"{told['zones'][zone_id]['note']} {row[7]}".strip()
        assert note == outline.note
    for before, after in pairwise(rows):
        assert before[4] < after[3]


def test_idlib_lists_five_outlines_with_areas(told: Entry) -> None:
    rows = told["zones"]["idlib"]["outlines"]
    assert [(row[0], row[5], row[6]) for row in rows] == [
        ("idlib-a", 8750, 5),
        ("idlib-b", 6339, 5),
        ("idlib-c", 6367, 5),
        ("idlib-d", 5732, 5),
        ("idlib-e", 3313, 5),
    ]
    assert rows[0][2] == "6 May 2017 – 14 February 2018"
    assert told["events"]["zone-idlib"]["zone"] == "idlib"


def test_areas_agree_with_an_equal_area_projection(
    record: Dataset, told: Entry
) -> None:
    equal_area = pyproj.Transformer.from_crs(
        "EPSG:4326",
        "+proj=laea +lat_0=35 +lon_0=37 +ellps=WGS84 +units=m",
        always_xy=True,
    )
    shapes = {outline.version: outline.shape for outline in record.outlines}
    rows = [row for zone in told["zones"].values() for row in zone["outlines"]]
    assert len(rows) == len(shapes)
    for row in rows:
        flat = shapely.transform(
            shapes[row[0]], equal_area.transform, interleaved=False
        )
        # To half a per cent, or to the rounding of the smallest.
        assert math.isclose(row[5], flat.area / 1e6, rel_tol=0.005, abs_tol=0.5)


def test_a_place_lies_in_its_country_on_the_locator(told: Entry) -> None:
    for place in told["places"]:
        if "at" not in place:
            continue
        name, x, y = place["at"]
        width, height = told["maps"][name]["size"]
        assert 0 <= x <= width
        assert 0 <= y <= height
        inside = drawn(told["maps"][name]["syria"]).distance(shapely.Point(x, y)) < 1
        assert inside == (place["country"] == "Syria")
        assert drawn(told["maps"][name]["land"]).distance(shapely.Point(x, y)) < 1.5


def drawn(path: str) -> shapely.Geometry:
    """An SVG path as a polygon; its holes are cut out."""
    rings = [
        shapely.Polygon(
            [tuple(map(float, pair.split(","))) for pair in ring.split()]
        ).buffer(0)
        for ring in path.removeprefix("M").removesuffix("Z").split("ZM")
    ]
    shape = shapely.Polygon()
    for ring in rings:
        shape = shape.symmetric_difference(ring)
    return shape


def test_far_venues_have_no_false_place_on_the_locator(told: Entry) -> None:
    far = {place["country"] for place in told["places"] if "at" not in place}
    assert far == {"United States", "Viet Nam"}


def test_outlines_are_drawn_where_they_are(record: Dataset, told: Entry) -> None:
    rows = {row[0]: row for zone in told["zones"].values() for row in zone["outlines"]}
    # On a Mercator map areas at one latitude keep their ratio, whatever the scale.
    large, small = (drawn(rows[name][9]).area for name in ("idlib-a", "idlib-e"))
    areas = {outline.version: outline.area_km2 for outline in record.outlines}
    ratio = areas["idlib-a"] / areas["idlib-e"]
    assert math.isclose(large / small, ratio, rel_tol=0.03)


def test_the_locator_of_syria_is_a_mercator_map(told: Entry) -> None:
    def mercator(lat: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))

    one, other = (
        next(
            place
            for place in told["places"]
            if place["country"] == "Syria" and place.get("note", "").startswith(note)
        )
        for note in ("Turkish observation post 1.", "The old town, in the area")
    )
    lon = math.radians(one["lon"] - other["lon"])
    lat = mercator(one["lat"]) - mercator(other["lat"])
    across, down = (one["at"][axis] - other["at"][axis] for axis in (1, 2))
    assert math.isclose(across / lon, -down / lat, rel_tol=0.01)


def test_an_event_without_a_place_says_none(told: Entry) -> None:
    assert "place" not in told["events"]["cf-2016-12-agr"]


def test_a_record_without_zones_has_no_zone_entries(record: Dataset) -> None:
    bare = dataclasses.replace(record, outlines=(), standings=())
    assert details.build(bare)["zones"] == {}


def test_unknown_words_of_a_claim_are_told_as_they_are(record: Dataset) -> None:
    claim = next(claim for claim in record.claims if claim.event_id == "gva-iv")
    odd = dataclasses.replace(claim, field="weather", verdict="missed", conflict="")
    changed = dataclasses.replace(record, claims=(odd,))
    [[field, conflict, [row]]] = details.build(changed)["events"]["gva-iv"]["claims"]
    assert (field, conflict, row[1]) == ("weather", 0, "not met")


def test_notes_without_a_common_sentence_stay_whole(record: Dataset) -> None:
    notes = ["One. Two.", "Other.", ""]
    outlines = [
        dataclasses.replace(outline, note=note)
        for outline, note in zip(record.outlines, notes, strict=False)
    ]
    changed = dataclasses.replace(record, outlines=tuple(outlines))
    zone = details.build(changed)["zones"]["idlib"]
    assert [row[7] for row in zone["outlines"]] == notes
    assert "note" not in zone


def test_every_country_of_the_record_has_a_name(record: Dataset) -> None:
    countries = {place.country for place in record.gazetteer.places.values()}
    assert countries <= set(details.COUNTRY_WORDS)


def test_the_locators_stay_small(told: Entry) -> None:
    paths = [
        chart[part] for chart in told["maps"].values() for part in ("land", "syria")
    ]
    assert sum(map(len, paths)) < 12_000
