"""The one table that is printed, and the same as a document: groups of rows of figures."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tools.bench.spread import Spread

MAX_WIDTH = 110
_GAP = "  "


class Goal(NamedTuple):
    """What a figure should not exceed."""

    figure: float
    limit: float

    def __str__(self) -> str:
        return f"<= {self.limit:g} {'ok' if self.figure <= self.limit else 'NO'}"


type Cell = Spread | Goal | float | str | None


@dataclass
class Group:
    """`notes` stand under the title; the first column has the rows' names.

    With `text_last` the last column is a text, for which lines are broken.
    """

    title: str
    columns: Sequence[str]
    notes: Sequence[str] = ()
    rows: list[Sequence[Cell]] = field(default_factory=list)
    text_last: bool = False

    def lines(self) -> Iterator[str]:
        yield self.title
        yield from (f"{_GAP}{note}" for note in self.notes)
        rows = [self.columns, *([_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            cells[0] = row[0].ljust(widths[0])
            if self.text_last:
                yield from _with_text(cells[:-1], row[-1])
            else:
                yield _GAP + _GAP.join(cells).rstrip()

    def document(self) -> dict[str, Any]:
        return {
            "notes": list(self.notes),
            "rows": [
                {name: _document(cell) for name, cell in zip(self.columns, row, strict=True)}
                for row in self.rows
            ],
        }


def _with_text(cells: Sequence[str], text: str) -> Iterator[str]:
    start = _GAP + _GAP.join(cells) + _GAP
    lines = textwrap.wrap(text, MAX_WIDTH - len(start)) or [""]
    yield (start + lines[0]).rstrip()
    yield from (" " * len(start) + line for line in lines[1:])


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:g}" if cell.is_integer() else f"{cell:.2f}"
    return str(cell)


def _document(cell: Cell) -> Any:
    return cell._asdict() if isinstance(cell, Spread | Goal) else cell
