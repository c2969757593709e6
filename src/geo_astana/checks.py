"""Everything wrong in a data folder, in one list.

The tables are held against their schemas by frictionless, the record against the rules
of the field by `dataset`. Where both find the same thing, the words of `dataset` stay.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo_astana import dataset, errors, tables
from geo_astana.errors import Fault

if TYPE_CHECKING:
    import frictionless

PACKAGE = "datapackage.json"
TYPES = {"integer": "a whole number", "number": "a number", "string": "text"}
_ADVICE = "Mend the value, or its rule in datapackage.json."


def check(folder: Path | str) -> list[Fault]:
    """Every fault of a data folder, sorted by file, row and field; none when clean."""
    path = Path(folder)
    found: list[Fault] = []
    try:
        dataset.load(path)
    except errors.DataError as error:
        found = error.faults
    read = tables.read(path)
    if not read.rows:
        return found
    told = {(fault.file, fault.row, fault.field) for fault in found}
    # A fault of a whole row, such as too few values, causes those of its cells.
    rows = {(fault.file, fault.row) for fault in found if not fault.field}
    found += [
        fault
        for fault in (*_undescribed(read), *_schemas(read))
        if (fault.file, fault.row, fault.field) not in told
        and (fault.file, fault.row) not in rows
    ]
    return sorted(set(found))


def _undescribed(read: tables.Tables) -> Iterator[Fault]:
    """Columns that the data package says nothing about."""
    for resource in tables.described(read.package):
        file = resource["path"]
        names = {column["name"] for column in resource["schema"]["fields"]}
        for column in next(iter(read.rows.get(file, [])), {}):
            if column not in names:
                expected = "a column that datapackage.json describes"
                advice = "Describe the column there, or remove it."
                yield Fault(file, 1, column, repr(column), expected, advice)


def _schemas(read: tables.Tables) -> Iterator[Fault]:
    """The rows against their schemas: types, constraints, keys and foreign keys.

    Frictionless gets the rows that `tables` read, never a path of the package, so that
    it opens no file and no address.
    """
    import frictionless  # noqa: PLC0415 - takes a second to load

    resources = []
    for resource in tables.described(read.package):
        file, schema = resource["path"], resource["schema"]
        labels = [column["name"] for column in schema["fields"]]
        rows = [row for row in read.rows.get(file, []) if any(row.values())]
        if not rows or any(label not in rows[0] for label in labels):
            continue
        try:
            frictionless.Schema.from_descriptor(schema)
            _patterns(schema)
        except (frictionless.FrictionlessException, re.error) as error:
            yield _bad_schema(file, error)
            continue
        cells = [[row[label] for label in labels] for row in rows]
        resources.append({"name": file, "data": [labels, *cells], "schema": schema})
    names = {
        resource.get("name"): resource["path"]
        for resource in tables.described(read.package)
    }
    present = {resource["name"] for resource in resources}
    for resource in resources:
        resource["schema"] = _refer_to_files(resource["schema"], names, present)
    if not resources:
        return
    package = {"name": "folder", "resources": resources}
    try:
        report = frictionless.Package.from_descriptor(package).validate()
    except frictionless.FrictionlessException as error:
        yield _bad_schema(PACKAGE, error)
        return
    for task, resource in zip(report.tasks, resources, strict=True):
        file = resource["name"]
        numbers = [
            number for number, row in enumerate(read.rows[file], 2) if any(row.values())
        ]
        for finding in task.errors:
            yield from _fault(file, numbers, resource["schema"], finding)


def _patterns(schema: dict[str, Any]) -> None:
    for column in schema["fields"]:
        re.compile(str(column.get("constraints", {}).get("pattern", "")))


def _refer_to_files(
    schema: dict[str, Any], names: dict[Any, str], present: set[str]
) -> dict[str, Any]:
    """The schema with the foreign keys to tables that could be read, by file name."""
    keys = [
        {**key, "reference": {**key["reference"], "resource": file}}
        for key in schema.get("foreignKeys", [])
        if (file := names.get(key["reference"]["resource"])) in present
    ]
    return {**schema, "foreignKeys": keys}


def _bad_schema(file: str, error: Exception) -> Fault:
    notes = getattr(error, "reasons", None) or [getattr(error, "error", error)]
    found = "; ".join(str(getattr(note, "note", note)) for note in notes)
    advice = "Restore datapackage.json from the project's data/geo."
    return Fault(PACKAGE, 0, file, found, "a table schema", advice)


def _fault(
    file: str,
    numbers: list[int],
    schema: dict[str, Any],
    error: "frictionless.Error",
) -> Iterator[Fault]:
    """One finding of frictionless in the words of a fault."""
    told = error.to_descriptor()
    at = told.get("rowNumber", 0) - 2
    row = numbers[at] if 0 <= at < len(numbers) else 0
    field = told.get("fieldName", "")
    cell = told.get("cell")
    found = repr(cell) if cell else "nothing"
    columns = {column["name"]: column for column in schema["fields"]}
    if error.type == "foreign-key":
        key = ", ".join(told["fieldNames"])
        found = ", ".join(map(repr, told["fieldCells"]))
        expected = f"an id of {told['referenceName']}"
        advice = "Mend the id, or add the row it should name."
        yield Fault(file, row, key, found, expected, advice)
    elif error.type == "primary-key":
        keys = schema["primaryKey"]
        key = keys if isinstance(keys, str) else ", ".join(keys)
        advice = "Give each row an id of its own."
        yield Fault(file, row, key, "an id a second time", "an id used once", advice)
    elif error.type == "type-error":
        kind = columns[field]["type"]
        expected = TYPES.get(kind, f"a {kind}")
        yield Fault(file, row, field, found, expected, _ADVICE)
    elif error.type == "constraint-error":
        expected = _expected(columns[field].get("constraints", {}), error.note)
        yield Fault(file, row, field, found, expected, _ADVICE)
    else:
        found = error.note or error.title.lower()
        yield Fault(file, row, field, found, "a row that fits its table", _ADVICE)


def _expected(constraints: dict[str, Any], note: str) -> str:
    """What the constraint named in frictionless' note asks for."""
    rule = note.split('"')[1] if '"' in note else ""
    value = constraints.get(rule)
    if rule == "required":
        return "a value"
    if rule == "enum":
        return "one of " + ", ".join(map(str, constraints["enum"]))
    if rule == "pattern":
        return f"text of the form {value}"
    if rule == "unique":
        return "a value used once"
    return f"{rule} {value}"
