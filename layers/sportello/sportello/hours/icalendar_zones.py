"""The time zones that an iCalendar file names: IANA's, Windows', or defined in the file. Pure.

A definition (`VTIMEZONE`, RFC 5545 section 3.6.5) holds for names that are not IANA's, which Python
knows better; Windows' names without one go by Unicode's table.
"""

import calendar
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from sportello.hours.icalendar_text import (
    CalendarFile,
    Component,
    TimeZoneDefinition,
    plain_text,
    text_of,
)
from sportello.hours.opening_windows import zone_named
from sportello.hours.recurrences import Recurrence, UnsupportedRule

MAX_DEFINITIONS = 10
MAX_OBSERVANCES = 12
"""Of one definition: the months of each are looked through day by day."""

_YEARS = (1970, 2100)
"""Before and after, offsets are those of these years."""

_WINDOWS_ZONES = Path(__file__).parent / "data/windows_zones.json"
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?(\d\d))?")
_ONSET = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?")
_UNTIL = re.compile(r"\bUNTIL=(\d{4})(\d\d)(\d\d)", re.IGNORECASE)
_UNKNOWN = "neither a known time zone nor one the file defines"


class ZonesOfFile:
    """Finds zones by the names a file gives them."""

    def __init__(self, file: CalendarFile) -> None:
        self._definitions: Mapping[str, TimeZoneDefinition] = {
            plain_text(text_of(zone.properties, "TZID")).strip(): zone
            for zone in file.zones[:MAX_DEFINITIONS]
            if not zone.malformed
        }
        self._zones: dict[str, tzinfo] = {}

    def named(self, name: str) -> tzinfo:
        """Return a zone; raises ValueError where nothing tells which."""
        name = plain_text(name)
        if name not in self._zones:
            self._zones[name] = self._find(name)
        return self._zones[name]

    def _find(self, name: str) -> tzinfo:
        if zone := _iana_zone(name):
            return zone
        definition = self._definitions.get(name)
        if definition and (zone := _iana_zone(text_of(definition.properties, "X-LIC-LOCATION"))):
            return zone
        if definition and (zone := _zone_by(definition)):
            return zone
        if zone := _iana_zone(_windows_zones().get(name.casefold(), "")):
            return zone
        raise ValueError(_UNKNOWN)


def _iana_zone(name: str) -> tzinfo | None:
    """Look a name up, also as programs write it: "/mozilla.org/20050126_1/Europe/Rome"."""
    parts = name.strip().split("/")
    begins = range(1, len(parts) - 1) if name.startswith("/") else range(1)
    for begin in begins:
        try:
            return zone_named("/".join(parts[begin:]))
        except ValueError:
            continue
    return None


@cache
def _windows_zones() -> Mapping[str, str]:
    zones: dict[str, str] = json.loads(_WINDOWS_ZONES.read_text(encoding="utf-8"))["zones"]
    return {name.casefold(): zone for name, zone in zones.items()}


# --- zones a file defines ---------------------------------------------------------------------


class _Observance(NamedTuple):
    """From `start` on, by the clock of before, an offset holds; again as it recurs."""

    start: datetime
    before: timedelta
    after: timedelta
    recurrence: Recurrence | None
    further: tuple[datetime, ...]

    def onsets(self, years: range) -> Iterator[datetime]:
        yield from (self.start, *self.further)
        if self.recurrence is None:
            return
        for year, month in product(years, sorted(self.recurrence.months)):
            days = calendar.monthrange(year, month)[1]
            for day in self.recurrence.days(date(year, month, 1), date(year, month, days)):
                yield datetime.combine(day, self.start.time())


def _zone_by(definition: TimeZoneDefinition) -> tzinfo | None:
    try:
        observances = [_observance(each) for each in definition.observances[:MAX_OBSERVANCES]]
    except (ValueError, UnsupportedRule):
        return None
    return (
        _DefinedZone(text_of(definition.properties, "TZID"), observances) if observances else None
    )


def _observance(component: Component) -> _Observance:
    start = _onset(text_of(component, "DTSTART"))
    rule = text_of(component, "RRULE")
    further = ",".join(each.value for each in component.get("RDATE", ()))
    return _Observance(
        start=start,
        before=_offset(text_of(component, "TZOFFSETFROM")),
        after=_offset(text_of(component, "TZOFFSETTO")),
        recurrence=_yearly(rule, start.date()) if rule else None,
        further=tuple(_onset(value) for value in further.split(",") if value),
    )


def _yearly(rule: str, start: date) -> Recurrence:
    until = _UNTIL.search(rule)
    last = date(*map(int, until.groups())) if until else None
    recurrence = Recurrence.parse(rule, start, last)
    if recurrence.frequency != "YEARLY" or recurrence.count or not recurrence.months:
        raise UnsupportedRule
    return recurrence


def _onset(value: str) -> datetime:
    match = _ONSET.fullmatch(value.strip())
    if match is None:
        raise ValueError("not a time")
    return datetime(*map(int, match.groups()))  # type: ignore[arg-type] # noqa: DTZ001 -- six figures; a wall clock


def _offset(value: str) -> timedelta:
    match = _OFFSET.fullmatch(value.strip())
    if match is None:
        raise ValueError("not an offset")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset >= timedelta(days=1):
        raise ValueError("not an offset")
    return -offset if match[1] == "-" else offset


class _DefinedZone(tzinfo):
    """A zone by its observances: the latest onset decides."""

    def __init__(self, name: str, observances: Sequence[_Observance]) -> None:
        self._name = name
        self._observances = observances
        self._onsets: dict[int, list[tuple[datetime, timedelta, timedelta]]] = {}

    def utcoffset(self, at: datetime | None) -> timedelta:
        if at is None:
            return timedelta()
        wall = at.replace(tzinfo=None, fold=0)
        onsets = self._onsets_around(wall.year)
        current = onsets[0][1]
        for onset, before, after in onsets:
            # What the clock shows twice, or not at all, is read by the offset of before it first.
            change = onset + max(after - before, timedelta())
            if at.fold:
                change = onset + min(after - before, timedelta())
            if wall >= change:
                current = after
        return current

    def dst(self, _at: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, _at: datetime | None) -> str:
        return self._name

    def fromutc(self, at: datetime) -> datetime:
        utc = at.replace(tzinfo=None)
        onsets = self._onsets_around(utc.year)
        current = onsets[0][1]
        for onset, before, after in onsets:
            if utc >= onset - before:
                current = after
        wall = (utc + current).replace(tzinfo=self)
        return wall if wall.utcoffset() == current else wall.replace(fold=1)

    def _onsets_around(self, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
        """Return the onsets of a year and of the ones beside it, in order, and all first ones."""
        year = min(max(year, _YEARS[0]), _YEARS[1])
        if year not in self._onsets:
            self._onsets[year] = sorted(
                (onset, each.before, each.after)
                for each in self._observances
                for onset in each.onsets(range(year - 1, year + 2))
            )
        return self._onsets[year]
