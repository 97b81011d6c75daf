"""Report intervals: they cover the time asked for exactly, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sportello.reports.report_intervals import Interval, IntervalLength, cut, midnight

ROME = ZoneInfo("Europe/Rome")
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
ZONES = (
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kolkata",  # half an hour off
    "America/Havana",  # clocks change at midnight
    "Africa/Cairo",  # at midnight too, and there is none in spring
    "Pacific/Apia",
)
LENGTHS = {
    IntervalLength.QUARTER_HOUR: timedelta(minutes=15),
    IntervalLength.HALF_HOUR: timedelta(minutes=30),
    IntervalLength.HOUR: timedelta(hours=1),
    IntervalLength.DAY: timedelta(hours=25),
    IntervalLength.WEEK: timedelta(hours=7 * 24 + 1),
    IntervalLength.MONTH: timedelta(hours=31 * 24 + 1),
}
"""The longest there is of each."""


def days(first: date, last: date, length: IntervalLength, zone: ZoneInfo = ROME) -> list[Interval]:
    return list(cut(midnight(first, zone), midnight(last, zone), length, zone))


def hours(intervals: list[Interval]) -> list[float]:
    return [(interval.end - interval.start) / timedelta(hours=1) for interval in intervals]


def walls(intervals: list[Interval], zone: ZoneInfo = ROME) -> list[str]:
    return [f"{interval.start.astimezone(zone):%H:%M}" for interval in intervals]


def test_days_are_as_long_as_the_clocks_make_them() -> None:
    spring = days(SPRING - timedelta(days=1), SPRING + timedelta(days=2), IntervalLength.DAY)
    assert hours(spring) == [24, 23, 24]
    autumn = days(AUTUMN - timedelta(days=1), AUTUMN + timedelta(days=2), IntervalLength.DAY)
    assert hours(autumn) == [24, 25, 24]


def test_the_hour_that_is_skipped_is_no_interval_and_the_one_that_comes_twice_is_two() -> None:
    spring = days(SPRING, SPRING + timedelta(days=1), IntervalLength.HOUR)
    assert walls(spring)[:4] == ["00:00", "01:00", "03:00", "04:00"]
    autumn = days(AUTUMN, AUTUMN + timedelta(days=1), IntervalLength.HOUR)
    assert walls(autumn)[:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
    assert [len(spring), len(autumn)] == [23, 25]
    assert set(hours(spring) + hours(autumn)) == {1}


def test_a_clock_moved_by_half_an_hour_leaves_one_short_interval() -> None:
    island = ZoneInfo("Australia/Lord_Howe")
    spring = days(date(2026, 10, 4), date(2026, 10, 5), IntervalLength.HOUR, island)
    assert walls(spring, island)[:4] == ["00:00", "01:00", "02:30", "03:00"]
    autumn = days(date(2026, 4, 5), date(2026, 4, 6), IntervalLength.HOUR, island)
    assert walls(autumn, island)[:4] == ["00:00", "01:00", "01:30", "02:00"]
    assert [sum(hours(spring)), sum(hours(autumn))] == [23.5, 24.5]


def test_where_there_is_no_midnight_the_day_begins_at_the_end_of_the_gap() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    (day,) = days(date(2026, 4, 24), date(2026, 4, 25), IntervalLength.DAY, cairo)
    assert walls([day], cairo) == ["01:00"]
    assert hours([day]) == [23]


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    weeks = days(date(2026, 3, 25), date(2026, 4, 8), IntervalLength.WEEK)
    starts = [interval.start.astimezone(ROME).date() for interval in weeks]
    assert starts == [date(2026, 3, 25), date(2026, 3, 30), date(2026, 4, 6)]
    months = days(date(2026, 1, 31), date(2026, 4, 1), IntervalLength.MONTH)
    starts = [interval.start.astimezone(ROME).date() for interval in months]
    assert starts == [date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1)]


def test_a_clock_set_back_across_midnight_does_not_begin_the_day_twice() -> None:
    newfoundland = ZoneInfo("America/St_Johns")  # until 2011: from 0:01 back to 23:01
    after_the_change = datetime(2010, 11, 7, 2, 35, tzinfo=UTC)
    assert after_the_change.astimezone(newfoundland).day == 6
    assert midnight(date(2010, 11, 7), newfoundland) < after_the_change
    end = midnight(date(2010, 11, 9), newfoundland)
    found = cut(after_the_change, end, IntervalLength.DAY, newfoundland)
    nights = [midnight(date(2010, 11, day), newfoundland) for day in (8, 9)]
    assert list(found) == [Interval(after_the_change, nights[0]), Interval(*nights)]


def test_no_time_has_no_intervals() -> None:
    assert days(SPRING, SPRING, IntervalLength.DAY) == []


@given(
    length=st.sampled_from(IntervalLength),
    since=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 -- made aware
    minutes=st.integers(1, 30 * 60),
    zone=st.sampled_from(ZONES),
    near_a_change=st.sampled_from([None, SPRING, AUTUMN]),
)
def test_intervals_cover_the_time_once_and_begin_where_the_wall_clock_says(
    length: IntervalLength, since: datetime, minutes: int, zone: str, near_a_change: date | None
) -> None:
    at = since.replace(tzinfo=UTC)
    if near_a_change:
        at = at.replace(month=near_a_change.month, day=near_a_change.day, year=2026)
    start, end = at - timedelta(days=1), at + timedelta(minutes=minutes)
    intervals = list(cut(start, end, length, ZoneInfo(zone)))
    assert (intervals[0].start, intervals[-1].end) == (start, end)
    assert all(earlier.end == later.start for earlier, later in pairwise(intervals))
    for interval in intervals:
        assert timedelta(0) < interval.end - interval.start <= LENGTHS[length]
    for interval in intervals[1:]:
        local = interval.start.astimezone(ZoneInfo(zone))
        begins_a_day = local.astimezone(UTC) == midnight(local.date(), ZoneInfo(zone))
        match length:
            case IntervalLength.MONTH:
                assert begins_a_day
                assert local.day == 1
            case IntervalLength.WEEK:
                assert begins_a_day
                assert local.weekday() == 0
            case IntervalLength.DAY:
                assert begins_a_day
            case _:
                step = LENGTHS[length] // timedelta(minutes=1)
                before = (interval.start - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
                changed = before.utcoffset() != local.utcoffset()
                assert changed or (local.minute % step, local.second) == (0, 0)
