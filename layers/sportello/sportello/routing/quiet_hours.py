"""The hours in which somebody does not want to be rung, as the wall clock shows them. Pure."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from sportello.priorities import Priority
from sportello.stored import OrUnknown, Stored

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

type Weekday = Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], OrUnknown()]
type WallTime = Annotated[str, Field(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]


def _zone_exists(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError("not an IANA time zone, such as 'Europe/Rome'") from None
    return name


type ZoneName = Annotated[str, AfterValidator(_zone_exists)]


class QuietWindow(Stored):
    """From `start` to before `end`; past midnight where `end` is no later than `start`.

    `weekdays` are those on which it starts, all of them if left empty.
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


class QuietHours(Stored):
    """What is `except_at_least` so urgent rings all the same; nothing does if it is left out."""

    time_zone: ZoneName
    windows: Annotated[tuple[QuietWindow, ...], Field(min_length=1, max_length=20)]
    except_at_least: Annotated[Priority, OrUnknown()] | None = None

    def keep_quiet(self, priority: Priority, now: datetime) -> bool:
        urgent = self.except_at_least is not None and priority.rank >= self.except_at_least.rank
        local = now.astimezone(ZoneInfo(self.time_zone))
        return not urgent and any(window.covers(local) for window in self.windows)
