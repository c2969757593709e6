"""The commands below `geo-astana export`, and `geo-astana verify`."""

import json
import os
import signal
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from geo_astana import dataset, errors, link, masthead, settings
from geo_astana.dataset import Dataset
from geo_astana.export import (
    data,
    evidence,
    film,
    imprint,
    order,
    output,
    page,
    picture,
    shell,
    tours,
    verification,
)
from geo_astana.export.order import Order
from geo_astana.link import View

export = typer.Typer(
    name="export",
    no_args_is_help=True,
)
verify = typer.Typer(name="verify")
# Signals that end a program, beside that of Ctrl-C, by the names that systems know.
ENDING = ("SIGTERM", "SIGHUP")
STANDARD = "-"
NO_STANDARD = "Nothing is written to the standard output; name a file with --out"
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="GEO_ASTANA_DATA",
        help="A data folder to use instead of the one that comes with the package.",
    ),
]
Address = Annotated[
    str,
    typer.Option(
        envvar="GEO_ASTANA_ADDRESS",
        help="Where your dashboard is, for the links in the files.",
    ),
]
ViewOption = Annotated[
    str,
    typer.Option(
        "--view",
        metavar="QUERY",
        help="What a link of the dashboard says after its question mark, "
        "such as 'tracks=astana&theme=dark'.",
    ),
]
Out = Annotated[str, typer.Option(metavar="FILE", help="The file to write.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace files that are there already.")
]
SizeOption = Annotated[
    str,
    typer.Option(help=f"{', '.join(picture.SIZES)}, or WxH in pixels."),
]
ThemeOption = Annotated[str, typer.Option(help="light or dark.")]
First = Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")]
TourOption = Annotated[
    str, typer.Option(metavar="NAME", help=f"A tour: {', '.join(tours.names())}.")
]


Origins = Annotated[
    str,
    typer.Option(
        metavar="ORIGINS",
        help="Sites that may drive it in a frame, with spaces between; * is any.",
    ),
]


@export.callback()
def _commands(context: typer.Context) -> None:
    """Make pictures, decks, films, pages and data as files."""
    context.with_resource(_ended_like_ctrl_c())


@export.command("picture")
def picture_(  # noqa: PLR0913 - one option a property of a picture
    days: Annotated[
        list[str], typer.Argument(metavar="DATE...", help="Days, such as 2017-12-21.")
    ],
    *,
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join(picture.FORMS)}.")
    ] = "",
    kind: Annotated[
        str, typer.Option(help=f"What it shows: {', '.join(picture.KINDS)}.")
    ] = "slide",
    size: SizeOption = "16:9",
    scale: Annotated[float, typer.Option(help="Multiplies the pixels, up to 4.")] = 1,
    theme: ThemeOption = "",
    background: Annotated[str, typer.Option(help="paper or transparent.")] = "paper",
    event: Annotated[str, typer.Option(help="The event of a card, by its id.")] = "",
    out: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            help=f"A file name with {', '.join(f'{{{f}}}' for f in output.FIELDS)}.",
        ),
    ] = "geo-astana-{date}-{kind}.{ext}",
    view: ViewOption = "",
    overwrite: Overwrite = False,
    address: Address = picture.ADDRESS,
    data_folder: Data = None,
) -> None:
    """Draw each DATE as a picture."""
    record = dataset.load(data_folder)
    fields = {
        **_view(view),
        "what": "picture",
        "format": _form(out, "picture", form),
        "kind": kind,
        "size": size,
        "scale": str(scale),
        "background": background,
        **_given(theme=theme, event=event),
    }
    orders = [order.read({**fields, "date": day}, record) for day in days]
    paths = output.paths(out, [order.file_fields(one, record) for one in orders])
    _refuse_existing(paths, overwrite=overwrite)
    with picture.Studio(record, address) as studio, _bar() as bar:
        task = bar.add_task("", total=len(orders))
        for one, path in zip(orders, paths, strict=True):
            bar.update(task, description=path.name)
            order.make(one, studio, path, overwrite=overwrite)
            bar.advance(task)
    for path in paths:
        typer.echo(path)


@export.command()
def deck(  # noqa: PLR0913 - one option a property of a deck
    *,
    first: First = "",
    last: Last = "",
    days: Annotated[
        str, typer.Option("--dates", metavar="DATE,DATE...", help="The days by hand.")
    ] = "",
    tour: TourOption = "",
    shape: Annotated[str, typer.Option(help="16:9 or 4:3.")] = "16:9",
    theme: ThemeOption = "",
    template: Annotated[
        Path | None, typer.Option(help="A .pptx of your own, whose look is kept.")
    ] = None,
    out: Out = "geo-astana.pptx",
    view: ViewOption = "",
    overwrite: Overwrite = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    address: Address = picture.ADDRESS,
    data_folder: Data = None,
) -> None:
    """Make a slide of each change from A to B, of each date, or of a tour."""
    fields = {
        **_view(view),
        "what": "deck",
        "format": _form(out, "deck"),
        "size": shape,
        **_given(dates=days, tour=tour, theme=theme),
        **_given(**{"from": first, "to": last}),
    }
    _make(
        fields,
        Path(out),
        data_folder,
        address,
        overwrite=overwrite,
        yes=yes,
        template=template,
    )


@export.command("film")
def film_(  # noqa: PLR0913 - one option a property of a film
    *,
    first: First = "",
    last: Last = "",
    tour: TourOption = "",
    step: Annotated[str, typer.Option(help=f"{', '.join(film.STEPS)}.")] = "change",
    seconds: Annotated[
        float, typer.Option(help="How long a change is held.")
    ] = film.PER_CHANGE_S,
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join(film.FORMS)}.")
    ] = "",
    size: SizeOption = "",
    theme: ThemeOption = "",
    out: Out = "geo-astana.mp4",
    view: ViewOption = "",
    overwrite: Overwrite = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    address: Address = picture.ADDRESS,
    data_folder: Data = None,
) -> None:
    """Film the days from A to B, or a tour, each change long enough to read."""
    fields = {
        **_view(view),
        "what": "film",
        "format": _form(out, "film", form),
        "step": step,
        "seconds": str(seconds),
        **_given(tour=tour, theme=theme, size=size),
        **_given(**{"from": first, "to": last}),
    }
    _make(fields, Path(out), data_folder, address, overwrite=overwrite, yes=yes)


@export.command("page")
def page_(  # noqa: PLR0913 - one option a property of a page
    *,
    out: Out = "geo-astana.html",
    tour: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="Open as the presentation of a tour, by its name or its .yaml.",
        ),
    ] = "",
    view: ViewOption = "",
    origins: Origins = "*",
    overwrite: Overwrite = False,
    address: Address = picture.ADDRESS,
    data_folder: Data = None,
) -> None:
    """Write the whole dashboard as one file that needs no network."""
    fields = {**_view(view), "what": "page", "format": _form(out, "page")}
    _make(
        fields,
        Path(out),
        data_folder,
        address,
        overwrite=overwrite,
        presented=tour,
        origins=_allowed(origins),
    )


@export.command()
def site(  # noqa: PLR0913 - one option a property of a site
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to make.")],
    view: ViewOption = "",
    origins: Origins = "*",
    overwrite: Overwrite = False,
    address: Address = "",
    data_folder: Data = None,
) -> None:
    """Write the whole dashboard as a folder for any host of files."""
    if out == Path(STANDARD):
        raise errors.ExportError(NO_STANDARD)
    record = dataset.load(data_folder)
    shown = order.read({**_view(view), "what": "page"}, record).view
    said = evidence.of_record(record, shown, address, masthead.TITLE)
    preview, image = _preview(record, shown, shell.on_web(address))
    page.site(
        record,
        out,
        query=link.write(shown, record),
        address=address,
        origins=_allowed(origins),
        head=imprint.html_head(said, image),
        preview=preview,
        overwrite=overwrite,
        gzipped=True,
    )
    typer.echo(out)


