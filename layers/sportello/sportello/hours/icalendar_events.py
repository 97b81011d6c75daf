"""Which local days the events of an iCalendar file (RFC 5545) cover, or only touch. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sportello.hours.icalendar_text import Component, Event, Property, text_of
from sportello.hours.icalendar_zones import ZonesOfFile
from sportello.hours.opening_windows import first_instant
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
_MIDNIGHT = datetime.min.time()
_DECISIVE = frozenset(
    {
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "STATUS",
    }
)
"""Properties without which nobody knows which days an event means."""
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
    """A line that is no property, a date or a length that cannot be, an event of over ten years."""


class Unusable(Exception):
    """Nothing of an event can be used; `line` is the one that says so, if one does."""

    def __init__(self, reason: SkipReason, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Reading(NamedTuple):
    """What times mean in a file: `days` is the zone whose days are closed, the business's.

    `floating` is that of times without a zone. A file may withdraw all its events.
    """

    zones: ZonesOfFile
    days: ZoneInfo
    floating: tzinfo
    withdraws: bool


class _Moment(NamedTuple):
    """A time on the wall clock of a zone; midnight for a date."""

    wall: datetime
    zone: tzinfo
    whole_day: bool

    def wall_in(self, zone: tzinfo) -> datetime:
        if self.zone is zone:
            return self.wall
        return _instant(self.wall, self.zone).astimezone(zone).replace(tzinfo=None)


def moved_occurrences(events: Sequence[Event]) -> Mapping[str, list[Property]]:
    """Find, by UID, which occurrences of recurring events have an event of their own instead."""
    moved: dict[str, list[Property]] = {}
    for event in events:
        for original in event.properties.get("RECURRENCE-ID", ()):
            moved.setdefault(text_of(event.properties, "UID"), []).append(original)
    return moved


def days_of(
    event: Event, reading: Reading, moved: Sequence[Property], first: date, last: date
) -> dict[date, bool]:
    """Tell of each local day from `first` to `last` that an event touches whether it covers it.

    Raises Unusable.
    """
    properties = event.properties
    if reading.withdraws or text_of(properties, "STATUS").strip().upper() == "CANCELLED":
        raise Unusable(SkipReason.CANCELLED)
    if unread := [malformed.line for malformed in event.malformed if malformed.name in _DECISIVE]:
        raise Unusable(SkipReason.NOT_UNDERSTOOD, unread[0])
    if "DTSTART" not in properties:
        raise Unusable(SkipReason.NOT_UNDERSTOOD)
    start, length = _span(properties, reading)
    days: dict[date, bool] = {}
    tried = 0
    for wall in _starts(properties, start, moved, reading, first - length, last):
        touched = _touched_days(start._replace(wall=wall), length, reading.days, first, last)
        for day, covered in touched:
            days[day] = covered or days.get(day, False)
            tried += 1
            if tried > MAX_DAYS_OF_EVENT:
                raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE)
    if not days:
        raise Unusable(SkipReason.OUTSIDE_WINDOW)
    return days


# --- one occurrence -----------------------------------------------------------------------------


def _span(event: Component, reading: Reading) -> tuple[_Moment, timedelta]:
    """Return when an event begins and how long it is, in whole days if it is meant so.

    Outlook writes a day as from midnight to midnight, in the zone of whoever made it: taken for
    instants, a holiday made in London would end at one in the morning in Rome.
    """
    begin = event["DTSTART"][0]
    start = _moment(begin, reading)
    length = _length(event, start, reading)
    if start.whole_day or start.wall.time() != _MIDNIGHT:
        return start, length
    declared = text_of(event, "X-MICROSOFT-CDO-ALLDAYEVENT").strip().upper() == "TRUE"
    days = (length + _MINUTE) // _DAY
    ends_at_midnight = days >= 1 and length + _MINUTE >= days * _DAY >= length
    if ends_at_midnight and (declared or "TZID" in begin.parameters):
        return start._replace(zone=reading.days, whole_day=True), days * _DAY
    return start, length


def _length(event: Component, start: _Moment, reading: Reading) -> timedelta:
    """Measure an event on the wall clock of its start; one without a length touches its day."""
    length = timedelta()
    if "DTEND" in event:
        end = _moment(event["DTEND"][0], reading)
        length = end.wall_in(start.zone) - start.wall
        if end.whole_day != start.whole_day:
            raise Unusable(SkipReason.NOT_UNDERSTOOD, event["DTEND"][0].line)
    elif "DURATION" in event:
        match = _DURATION.fullmatch(text_of(event, "DURATION").strip().upper())
        if match is None:
            raise Unusable(SkipReason.NOT_UNDERSTOOD, event["DURATION"][0].line)
        length = timedelta(**{unit: int(number or 0) for unit, number in match.groupdict().items()})
    if not timedelta() <= length <= LONGEST_EVENT:
        raise Unusable(SkipReason.NOT_UNDERSTOOD)
    return length or (_DAY if start.whole_day else _MINUTE)


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


# --- occurrences --------------------------------------------------------------------------------


def _starts(
    event: Component,
    start: _Moment,
    moved: Sequence[Property],
    reading: Reading,
    first: date,
    last: date,
) -> Iterator[datetime]:
    """Yield when occurrences begin, by the wall clock of the start, in a window of dates or so."""
    rules = event.get("RRULE", [])
    in_ranges = [each for each in event.get("RECURRENCE-ID", ()) if "RANGE" in each.parameters]
    dates = (*event.get("RDATE", ()), *event.get("EXRULE", ()))
    for unsupported in (*rules[1:], *dates, *in_ranges):
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE, unsupported.line)
    if not rules:
        yield start.wall
        return
    recurrence = _recurrence(rules[0], start, reading)
    if recurrence.count is not None and first - recurrence.start > LONGEST_COUNT:
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE, rules[0].line)
    exceptions = [
        listed._replace(value=value)
        for listed in event.get("EXDATE", ())
        for value in listed.value.split(",")
        if value.strip()
    ]
    left_out = {_day_of_occurrence(each, start, reading) for each in (*exceptions, *moved)}
    changed = (_day_of_occurrence(m, start, reading) for m in moved if "RANGE" in m.parameters)
    end = min(changed, default=date.max)
    # A day more on each side: the dates of the start's zone may be others than ours.
    for day in recurrence.days(first - 2 * _DAY, last + _DAY):
        if day not in left_out and day < end:
            yield datetime.combine(day, start.wall.time())


def _day_of_occurrence(named: Property, start: _Moment, reading: Reading) -> date:
    """Return the day, in the start's zone, of an occurrence that is left out or moved.

    A series has one a day at most, so its date tells which, whatever the time. Of a series of
    whole days the date is taken as it is written, and so is one in a zone that nobody knows.
    """
    match = _matched(named)
    as_written = _wall(match, named).date()
    is_instant = bool(match[7]) and not (start.whole_day and match[0].endswith("T000000Z"))
    if match[4] is None or (start.whole_day and not is_instant):
        return as_written
    try:
        return _moment(named, reading).wall_in(start.zone).date()
    except Unusable:
        return as_written


def _recurrence(rule: Property, start: _Moment, reading: Reading) -> Recurrence:
    until: date | None = None
    if match := re.search(r"\bUNTIL=([^;]*)", rule.value, re.IGNORECASE):
        named = Property("UNTIL", {}, match[1], rule.line)
        end = _moment(named, reading)
        if start.whole_day:
            until = _day_of_occurrence(named, start, reading)
        else:
            floats = not end.whole_day and not match[1].strip().upper().endswith("Z")
            wall = end.wall if floats or end.whole_day else end.wall_in(start.zone)
            too_early = not end.whole_day and wall.time() < start.wall.time()
            until = wall.date() - _DAY if too_early else wall.date()
    try:
        return Recurrence.parse(rule.value, start.wall.date(), until)
    except UnsupportedRule:
        raise Unusable(SkipReason.UNSUPPORTED_RECURRENCE, rule.line) from None


# --- times --------------------------------------------------------------------------------------


def _moment(named: Property, reading: Reading) -> _Moment:
    match = _matched(named)
    wall = _wall(match, named)
    if match[4] is None:
        return _Moment(wall, reading.days, whole_day=True)
    if match[7]:
        return _Moment(wall, _UTC, whole_day=False)
    zone = named.parameters.get("TZID")
    try:
        return _Moment(
            wall, reading.zones.named(zone) if zone else reading.floating, whole_day=False
        )
    except ValueError:
        raise Unusable(SkipReason.UNKNOWN_TIME_ZONE, named.line) from None


def _matched(named: Property) -> re.Match[str]:
    match = _MOMENT.fullmatch(named.value.strip().upper())
    if match is None or int(match[1]) not in _YEARS:
        raise Unusable(SkipReason.NOT_UNDERSTOOD, named.line)
    return match


def _wall(match: re.Match[str], named: Property) -> datetime:
    try:
        return datetime(*map(int, match.groups("0")[:6]))  # type: ignore[arg-type] # noqa: DTZ001 -- six figures; a wall clock
    except ValueError:
        raise Unusable(SkipReason.NOT_UNDERSTOOD, named.line) from None


def _instant(wall: datetime, zone: tzinfo) -> datetime:
    midnight = datetime.combine(wall.date(), datetime.min.time())
    return first_instant(zone, wall.toordinal(), wall - midnight)
