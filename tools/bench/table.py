"""The one table that is printed, and the same as a document: groups of rows of figures."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from tools.bench.spread import Spread

MAX_WIDTH = 110
_GAP = "  "


class Middle(NamedTuple):
    """A figure that is printed without its spread, for which there is no room."""

    spread: Spread

    def __str__(self) -> str:
        return f"{self.spread.middle:.2f}"


class Goal(NamedTuple):
    """What a figure should not exceed, to stand beside the figure."""

    figure: float
    limit: float

    def __str__(self) -> str:
        return f"<= {self.limit:g} {_judged(self.figure, self.limit)}"


class Verdict(NamedTuple):
    """A figure that should not exceed what the head of its column says."""

    figure: float
    limit: float

    def __str__(self) -> str:
        return f"{self.figure:.2f} {_judged(self.figure, self.limit)}"


def _judged(figure: float, limit: float) -> str:
    return "ok" if figure <= limit else "NO"


type Cell = Spread | Middle | Goal | Verdict | float | str | None
type Columns = tuple[str, ...]


@dataclass
class Group:
    """`notes` stand under the title. The first column has the rows' names.

    With `text_last` the last column is a text, for which lines are broken.
    """

    title: str
    columns: Columns
    notes: Sequence[str] = ()
    rows: list[Sequence[Cell]] = field(default_factory=list)
    text_last: bool = False

    def document(self) -> dict[str, Any]:
        return {
            "notes": list(self.notes),
            "rows": [
                {name: _document(cell) for name, cell in zip(self.columns, row, strict=True)}
                for row in self.rows
            ],
        }


def lines(groups: Iterable[Group]) -> Iterator[str]:
    """Print groups one below the other; neighbours with the same columns share their heads."""
    for columns, neighbours in groupby(groups, key=lambda group: group.columns):
        alike = list(neighbours)
        texts = [[[_text(cell) for cell in row] for row in group.rows] for group in alike]
        rows = [columns, *(row for group in texts for row in group)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for number, (group, body) in enumerate(zip(alike, texts, strict=True)):
            yield ""
            yield group.title
            yield from (f"{_GAP}{note}" for note in group.notes)
            for row in [columns, *body] if number == 0 else body:
                yield from _line(row, widths, text_last=group.text_last)


def _line(row: Sequence[str], widths: Sequence[int], *, text_last: bool) -> Iterator[str]:
    cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
    cells[0] = row[0].ljust(widths[0])
    if not text_last:
        yield _GAP + _GAP.join(cells).rstrip()
        return
    start = _GAP + _GAP.join(cells[:-1]) + _GAP
    text = textwrap.wrap(row[-1], MAX_WIDTH - len(start)) or [""]
    yield (start + text[0]).rstrip()
    yield from (" " * len(start) + rest for rest in text[1:])


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:g}" if cell.is_integer() else f"{cell:.2f}"
    return str(cell)


def _document(cell: Cell) -> Any:
    match cell:
        case Middle(spread):
            return spread._asdict()
        case Spread() | Goal() | Verdict():
            return cell._asdict()
    return cell
