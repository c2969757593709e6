"""What a server is told by its environment: every GEO_ASTANA_* that a page obeys.

Where a file or a tool is found stands with what uses it: GEO_ASTANA_DATA in `cli`,
GEO_ASTANA_REDIS_URL in `broker`, GEO_ASTANA_ADDRESS in `pictures`.
"""

import os
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field

from geo_astana import errors

EMBED_ORIGINS = "GEO_ASTANA_EMBED_ORIGINS"
PREFIX = "GEO_ASTANA_PREFIX"
PROXIES = "GEO_ASTANA_PROXIES"
HSTS = "GEO_ASTANA_HSTS"
EXPORTS = "GEO_ASTANA_EXPORTS_PER_MINUTE"
METRICS = "GEO_ASTANA_METRICS"
# A folder with tours of one's own; export/tours.py reads it, in workers too.
TOURS = "GEO_ASTANA_TOURS"
SECRET = "GEO_ASTANA_SECRET"  # noqa: S105 - where it is, not what
# A link that chooses everything has less than half as many letters.
MOST_QUERY = 8000
ANY = "*"
MOST_PROXIES = 9
LEAST_SECRET = 32
MOST_SECONDS = 10**9
MOST_A_MINUTE = 10**6
_PREFIX = re.compile(r"/(?:[A-Za-z0-9._~-]+/)*", re.ASCII)
_HOST = re.compile(r"(?:\*\.)?[a-z0-9.-]+|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is run; the defaults fit one's own computer.

    `embed_origins` may show the light page in a frame, ("*",) is any page. `prefix`
    begins and ends in a slash. `proxies` stand before the server and are believed.
    `hsts_s` is how long browsers shall insist on TLS, 0 for not at all. A client may
    ask for `exports_per_minute` pictures, downloads and jobs. `secret` signs what a
    page knows its jobs by, "" leaves that to what the jobs stand in.
    """

    embed_origins: tuple[str, ...] = (ANY,)
    prefix: str = "/"
    proxies: int = 0
    hsts_s: int = 0
    exports_per_minute: int = 120
    metrics: bool = False
    secret: str = field(default="", repr=False)


USUAL = Settings()


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; raises SettingsError with every fault."""
    reader = _Reader(environment)
    found = Settings(
        embed_origins=reader.origins(),
        prefix=reader.prefix(),
        proxies=reader.number(PROXIES, USUAL.proxies, MOST_PROXIES),
        hsts_s=reader.number(HSTS, USUAL.hsts_s, MOST_SECONDS),
        exports_per_minute=reader.number(
            EXPORTS, USUAL.exports_per_minute, MOST_A_MINUTE, least=1
        ),
        metrics=bool(reader.number(METRICS, 0, 1)),
        secret=reader.secret(),
    )
    if reader.faults:
        raise errors.SettingsError("; ".join(reader.faults))
    return found


def origin(text: str) -> str | None:
    """An origin as a browser writes it, None for what is none.

    `https://*.example.org` stands for every host below it.
    """
    try:
        parts = urllib.parse.urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.removesuffix(f":{port}")
    more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or more or not _HOST.fullmatch(host):
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    shown = "" if port in (None, usual) else f":{port}"
    return f"{parts.scheme}://{host.lower()}{shown}"


def origins(text: str) -> tuple[str, ...]:
    """The origins of a list with spaces; without any, or with *, that is any page.

    Raises SettingsError for a word that is none.
    """
    texts = text.split()
    if texts in ([], [ANY]):
        return (ANY,)
    found = [(word, origin(word)) for word in texts]
    if wrong := [word for word, read in found if read is None]:
        raise errors.SettingsError(
            f"“{'”, “'.join(wrong)}”; it must be * or a list of origins with spaces "
            "between, such as https://news.example"
        )
    return tuple(dict.fromkeys(read for _, read in found if read))


class _Reader:
    """Reads values and keeps the faults, so that all of them are told at once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def _text(self, name: str) -> str:
        return self._environment.get(name, "").strip()

    def origins(self) -> tuple[str, ...]:
        try:
            return origins(self._text(EMBED_ORIGINS))
        except errors.SettingsError as error:
            self.faults.append(f"{EMBED_ORIGINS} has {error}")
        return USUAL.embed_origins

    def prefix(self) -> str:
        text = self._text(PREFIX) or USUAL.prefix
        if _PREFIX.fullmatch(text):
            return text
        self.faults.append(
            f"{PREFIX} is “{text}”; it must begin and end in a slash, such as /map/"
        )
        return USUAL.prefix

    def secret(self) -> str:
        text = self._text(SECRET)
        if text and len(text) < LEAST_SECRET:
            self.faults.append(
                f"{SECRET} has {len(text)} letters; it must have {LEAST_SECRET} or "
                "more, which nobody can guess"
            )
        return text

    def number(self, name: str, usual: int, most: int, least: int = 0) -> int:
        text = self._text(name)
        if not text:
            return usual
        if text.isascii() and text.isdecimal() and least <= int(text[:20]) <= most:
            return int(text)
        self.faults.append(
            f"{name} is “{text}”; it must be a whole number from {least} to {most}"
        )
        return usual
