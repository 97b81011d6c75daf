"""Dates on which nothing opens, as a business writes them down. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sportello.model import Model


def _first_to_last(period: tuple[date, date]) -> tuple[date, date]:
    if period[1] < period[0]:
        raise ValueError(f"{period[0]} to {period[1]} ends before it begins")
    return period


DateRange = Annotated[tuple[date, date], AfterValidator(_first_to_last)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class Closure(Model):
    """The dates from `first` to `last`, or the one date, and what people call them."""

    first: date
    last: date | None = Field(default=None, description="The last closed date; none: `first`.")
    label: Label = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _first_to_last((self.first, self.last or self.first))
        return self


Closed = date | DateRange | Closure


def extent(closed: Closed) -> tuple[date, date, str]:
    """Return the first and the last closed date, and their label, empty for none."""
    match closed:
        case Closure(first=first, last=last, label=label):
            return first, last or first, label
        case (first, last):
            return first, last, ""
        case date():
            return closed, closed, ""


class ClosureLabels:
    """Finds the closure of a day, given by its ordinal.

    Where closures overlap, the one that begins first names the day.
    """

    def __init__(self, closed: Iterable[Closed]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._labels: list[str] = []
        reached = 0
        for first, last, label in sorted(map(extent, closed), key=lambda named: named[0]):
            begin = max(first.toordinal(), reached + 1)
            if last.toordinal() > reached:
                reached = last.toordinal()
                self._firsts.append(begin)
                self._lasts.append(reached)
                self._labels.append(label)

    def of(self, day: int) -> str | None:
        """Return its label, empty for a closure without; None for a day that is not closed."""
        index = bisect_right(self._firsts, day) - 1
        return self._labels[index] if index >= 0 and day <= self._lasts[index] else None
