"""Tours: chosen views of the record in order, each with words of its own."""

import os
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from geo_astana import dates, errors, link, settings
from geo_astana.dataset import Dataset
from geo_astana.errors import Fault
from geo_astana.link import View

ENDING = ".yaml"
KEYS = ("title", "description", "steps")
# A step has its words, notes for who speaks, and the keys of a link.
_NOT_OF_STEPS = ("date", *link.PAGE)
STEP_KEYS = (
    "date",
    "words",
    "notes",
    *(key.name for key in link.KEYS if key.name not in _NOT_OF_STEPS),
)
# A slide holds no more words than this in a size to read.
MOST_LETTERS = 300
# So much is said in about a minute.
MOST_NOTES = 900
# A longer file is none that someone wrote by hand.
MOST_BYTES = 1_000_000
EXAMPLE = "Write it as tours/astana-rounds.yaml is written."

# A scalar of YAML: the line it stands in, from 1, and its text as written.
_Written = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A view with a day; `words` stand in place of its sentence unless empty.

    `notes` are for who speaks, and shown to no audience.
    """

    view: View
    words: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Tour:
    """Steps in the order in which they are shown."""

    title: str
    description: str
    steps: tuple[Step, ...]


def default_folder() -> Path:
    """tours/ of the installed package, or of the project it runs from."""
    inside = Path(__file__).parents[1] / "tours"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "tours"


def names() -> list[str]:
    """The tours that come with the package, and those of GEO_ASTANA_TOURS."""
    return sorted(_files())


def name_of(path: Path) -> str:
    """The name of a tour by its file, of letters that a link can hold."""
    letters = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    known = letters[: link.SHOWN_LETTERS].strip("-")
    return "tour" if known in ("", link.MARKS) else known


def load(name_or_path: str, record: Dataset) -> Tour:
    """The tour of that name, or of a YAML file of the reader's own.

    Raises ExportError where there is none, DataError with every fault it has.
    """
    path = _files().get(name_or_path, Path(name_or_path))
    return _Reader(path, record).tour()


def _files() -> dict[str, Path]:
    """The files of tours by name; one of the reader's own goes before one of ours."""
    named = os.environ.get(settings.TOURS, "")
    folders = [default_folder(), *([Path(named)] if named else [])]
    return {
        name_of(path): path
        for folder in folders
        for path in sorted(folder.glob(f"*{ENDING}"))
    }


