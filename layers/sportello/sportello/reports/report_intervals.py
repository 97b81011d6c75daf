"""How the time that a report covers is cut, by the business's own clocks on the wall. Pure.

Boundaries are found in local time and counted in UTC: days of 23 and 25 hours are one interval
each, and the hour that happens twice is two intervals of an hour.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo


class IntervalLength(StrEnum):
    """Weeks begin on Monday."""

    QUARTER_HOUR = "15min"
    HALF_HOUR = "30min"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Interval(NamedTuple):
    """A stretch of real time, [start, end), in UTC."""

    start: datetime
    end: datetime


_MINUTES = {
    IntervalLength.QUARTER_HOUR: 15,
    IntervalLength.HALF_HOUR: 30,
    IntervalLength.HOUR: 60,
}


def cut(
    since: datetime, until: datetime, length: IntervalLength, zone: ZoneInfo
) -> Iterator[Interval]:
    """Cut [since, until) where intervals begin; the first and the last may be parts of one."""
    start = since.astimezone(UTC)
    while start < until:
        end = min(_next_boundary(start, length, zone), until.astimezone(UTC))
        yield Interval(start, end)
        start = end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a local day begins: the first time it is midnight, or the end of the gap."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _next_boundary(at: datetime, length: IntervalLength, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if length in _MINUTES:
        return at + _to_next_multiple(local, timedelta(minutes=_MINUTES[length]))
    day = _next_first_day(local.date(), length)
    # A clock set back across midnight shows the old date again: its midnight has been already.
    while midnight(day, zone) <= at:
        day = _next_first_day(day, length)
    return midnight(day, zone)


def _to_next_multiple(local: datetime, step: timedelta) -> timedelta:
    """Return how long until the wall clock shows a multiple of `step`, if nobody changes it.

    Clocks change on the half hour at the oddest, so that one interval is then shorter.
    """
    since_midnight = local.replace(tzinfo=None) - datetime.combine(local, time())
    return step - since_midnight % step


def _next_first_day(day: date, length: IntervalLength) -> date:
    """Return the first day of the interval that follows the one a day is in."""
    match length:
        case IntervalLength.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case IntervalLength.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case _:
            return day + timedelta(days=1)
