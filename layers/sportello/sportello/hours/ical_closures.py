"""A business's own closures out of a calendar it keeps elsewhere, as iCalendar (RFC 5545). Pure.

An event closes the local days that it covers from midnight to midnight, whatever zone its times
are in; one from midnight to midnight of a zone it names closes these days wherever the business
is. An end in the last minute of a day counts as the end of that day. What is not taken over is
told, with the reason and the line. Free or busy (TRANSP) is not looked at: calendars file
whole-day events under free.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sportello.hours.closed_days import Closed, Closure, Label, extent
from sportello.hours.icalendar_events import (
    Reading,
    SkipReason,
    Unusable,
    days_of,
    moved_occurrences,
)
from sportello.hours.icalendar_text import (
    BadCalendar,
    CalendarFile,
    MalformedLine,
    calendar_file,
    plain_text,
    text_of,
)
from sportello.hours.icalendar_zones import ZonesOfFile
from sportello.model import Model

MAX_RECURRING_EVENTS = 300
MAX_DAYS = 50_000
"""That events cover or touch: the work of a file. Forty daily appointments stay below."""
MAX_CLOSURES = 2_000

_MAX_LABEL = 120


class Skipped(Model):
    """What of an event was not taken over; of partly covered days, how many from `first` on.

    `line` is the one of the file that was not understood, else where the event begins.
    """

    label: Label
    reason: SkipReason
    line: int
    first: date | None = None
    days: int | None = None


class FoundClosures(Model):
    closures: tuple[Closure, ...]
    skipped: tuple[Skipped, ...]


def closures_in(content: bytes, zone: ZoneInfo, first: date, last: date) -> FoundClosures:
    """Read the closed days from `first` to `last`, both included; raises BadCalendar."""
    calendar = calendar_file(content)
    events = calendar.events
    if sum("RRULE" in event.properties for event in events) > MAX_RECURRING_EVENTS:
        raise BadCalendar(f"at most {MAX_RECURRING_EVENTS} events that recur")
    reading = _reading(calendar, zone)
    moved = moved_occurrences(events)
    closed: set[tuple[str, date]] = set()
    skipped = list(_malformed(calendar.malformed, ""))
    touched = 0
    for event in events:
        label = plain_text(text_of(event.properties, "SUMMARY"))[:_MAX_LABEL].strip()
        skipped += _malformed(event.malformed, label)
        try:
            uid = text_of(event.properties, "UID")
            days = days_of(event, reading, moved.get(uid, ()), first, last)
        except Unusable as unusable:
            skip = Skipped(label=label, reason=unusable.reason, line=unusable.line or event.line)
            skipped += [skip] if skip not in skipped else []
            continue
        closed.update((label, day) for day, covered in days.items() if covered)
        if partly := [day for day, covered in days.items() if not covered]:
            skipped.append(
                Skipped(
                    label=label,
                    reason=SkipReason.PARTLY_COVERED,
                    line=event.line,
                    first=min(partly),
                    days=len(partly),
                )
            )
        touched += len(days)
        if touched > MAX_DAYS:
            raise BadCalendar(f"at most {MAX_DAYS} days in all")
    closures = sorted(_joined(sorted(closed)), key=lambda closure: closure.first)
    if len(closures) > MAX_CLOSURES:
        raise BadCalendar(f"at most {MAX_CLOSURES} closures")
    return FoundClosures(closures=tuple(closures), skipped=tuple(skipped))


def _reading(calendar: CalendarFile, zone: ZoneInfo) -> Reading:
    """Times without a zone are in the one that the file names for all, as Google does, or ours."""
    zones = ZonesOfFile(calendar)
    floating: tzinfo = zone
    if name := text_of(calendar.properties, "X-WR-TIMEZONE"):
        with suppress(ValueError):
            floating = zones.named(name)
    withdraws = text_of(calendar.properties, "METHOD").strip().upper() == "CANCEL"
    return Reading(zones, zone, floating, withdraws)


def _malformed(lines: Iterable[MalformedLine], label: str) -> Iterator[Skipped]:
    for malformed in lines:
        yield Skipped(label=label, reason=SkipReason.NOT_UNDERSTOOD, line=malformed.line)


def new_among(closures: Iterable[Closure], closed: Iterable[Closed]) -> tuple[Closure, ...]:
    """Return the closures that are not yet there under the same name.

    One that has begun is found from today on only: it is there within the one that began before.
    """
    there: dict[str, list[tuple[date, date]]] = {}
    for begin, end, label in map(extent, closed):
        there.setdefault(label, []).append((begin, end))

    def is_there(closure: Closure) -> bool:
        first, last, label = extent(closure)
        return any(begin <= first and last <= end for begin, end in there.get(label, ()))

    return tuple(each for each in closures if not is_there(each))


def _joined(closed: Iterable[tuple[str, date]]) -> Iterator[Closure]:
    """Make one closure of days that follow one another under the same label."""
    run: list[date] = []
    name = ""
    for label, day in closed:
        if run and (label != name or day - run[-1] != timedelta(days=1)):
            yield _closure(name, run)
            run = []
        name = label
        run.append(day)
    if run:
        yield _closure(name, run)


def _closure(label: str, days: list[date]) -> Closure:
    return Closure(first=days[0], last=days[-1] if len(days) > 1 else None, label=label)
