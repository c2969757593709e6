"""What the documents say is true: columns, words, commands, parameters and links."""

import json
import re
from pathlib import Path
from typing import Any

import click
import geopandas
import plotly.graph_objects as go
import pytest
import typer

from geo_astana import cli, dataset, link
from geo_astana.dataset import Dataset

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DICTIONARY = (ROOT / "docs" / "data.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
PACKAGE = json.loads((dataset.default_folder() / "datapackage.json").read_text("utf-8"))
TABLES = {
    resource["path"]: resource["schema"]["fields"]
    for resource in PACKAGE["resources"]
    if "schema" in resource
}


def section(file: str) -> list[tuple[str, list[str]]]:
    """The first column of a file's table in the dictionary, with their closed words."""
    _, _, after = DICTIONARY.partition(f"\n## `{file}`\n")
    rows = re.findall(
        r"^\| `(\w+)` \|(.*)\|$", after.partition("\n## ")[0], re.MULTILINE
    )
    return [
        (name, re.findall(r"`([^`]+)`", cells.rpartition("|")[2]))
        for name, cells in rows
    ]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("file", TABLES)
def test_the_dictionary_names_the_columns_and_closed_words(file: str) -> None:
    described = [
        (column["name"], column.get("constraints", {}).get("enum", []))
        for column in TABLES[file]
    ]
    assert section(file) == described


def test_the_dictionary_names_the_properties_of_an_outline() -> None:
    zones = json.loads((dataset.default_folder() / "zones.geojson").read_text("utf-8"))
    names = {tuple(zone["properties"]) for zone in zones["features"]}
    assert {tuple(name for name, _ in section("zones.geojson"))} == names


def test_every_file_of_the_package_has_its_section() -> None:
    for resource in PACKAGE["resources"]:
        assert f"\n## `{resource['path']}`\n" in DICTIONARY


def commands(group: Any, words: str = "") -> dict[str, set[str]]:
    """Every command below a group by its words, with its options."""
    found: dict[str, set[str]] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        path = f"{words} {name}".strip()
        if hasattr(command, "list_commands"):
            found |= commands(command, path)
        else:
            options = {option for given in command.params for option in given.opts}
            found[path] = options | {"--help"}
    return found


def test_the_commands_of_the_documents_exist() -> None:
    known = commands(typer.main.get_command(cli.app))
    named = set()
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for line in re.findall(r"^ {4}geo-astana (.+)$", text, re.MULTILINE):
            words = line.partition("#")[0]
            command = next(path for path in known if f"{words} ".startswith(f"{path} "))
            named.add(command)
            assert set(re.findall(r"--[a-z]+", words)) <= known[command], line
    assert named == set(known)
    for command, options in known.items():
        assert "--data" in options, command


def test_the_make_targets_of_the_documents_exist() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    for document in DOCUMENTS:
        named = re.findall(r"(?:`| {4})make ([a-z]+)", document.read_text("utf-8"))
        assert set(named) <= targets, document.name


def test_the_python_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102 - our own readme
    record = names["record"]
    assert record.on("2017-12-21")["talks"]
    assert isinstance(record.figure("2017-12-21"), go.Figure)
    assert isinstance(record.events, geopandas.GeoDataFrame)
    assert isinstance(record.zones, geopandas.GeoDataFrame)
    assert (tmp_path / "talks.svg").read_text("utf-8").startswith("<svg")


def test_the_keys_of_a_link_are_those_that_are_read() -> None:
    text = (ROOT / "docs" / "links.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert rows == [(key.name, key.meaning) for key in link.KEYS]


def test_the_links_of_the_documents_are_right(record: Dataset) -> None:
    for document in DOCUMENTS:
        queries = re.findall(r"\?(\w+=[^\s`)\"]+)", document.read_text("utf-8"))
        for query in queries:
            assert link.read(query, record).wrong == (), (document.name, query)


def test_the_examples_of_the_keys_are_right(record: Dataset) -> None:
    text = (ROOT / "docs" / "links.md").read_text("utf-8")
    for key, examples in re.findall(
        r"^\| `(\w+)` \|[^|]+\| (.+) \|$", text, re.MULTILINE
    ):
        for example in re.findall(r"`([^`]+)`", examples):
            view = link.read(f"{key}={example}", record)
            assert link.write(view, record) == f"{key}={example}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_relative_link_points_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8")):
        if not re.match(r"\w+:", target):
            assert (document.parent / target).exists(), target
