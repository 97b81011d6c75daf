"""Times of the day as the wall clock shows them, on some weekdays or on all. Pure."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from sportello.model import Model

type WallTime = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]

type Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday.__value__)


class TimeOfDay(Model):
    """From `start` to before `end`; past midnight where `end` is no later than `start`.

    The same twice is a whole day from then on. `weekdays` are those on which it starts, all of
    them if left empty.
    """

    start: WallTime
    end: WallTime
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()

    def covers(self, local: datetime) -> bool:
        clock, today = f"{local:%H:%M}", local.weekday()
        if self.start < self.end:
            return self.start <= clock < self.end and self._starts_on(today)
        begun_today = clock >= self.start and self._starts_on(today)
        return begun_today or (clock < self.end and self._starts_on(today - 1))

    def _starts_on(self, weekday: int) -> bool:
        return not self.weekdays or WEEKDAYS[weekday] in self.weekdays
