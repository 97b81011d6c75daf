"""On which days a recurrence rule of RFC 5545 falls, for rules that go by days. Pure.

Days are tried one after the other, so that any rule ends with the horizon, also one that never
falls on a day; libraries follow such a rule to the year 9999.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import Self

from pydantic import Field

from sportello.model import Model

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(_WEEKDAYS)})")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_PARTS |= {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


class UnsupportedRule(Exception):
    """The rule says more than days, months and years, or is not one."""


class Recurrence(Model):
    """Rules with other parts, such as BYHOUR, are not supported.

    Of BYSETPOS only what Outlook writes: "the first of the month's Mondays" as MO and 1.
    """

    start: date
    frequency: str
    interval: int = Field(ge=1)
    count: int | None = Field(ge=1)
    until: date | None
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[tuple[int, int]]
    """With the place in the month or year, from its end if negative; 0 for all."""
    week_start: int

    @classmethod
    def parse(cls, rule: str, start: date, until: date | None) -> Self:
        """Read a rule; `until`, a date already, stands for its UNTIL. Raises UnsupportedRule."""
        parts = dict(part.partition("=")[::2] for part in rule.upper().strip(" ;").split(";"))
        frequency = parts.get("FREQ", "")
        if not parts.keys() <= _PARTS or frequency not in _FREQUENCIES:
            raise UnsupportedRule
        try:
            weekdays = frozenset(map(_weekday, _listed(parts, "BYDAY")))
            if "BYSETPOS" in parts:
                weekdays = _nth_weekday(parts, weekdays)
            recurrence = cls(
                start=start,
                frequency=frequency,
                interval=int(parts.get("INTERVAL", "1")),
                count=int(parts["COUNT"]) if "COUNT" in parts else None,
                until=until,
                months=frozenset(map(int, _listed(parts, "BYMONTH"))),
                month_days=frozenset(map(int, _listed(parts, "BYMONTHDAY"))),
                weekdays=weekdays,
                week_start=_WEEKDAYS.index(parts.get("WKST", "MO")),
            )
        except ValueError:
            raise UnsupportedRule from None
        if frequency in {"DAILY", "WEEKLY"} and any(place for place, _ in weekdays):
            raise UnsupportedRule
        return recurrence._with_defaults()

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the days it falls on between two dates, both included."""
        # Only a count must be counted from the beginning.
        begin = self.start if self.count is not None else max(self.start, first)
        remaining = self.count
        for number in range(begin.toordinal(), min(last, self.until or last).toordinal() + 1):
            if remaining == 0:
                return
            day = date.fromordinal(number)
            if self._falls_on(day):
                remaining = remaining - 1 if remaining is not None else None
                if day >= first:
                    yield day

    def _with_defaults(self) -> Self:
        """Fill in from the start what the rule leaves out."""
        if self.month_days or self.weekdays:
            return self
        match self.frequency:
            case "YEARLY":
                # BYMONTH alone means the day of the start in each of these months.
                change: dict[str, object] = {
                    "months": self.months or frozenset({self.start.month}),
                    "month_days": frozenset({self.start.day}),
                }
            case "MONTHLY":
                change = {"month_days": frozenset({self.start.day})}
            case "WEEKLY":
                change = {"weekdays": frozenset({(0, self.start.weekday())})}
            case _:
                change = {}
        return self.model_copy(update=change)

    def _falls_on(self, day: date) -> bool:
        return (
            self._periods_since_start(day) % self.interval == 0
            and (not self.months or day.month in self.months)
            and (not self.month_days or bool(self.month_days & _month_days(day)))
            and (not self.weekdays or bool(self.weekdays & self._weekdays_of(day)))
        )

    def _periods_since_start(self, day: date) -> int:
        match self.frequency:
            case "YEARLY":
                return day.year - self.start.year
            case "MONTHLY":
                return (day.year - self.start.year) * 12 + day.month - self.start.month
            case "WEEKLY":
                # Ordinal 1 is a Monday.
                return (day.toordinal() - 1 - self.week_start) // 7 - (
                    self.start.toordinal() - 1 - self.week_start
                ) // 7
            case _:
                return (day - self.start).days

    def _weekdays_of(self, day: date) -> frozenset[tuple[int, int]]:
        """Name a day's weekday as rules may: all of them, the nth, the nth from the end."""
        in_year = self.frequency == "YEARLY" and not self.months
        length = calendar.monthrange(day.year, day.month)[1]
        place = day.day
        if in_year:
            length = 365 + calendar.isleap(day.year)
            place = day.timetuple().tm_yday
        from_start, from_end = (place - 1) // 7 + 1, -((length - place) // 7 + 1)
        return frozenset((nth, day.weekday()) for nth in (0, from_start, from_end))


def _month_days(day: date) -> frozenset[int]:
    length = calendar.monthrange(day.year, day.month)[1]
    return frozenset((day.day, day.day - length - 1))


def _weekday(text: str) -> tuple[int, int]:
    match = _BY_DAY.fullmatch(text)
    if match is None:
        raise ValueError
    return int(match[1] or 0), _WEEKDAYS.index(match[2])


def _nth_weekday(
    parts: dict[str, str], weekdays: frozenset[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    within_a_month = parts["FREQ"] == "MONTHLY" or (
        parts["FREQ"] == "YEARLY" and len(_listed(parts, "BYMONTH")) == 1
    )
    if not within_a_month or "BYMONTHDAY" in parts or len(weekdays) != 1:
        raise UnsupportedRule
    ((place, weekday),) = weekdays
    if place:
        raise UnsupportedRule
    return frozenset({(int(parts["BYSETPOS"]), weekday)})


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []
