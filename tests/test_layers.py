"""A module imports only from above its line, and each door has one keeper."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "geo_astana"
ORDER = (
    "errors temporary settings journal metrics dates model gazetteer geometry tables "
    "dataset sentence timeline selection schedule report frame theme labels maps "
    "lanes link payload citation locator details catalogue masthead files export "
    "downloads notebook api checks watch shelf ticket broker worker jobs pictures "
    "snippets sharing ids about exporter embedder presenting layout grid callbacks "
    "envelope guard gunicorn limits health hosting light oembed dashboard relay wsgi "
    "export_commands cli"
).split()
# The package's face and `python -m geo_astana` stand above every line.
FACES = ("__init__", "__main__")
# Who may import or open what; plotly draws nothing here, it makes and serves figures.
KEEPERS = {
    "dash": {
        "about",
        "embedder",
        "exporter",
        "grid",
        "jobs",
        "layout",
        "presenting",
        "callbacks",
        "guard",
        "dashboard",
        "relay",
    },
    "plotly": {"api", "export", "files"},
}
OPENERS = {
    "broker",
    "cli",
    "dataset",
    "files",
    "locator",
    "maps",
    "shelf",
    "tables",
}
OPENING = {
    "open",
    "read_text",
    "read_bytes",
    "read_file",
    "read_csv",
    "write_text",
    "write_bytes",
}
# `webbrowser.open` opens no file.
NO_FILES = {"webbrowser"}


def modules() -> list[str]:
    return sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in FACES)


def imported(tree: ast.Module) -> set[str]:
    """Dotted names of everything a module imports, inside functions as well."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            names |= {f"{source}.{alias.name}" for alias in node.names}
    return names


def own(names: set[str]) -> set[str]:
    """The modules of the package among imported names."""
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "geo_astana" and len(part) > 1}


def opened(tree: ast.Module) -> set[str]:
    """Calls that open a file, by what they are called on."""
    calls = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name) and function.id in OPENING:
                calls.add(function.id)
            if isinstance(function, ast.Attribute) and function.attr in OPENING:
                on = function.value
                if not (isinstance(on, ast.Name) and on.id in NO_FILES):
                    calls.add(function.attr)
    return calls


def tree_of(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))


@pytest.mark.parametrize("module", modules())
def test_a_module_has_a_line_and_imports_only_from_above_it(module: str) -> None:
    above = ORDER[: ORDER.index(module)]
    assert own(imported(tree_of(module))) <= set(above)


@pytest.mark.parametrize("module", [*modules(), *FACES])
@pytest.mark.parametrize("library", KEEPERS)
def test_a_library_is_imported_by_its_keepers_only(library: str, module: str) -> None:
    roots = {name.split(".")[0] for name in imported(tree_of(module))}
    assert library not in roots or module in KEEPERS[library]


@pytest.mark.parametrize("module", [*modules(), *FACES])
def test_files_are_opened_at_the_rim_only(module: str) -> None:
    assert module in OPENERS or not opened(tree_of(module))


@pytest.mark.parametrize("module", [*modules(), *FACES])
def test_imports_inside_the_package_are_absolute(module: str) -> None:
    assert not any(name.startswith(".") for name in imported(tree_of(module)))


def test_the_reader_of_this_test_sees_what_it_forbids() -> None:
    source = (
        "def late():\n    from geo_astana import cli\n    open('x')\nimport dash.html"
    )
    tree = ast.parse(source)
    assert own(imported(tree)) == {"cli"}
    assert opened(tree) == {"open"}
    assert "dash.html" in imported(tree)
