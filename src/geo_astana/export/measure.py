"""How much room text takes on a slide, in the widest typeface it may be shown in.

Programs for slides break lines each in its own way and nobody measures for them, so
this errs on the side of more lines.
"""

import math
import re
from collections.abc import Sequence

# Widths of letters in parts of their size: those of Noto Serif, which is rather wide.
_WIDTHS = (
    (frozenset(" .,:;'|!ijlI"), 0.33),
    (frozenset('ftr()[]-/"'), 0.45),
    (frozenset("mMwW@%"), 0.95),
)
_CAPITAL, _LETTER = 0.72, 0.6
# Noto Sans is narrower than Noto Serif by this.
SANS = 0.95
# The height of a line of Noto in parts of its size.
LINE = 1.362


def largest(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float]
) -> float:
    """The largest of some sizes at which every text has room, else the smallest.

    All lengths are in points.
    """
    for size in sizes:
        most = int(height / (size * LINE))
        if all(len(lines(text, width, size)) <= most for text in texts):
            return size
    return sizes[-1]


def cut(text: str, width: float, height: float, size: float) -> str:
    """As much of a text as there is room for, ending in … where that is not all."""
    broken = lines(text, width, size)
    most = max(1, int(height / (size * LINE)))
    if len(broken) <= most:
        return text
    return "".join(broken[:most]).rstrip()[:-1].rstrip() + "…"


def lines(text: str, width: float, size: float) -> list[str]:
    """A text broken at spaces, and within a word that is wider than a line.

    Joined again they are the text.
    """
    broken, line, used = [], "", 0.0
    for word in re.findall(r"\S+\s*|\s+", text):
        wide = _width(word.rstrip()) * size
        if line and used + wide > width:
            broken.append(line)
            line, used = "", 0.0
        for letter in word:
            advance = _width(letter) * size
            if line and used + advance > width and not letter.isspace():
                broken.append(line)
                line, used = "", 0.0
            line += letter
            used += advance
    return [*broken, line] if line else broken


def _width(text: str) -> float:
    return math.fsum(
        next(
            (width for letters, width in _WIDTHS if letter in letters),
            _CAPITAL if letter.isupper() else _LETTER,
        )
        for letter in text
    )
