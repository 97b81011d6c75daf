"""When a queue is staffed: the one calendar that replies, clocks and promises all read.

Conventions, fixed by `tests/vectors/business_time.json`:

- A window is half-open, [open, close): at the closing instant the desk is closed.
- A window belongs to the day it opens on. Closing that day drops the whole window; closing the
  next day does not cut short a night shift that began before it.
- A local time names the first instant at which the wall clock shows it, or a later one: an hour
  that happens twice counts from its first time, an hour that is skipped from the end of the gap.
- All arithmetic is done in UTC, so a window on a night the clocks change is as long as that night.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from sportello.model import Model

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_DAYS = f"{_DAY}(?:-{_DAY})?"

HORIZON_DAYS = 3_653
"""Ten years: a calendar closed for longer than this counts as one that never opens (again)."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Start of a closed period before which the desk was never open; fixed, because it is a key."""


_ROUND_THE_CLOCK = timedelta(days=366)
"""A desk that stays open for longer than this is taken never to close."""


class NeverOpen(Exception):
    """The calendar holds no opening in the ten years after the instant asked about."""


class Span(NamedTuple):
    """A stretch of real time, [start, end), in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class ClosedPeriod(Model):
    """From a closing to the next opening; `start` identifies it."""

    start: datetime
    end: datetime


def _zone_exists(key: str) -> str:
    try:
        ZoneInfo(key)
    except (LookupError, ValueError, OSError) as unknown:
        raise ValueError(f"{key!r} is not an IANA time zone, such as 'Europe/Rome'") from unknown
    return key


def _opens_before_it_closes(window: tuple[str, str]) -> tuple[str, str]:
    opening, closing = window
    if opening == closing:
        raise ValueError("a window must not open and close at one time; all day is 00:00 to 24:00")
    return window


def _first_to_last(period: tuple[date, date]) -> tuple[date, date]:
    if period[1] < period[0]:
        raise ValueError(f"{period[0]} to {period[1]} ends before it begins")
    return period


TimeZoneName = Annotated[str, AfterValidator(_zone_exists)]
DayNames = Annotated[str, Field(pattern=f"^{_DAYS}(?: *, *{_DAYS})*$")]
OpeningTime = Annotated[str, Field(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]
ClosingTime = Annotated[str, Field(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$")]
Window = Annotated[tuple[OpeningTime, ClosingTime], AfterValidator(_opens_before_it_closes)]
Windows = tuple[Window, ...]
DateRange = Annotated[tuple[date, date], AfterValidator(_first_to_last)]


class OpeningHours(Model):
    """Weekly windows, the days they do not apply, and the days that have windows of their own."""

    time_zone: TimeZoneName
    weekly: dict[DayNames, Windows] = Field(
        default={},
        description="Windows by day: 'mon', 'mon-fri', 'mon,wed,fri-sun'. "
        "A window that closes earlier than it opens closes the next day. Empty: never open.",
    )
    closed: tuple[date | DateRange, ...] = Field(
        default=(), description="Dates, and [first, last] ranges, on which nothing opens."
    )
    special: dict[date, Windows] = Field(
        default={}, description="Windows of single dates, instead of weekly and closed."
    )

    @model_validator(mode="after")
    def _names_each_weekday_once(self) -> Self:
        named = list(itertools.chain.from_iterable(map(_weekdays, self.weekly)))
        if twice := {WEEKDAYS[day] for day in named if named.count(day) > 1}:
            raise ValueError(f"weekly names {', '.join(sorted(twice))} more than once")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def is_open(self, at: datetime) -> bool:
        today = self._local_day(at)
        nearby = itertools.chain.from_iterable(map(self._spans_of_day, range(today - 1, today + 2)))
        return any(span.start <= at < span.end for span in nearby)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open then."""
        return self._first_span(at).start

    def next_closing(self, at: datetime) -> datetime | None:
        """Return the end of the current, or else the next opening; None if over a year off."""
        closing = self._first_span(at).end
        limit = closing + _ROUND_THE_CLOCK
        for span in self._spans_from(closing):
            if span.start > closing:
                return closing
            if span.end > limit:
                return None
            closing = span.end
        return closing

    def closed_period(self, at: datetime) -> ClosedPeriod | None:
        """Return the closed period that holds `at`, None when open then."""
        if self.is_open(at):
            return None
        return ClosedPeriod(start=self._last_closing(at), end=self.next_opening(at))

    def due(self, start: datetime, target_seconds: float) -> datetime:
        """Tell when a clock started at `start` has counted its target of open time.

        A target used up exactly at closing is due at closing. A target of zero is due at once,
        or at the next opening.
        """
        if target_seconds < 0:
            raise ValueError(f"a target is not negative: {target_seconds} s")
        left = timedelta(seconds=target_seconds)
        for span in self._spans_from(start):
            if left <= span.length:
                return span.start + left
            left -= span.length
        raise NeverOpen(f"{left} of the target left, and no opening after {start.isoformat()}")

    def open_spans(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """List the open time between two instants, in order: what a clock counted, and why."""
        _require_aware(end)
        spans = itertools.takewhile(lambda span: span.start < end, self._spans_from(start))
        clipped = (Span(span.start, min(span.end, end).astimezone(UTC)) for span in spans)
        return tuple(_joined(clipped))

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Count the open seconds between two instants; 0 if `end` is not after `start`."""
        spans = self.open_spans(start, end)
        return sum((span.length for span in spans), timedelta()).total_seconds()

    def _first_span(self, at: datetime) -> Span:
        for span in self._spans_from(at):
            return span
        raise NeverOpen(f"no opening in the {HORIZON_DAYS} days after {at.isoformat()}")

    def _spans_from(self, at: datetime) -> Iterator[Span]:
        """Walk the open time from `at` on, in order, without overlap, adjoining spans apart.

        It ends when HORIZON_DAYS pass without an opening.
        """
        reached = at.astimezone(UTC)
        day = self._local_day(at) - 1
        give_up = day + HORIZON_DAYS
        while day < min(give_up, date.max.toordinal()):
            for opening, closing in self._spans_of_day(day):
                if closing > reached:
                    yield Span(max(opening, reached), closing)
                    reached = closing
                    give_up = day + HORIZON_DAYS
            day += 1

    def _last_closing(self, at: datetime) -> datetime:
        today = self._local_day(at) + 1
        for day in range(today, max(today - HORIZON_DAYS, 1), -1):
            if closings := self._closings_of_day(day, at):
                # A night window of the day before may close later than this day's own windows.
                return max(closings + self._closings_of_day(day - 1, at))
        return BEGINNING

    def _closings_of_day(self, day: int, until: datetime) -> list[datetime]:
        return [span.end for span in self._spans_of_day(day) if span.end <= until]

    def _spans_of_day(self, day: int) -> list[Span]:
        """Place the windows that open on a day, given by its ordinal, in real time."""
        on = date.fromordinal(day)
        windows = self._windows_on(on)
        if not windows:
            return []
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - a wall clock, zone to come
        spans = (
            Span(self._instant(midnight + opening), self._instant(midnight + closing))
            for opening, closing in windows
        )
        return [span for span in spans if span.start < span.end]

    def _windows_on(self, on: date) -> tuple[tuple[timedelta, timedelta], ...]:
        if (special := self._special_windows.get(on)) is not None:
            return special
        windows = self._weekly_windows[on.weekday()]
        if windows and any(first <= on <= last for first, last in self._closed_ranges):
            return ()
        return windows

    @cached_property
    def _weekly_windows(self) -> tuple[tuple[tuple[timedelta, timedelta], ...], ...]:
        week: dict[int, tuple[tuple[timedelta, timedelta], ...]] = {}
        for days, windows in self.weekly.items():
            week |= dict.fromkeys(_weekdays(days), _since_midnight(windows))
        return tuple(week.get(day, ()) for day in range(7))

    @cached_property
    def _special_windows(self) -> dict[date, tuple[tuple[timedelta, timedelta], ...]]:
        return {on: _since_midnight(windows) for on, windows in self.special.items()}

    @cached_property
    def _closed_ranges(self) -> list[tuple[date, date]]:
        return [(days, days) if isinstance(days, date) else days for days in self.closed]

    def _local_day(self, at: datetime) -> int:
        _require_aware(at)
        return at.astimezone(self.zone).toordinal()

    def _instant(self, wall: datetime) -> datetime:
        """Find the first instant at which the local wall clock shows `wall`, or a later time."""
        local = wall.replace(tzinfo=self.zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(self.zone).replace(tzinfo=None) == wall:
            return instant
        # `wall` is skipped: close in on the change, which lies between its two readings.
        before = local.replace(fold=1).astimezone(UTC)
        while instant - before > timedelta(seconds=1):
            middle = before + (instant - before) // 2
            if middle.astimezone(self.zone).replace(tzinfo=None) < wall:
                before = middle
            else:
                instant = middle
        return instant.replace(microsecond=0)


def _weekdays(days: str) -> list[int]:
    """Number the weekdays a key of `weekly` names from Monday, 0; a range may pass Sunday."""
    numbers: list[int] = []
    for part in days.split(","):
        first, _, last = part.strip().partition("-")
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last or first) - begin) % 7 + 1
        numbers += [(begin + offset) % 7 for offset in range(length)]
    return numbers


def _since_midnight(windows: Windows) -> tuple[tuple[timedelta, timedelta], ...]:
    """Measure windows, in order, from the midnight of the day they open on."""
    spans = []
    for opening, closing in windows:
        opens, closes = _clock_time(opening), _clock_time(closing)
        spans.append((opens, closes if closes > opens else closes + timedelta(days=1)))
    return tuple(sorted(spans))


def _clock_time(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in spans:
        if current is not None and current.end == span.start:
            current = Span(current.start, span.end)
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current


def _require_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
