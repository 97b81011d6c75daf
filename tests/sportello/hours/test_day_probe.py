"""What a calendar says of one date: which rule holds, which it overrules, and when it is open."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sportello.hours.day_probe import (
    OpenStretch,
    RuleName,
    moment_on,
    probe_day,
    probe_moment,
)
from sportello.hours.opening_hours import OpeningHours

CHRISTMAS_EVE, CHRISTMAS = date(2026, 12, 24), date(2026, 12, 25)
WEEK = {"mon-fri": [["09:00", "13:00"], ["14:00", "18:00"]]}
BOTH_HALVES = (("09:00", "13:00"), ("14:00", "18:00"))


def hours(**changes: Any) -> OpeningHours:
    return OpeningHours.model_validate({"time_zone": "Europe/Rome", "weekly": WEEK} | changes)


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "rule", "label"),
    [
        ({}, RuleName.WEEKLY, ""),
        ({"holidays": "IT"}, RuleName.HOLIDAY, "Natale (IT)"),
        ({"closed": [{"first": "2026-12-25", "label": "Ferie"}]}, RuleName.CLOSED, "Ferie"),
        ({"special": {"2026-12-25": {"windows": [], "label": "No"}}}, RuleName.SPECIAL, "No"),
    ],
)
def test_the_rule_that_holds_is_named(changes: Any, rule: RuleName, label: str) -> None:
    holds = probe_day(hours(**changes), CHRISTMAS).holds
    assert holds.rule is rule
    assert holds.label.partition(" (")[0] == label.partition(" (")[0]


def test_what_would_hold_otherwise_is_told_in_its_order() -> None:
    calendar = hours(
        holidays="IT",
        closed=["2026-12-25"],
        special={"2026-12-25": [["09:00", "12:00"]]},
    )
    day = probe_day(calendar, CHRISTMAS)
    assert (day.holds.rule, day.holds.windows) == (RuleName.SPECIAL, (("09:00", "12:00"),))
    assert [each.rule for each in day.overruled] == [
        RuleName.CLOSED,
        RuleName.HOLIDAY,
        RuleName.WEEKLY,
    ]
    assert day.overruled[-1].windows == BOTH_HALVES


def test_the_open_time_of_a_date_is_in_utc() -> None:
    day = probe_day(hours(special={"2026-12-24": [["09:00", "12:00"]]}), CHRISTMAS_EVE)
    assert day.open == (OpenStretch(start=at(2026, 12, 24, 8), end=at(2026, 12, 24, 11)),)


def test_what_is_left_of_the_night_before_is_of_the_date_too() -> None:
    night = hours(weekly={"mon-sun": [["22:00", "02:00"]]}, closed=["2026-12-25"])
    day = probe_day(night, CHRISTMAS)
    assert day.holds.windows == ()
    assert day.overruled[-1].windows == (("22:00", "02:00"),)
    assert day.open == (OpenStretch(start=at(2026, 12, 24, 23), end=at(2026, 12, 25, 1)),)


def test_all_day_is_written_as_it_is_in_settings() -> None:
    day = probe_day(hours(weekly={"mon-sun": [["00:00", "24:00"]]}), CHRISTMAS)
    assert day.holds.windows == (("00:00", "24:00"),)
    assert day.open == (OpenStretch(start=at(2026, 12, 24, 23), end=at(2026, 12, 25, 23)),)


def test_a_day_of_twenty_three_hours_is_open_for_as_long() -> None:
    around_the_clock = hours(weekly={"mon-sun": [["00:00", "24:00"]]})
    (stretch,) = probe_day(around_the_clock, date(2026, 3, 29)).open
    assert stretch.end - stretch.start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("sunday", "stretch", "half_past_two"),
    [
        (date(2026, 3, 29), (at(2026, 3, 28, 23), at(2026, 3, 29, 2)), at(2026, 3, 29, 1)),
        (
            date(2026, 10, 25),
            (at(2026, 10, 24, 22), at(2026, 10, 25, 3)),
            at(2026, 10, 25, 0) + timedelta(minutes=30),
        ),
    ],
    ids=["spring", "autumn"],
)
def test_a_night_in_which_the_clock_changes_is_an_hour_shorter_or_longer(
    sunday: date, stretch: tuple[datetime, datetime], half_past_two: datetime
) -> None:
    """A time that is skipped is the end of the gap, one that comes twice is its first."""
    night = hours(weekly={"sat": [["22:00", "04:00"]]})
    (left_of_it,) = probe_day(night, sunday).open
    assert (left_of_it.start, left_of_it.end) == stretch
    moment = probe_moment(night, moment_on(night, sunday, timedelta(hours=2, minutes=30)))
    assert (moment.at, moment.is_open) == (half_past_two, True)
    assert moment.next_closing == stretch[1]


def test_a_moment_says_when_it_opens_and_closes() -> None:
    calendar = hours(holidays="IT")
    closed = probe_moment(calendar, moment_on(calendar, CHRISTMAS, timedelta(hours=12)))
    assert not closed.is_open
    assert closed.next_opening == at(2026, 12, 28, 8)
    assert closed.next_closing == at(2026, 12, 28, 12)
    opened = probe_moment(calendar, at(2026, 12, 28, 9))
    assert (opened.is_open, opened.next_opening) == (True, None)
    assert opened.next_closing == at(2026, 12, 28, 12)


def test_a_calendar_that_never_opens_has_no_next_opening() -> None:
    never = probe_moment(hours(weekly={}), at(2026, 12, 28, 9))
    assert (never.is_open, never.next_opening, never.next_closing) == (False, None, None)


def test_one_that_never_closes_has_no_next_closing() -> None:
    always = probe_moment(hours(weekly={"mon-sun": [["00:00", "24:00"]]}), at(2026, 12, 28, 9))
    assert (always.is_open, always.next_opening, always.next_closing) == (True, None, None)
