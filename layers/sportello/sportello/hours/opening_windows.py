"""Windows of opening as people write them, and where they lie in real time. Pure.

A local time names the first instant at which the wall clock shows it, or a later one: an hour
that happens twice counts from its first time, an hour that is skipped from the end of the gap.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_DAYS = f"{_DAY}(?:-{_DAY})?"

type WallSpans = tuple[tuple[timedelta, timedelta], ...]
"""Windows of a day, as time on the wall clock since the midnight that begins it, in order."""


def zone_named(key: str) -> ZoneInfo:
    """Look up an IANA time zone; raises ValueError, whatever is wrong with the name."""
    try:
        return ZoneInfo(key)
    except (LookupError, ValueError, OSError) as unknown:
        raise ValueError("not an IANA time zone, such as 'Europe/Rome'") from unknown


def _zone_exists(key: str) -> str:
    zone_named(key)
    return key


def _opens_before_it_closes(window: tuple[str, str]) -> tuple[str, str]:
    opening, closing = window
    if opening == closing:
        raise ValueError("a window must not open and close at one time; all day is 00:00 to 24:00")
    return window


TimeZoneName = Annotated[str, AfterValidator(_zone_exists)]
DayNames = Annotated[str, Field(pattern=f"^{_DAYS}(?: *, *{_DAYS})*$")]
OpeningTime = Annotated[str, Field(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
ClosingTime = Annotated[str, Field(pattern=r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Window = Annotated[tuple[OpeningTime, ClosingTime], AfterValidator(_opens_before_it_closes)]
Windows = Annotated[tuple[Window, ...], Field(max_length=288)]
"""As many as there are five minutes in a day: every answer walks them all."""


def weekdays(days: str) -> list[int]:
    """Number the weekdays a key of `weekly` names from Monday, 0; a range may pass Sunday."""
    numbers: list[int] = []
    for part in days.split(","):
        first, _, last = part.strip().partition("-")
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last or first) - begin) % 7 + 1
        numbers += [(begin + offset) % 7 for offset in range(length)]
    return numbers


def since_midnight(windows: Windows) -> WallSpans:
    """Measure windows from the midnight of the day they open on."""
    spans = []
    for opening, closing in windows:
        opens, closes = clock_time(opening), clock_time(closing)
        spans.append((opens, closes if closes > opens else closes + timedelta(days=1)))
    return tuple(sorted(spans))


def first_instant(zone: tzinfo, day: int, clock_time: timedelta) -> datetime:
    """Find, in UTC, when the wall clock first shows a time of a day (its ordinal), or a later."""
    on = date.fromordinal(day)
    wall = datetime(on.year, on.month, on.day, tzinfo=zone) + clock_time
    earlier, later = _offset(wall), _offset(wall.replace(fold=1))
    instant = (wall.replace(tzinfo=None) - earlier).replace(tzinfo=UTC)
    if earlier >= later:
        return instant
    # The time is skipped: close in on the change, which lies between its two readings.
    before = instant + earlier - later
    while instant - before > timedelta(seconds=1):
        middle = before + (instant - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall.replace(tzinfo=None):
            before = middle
        else:
            instant = middle
    return instant.replace(microsecond=0)


def _offset(wall: datetime) -> timedelta:
    return wall.utcoffset() or timedelta()


def clock_time(text: str) -> timedelta:
    """Read a time of day as the time since midnight on the wall clock."""
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
