"""Which local days the events of an iCalendar file (RFC 5545) cover, or only touch. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sportello.hours.icalendar_text import Event, Property, text_of
from sportello.hours.opening_windows import first_instant, zone_named
from sportello.hours.recurrences import Recurrence, UnsupportedRule

MAX_DAYS_OF_EVENT = 2_000
LONGEST_EVENT = timedelta(days=3_653)
"""Ten years: a longer one is a slip of the pen."""
LONGEST_COUNT = timedelta(days=7_305)
"""Twenty years: occurrences are not counted from further back."""

_YEARS = range(1900, 2200)
_UTC = ZoneInfo("UTC")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?"
)


class SkipReason(StrEnum):
    PARTLY_COVERED = "partly_covered"
    """The event begins or ends within the day: the day's windows belong under `special`."""
    OUTSIDE_WINDOW = "outside_window"
    """No day of it lies between the dates asked about."""
    CANCELLED = "cancelled"
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    UNSUPPORTED_RECURRENCE = "unsupported_recurrence"
    NOT_UNDERSTOOD = "not_understood"
    """A date or a length that cannot be, or an event of more than ten years."""


class Unusable(Exception):
    """Nothing of an event can be used."""

    def __init__(self, reason: SkipReason) -> None:
        super().__init__(reason)
        self.reason = reason


class _Moment(NamedTuple):
    """A time on the wall clock of a zone; midnight for a date."""

    wall: datetime
    zone: ZoneInfo
    whole_day: bool

    def wall_in(self, zone: ZoneInfo) -> datetime:
        if self.zone is zone:
            return self.wall
        return _instant(self.wall, self.zone).astimezone(zone).replace(tzinfo=None)


def moved_occurrences(events: Sequence[Event]) -> Mapping[str, list[Property]]:
    """Find, by UID, which occurrences of recurring events have an event of their own instead."""
    moved: dict[str, list[Property]] = {}
    for event in events:
        for original in event.get("RECURRENCE-ID", ()):
            moved.setdefault(text_of(event, "UID"), []).append(original)
    return moved


def days_of(
    event: Event, zone: ZoneInfo, moved: Sequence[Property], first: date, last: date
) -> dict[date, bool]:
    """Tell of each local day from `first` to `last` that an event touches whether it covers it.

    Times without a zone are in `zone`, as are the days. Raises Unusable.
    """
    if text_of(event, "STATUS").strip().upper() == "CANCELLED":
        raise Unusable(SkipReason.CANCELLED)
    if "DTSTART" not in event:
        raise Unusable(SkipReason.NOT_UNDERSTOOD)
    start = _moment(event["DTSTART"][0], zone)
    length = _length(event, start, zone)
    days: dict[date, bool] = {}
    tried = 0
    for wall in _starts(event, start, moved, zone, first - length, last):
        for day, covered in _touched_days(start._replace(wall=wall), length, zone, first, last):
            days[day] = covered or days.get(day, False)
            tried += 1
            if tried > MAX_DAYS_OF_EVENT:
                raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE)
    if not days:
        raise Unusable(SkipReason.OUTSIDE_WINDOW)
    return days


def _starts(
    event: Event,
    start: _Moment,
    moved: Sequence[Property],
    zone: ZoneInfo,
    first: date,
    last: date,
) -> Iterator[datetime]:
    """Yield when occurrences begin, by the wall clock of the start, in a window of dates or so."""
    rules = event.get("RRULE", [])
    in_ranges = any("RANGE" in original.parameters for original in event.get("RECURRENCE-ID", ()))
    if len(rules) > 1 or "RDATE" in event or in_ranges:
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE)
    if not rules:
        yield start.wall
        return
    recurrence = _recurrence(rules[0].value, start, zone)
    if recurrence.count is not None and first - recurrence.start > LONGEST_COUNT:
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE)
    exceptions = [
        listed._replace(value=value)
        for listed in event.get("EXDATE", ())
        for value in listed.value.split(",")
    ]
    left_out = {_occurrence(_moment(each, zone), start) for each in (*exceptions, *moved)}
    # A day more on each side: the dates of the start's zone may be others than ours.
    for day in recurrence.days(first - 2 * _DAY, last + _DAY):
        wall = datetime.combine(day, start.wall.time())
        if wall not in left_out:
            yield wall


