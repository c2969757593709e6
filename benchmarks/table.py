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
    return markdown(
        [(row.what, row.figure, row.beside, row.aim) for row in (head, *rows)]
    )


def markdown(lines: list[tuple[str, ...]]) -> str:
    """Lines of cells, the head first, as a Markdown table with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(map(str.ljust, line, widths)) + " |"
        for line in (lines[0], rule, *lines[1:])
    )
