"""The rows of the report and how they are printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, what it stands beside, and its aim with whether it is met."""

    what: str
    figure: str
    beside: str = ""
    aim: str = ""


def aim(words: str, *, met: bool) -> str:
    return f"{words}: {'met' if met else 'MISSED'}"


def ms(median_and_p95: tuple[float, float]) -> str:
    median, p95 = median_and_p95
    return f"{median:.1f} / {p95:.1f} ms"


def kb(count: float) -> str:
    """Thousands of bytes."""
    return f"{count / 1000:,.1f} kB"


def printed(rows: list[Row]) -> str:
    """The rows as a Markdown table with aligned columns."""
    head = Row("Measure", "Figure", "Beside", "Aim")
    cells = [[row.what, row.figure, row.beside, row.aim] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in cells
    )
