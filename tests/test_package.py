"""The data package as an archive: whole as shipped, and as a part that holds."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_astana import checks, citation, dataset, errors, selection
from geo_astana.dataset import Dataset
from geo_astana.export import data, package
from geo_astana.selection import Selection

LINK = "https://example.org/?tracks=astana"
ASTANA = Selection(tracks=frozenset({"astana"}))
PARTS = {
    "a line of talks": ASTANA,
    "a zone": Selection(zones=frozenset({"idlib"})),
    "a guarantor": Selection(
        actors=frozenset({"russia"}), roles=frozenset({"guarantor"})
    ),
    "one event": Selection(
        tracks=frozenset({"sochi"}), kinds=frozenset({"conference"})
    ),
    "nothing": Selection(tracks=frozenset({"sochi"}), zones=frozenset({"north-homs"})),
}


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def rows(found: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found[name].decode(), newline="")))


def ids(found: dict[str, bytes], name: str, column: str) -> set[str]:
    return {row[column] for row in rows(found, name)}


def described(found: dict[str, bytes]) -> Any:
    return json.loads(found["datapackage.json"])


def test_the_whole_package_holds_the_files_as_they_are_shipped(
    record: Dataset,
) -> None:
    found = members(package.as_zip(record, selection.EVERYTHING, LINK))
    for resource in described(found)["resources"]:
        path = dataset.default_folder() / resource["path"]
        assert found[resource["path"]] == path.read_bytes()


def test_the_whole_package_passes_every_check(record: Dataset, tmp_path: Path) -> None:
    content = package.as_zip(record, selection.EVERYTHING, LINK)
    folder = unpacked(content, tmp_path)
    assert checks.check(folder) == []
    assert dataset.load(folder).events == record.events


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_a_valid_data_package(
    record: Dataset, tmp_path: Path, part: str
) -> None:
    folder = unpacked(package.as_zip(record, PARTS[part], LINK), tmp_path)
    opened = frictionless.Package(str(folder / "datapackage.json"))
    for name in ("zones", "sources"):
        opened.remove_resource(name)
    assert opened.validate().flatten(["type", "note"]) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_lacks_nothing_but_rows(
    record: Dataset, tmp_path: Path, part: str
) -> None:
    folder = unpacked(package.as_zip(record, PARTS[part], LINK), tmp_path)
    found = {fault.found for fault in checks.check(folder)}
    assert found <= {"no rows", "no entries"}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_holds_the_kept_events_and_all_that_speaks_of_them(
    record: Dataset, part: str
) -> None:
    kept = {event.event_id for event in selection.events(record, PARTS[part])}
    found = members(package.as_zip(record, PARTS[part], LINK))
    assert ids(found, "events.csv", "event_id") == kept
    claims = {claim.claim_id for claim in record.claims if claim.event_id in kept}
    assert ids(found, "claims.csv", "claim_id") == claims
    people = [row for key in kept for row in record.participants.get(key, ())]
    assert len(rows(found, "participants.csv")) == len(people)
    assert ids(found, "actors.csv", "actor_id") == {row.actor_id for row in people}


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(picked=st.data())
def test_every_id_of_a_part_is_in_it(record: Dataset, picked: st.DataObject) -> None:
    offered = selection.choices(record)
    facet = picked.draw(st.sampled_from(["tracks", "kinds", "zones", "actors"]))
    word = picked.draw(st.sampled_from(offered[facet]))
    chosen = Selection(**{facet: frozenset({word})})
    found = members(package.as_zip(record, chosen, LINK))
    sources = {source["id"] for source in json.loads(found["sources.json"])}
    outlines = json.loads(found["zones.geojson"])["features"]
    zones = {outline["properties"]["zone_id"] for outline in outlines}
    events = rows(found, "events.csv")
    places = ids(found, "places.csv", "place_id")
    cited = " ".join(
        [
            *(row["source_ids"] for row in (*events, *rows(found, "actors.csv"))),
            *(row["source_id"] for row in rows(found, "claims.csv")),
            *(outline["properties"]["source_ids"] for outline in outlines),
        ]
    )
    assert set(cited.split()) == sources
    assert {zone for row in events for zone in row["zone_ids"].split()} <= zones
    assert ids(found, "zone_statuses.csv", "zone_id") <= zones
    kept = {row["event_id"] for row in events}
    assert {record.events[key].place_id for key in kept} - {""} <= places
    assert ids(found, "place_names.csv", "place_id") <= places


def test_a_part_keeps_the_places_that_plans_name(record: Dataset) -> None:
    before = members(package.as_zip(record, ASTANA, LINK))
    assert "vienna" not in ids(before, "places.csv", "place_id")
    moved = [
        replace(claim, location="Vienna") if claim.event_id == "ast-08" else claim
        for claim in record.claims
    ]
    planned = replace(record, claims=tuple(moved))
    found = members(package.as_zip(planned, ASTANA, LINK))
    assert "vienna" in ids(found, "places.csv", "place_id")
    assert "vienna" in ids(found, "place_names.csv", "place_id")


def test_a_part_says_of_what_it_is_one(record: Dataset) -> None:
    found = members(package.as_zip(record, ASTANA, LINK))
    told = described(found)
    whole = json.loads(
        (dataset.default_folder() / "datapackage.json").read_text("utf-8")
    )
    assert told["selection"] == "Astana process"
    assert told["link"] == LINK
    assert told["title"] == f"{whole['title']}: Astana process"
    assert told["description"].startswith("A part: 32 of 225 events as data. ")
    assert told["resources"] == whole["resources"]
    readme = found["README.txt"].decode()
    assert "Selection  Astana process" in readme
    assert "This is a part" in readme


def test_the_readme_says_version_licence_and_how_to_cite(record: Dataset) -> None:
    found = members(package.as_zip(record, selection.EVERYTHING, LINK))
    readme = found["README.txt"].decode()
    cited = citation.text(citation.of_record(record.version, record.as_of))
    for said in (record.version, record.as_of, data.LICENCE, LINK, cited):
        assert said in readme
    assert "everything" in readme
    assert "This is a part" not in readme
    files = {resource["path"] for resource in described(found)["resources"]}
    others = {"datapackage.json", "README.txt", "evidence.json"}
    assert set(found) == files | others | set(package.LICENCES)
    assert all(file in readme for file in files)
    root = Path(__file__).parents[1]
    for name in package.LICENCES:
        assert found[name] == (root / name).read_bytes()


def test_the_archive_is_the_same_on_another_day_and_readable_by_all(
    record: Dataset,
) -> None:
    content = package.as_zip(record, ASTANA, LINK)
    assert content == package.as_zip(record, ASTANA, LINK)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            assert entry.date_time == package.ZIP_EPOCH
            assert entry.external_attr >> 16 == 0o644


def test_a_folder_that_is_gone_is_one_sentence(record: Dataset, tmp_path: Path) -> None:
    moved = replace(record, folder=tmp_path / "gone")
    with pytest.raises(errors.ExportError, match="can no longer be read"):
        package.as_zip(moved, selection.EVERYTHING, LINK)
