"""Opening hours the slow way: a clerk who looks at the wall clock every minute.

It reads the settings document itself and shares nothing with `sportello.hours` but the
conventions. Its one idea: a clerk who never believes the clock when it goes back. By the furthest
time the wall clock has shown, every local time begins once, skipped times end with the gap, and a
window is simply open from its opening to its closing time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

HOLIDAYS = Path(__file__).parents[3] / "layers/sportello/sportello/hours/data/holidays"

MINUTE = timedelta(minutes=1)
LONGEST_SET_BACK = timedelta(hours=3)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Verdict(NamedTuple):
    counted: bool
    reason: str
    label: str


class Stretch(NamedTuple):
    start: datetime
    end: datetime
    verdict: Verdict


class Ruling(NamedTuple):
    """What a day's windows are, by which rule; ordinary days have no name for theirs."""

    windows: Sequence[Sequence[str]]
    reason: str
    label: str


class BruteForceHours:
    """Answers for calendars whose every window begins and ends on a whole minute."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._zone = ZoneInfo(document["time_zone"])
        self._rulings: dict[date, Ruling] = {}

    def minutes(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Pass over the time between two instants in steps of a minute, cut at both ends."""
        at = start.astimezone(UTC).replace(second=0, microsecond=0) - LONGEST_SET_BACK
        furthest = datetime.min  # noqa: DTZ901 - a wall clock
        while at < end:
            furthest = max(furthest, at.astimezone(self._zone).replace(tzinfo=None))
            if max(at, start) < min(at + MINUTE, end):
                yield Stretch(max(at, start), min(at + MINUTE, end), self._verdict(furthest))
            at += MINUTE

    def is_open(self, at: datetime) -> bool:
        return next(self.minutes(at, at + MINUTE)).verdict.counted

    def next_opening(self, start: datetime, give_up: datetime) -> datetime | None:
        return self.due(start, 0, give_up)

    def due(self, start: datetime, target_seconds: int, give_up: datetime) -> datetime | None:
        left = timedelta(seconds=target_seconds)
        for minute in self.minutes(start, give_up):
            if minute.verdict.counted:
                if left <= minute.end - minute.start:
                    return minute.start + left
                left -= minute.end - minute.start
        return None

    def elapsed(self, start: datetime, end: datetime) -> float:
        counted = [each for each in self.minutes(start, end) if each.verdict.counted]
        return sum((each.end - each.start).total_seconds() for each in counted)

    def explain_between(self, start: datetime, end: datetime) -> list[Stretch]:
        stretches: list[Stretch] = []
        for minute in self.minutes(start, end):
            if stretches and stretches[-1].verdict == minute.verdict:
                stretches[-1] = stretches[-1]._replace(end=minute.end)
            else:
                stretches.append(minute)
        return stretches

    def _verdict(self, wall: datetime) -> Verdict:
        today = wall.date()
        yesterday = today - timedelta(days=1)
        for day in (yesterday, today):
            ruling = self._ruling(day)
            if within(wall, day, ruling.windows):
                return Verdict(counted=True, reason=ruling.reason or "open", label=ruling.label)
        dropped = within(wall, yesterday, self._weekly(yesterday))
        for ruling, applies in ((self._ruling(today), True), (self._ruling(yesterday), dropped)):
            if ruling.reason and applies:
                return Verdict(counted=False, reason=ruling.reason, label=ruling.label)
        return Verdict(counted=False, reason="outside_hours", label="")

    def _ruling(self, day: date) -> Ruling:
        if day not in self._rulings:
            self._rulings[day] = self._rule(day)
        return self._rulings[day]

    def _rule(self, day: date) -> Ruling:
        special = self._document.get("special", {}).get(day.isoformat())
        if isinstance(special, Mapping):
            return Ruling(special["windows"], "special", special.get("label", ""))
        if special is not None:
            return Ruling(special, "special", "")
        closures = [
            (first, label)
            for first, last, label in map(spelled_out, self._document.get("closed", []))
            if first <= day.isoformat() <= last
        ]
        if closures:
            earliest = min(first for first, _ in closures)
            return Ruling([], "closed", next(name for first, name in closures if first == earliest))
        for name in self._document.get("holidays", []):
            if label := holidays(name).get(day.isoformat()):
                return Ruling([], "holiday", label)
        return Ruling(self._weekly(day), "", "")

    def _weekly(self, day: date) -> Sequence[Sequence[str]]:
        windows: Sequence[Sequence[str]] = self._document["weekly"].get(WEEK[day.weekday()], [])
        return windows


def within(wall: datetime, day: date, windows: Sequence[Sequence[str]]) -> bool:
    midnight = datetime.combine(day, time())
    for opening, closing in windows:
        opens, closes = midnight + clock_time(opening), midnight + clock_time(closing)
        if closes <= opens:
            closes += timedelta(days=1)
        if opens <= wall < closes:
            return True
    return False


@cache
def clock_time(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def spelled_out(closed: Any) -> tuple[str, str, str]:
    if isinstance(closed, str):
        return closed, closed, ""
    if isinstance(closed, Mapping):
        return closed["first"], closed.get("last") or closed["first"], closed.get("label", "")
    return closed[0], closed[1], ""


@cache
def holidays(name: str) -> Mapping[str, str]:
    found = json.loads((HOLIDAYS / f"{name}.json").read_text(encoding="utf-8"))
    own = {day: f"{label} ({name} {found['version']})" for day, label in found["days"].items()}
    included: dict[str, str] = {}
    for each in reversed(found["includes"]):
        included |= holidays(each)
    return included | own
