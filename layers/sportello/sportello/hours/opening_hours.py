"""When a queue is staffed: the one calendar that replies, clocks and promises all read. Pure.

Conventions, fixed by `tests/vectors/business_time.json`:

- A window is half-open, [open, close): at the closing instant the desk is closed.
- A window belongs to the day it opens on. Closing that day drops the whole window; closing the
  next day does not cut short a night shift that began before it.
- A local time names the first instant at which the wall clock shows it, or a later one: an hour
  that happens twice counts from its first time, an hour that is skipped from the end of the gap.
- All arithmetic is done in UTC, so a window on a night the clocks change is as long as that night.
- What rules a day: its own windows in `special`, else a closure, else a holiday, else its weekday.
  The rule also gives the reason for the closed time of that day, and for the small hours of the
  next day that its weekday's windows would have reached into.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from sportello.hours.closed_days import Closed, ClosureLabels, Label
from sportello.hours.holidays import HolidaySets, labelled_holidays
from sportello.hours.opening_windows import (
    WEEKDAYS,
    DayNames,
    TimeZoneName,
    WallSpans,
    Windows,
    first_instant,
    since_midnight,
    weekdays,
)
from sportello.model import Model

HORIZON_DAYS = 3_653
"""Ten years: a calendar closed for longer than this counts as one that never opens (again)."""

LONGEST_WALK = 5 * timedelta(days=HORIZON_DAYS)
"""A target that fifty years of openings do not use up is never due: nobody waits for it."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Start of a closed period before which the desk was never open; fixed, because it is a key."""


_ROUND_THE_CLOCK = timedelta(days=366)
"""A desk that stays open for longer than this is taken never to close."""

_REMEMBERED_DAYS = 800


class NeverOpen(Exception):
    """The calendar holds no opening in the ten years after the instant asked about."""


class Reason(StrEnum):
    """Why a stretch of time counts or does not."""

    OPEN = "open"
    OUTSIDE_HOURS = "outside_hours"
    SPECIAL = "special"
    """Windows of that very date; counted within them, not around them."""
    CLOSED = "closed"
    HOLIDAY = "holiday"


class Span(NamedTuple):
    """A stretch of real time, [start, end), in UTC: whether it counts, and why.

    `label` names the closure, the special day or the holiday, this one with its data set and the
    set's version; empty where there is nothing to name.
    """

    start: datetime
    end: datetime
    counted: bool
    reason: Reason
    label: str

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class ClosedPeriod(Model):
    """From a closing to the next opening; `start` identifies it."""

    start: datetime
    end: datetime


class SpecialDay(Model):
    windows: Windows
    label: Label = ""


class DayRule(NamedTuple):
    """What rules a day, or would: its windows, and the reason and name of the rule."""

    windows: WallSpans
    reason: Reason
    label: str


