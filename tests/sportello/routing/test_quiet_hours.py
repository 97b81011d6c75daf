"""Quiet hours are what the wall clock of their zone shows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.routing.quiet_hours import QuietHours
from sportello.routing.times_of_day import WEEKDAYS

ROME = ZoneInfo("Europe/Rome")


def quiet(*windows: dict[str, Any], **fields: Any) -> QuietHours:
    return QuietHours.model_validate({"time_zone": "Europe/Rome", "windows": windows, **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


NIGHT = {"start": "22:00", "end": "07:00"}
FRIDAY_NIGHT = {**NIGHT, "weekdays": ["fri"]}


@pytest.mark.parametrize(
    ("window", "when", "expected"),
    [
        ({"start": "13:00", "end": "14:00"}, "2026-03-04T12:59", False),
        ({"start": "13:00", "end": "14:00"}, "2026-03-04T13:00", True),
        ({"start": "13:00", "end": "14:00"}, "2026-03-04T13:59", True),
        ({"start": "13:00", "end": "14:00"}, "2026-03-04T14:00", False),
        (NIGHT, "2026-03-04T21:59", False),
        (NIGHT, "2026-03-04T22:00", True),
        (NIGHT, "2026-03-05T06:59", True),
        (NIGHT, "2026-03-05T07:00", False),
        (FRIDAY_NIGHT, "2026-03-06T23:00", True),
        (FRIDAY_NIGHT, "2026-03-07T06:00", True),
        (FRIDAY_NIGHT, "2026-03-06T06:00", False),
        (FRIDAY_NIGHT, "2026-03-07T23:00", False),
        ({**NIGHT, "weekdays": ["sun"]}, "2026-03-09T06:00", True),
        ({"start": "00:00", "end": "00:00", "weekdays": ["sat"]}, "2026-03-07T12:00", True),
        ({"start": "00:00", "end": "00:00", "weekdays": ["sat"]}, "2026-03-08T00:00", False),
        ({"start": "22:00", "end": "00:00"}, "2026-03-04T23:59", True),
        ({"start": "22:00", "end": "00:00"}, "2026-03-04T00:00", False),
        # The night in which an hour is skipped, and the one that has an hour twice.
        ({"start": "02:00", "end": "03:00"}, "2026-03-29T03:30", False),
        (NIGHT, "2026-10-25T02:30", True),
    ],
)
def test_a_window_is_from_its_start_to_before_its_end(
    window: dict[str, Any], when: str, *, expected: bool
) -> None:
    assert quiet(window).keep_quiet(Priority.NORMAL, at(when)) is expected


@pytest.mark.parametrize("priority", list(Priority))
def test_what_is_urgent_enough_rings_all_the_same(priority: Priority) -> None:
    night = at("2026-03-04T23:00")
    assert quiet(NIGHT).keep_quiet(priority, night)
    excepted = quiet(NIGHT, except_at_least="high")
    assert excepted.keep_quiet(priority, night) is (priority.rank < Priority.HIGH.rank)


minutes = st.integers(0, 24 * 60 - 1)
days = st.lists(st.sampled_from(WEEKDAYS), max_size=7, unique=True)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@given(minutes, minutes, days, st.integers(0, 14 * 24 * 60))
def test_a_window_is_quiet_for_its_length_from_each_of_its_starts(
    start: int, end: int, weekdays: list[str], since: int
) -> None:
    """Held against windows laid out one by one, in a zone without daylight saving."""
    window = {"start": clock(start), "end": clock(end), "weekdays": weekdays}
    hours = QuietHours.model_validate({"time_zone": "UTC", "windows": [window]})
    now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=since)
    length = timedelta(minutes=(end - start) % (24 * 60) or 24 * 60)
    midnight = now.replace(hour=0, minute=0)
    starts = (midnight - timedelta(days=back) + timedelta(minutes=start) for back in (0, 1))
    laid_out = any(
        begin <= now < begin + length
        for begin in starts
        if not weekdays or WEEKDAYS[begin.weekday()] in weekdays
    )
    assert hours.keep_quiet(Priority.NORMAL, now) is laid_out
