"""What a calendar says of one date and of a moment in it, and why. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sportello.hours.opening_hours import DayRule, NeverOpen, OpeningHours, Reason
from sportello.hours.opening_windows import WallSpans, first_instant
from sportello.model import Instant, Model

_A_DAY = timedelta(days=1)


class RuleName(StrEnum):
    """What may rule a day."""

    SPECIAL = "special"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    WEEKLY = "weekly"


_NAMES = {
    Reason.SPECIAL: RuleName.SPECIAL,
    Reason.CLOSED: RuleName.CLOSED,
    Reason.HOLIDAY: RuleName.HOLIDAY,
    Reason.OPEN: RuleName.WEEKLY,
}


class RuleOfDay(Model):
    """`windows` are those that open on the day, as the clock on the wall shows them."""

    rule: RuleName
    label: str
    windows: tuple[tuple[str, str], ...]


class OpenStretch(Model):
    start: Instant
    end: Instant


class OpenMoment(Model):
    """`next_opening` is None while it is open, `next_closing` where it never closes.

    Both are None of a calendar that never opens.
    """

    at: Instant
    is_open: bool
    next_opening: Instant | None
    next_closing: Instant | None

    @property
    def never_opens(self) -> bool:
        return not self.is_open and self.next_opening is None


class ProbedDay(Model):
    """`holds` rules the date, `overruled` would otherwise, in this order.

    `open` is within the date, what is left of a night that began before it too.
    """

    holds: RuleOfDay
    overruled: tuple[RuleOfDay, ...]
    open: tuple[OpenStretch, ...]


def probe_day(hours: OpeningHours, on: date) -> ProbedDay:
    holds, *overruled = map(_shown, hours.rules_of(on))
    start, end = (moment_on(hours, each, timedelta()) for each in (on, on + _A_DAY))
    spans = (span for span in hours.explain_between(start, end) if span.counted)
    return ProbedDay(
        holds=holds,
        overruled=tuple(overruled),
        open=tuple(OpenStretch(start=span.start, end=span.end) for span in spans),
    )


def probe_moment(hours: OpeningHours, at: datetime) -> OpenMoment:
    is_open = hours.is_open(at)
    try:
        opening = None if is_open else hours.next_opening(at)
        closing = hours.next_closing(at)
    except NeverOpen:
        opening = closing = None
    return OpenMoment(at=at, is_open=is_open, next_opening=opening, next_closing=closing)


def moment_on(hours: OpeningHours, on: date, clock_time: timedelta) -> datetime:
    """Return when the clock on the wall first shows a time of a date, or a later one."""
    return first_instant(hours.zone, on.toordinal(), clock_time)


def _shown(rule: DayRule) -> RuleOfDay:
    return RuleOfDay(
        rule=_NAMES[rule.reason], label=rule.label, windows=tuple(_windows(rule.windows))
    )


def _windows(spans: WallSpans) -> list[tuple[str, str]]:
    return [
        (_on_the_wall(opens), _on_the_wall(closes if closes <= _A_DAY else closes - _A_DAY))
        for opens, closes in spans
    ]


def _on_the_wall(since_midnight: timedelta) -> str:
    hours, minutes = divmod(since_midnight // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"