@export.command("data")
def data_(  # noqa: PLR0913 - one option a property of a file
    *,
    out: Out = "geo-astana.zip",
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join(data.FORMATS)}.")
    ] = "",
    view: ViewOption = "",
    overwrite: Overwrite = False,
    address: Address = picture.ADDRESS,
    data_folder: Data = None,
) -> None:
    """Write the selection as data; the ending of FILE says the format."""
    fields = {
        **_view(view),
        "what": "data",
        "format": _form(out, "data", form),
    }
    _make(fields, Path(out), data_folder, address, overwrite=overwrite)


@verify.command("verify")
def verify_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files made by export.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    data_folder: Data = None,
) -> None:
    """Say which data and which view each FILE shows, and its link."""
    record = dataset.load(data_folder)
    reports = [verification.verify(record, path) for path in files]
    if as_json:
        told = [report.as_json() for report in reports]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
    else:
        typer.echo("\n\n".join(map(str, reports)))


def _preview(
    record: Dataset, shown: View, address: str
) -> tuple[bytes, imprint.Image | None]:
    """The picture of a site that others can open, and what its page says of it."""
    if not address:
        return b"", None
    wanted = picture.Picture(shown, "slide", picture.SIZES["og"])
    try:
        with picture.Studio(record, address) as studio:
            content, alt = studio.make(wanted), studio.evidence(wanted).alt
    except errors.BrowserError as error:
        typer.echo(f"Without a picture for where the site is shared: {error}", err=True)
        return b"", None
    at = page.preview_address(address)
    return content, imprint.Image(at, *wanted.pixels, alt)


def _make(  # noqa: PLR0913 - what all files but pictures have
    fields: Mapping[str, str],
    path: Path,
    data_folder: Path | None,
    address: str,
    *,
    overwrite: bool,
    yes: bool = True,
    template: Path | None = None,
    presented: str = "",
    origins: tuple[str, ...] = shell.ANY_ORIGIN,
) -> None:
    record = dataset.load(data_folder)
    ordered = order.read(
        fields, record, template=template, presented=presented, origins=origins
    )
    _refuse_existing([path], overwrite=overwrite)
    _confirm(ordered, order.count(ordered, record), yes=yes)
    with picture.Studio(record, address) as studio, _bar() as bar:
        task = bar.add_task(path.name, total=None)

        def progress(done: int, whole: int, words: str) -> None:
            bar.update(task, completed=done, total=whole, description=words)

        order.make(ordered, studio, path, overwrite=overwrite, progress=progress)
    typer.echo(path)


def _allowed(text: str) -> tuple[str, ...]:
    try:
        return settings.origins(text)
    except errors.SettingsError as error:
        raise errors.ExportError(f"The option --origins has {error}") from None


def _confirm(ordered: Order, pictures: int, *, yes: bool) -> None:
    if pictures <= film.MANY or yes:
        return
    asked = f"The {ordered.what} has {pictures:,} pictures, which takes long"
    if not sys.stdin.isatty():
        raise errors.ExportError(f"{asked}. Say --yes to make it")
    typer.confirm(f"{asked}. Make it?", abort=True)


def _refuse_existing(paths: list[Path], *, overwrite: bool) -> None:
    """Say it before an hour of work, not after."""
    for path in paths:
        output.check(path, overwrite=True)
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        others = f" and {len(there) - 1} more" if there[1:] else ""
        raise errors.ExportError(
            f"“{there[0]}”{others} is there already; choose another name or add "
            "--overwrite"
        )


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Whoever ends the program lets it clear up first, as the person at it does."""
    known = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    # What somebody chose to ignore, as nohup does, stays ignored.
    ours = [number for number in known if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> None:
    # A second one must not end the clearing up.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on the terminal; nothing where the output goes elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        yield bar


def _view(query: str) -> dict[str, str]:
    """The keys of a link, of a whole address or of its query alone."""
    text = urllib.parse.urlsplit(query).query or query.removeprefix("?")
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def _form(out: str, what: str, asked: str = "") -> str:
    """The format by the name of the file, or its pattern, and by --format."""
    if out == STANDARD:
        raise errors.ExportError(NO_STANDARD)
    # What no ending could make a file is told before its ending is.
    if os.path.exists(out):  # noqa: PTH110 - false for a name that is too long
        output.check(Path(out), overwrite=True)
    return order.form_of(out, what, asked)


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