def _occurrence(named: _Moment, start: _Moment) -> datetime:
    if named.whole_day:
        return datetime.combine(named.wall.date(), start.wall.time())
    return named.wall_in(start.zone)


def _recurrence(rule: str, start: _Moment, zone: ZoneInfo) -> Recurrence:
    until: date | None = None
    if match := re.search(r"\bUNTIL=([^;]*)", rule, re.IGNORECASE):
        end = _moment(Property("UNTIL", {}, match[1]), zone)
        wall = end.wall_in(zone if end.whole_day else start.zone)
        too_early = not end.whole_day and wall.time() < start.wall.time()
        until = wall.date() - _DAY if too_early else wall.date()
    try:
        return Recurrence.parse(rule, start.wall.date(), until)
    except UnsupportedRule:
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE) from None


def _touched_days(
    start: _Moment, length: timedelta, zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[date, bool]]:
    if start.whole_day:
        begins = max(start.wall.date(), first)
        ends = min((start.wall + length).date(), last + _DAY)
        for number in range(begins.toordinal(), ends.toordinal()):
            yield date.fromordinal(number), True
        return
    begin = _instant(start.wall, start.zone)
    end = _instant(start.wall + length, start.zone)
    first_day = max(begin.astimezone(zone).date(), first)
    last_day = min(end.astimezone(zone).date(), last)
    for number in range(first_day.toordinal(), last_day.toordinal() + 1):
        midnight = first_instant(zone, number, timedelta())
        next_midnight = first_instant(zone, number + 1, timedelta())
        if midnight < end:
            covered = begin <= midnight and end >= next_midnight - _MINUTE
            yield date.fromordinal(number), covered


def _length(event: Event, start: _Moment, zone: ZoneInfo) -> timedelta:
    """Measure an event on the wall clock of its start; one without a length touches its day."""
    length = timedelta()
    if "DTEND" in event:
        end = _moment(event["DTEND"][0], zone)
        length = end.wall_in(start.zone) - start.wall
        if end.whole_day != start.whole_day:
            raise Unusable(SkipReason.NOT_UNDERSTOOD)
    elif "DURATION" in event:
        match = _DURATION.fullmatch(text_of(event, "DURATION").strip().upper())
        if match is None:
            raise Unusable(SkipReason.NOT_UNDERSTOOD)
        length = timedelta(**{unit: int(number or 0) for unit, number in match.groupdict().items()})
    if not timedelta() <= length <= LONGEST_EVENT:
        raise Unusable(SkipReason.NOT_UNDERSTOOD)
    return length or (_DAY if start.whole_day else _MINUTE)


def _moment(date_property: Property, zone: ZoneInfo) -> _Moment:
    match = _MOMENT.fullmatch(date_property.value.strip().upper())
    if match is None or int(match[1]) not in _YEARS:
        raise Unusable(SkipReason.NOT_UNDERSTOOD)
    whole_day = match[4] is None
    try:
        wall = datetime(*map(int, match.groups("0")[:6]))  # type: ignore[arg-type] # noqa: DTZ001 -- six figures; a wall clock
    except ValueError:
        raise Unusable(SkipReason.NOT_UNDERSTOOD) from None
    if whole_day:
        return _Moment(wall, zone, whole_day)
    if match[7]:
        return _Moment(wall, _UTC, whole_day)
    try:
        named = date_property.parameters.get("TZID")
        return _Moment(wall, zone_named(named) if named else zone, whole_day)
    except ValueError:
        raise Unusable(SkipReason.UNKNOWN_TIME_ZONE) from None


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(wall.date(), datetime.min.time())
    return first_instant(zone, wall.toordinal(), wall - midnight)
