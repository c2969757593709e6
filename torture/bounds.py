"""How long a part may take, and how much it may do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most seconds of a measure and the most acts of one, None for its own."""

    seconds: float | None = None
    count: int | None = None

    def time(self, usual: float) -> float:
        return usual if self.seconds is None else min(usual, self.seconds)

    def number(self, usual: int) -> int:
        return usual if self.count is None else min(usual, self.count)
