"""The one table that is printed, and the same as a document: groups of rows of figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tools.bench.spread import Spread

MAX_WIDTH = 110


class Goal(NamedTuple):
    """What a figure should not exceed."""

    figure: float
    limit: float

    def __str__(self) -> str:
        return f"<= {self.limit:g} {'ok' if self.figure <= self.limit else 'NO'}"


type Cell = Spread | Goal | float | str | None


@dataclass
class Group:
    """`notes` stand under the title; the first column has the rows' names."""

    title: str
    columns: Sequence[str]
    notes: Sequence[str] = ()
    rows: list[Sequence[Cell]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield self.title
        yield from (f"  {note}" for note in self.notes)
        rows = [self.columns, *([_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *cells in rows:
            figures = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
            yield f"  {'  '.join([name.ljust(widths[0]), *figures])}".rstrip()

    def document(self) -> dict[str, Any]:
        return {
            "notes": list(self.notes),
            "rows": [
                {name: _document(cell) for name, cell in zip(self.columns, row, strict=True)}
                for row in self.rows
            ],
        }


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float() if not cell.is_integer():
            return f"{cell:.2f}"
        case float():
            return f"{cell:.0f}"
    return str(cell)


def _document(cell: Cell) -> Any:
    return cell._asdict() if isinstance(cell, Spread | Goal) else cell