class OpeningHours(Model):
    """Weekly windows, the days they do not apply, and the days that have windows of their own."""

    time_zone: TimeZoneName
    weekly: dict[DayNames, Windows] = Field(
        default={},
        description="Windows by day: 'mon', 'mon-fri', 'mon,wed,fri-sun'. "
        "A window that closes earlier than it opens closes the next day. Empty: never open.",
    )
    closed: tuple[Closed, ...] = Field(
        default=(),
        description="Dates, [first, last] ranges, or {first, last, label}, on which nothing opens.",
    )
    special: dict[date, Windows | SpecialDay] = Field(
        default={},
        description="Windows of single dates, or {windows, label}, instead of weekly, closed and "
        "holidays.",
    )
    holidays: HolidaySets = Field(
        default=(),
        description="Packaged sets of public holidays, on which nothing opens: 'IT' or ['IT-RM'].",
    )

    @model_validator(mode="after")
    def _names_each_weekday_once(self) -> Self:
        named = Counter(itertools.chain.from_iterable(map(weekdays, self.weekly)))
        if twice := {WEEKDAYS[day] for day, times in named.items() if times > 1}:
            raise ValueError(f"weekly names {', '.join(sorted(twice))} more than once")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def is_open(self, at: datetime) -> bool:
        today = self._local_day(at)
        nearby = itertools.chain.from_iterable(map(self._openings_of, range(today - 1, today + 2)))
        return any(span.start <= at < span.end for span in nearby)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open then."""
        return self._first_opening(at).start

    def next_closing(self, at: datetime) -> datetime | None:
        """Return the end of the current, or else the next opening; None if over a year off."""
        closing = self._first_opening(at).end
        limit = closing + _ROUND_THE_CLOCK
        for span in self._openings_from(closing):
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
        remaining = timedelta(seconds=target_seconds)
        for span in self._openings_from(start):
            if remaining <= span.length:
                return span.start + remaining
            if span.start - start > LONGEST_WALK:
                break
            remaining -= span.length
        raise NeverOpen(f"{remaining} of the target left, and no opening after {start.isoformat()}")

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Count the open seconds between two instants; 0 if `end` is not after `start`."""
        spans = self._openings_between(start, end)
        return sum((span.length for span in spans), timedelta()).total_seconds()

    def explain(self, start: datetime, target_seconds: float) -> tuple[Span, ...]:
        """Account for all time from `start` to `due`: the counted spans sum to the target."""
        return self.explain_between(start, self.due(start, target_seconds))

    def explain_between(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """Account for all time between two instants, without a gap; nothing if `end` is earlier."""
        _require_aware(start)
        _require_aware(end)
        return tuple(_joined(self._accounts(start.astimezone(UTC), end.astimezone(UTC))))

    def _accounts(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Fill the time around the openings with the reasons of the days it lies in."""
        reached = start
        days = map(self._reasons_of, itertools.count(self._local_day(start)))
        reasons = itertools.chain.from_iterable(days)
        closed = next(reasons)
        after_the_last = Span(end, end, counted=False, reason=Reason.OPEN, label="")
        for opening in (*self._openings_between(start, end), after_the_last):
            while reached < opening.start:
                while closed.end <= reached:
                    closed = next(reasons)
                until = min(closed.end, opening.start)
                yield closed._replace(start=reached, end=until)
                reached = until
            if opening.start < opening.end:
                yield opening
                reached = opening.end

    def _first_opening(self, at: datetime) -> Span:
        for span in self._openings_from(at):
            return span
        raise NeverOpen(f"no opening in the {HORIZON_DAYS} days after {at.isoformat()}")

    def _openings_between(self, start: datetime, end: datetime) -> Iterator[Span]:
        _require_aware(end)
        for span in self._openings_from(start):
            if span.start >= end:
                return
            yield span if span.end <= end else span._replace(end=end.astimezone(UTC))

    def _openings_from(self, at: datetime) -> Iterator[Span]:
        """Walk the open time from `at` on, in order, without overlap, adjoining spans apart.

        It ends when HORIZON_DAYS pass without an opening.
        """
        day = self._local_day(at) - 1
        reached = at.astimezone(UTC)
        give_up = day + HORIZON_DAYS
        while day < min(give_up, date.max.toordinal()):
            for span in self._openings_of(day):
                if span.end > reached:
                    yield span if span.start >= reached else span._replace(start=reached)
                    reached = span.end
                    give_up = day + HORIZON_DAYS
            day += 1

    def _last_closing(self, at: datetime) -> datetime:
        today = self._local_day(at) + 1
        for day in range(today, max(today - HORIZON_DAYS, 1), -1):
            if closings := self._closings_of(day, at):
                # A night window of the day before may close later than this day's own windows.
                return max(closings + self._closings_of(day - 1, at))
        return BEGINNING

    def _closings_of(self, day: int, until: datetime) -> list[datetime]:
        return [span.end for span in self._openings_of(day) if span.end <= until]

    def _openings_of(self, day: int) -> tuple[Span, ...]:
        """Place the windows that open on a day, given by its ordinal, in real time."""
        if (placed := self._placed_openings.get(day)) is not None:
            return placed
        windows, reason, label = self._rule_of(day)
        spans = (
            Span(*self._placed(day, opening, closing), counted=True, reason=reason, label=label)
            for opening, closing in windows
        )
        return _remember(self._placed_openings, day, spans)

    def _reasons_of(self, day: int) -> tuple[Span, ...]:
        """Say of a whole day, from midnight to midnight, why the desk is closed when it is."""
        if (placed := self._placed_reasons.get(day)) is not None:
            return placed
        begin, end = self._placed(day, timedelta(), timedelta(days=1))
        rule, before = self._rule_of(day), self._rule_of(day - 1)
        night_end = begin
        if rule.reason is Reason.OPEN:
            rule = DayRule((), Reason.OUTSIDE_HOURS, "")
            if before.reason is not Reason.OPEN and (dropped := self._weekday_windows(day - 1)):
                closings = (self._placed(day - 1, *window)[1] for window in dropped)
                night_end = min(max(begin, *closings), end)
        spans = (
            Span(begin, night_end, counted=False, reason=before.reason, label=before.label),
            Span(night_end, end, counted=False, reason=rule.reason, label=rule.label),
        )
        return _remember(self._placed_reasons, day, spans)

    def _placed(
        self, day: int, opening: timedelta, closing: timedelta
    ) -> tuple[datetime, datetime]:
        return first_instant(self.zone, day, opening), first_instant(self.zone, day, closing)

    def rules_of(self, on: date) -> tuple[DayRule, ...]:
        """Return whatever has a say on a date, first what holds; its weekday comes last."""
        return tuple(self._rules_of(on.toordinal()))

    def _rule_of(self, day: int) -> DayRule:
        return next(self._rules_of(day))

    def _rules_of(self, day: int) -> Iterator[DayRule]:
        if (special := self._special_days.get(day)) is not None:
            yield special
        if (closure := self._closures.of(day)) is not None:
            yield DayRule((), Reason.CLOSED, closure)
        if (holiday := self._holidays.get(day)) is not None:
            yield DayRule((), Reason.HOLIDAY, holiday)
        yield DayRule(self._weekday_windows(day), Reason.OPEN, "")

    def _weekday_windows(self, day: int) -> WallSpans:
        return self._week[(day - 1) % 7]  # ordinal 1 is a Monday

    @cached_property
    def _placed_openings(self) -> dict[int, tuple[Span, ...]]:
        return {}

    @cached_property
    def _placed_reasons(self) -> dict[int, tuple[Span, ...]]:
        return {}

    @cached_property
    def _week(self) -> tuple[WallSpans, ...]:
        week: dict[int, WallSpans] = {}
        for days, windows in self.weekly.items():
            week |= dict.fromkeys(weekdays(days), since_midnight(windows))
        return tuple(week.get(day, ()) for day in range(7))

    @cached_property
    def _special_days(self) -> Mapping[int, DayRule]:
        days = {}
        for on, special in self.special.items():
            windows, label = (
                (special.windows, special.label)
                if isinstance(special, SpecialDay)
                else (special, "")
            )
            days[on.toordinal()] = DayRule(since_midnight(windows), Reason.SPECIAL, label)
        return days

    @cached_property
    def _closures(self) -> ClosureLabels:
        return ClosureLabels(self.closed)

    @cached_property
    def _holidays(self) -> Mapping[int, str]:
        return labelled_holidays(self.holidays)

    def _local_day(self, at: datetime) -> int:
        _require_aware(at)
        return at.astimezone(self.zone).toordinal()


def _remember(
    placed: dict[int, tuple[Span, ...]], day: int, spans: Iterable[Span]
) -> tuple[Span, ...]:
    """Keep a day's spans, empty ones left out."""
    if len(placed) >= _REMEMBERED_DAYS:
        placed.clear()
    placed[day] = day_spans = tuple(span for span in spans if span.start < span.end)
    return day_spans


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Make one span of adjoining ones that say the same."""
    current: Span | None = None
    for span in spans:
        if current is not None and current.end == span.start and current[2:] == span[2:]:
            current = current._replace(end=span.end)
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current


def _require_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
