"""How a source, or an entry of this record, is cited: as text, BibTeX or CSL-JSON.

All three come from a CSL-JSON record. That of an entry holds the placeholders LINK and
TODAY, which the browser replaces by the permalink and the day of access.
"""

import contextlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from geo_astana import dates

TITLE = "geo-astana: The Syrian ceasefire talks, dated and geocoded"
AUTHORS = "The geo-astana contributors"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
LINK = "{link}"
TODAY = "{today}"

Record = Mapping[str, Any]

# Other types are @misc: BibTeX has no laws, treaties or web pages.
_ENTRY_TYPES = {
    "article": "article",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "report": "techreport",
}
_WHERE_FIELDS = {"article": "journal", "techreport": "institution"}
# Titles of documents, not headlines: they stand without quotation marks.
_DOCUMENTS = ("legislation", "treaty", "report")
_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX counts braces even after a backslash.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "&%$#_"},
    }
)
_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


def of_record(version: str, as_of: str) -> dict[str, Any]:
    """The CSL-JSON of the whole record; `as_of` is its ISO day, or nothing."""
    return {
        "id": f"geo-astana-{version}",
        "type": "dataset",
        "title": TITLE,
        "author": [{"literal": AUTHORS}],
        "version": version,
        **_issued(as_of),
    }


def of_entry(
    entry_id: str, title: str, when: str, version: str, as_of: str
) -> dict[str, Any]:
    """The CSL-JSON of one entry of this record; `as_of` is its ISO day, or nothing."""
    record: dict[str, Any] = {
        "id": f"geo-astana-{entry_id}",
        "type": "dataset",
        "title": f"{title} ({when})" if when else title,
        "container-title": TITLE,
        "version": version,
        "URL": LINK,
        "accessed": {"raw": TODAY},
    }
    return record | _issued(as_of)


def _issued(as_of: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(as_of)
        return {"issued": {"date-parts": [[day.year, day.month, day.day]]}}
    return {}


def text(record: Record) -> str:
    """Author, title, where, version, date and document symbol; then the address."""
    version = _plain(record, "version")
    parts = [
        *(" ".join(filter(None, reversed(name))) for name in _authors(record)),
        _title(record),
        *_where(record),
        f"version {version}" if version else "",
        _date_in_words(_date_parts(record)),
        _symbol(record),
    ]
    said = ", ".join(filter(None, parts)) + "."
    address = _plain(record, "URL")
    accessed = f"(accessed {TODAY})" if "accessed" in record else ""
    return " ".join(filter(None, (said, address, accessed)))


def bibtex(record: Record) -> str:
    """One BibTeX entry, its text escaped for LaTeX and its braces balanced."""
    kind = _ENTRY_TYPES.get(_plain(record, "type"), "misc")
    year, month, day = (*_date_parts(record), 0, 0, 0)[:3]
    address = _plain(record, "URL")
    version = _plain(record, "version")
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in _authors(record)),
        # The second pair of braces keeps the capitals.
        "title": f"{{{_escaped(_plain(record, 'title'))}}}",
        _WHERE_FIELDS.get(kind, "howpublished"): _escaped(
            ", ".join(_publishers(record))
        ),
        "number" if kind == "techreport" else "note": _escaped(
            _plain(record, "number") or (f"Version {version}" if version else "")
        ),
        "year": str(year) if year else "",
        "month": dates.MONTHS[month - 1][:3].lower() if month else "",
        "day": str(day) if day else "",
        "url": address if address == LINK else address.translate(_ADDRESS),
        "urldate": TODAY if "accessed" in record else "",
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}"
        for name, value in fields.items()
        if value
    ]
    return f"@{kind}{{{_key(_plain(record, 'id'))},\n" + ",\n".join(lines) + "\n}"


def _plain(record: Record, name: str) -> str:
    """A field as one line of text, empty where there is none."""
    return " ".join(str(record.get(name) or "").split())


def _escaped(value: str) -> str:
    return value.translate(_BIBTEX)


def _key(record_id: str) -> str:
    """The id with what BibTeX forbids in a key written as hexadecimal numbers."""
    return re.sub(
        r"[^A-Za-z0-9_-]", lambda found: f"+{ord(found[0]):x}+", record_id or "source"
    )


def _authors(record: Record) -> list[tuple[str, str]]:
    """Family and given names; a body is a family name alone."""
    names = record.get("author")
    return [
        (_plain(name, "family") or _plain(name, "literal"), _plain(name, "given"))
        for name in (names if isinstance(names, list) else ())
        if isinstance(name, Mapping)
    ]


def _bibtex_name(name: tuple[str, str]) -> str:
    family, given = map(_escaped, name)
    return f"{family}, {given}" if given else f"{{{family}}}"


def _described(record: Record) -> bool:
    """Whether the title is our description, as square brackets say, or a document's."""
    return (
        _plain(record, "title").startswith("[") or _plain(record, "type") in _DOCUMENTS
    )


def _title(record: Record) -> str:
    title = _plain(record, "title")
    if not title or _described(record):
        return title
    inner = title.replace("“", "‘").replace("”", "’")
    return f"“{inner}”"


def _publishers(record: Record) -> list[str]:
    """Container and publisher, one of them where it names the other."""
    container, publisher = (
        _plain(record, name) for name in ("container-title", "publisher")
    )
    if publisher.casefold() in container.casefold():
        return [container] if container else []
    if container.casefold() in publisher.casefold():
        return [publisher]
    return [container, publisher]


def _where(record: Record) -> list[str]:
    """The publishers that a describing title does not begin with already."""
    title = _plain(record, "title").lstrip("[").casefold()
    return [
        name
        for name in _publishers(record)
        if not (_described(record) and title.startswith(name.casefold()))
    ]


def _symbol(record: Record) -> str:
    number = _plain(record, "number")
    return "" if number in _plain(record, "title") else number


def _date_parts(record: Record) -> tuple[int, ...]:
    """Year, month and day of issue as far as they are known."""
    try:
        parts = tuple(int(part) for part in record["issued"]["date-parts"][0])
    except (KeyError, IndexError, TypeError, ValueError):
        return ()
    return parts if parts[1:2] <= (len(dates.MONTHS),) else parts[:1]


def _date_in_words(parts: tuple[int, ...]) -> str:
    if not parts:
        return "no date"
    year, *rest = parts
    month = [dates.MONTHS[rest[0] - 1]] if rest else []
    return " ".join([*map(str, rest[1:]), *month, str(year)])
