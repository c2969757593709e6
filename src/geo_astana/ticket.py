"""What is known of one export in the making, from its order to its end.

Who asks, who makes it and who looks after it are different processes; a ticket is all
that they share. An export ends once, with the word of whoever is first.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any, Literal

from geo_astana import errors
from geo_astana.shelf import Shelf

State = Literal["done", "failed", "cancelled"]
# Who makes an export says so this often; another may take over after LEASE_S.
BEAT_S = 2
LEASE_S = 6
# After so long without a question from its page an export is wanted by nobody. The
# timers of a page in the background run once a minute.
FORGOTTEN_S = 180
STOPPED = "The worker stopped before it was done. Try again."
UNKNOWN = "The server no longer knows this export. Try again."


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be made: the fields of its order, and the name of its file.

    `address` is that of the page, for links; `version` is that of the data.
    """

    fields: dict[str, str]
    address: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class End:
    """What became of an export; `token` fetches its file."""

    state: State
    words: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One export on a shelf, by its key."""

    shelf: Shelf
    key: str

    def enter(self, task: Task) -> None:
        """Write down what is to be made."""
        self.shelf.put(f"task:{self.key}", asdict(task))
        self.ask()

    def task(self) -> Task | None:
        """What is to be made, None if nobody knows any more."""
        found = self.shelf.get(f"task:{self.key}")
        return Task(**found) if found else None

    def ask(self) -> None:
        """Say that a page waits for it."""
        self.shelf.put(f"asked:{self.key}", time.time())

    def forgotten(self) -> bool:
        """Whether no page has asked for long."""
        asked = self.shelf.get(f"asked:{self.key}")
        return asked is None or time.time() - asked > FORGOTTEN_S

    def say(self, done: int, of: int, words: str) -> None:
        """Say how far it is: steps done, steps in all or 0, and what is being made."""
        step = {"done": done, "of": of, "words": words}
        self.shelf.put(f"step:{self.key}", step)

    def step(self) -> dict[str, Any] | None:
        """What was said last."""
        found: dict[str, Any] | None = self.shelf.get(f"step:{self.key}")
        return found

    def finish(self, end: End) -> bool:
        """End it, unless it has ended; whether this was its end."""
        return self.shelf.add(f"end:{self.key}", asdict(end))

    def end(self) -> dict[str, Any] | None:
        """How it ended, None if it has not."""
        found: dict[str, Any] | None = self.shelf.get(f"end:{self.key}")
        return found

    def lease(self, owner: str) -> bool:
        """Take it for LEASE_S, unless somebody else makes it."""
        return self.shelf.add(f"lease:{self.key}", owner, LEASE_S)

    def renew(self, owner: str) -> None:
        """Keep it for LEASE_S more."""
        self.shelf.put(f"lease:{self.key}", owner, LEASE_S)

    def leased(self) -> bool:
        """Whether somebody makes it."""
        return self.shelf.get(f"lease:{self.key}") is not None

    def release(self) -> None:
        """Let others take it."""
        self.shelf.drop(f"lease:{self.key}")

    def begin(self) -> int:
        """Count that it is begun; how often it was, from 1. For who holds the lease."""
        tries = self.tries() + 1
        self.shelf.put(f"tries:{self.key}", tries)
        return tries

    def tries(self) -> int:
        """How often it was begun."""
        return int(self.shelf.get(f"tries:{self.key}") or 0)


def failed(error: errors.GeoAstanaError) -> End:
    """The end of what an error ended."""
    return End("failed", sentence(error))


def sentence(said: object) -> str:
    """What an error says, as a sentence in one line, whatever it quotes."""
    text = " ".join(str(said).split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
