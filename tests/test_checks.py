"""Each kind of broken data folder gets its message: file, row, field and what to do."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest

from geo_astana import checks, dataset, errors, tables
from geo_astana.errors import Fault

Where = tuple[str, int, str]


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def plant(path: Path, first: str, column: str, value: str) -> Where:
    """Write `value` into the first row whose first cell is `first`; says where."""
    rows = read_rows(path)
    at = next(number for number, row in enumerate(rows) if row[0] == first)
    rows[at][rows[0].index(column)] = value
    write_rows(path, rows)
    return path.name, at + 1, column


def plant_json(path: Path, change: Callable[[Any], None]) -> None:
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def where(faults: list[Fault]) -> list[Where]:
    return [(fault.file, fault.row, fault.field) for fault in faults]


def only(folder: Path) -> Fault:
    """The one fault of a folder with one fault."""
    faults = checks.check(folder)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


def test_the_shipped_folder_is_clean() -> None:
    assert checks.check(dataset.default_folder()) == []


def test_the_shipped_folder_is_a_data_package_to_frictionless_too() -> None:
    path = str(dataset.default_folder() / "datapackage.json")
    package = frictionless.Package(path)
    for name in ("zones", "sources"):
        package.remove_resource(name)
    assert package.validate().flatten(["type", "note"]) == []


def test_a_fault_says_where_what_and_what_to_do() -> None:
    fault = Fault("events.csv", 7, "end", "2016", "a day", "Mend it.")
    assert str(fault) == "events.csv, row 7, end: found 2016; expected a day. Mend it."


def test_an_unknown_actor_is_found(folder: Path) -> None:
    at = plant(folder / "participants.csv", "ast-08", "actor_id", "rusia")
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.found == "'rusia'"
    assert "actors.csv" in fault.expected


def test_an_unknown_source_is_found(folder: Path) -> None:
    at = plant(folder / "claims.csv", "gva-ii-open-p1", "source_id", "nobody")
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.expected == "an id of sources.json"


def test_an_end_before_its_start_is_found(folder: Path) -> None:
    at = plant(folder / "events.csv", "ast-08", "end", "2017-12-20")
    fault = only(folder)
    assert where([fault]) == [at]
    assert (fault.found, fault.expected) == ("2017-12-20", "a day from 2017-12-21 on")


def test_a_standing_that_ends_before_it_starts_is_found(folder: Path) -> None:
    at = plant(folder / "zone_statuses.csv", "m4-corridor", "end", "2020-03-14")
    assert at in where(checks.check(folder))


def test_overlapping_versions_of_an_outline_are_found(folder: Path) -> None:
    def overlap(zones: dict[str, Any]) -> None:
        zones["features"][1]["properties"]["valid_from"] = "2018-02-14"

    plant_json(folder / "zones.geojson", overlap)
    fault = only(folder)
    assert where([fault]) == [("zones.geojson", 2, "valid_from")]
    assert "idlib-a" in fault.found
    assert "idlib-b" in fault.found
    assert fault.expected == "one version per zone and day"


def test_a_ring_that_crosses_itself_is_found(folder: Path) -> None:
    bow_tie = [[36, 35], [37, 36], [37, 35], [36, 36], [36, 35]]

    def cross(zones: dict[str, Any]) -> None:
        geometry = {"type": "Polygon", "coordinates": [bow_tie]}
        zones["features"][0]["geometry"] = geometry

    plant_json(folder / "zones.geojson", cross)
    fault = only(folder)
    assert where([fault]) == [("zones.geojson", 1, "geometry")]
    assert "Self-intersection" in fault.found


def test_a_ring_that_is_not_closed_is_found(folder: Path) -> None:
    def open_ring(zones: dict[str, Any]) -> None:
        geometry = {"type": "Polygon", "coordinates": [[[36, 35], [37, 36]]]}
        zones["features"][0]["geometry"] = geometry

    plant_json(folder / "zones.geojson", open_ring)
    assert where([only(folder)]) == [("zones.geojson", 1, "geometry")]


def test_a_coordinate_outside_its_country_is_found(folder: Path) -> None:
    _, row, _ = plant(folder / "places.csv", "geneva", "lon", "46.2022")
    plant(folder / "places.csv", "geneva", "lat", "6.1457")
    fault = only(folder)
    assert where([fault]) == [("places.csv", row, "lon")]
    assert fault.found == "6.1457, 46.2022"
    assert fault.expected == "a point in CH"
    assert "lon is east" in fault.advice


def test_a_coordinate_that_is_no_number_is_one_fault(folder: Path) -> None:
    at = plant(folder / "places.csv", "astana", "lon", "71,446")
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.found == "'71,446'"


def test_an_unresolved_place_comes_with_the_nearest_names(folder: Path) -> None:
    at = plant(folder / "events.csv", "ast-08", "location", "Astanna")
    fault = only(folder)
    assert where([fault]) == [at]
    assert "'Astanna' is no place" in fault.found
    assert "Astana (astana)" in fault.advice


def test_an_event_without_source_is_found(folder: Path) -> None:
    at = plant(folder / "events.csv", "ast-08", "source_ids", "")
    fault = only(folder)
    assert where([fault]) == [at]
    assert (fault.found, fault.expected) == ("nothing", "a source id")


def test_a_claim_without_verdict_is_found(folder: Path) -> None:
    at = plant(folder / "claims.csv", "gva-ii-open-p1", "verdict", "")
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.found == "nothing"
    assert "used" in fault.expected


def test_a_duplicate_id_is_found_at_its_second_row(folder: Path) -> None:
    path = folder / "actors.csv"
    rows = read_rows(path)
    write_rows(path, [*rows, rows[1]])
    fault = only(folder)
    assert where([fault]) == [("actors.csv", len(rows) + 1, "actor_id")]
    assert fault.found == "'russia' a second time"


def test_a_duplicate_version_of_an_outline_is_found(folder: Path) -> None:
    def repeat(zones: dict[str, Any]) -> None:
        zones["features"][1]["properties"]["version"] = "idlib-a"

    plant_json(folder / "zones.geojson", repeat)
    assert where([only(folder)]) == [("zones.geojson", 2, "version")]


def test_a_date_that_is_none_is_found(folder: Path) -> None:
    at = plant(folder / "events.csv", "ast-08", "start", "2017-02-30")
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.found == "'2017-02-30'"


@pytest.mark.parametrize(
    ("file", "first", "column", "value", "expected"),
    [
        ("places.csv", "astana", "country", "Kazakhstan", "a country code"),
        ("events.csv", "ast-08", "summary", "", "a value"),
        ("zone_points.csv", "idlib_a", "seq", "first", "a whole number"),
        ("place_names.csv", "astana", "kind", "nick", "one of label, alias"),
    ],
)
def test_a_cell_is_held_against_its_schema(  # noqa: PLR0913, PLR0917 - one case
    folder: Path, file: str, first: str, column: str, value: str, expected: str
) -> None:
    at = plant(folder / file, first, column, value)
    fault = only(folder)
    assert where([fault]) == [at]
    assert fault.expected.startswith(expected)


def test_a_row_keeps_its_number_after_a_blank_one(folder: Path) -> None:
    path = folder / "actors.csv"
    rows = read_rows(path)
    write_rows(path, [*rows[:2], [""] * len(rows[0]), *rows[2:]])
    assert checks.check(folder) == []
    at = plant(path, "turkey", "type", "")
    assert at[1] == 4
    assert where([only(folder)]) == [at]


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    path = folder / "events.csv"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert checks.check(folder) == []


def test_a_csv_that_is_not_utf8_is_one_fault(folder: Path) -> None:
    path = folder / "place_names.csv"
    path.write_bytes(path.read_bytes() + "astana,Astaná,es,alias,,\n".encode("latin-1"))
    fault = only(folder)
    assert where([fault]) == [("place_names.csv", 0, "")]
    assert "not UTF-8" in fault.found
    assert "UTF-8" in fault.advice


@pytest.mark.parametrize("file", [*tables.KEYS, *tables.JSON_FILES])
def test_a_missing_file_is_one_fault_of_that_file(folder: Path, file: str) -> None:
    (folder / file).unlink()
    fault = only(folder)
    assert where([fault]) == [(file, 0, "")]
    assert fault.found == "no such file"


@pytest.mark.parametrize("file", tables.JSON_FILES)
def test_malformed_json_is_found_with_its_line(folder: Path, file: str) -> None:
    (folder / file).write_text('{\n"name": oops}', "utf-8")
    fault = only(folder)
    assert where([fault]) == [(file, 2, "")]
    assert "line 2" in fault.found


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("zones.geojson", "null"),
        ("zones.geojson", '{"features": []}'),
        ("zones.geojson", '{"features": [3, {"properties": [], "geometry": "x"}]}'),
        ("zones.geojson", '{"features": [{"geometry": {"type": "Polygon"}}]}'),
        ("sources.json", "[]"),
        ("sources.json", '["x", 4, null]'),
        ("sources.json", '[{"id": [], "issued": {"date-parts": 3}}]'),
        ("datapackage.json", "3"),
        ("datapackage.json", "{}"),
        ("datapackage.json", '{"resources": 3}'),
        ("datapackage.json", '{"resources": [{"path": [], "schema": "x"}, 4]}'),
    ],
)
def test_json_of_another_shape_is_a_list_of_faults(
    folder: Path, file: str, content: str
) -> None:
    (folder / file).write_text(content, "utf-8")
    assert file in {fault.file for fault in checks.check(folder)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("type", "never"), ("constraints", {"pattern": "("}), ("constraints", 3)],
)
def test_a_schema_that_is_none_is_found(folder: Path, name: str, value: object) -> None:
    def spoil(package: dict[str, Any]) -> None:
        package["resources"][0]["schema"]["fields"][0][name] = value

    plant_json(folder / "datapackage.json", spoil)
    assert where([only(folder)]) == [("datapackage.json", 0, "events.csv")]


@pytest.mark.parametrize(
    "content", ["", "\n\n", "x\n1\n", 'a,b\n"x', "event_id\nast-01,2,3\n"]
)
def test_a_table_of_another_shape_is_a_list_of_faults(
    folder: Path, content: str
) -> None:
    (folder / "events.csv").write_text(content, "utf-8")
    assert "events.csv" in {fault.file for fault in checks.check(folder)}


@pytest.mark.parametrize("file", tables.KEYS)
def test_a_table_without_rows_is_found(folder: Path, file: str) -> None:
    write_rows(folder / file, read_rows(folder / file)[:1])
    assert (file, 2, "") in where(checks.check(folder))


def test_a_missing_column_is_found(folder: Path) -> None:
    path = folder / "events.csv"
    rows = read_rows(path)
    at = rows[0].index("phrase")
    write_rows(path, [row[:at] + row[at + 1 :] for row in rows])
    assert ("events.csv", 1, "phrase") in where(checks.check(folder))


def test_a_column_that_the_package_does_not_describe_is_found(folder: Path) -> None:
    path = folder / "actors.csv"
    head, *rows = read_rows(path)
    write_rows(path, [[*head, "colour"], *([*row, "red"] for row in rows)])
    assert where([only(folder)]) == [("actors.csv", 1, "colour")]


def test_an_address_in_the_package_is_never_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def point_elsewhere(package: dict[str, Any]) -> None:
        package["resources"][0]["path"] = "http://127.0.0.1:9/events.csv"

    def refuse(*_: object) -> None:
        pytest.fail("a connection was opened")

    plant_json(folder / "datapackage.json", point_elsewhere)
    monkeypatch.setattr("socket.socket.connect", refuse)
    assert "no columns of events.csv" in only(folder).found


def test_an_empty_folder_and_no_folder_are_one_fault_each(tmp_path: Path) -> None:
    assert only(tmp_path).found == "an empty folder"
    missing = only(tmp_path / "none")
    assert missing.found == "no folder"
    assert "Copy data/geo" in missing.advice


def test_a_file_in_place_of_the_folder_is_no_folder(folder: Path) -> None:
    assert only(folder / "events.csv").found == "no folder"


def test_load_raises_every_fault_at_once(folder: Path) -> None:
    first = plant(folder / "events.csv", "ast-08", "location", "Astanna")
    second = plant(folder / "claims.csv", "gva-ii-open-p1", "verdict", "")
    with pytest.raises(errors.DataError) as raised:
        dataset.load(folder)
    assert where(raised.value.faults) == [second, first]
    assert "2 faults" in str(raised.value)


def plant_ten(folder: Path) -> list[Where]:
    """Spoil a folder in ten ways and say where, in the order of a report."""
    planted = [
        plant(folder / "events.csv", "ast-02", "end", "2017-02-01"),
        plant(folder / "events.csv", "ast-03", "location", "Atlantis"),
        plant(folder / "events.csv", "ast-04", "source_ids", ""),
        plant(folder / "events.csv", "ast-05", "kind", "party"),
        plant(folder / "claims.csv", "gva-ii-open-p1", "verdict", ""),
        plant(folder / "claims.csv", "gva-ii-open-a1", "event_id", "gva-0"),
        plant(folder / "participants.csv", "ast-08", "actor_id", "rusia"),
        plant(folder / "places.csv", "geneva", "lon", "46.2022"),
    ]

    def spoil(zones: dict[str, Any]) -> None:
        zones["features"][1]["properties"]["valid_from"] = "2018-02-14"
        zones["features"][-1]["properties"]["area_km2"] = "large"

    plant_json(folder / "zones.geojson", spoil)
    last = len(json.loads((folder / "zones.geojson").read_text("utf-8"))["features"])
    planted += [("zones.geojson", 2, "valid_from"), ("zones.geojson", last, "area_km2")]
    return sorted(planted)


def test_ten_planted_faults_are_in_one_report(folder: Path) -> None:
    planted = plant_ten(folder)
    assert len(planted) == 10
    found = where(checks.check(folder))
    assert [at for at in planted if at not in found] == []
    assert found == sorted(found)