class _Reader:
    """Turns the nodes of a file into a tour, noting every fault on the way."""

    def __init__(self, path: Path, record: Dataset) -> None:
        self.path = path
        self.record = record
        self.faults: list[Fault] = []

    def tour(self) -> Tour:
        tour = self._read()
        if self.faults:
            raise errors.DataError(str(self.path), self.faults)
        return tour

    def _fault(
        self, row: int, field: str, found: str, expected: str, advice: str
    ) -> None:
        fault = Fault(self.path.name, row, field, found, expected, advice)
        if fault not in self.faults:
            self.faults.append(fault)

    def _text(self) -> str:
        try:
            with self.path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise errors.ExportError(
                    f"“{self.path}” is larger than a tour can be; choose a tour"
                )
            return content.decode("utf-8-sig")
        except FileNotFoundError:
            raise errors.ExportError(
                f"There is no tour “{self.path}”; there are {', '.join(names())}, or "
                f"name a {ENDING} file of your own"
            ) from None
        except OSError as error:
            raise errors.ExportError(
                f"The tour “{self.path}” could not be read: {error.strerror}"
            ) from None
        except UnicodeDecodeError:
            raise errors.ExportError(
                f"The tour “{self.path}” is no UTF-8 text; save it as UTF-8"
            ) from None

    def _root(self) -> yaml.Node | None:
        """The file as nodes, which know their lines and leave a date a text."""
        text = self._text()
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "letters that YAML forbids"
            row = mark.line + 1 if mark else 0
        except RecursionError:
            row, problem = 0, "brackets without end"
        self._fault(row, "", problem, "YAML", EXAMPLE)
        raise errors.DataError(str(self.path), self.faults)

    def _read(self) -> Tour:
        root = self._root()
        parts = dict(self._pairs(root, "the tour", KEYS))
        title = self._scalar(parts.get("title"), "title")
        if title is None and "title" not in parts:
            self._fault(0, "title", "nothing", "a title", "Add a line `title: …`.")
        description = self._scalar(parts.get("description"), "description")
        steps = self._steps(parts.get("steps"))
        return Tour(
            title[1] if title else "", description[1] if description else "", (*steps,)
        )

    def _pairs(
        self, node: yaml.Node | None, what: str, known: tuple[str, ...]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """The members of a mapping, each key once and known."""
        expected = f"one of {', '.join(known)}"
        if not isinstance(node, yaml.MappingNode):
            row = node.start_mark.line + 1 if node else 0
            found = "nothing" if node is None else "no keys with values"
            self._fault(row, "", found, f"keys and values of {what}", EXAMPLE)
            return
        seen = set()
        for key, value in node.value:
            row, name = key.start_mark.line + 1, str(key.value)[: link.SHOWN_LETTERS]
            if not isinstance(key, yaml.ScalarNode) or name not in known:
                advice = "Correct the key or take it out."
                self._fault(row, "", f"the key {name!r}", expected, advice)
            elif name in seen:
                self._fault(row, name, "it twice", "it once", "Take one of them out.")
            else:
                seen.add(name)
                yield name, value

    def _scalar(self, node: yaml.Node | None, field: str) -> _Written | None:
        """A line of text; white space of the file is no part of it."""
        if node is None:
            return None
        row = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode):
            self._fault(row, field, "a list or keys", "text", "Write it as one text.")
            return None
        text = " ".join(node.value.split())
        allowed = MOST_NOTES if field == "notes" else MOST_LETTERS
        if len(text) > allowed:
            found, most = f"{len(text)} letters", f"at most {allowed}"
            self._fault(row, field, found, most, "Shorten it.")
            return None
        if not text:
            advice = "Write it or take the key out."
            self._fault(row, field, "nothing", "text", advice)
            return None
        return row, text

    def _steps(self, node: yaml.Node | None) -> Iterator[Step]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            row = node.start_mark.line + 1 if node else 0
            advice = "Add one entry a view, `- date: 2017-12-21`."
            self._fault(row, "steps", "no steps", "a list of steps", advice)
            return
        for number, item in enumerate(node.value, 1):
            step = self._step(item, number)
            if step:
                yield step

    def _step(self, node: yaml.Node, number: int) -> Step | None:
        known = len(self.faults)
        row = node.start_mark.line + 1
        written = {
            name: value
            for name, member in self._pairs(node, f"step {number}", STEP_KEYS)
            if (value := self._value(member, name))
        }
        words, notes = (written.pop(key, (row, ""))[1] for key in ("words", "notes"))
        if len(self.faults) == known and "date" not in written:
            advice = "Add a line `date: 2017-12-21`."
            self._fault(row, "date", "nothing", "the day of the step", advice)
        view = View()
        for name, (line, text) in written.items():
            self._check(name, line, text)
        if len(self.faults) == known:
            pairs = {name: text for name, (_, text) in written.items()}
            view = link.read(urllib.parse.urlencode(pairs), self.record)
        return Step(view, words, notes) if len(self.faults) == known else None

    def _value(self, node: yaml.Node, name: str) -> _Written | None:
        """Text, or a list of words as a link writes it."""
        if not isinstance(node, yaml.SequenceNode):
            return self._scalar(node, name)
        members = [self._scalar(member, name) for member in node.value]
        row = node.start_mark.line + 1
        return row, ",".join(member[1] for member in members if member)

    def _check(self, name: str, row: int, text: str) -> None:
        """Notes what a link with this one key would leave out."""
        if name == "date":
            try:
                dates.parse_day(text, self.record.record)
            except errors.DateError as error:
                first, last = self.record.record.first, self.record.record.last
                expected = f"a day from {first} to {last}"
                self._fault(row, name, repr(text), expected, f"{error}.")
            return
        offered = link.choices(self.record).get(name, ())
        expected = f"one of {', '.join(offered)}" if offered else "a value as in a link"
        if name == "event":
            expected = "the id of an event or a zone"
        advice = "Copy it from a link of the dashboard."
        query = urllib.parse.urlencode({name: text})
        for pair in link.read(query, self.record).wrong:
            self._fault(row, name, repr(pair.partition("=")[2]), expected, advice)
