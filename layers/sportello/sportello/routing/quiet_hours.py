"""The hours in which somebody does not want to be rung, as the wall clock shows them. Pure."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from sportello.priorities import Priority
from sportello.routing.times_of_day import TimeOfDay, Weekday
from sportello.stored import OrUnknown, Stored


def _zone_exists(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError("not an IANA time zone, such as 'Europe/Rome'") from None
    return name


type ZoneName = Annotated[str, AfterValidator(_zone_exists)]


class QuietWindow(TimeOfDay, Stored):
    """A time of the day that is written down for ever."""

    weekdays: Annotated[tuple[Annotated[Weekday, OrUnknown()], ...], Field(max_length=7)] = ()


class QuietHours(Stored):
    """What is `except_at_least` so urgent rings all the same; nothing does if it is left out."""

    time_zone: ZoneName
    windows: Annotated[tuple[QuietWindow, ...], Field(min_length=1, max_length=20)]
    except_at_least: Annotated[Priority, OrUnknown()] | None = None

    def keep_quiet(self, priority: Priority, now: datetime) -> bool:
        urgent = self.except_at_least is not None and priority.rank >= self.except_at_least.rank
        local = now.astimezone(ZoneInfo(self.time_zone))
        return not urgent and any(window.covers(local) for window in self.windows)
