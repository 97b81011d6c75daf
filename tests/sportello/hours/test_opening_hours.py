import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.hours.opening_hours import BEGINNING, ClosedPeriod, NeverOpen, OpeningHours

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/business_time.json").read_text())
ROME = ZoneInfo("Europe/Rome")


def hours(weekly: dict[str, Any], zone: str = "Europe/Rome", **rest: Any) -> OpeningHours:
    return OpeningHours.model_validate({"time_zone": zone, "weekly": weekly, **rest})


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def calendar(name: str) -> OpeningHours:
    return OpeningHours.model_validate({"time_zone": "Europe/Rome", **VECTORS["calendars"][name]})


OFFICE = calendar("standard")
LUNCH = calendar("lunch")
NIGHT = calendar("night_21_02")
ALWAYS = calendar("always")


@pytest.mark.parametrize("case", VECTORS["deadlines"], ids=lambda case: f"n{case['n']}")
def test_deadlines_are_those_of_the_shared_vectors(case: dict[str, Any]) -> None:
    opening_hours = calendar(case["calendar"])
    start, due = (datetime.fromisoformat(case[key]) for key in ("start", "due"))
    assert opening_hours.due(start, case["target_seconds"]) == due
    assert opening_hours.elapsed(start, due) == case["target_seconds"]


def test_a_window_is_open_at_its_first_instant_and_closed_at_its_last() -> None:
    assert OFFICE.is_open(rome("2026-04-07 09:00:00"))
    assert not OFFICE.is_open(rome("2026-04-07 08:59:59.999999"))
    assert OFFICE.is_open(rome("2026-04-07 16:59:59.999999"))
    assert not OFFICE.is_open(rome("2026-04-07 17:00:00"))


def test_the_lunch_break_is_a_closed_period_of_its_own() -> None:
    assert LUNCH.closed_period(rome("2026-04-07 13:10")) == ClosedPeriod(
        start=rome("2026-04-07 13:00"), end=rome("2026-04-07 14:30")
    )


def test_every_instant_of_a_weekend_is_in_the_same_closed_period() -> None:
    weekend = ClosedPeriod(start=rome("2026-04-10 17:00"), end=rome("2026-04-13 09:00"))
    for at in ("2026-04-10 17:00", "2026-04-11 12:00", "2026-04-13 08:59:59"):
        assert OFFICE.closed_period(rome(at)) == weekend


def test_there_is_no_closed_period_while_open() -> None:
    assert OFFICE.closed_period(rome("2026-04-07 09:00")) is None


def test_next_opening_while_open_is_now_and_otherwise_the_opening_bell() -> None:
    assert OFFICE.next_opening(rome("2026-04-07 10:00")) == rome("2026-04-07 10:00")
    assert OFFICE.next_opening(rome("2026-04-10 17:00")) == rome("2026-04-13 09:00")


def test_next_closing_is_of_the_current_or_else_of_the_next_opening() -> None:
    assert LUNCH.next_closing(rome("2026-04-07 10:00")) == rome("2026-04-07 13:00")
    assert LUNCH.next_closing(rome("2026-04-07 13:00")) == rome("2026-04-07 18:30")


def test_a_desk_open_round_the_clock_never_closes() -> None:
    assert ALWAYS.next_closing(rome("2026-04-07 10:00")) is None
    assert ALWAYS.closed_period(rome("2026-04-07 10:00")) is None


def test_adjoining_days_are_one_opening() -> None:
    weekdays_round_the_clock = hours({"mon-fri": [["00:00", "24:00"]]})
    assert weekdays_round_the_clock.next_closing(rome("2026-04-07 10:00")) == rome("2026-04-11")


def test_a_window_belongs_to_the_day_it_opens_on() -> None:
    closed_on_tuesday = hours({"mon-sun": [["21:00", "02:00"]]}, closed=["2026-04-07"])
    assert closed_on_tuesday.is_open(rome("2026-04-07 01:00"))
    assert not closed_on_tuesday.is_open(rome("2026-04-07 22:00"))
    assert not closed_on_tuesday.is_open(rome("2026-04-08 01:00"))


def test_the_last_closing_may_belong_to_the_night_before_last() -> None:
    odd = hours({"mon": [["22:00", "12:00"]], "tue": [["08:00", "09:00"]]})
    period = odd.closed_period(rome("2026-04-07 13:00"))
    assert period is not None
    assert period.start == rome("2026-04-07 12:00")


def test_overlapping_windows_count_once() -> None:
    overlapping = hours({"mon": [["09:00", "12:00"], ["11:00", "13:00"]]})
    monday = rome("2026-04-06 00:00")
    assert overlapping.elapsed(monday, monday + timedelta(days=1)) == 4 * 3600


@pytest.mark.parametrize(
    ("days", "open_on"),
    [
        ("mon", "0"),
        ("mon-wed", "012"),
        ("mon,wed,fri-sun", "02456"),
        ("sat-mon", "560"),
        ("mon-sun", "0123456"),
        ("tue , thu", "13"),
    ],
)
def test_a_weekly_key_names_days_ranges_and_lists(days: str, open_on: str) -> None:
    opening_hours = hours({days: [["09:00", "10:00"]]})
    monday = rome("2026-04-06 09:30")
    open_days = [day for day in range(7) if opening_hours.is_open(monday + timedelta(days=day))]
    assert open_days == sorted(map(int, open_on))


def test_a_special_day_overrides_both_the_week_and_a_closure() -> None:
    opening_hours = hours(
        {"mon-fri": [["09:00", "17:00"]]},
        closed=[["2026-12-24", "2027-01-06"]],
        special={"2026-12-27": [["10:00", "12:00"]], "2026-12-07": []},
    )
    assert opening_hours.is_open(rome("2026-12-27 11:00"))  # a Sunday within the closure
    assert not opening_hours.is_open(rome("2026-12-07 11:00"))
    assert not opening_hours.is_open(rome("2027-01-06 11:00"))
    assert opening_hours.next_opening(rome("2026-12-27 12:00")) == rome("2027-01-07 09:00")


def test_a_skipped_closing_time_closes_where_the_gap_begins() -> None:
    late = hours({"mon-sun": [["21:00", "02:30"]]})
    before_the_gap = datetime(2026, 3, 29, 1, 59, 59, tzinfo=ROME)
    assert late.is_open(before_the_gap)
    assert late.next_closing(before_the_gap) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_skipped_opening_time_opens_where_the_gap_ends() -> None:
    early = hours({"mon-sun": [["02:30", "06:00"]]})
    assert early.next_opening(rome("2026-03-29 00:00")) == rome("2026-03-29 03:00")


def test_a_window_wholly_inside_the_gap_does_not_exist_that_night() -> None:
    tiny = hours({"mon-sun": [["02:15", "02:45"]]})
    assert tiny.next_opening(rome("2026-03-29 00:00")) == rome("2026-03-30 02:15")


def test_an_hour_that_happens_twice_counts_from_its_first_time() -> None:
    tiny = hours({"mon-sun": [["02:15", "02:45"]]})
    first = datetime(2026, 10, 25, 2, 20, tzinfo=ROME)
    assert tiny.is_open(first)
    assert not tiny.is_open(first.replace(fold=1))


def test_a_day_the_date_line_swallowed_has_no_windows() -> None:
    samoa = hours({"mon-sun": [["09:00", "17:00"]]}, zone="Pacific/Apia")
    thursday_evening = datetime(2011, 12, 29, 18, tzinfo=samoa.zone)
    assert samoa.next_opening(thursday_evening) == datetime(2011, 12, 31, 9, tzinfo=samoa.zone)
    round_the_clock = hours({"mon-sun": [["00:00", "24:00"]]}, zone="Pacific/Apia")
    saturday_evening = datetime(2011, 12, 31, 18, tzinfo=samoa.zone)
    assert round_the_clock.elapsed(thursday_evening, saturday_evening) == 24 * 3600


NEVER = [
    pytest.param(hours({}), id="empty week"),
    pytest.param(hours({"mon-fri": []}), id="days without windows"),
    pytest.param(
        hours({"mon": [["09:00", "10:00"]]}, closed=[["2020-01-01", "9999-12-31"]]),
        id="closed for good",
    ),
    pytest.param(hours({}, special={"2025-01-01": [["09:00", "10:00"]]}), id="in the past"),
]


@pytest.mark.parametrize("opening_hours", NEVER)
def test_a_calendar_that_never_opens_says_so(opening_hours: OpeningHours) -> None:
    at = rome("2026-04-07 10:00")
    assert not opening_hours.is_open(at)
    assert opening_hours.elapsed(at, at + timedelta(days=400)) == 0
    for question in (
        opening_hours.next_opening,
        opening_hours.next_closing,
        opening_hours.closed_period,
    ):
        with pytest.raises(NeverOpen, match="2026-04-07"):
            question(at)
    with pytest.raises(NeverOpen, match="0:01:00 of the target left"):
        opening_hours.due(at, 60)


def test_a_target_beyond_the_last_special_opening_is_never_due() -> None:
    one_hour = hours({}, special={"2026-04-08": [["09:00", "10:00"]]})
    assert one_hour.due(rome("2026-04-07 10:00"), 3600) == rome("2026-04-08 10:00")
    assert one_hour.next_closing(rome("2026-04-07 10:00")) == rome("2026-04-08 10:00")
    with pytest.raises(NeverOpen, match="0:00:01 of the target left"):
        one_hour.due(rome("2026-04-07 10:00"), 3601)


def test_before_the_first_opening_the_closed_period_begins_at_a_fixed_instant() -> None:
    one_hour = hours({}, special={"2026-04-08": [["09:00", "10:00"]]})
    starts = {
        period.start
        for at in ("2026-04-07 10:00", "2026-04-08 08:00")
        if (period := one_hour.closed_period(rome(at)))
    }
    assert starts == {BEGINNING}


def test_a_closure_of_months_is_one_closed_period() -> None:
    seasonal = hours({"mon-sun": [["09:00", "17:00"]]}, closed=[["2026-10-01", "2027-04-30"]])
    assert seasonal.closed_period(rome("2027-01-15")) == ClosedPeriod(
        start=rome("2026-09-30 17:00"), end=rome("2027-05-01 09:00")
    )


def test_answers_are_in_utc() -> None:
    at = rome("2026-04-07 10:00")
    for answer in (OFFICE.next_opening(at), OFFICE.due(at, 0), OFFICE.next_closing(at)):
        assert answer is not None
        assert answer.tzinfo is UTC


def test_a_naive_datetime_is_refused() -> None:
    naive = datetime(2026, 4, 7, 10)  # noqa: DTZ001 - the mistake under test
    aware = rome("2026-04-07 10:00")
    with pytest.raises(ValueError, match="no time zone"):
        OFFICE.is_open(naive)
    for first, second in ((aware, naive), (naive, aware)):
        with pytest.raises(ValueError, match="no time zone"):
            OFFICE.elapsed(first, second)
        with pytest.raises(ValueError, match="no time zone"):
            OFFICE.explain_between(first, second)


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        OFFICE.due(rome("2026-04-07 10:00"), -1)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"time_zone": "Europe/Padova"}, "IANA"),
        ({"time_zone": "Europe"}, "IANA"),
        ({"time_zone": "../etc/passwd"}, "IANA"),
        ({"time_zone": ""}, "IANA"),
        ({"weekly": {"monday": []}}, "pattern"),
        ({"weekly": {"mon-": []}}, "pattern"),
        ({"weekly": {"mon-wed": [], "wed": []}}, "wed more than once"),
        ({"weekly": {"mon": [["9:00", "17:00"]]}}, "pattern"),
        ({"weekly": {"mon": [["24:00", "17:00"]]}}, "pattern"),
        ({"weekly": {"mon": [["09:00", "25:00"]]}}, "pattern"),
        ({"weekly": {"mon": [["09:00", "09:00"]]}}, "00:00 to 24:00"),
        ({"weekly": {"mon": [["09:00"]]}}, "required"),
        ({"closed": [["2026-08-28", "2026-08-03"]]}, "ends before it begins"),
        ({"closed": ["2026-02-30"]}, "date"),
        ({"closed": [{"first": "2026-08-28", "last": "2026-08-03"}]}, "ends before it begins"),
        ({"closed": [{"label": "Ferie"}]}, "required"),
        ({"closed": [{"first": "2026-08-03", "label": "x" * 121}]}, "at most 120"),
        ({"special": {"2026-12-24": {"label": "Vigilia"}}}, "required"),
        ({"special": {"2026-12-24": {"windows": [["09:00", "09:00"]]}}}, "00:00 to 24:00"),
        ({"holidays": "XX"}, "there are: AT, .* IT, .*IT-BA, .* US"),
        ({"holidays": ["IT", "../IT"]}, "no such set"),
        ({"holidays": 39}, "valid tuple"),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused(
    document: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        OpeningHours.model_validate({"time_zone": "Europe/Rome", "weekly": {}, **document})


def test_a_calendar_survives_storage() -> None:
    document = {
        "time_zone": "Europe/Rome",
        "weekly": {"mon-fri": [["09:00", "13:00"], ["14:30", "24:00"]]},
        "closed": [
            "2026-04-06",
            ["2026-08-03", "2026-08-28"],
            {"first": "2026-11-02", "last": None, "label": "Inventario"},
        ],
        "special": {
            "2026-12-24": [["09:00", "12:00"]],
            "2026-12-31": {"windows": [["09:00", "12:00"]], "label": "San Silvestro"},
        },
        "holidays": ["IT", "CH-TI"],
    }
    stored = OpeningHours.model_validate(document).model_dump(mode="json")
    assert json.loads(json.dumps(stored)) == document
    assert OpeningHours.model_validate(stored) == OpeningHours.model_validate(document)


CLOCK_TIMES = st.integers(0, 24 * 4 - 1).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
WINDOWS = st.tuples(CLOCK_TIMES, CLOCK_TIMES | st.just("24:00")).filter(lambda w: w[0] != w[1])
WEEKS = st.dictionaries(
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    st.lists(WINDOWS, min_size=1, max_size=3),
    min_size=1,
)
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    hours,
    WEEKS,
    zone=st.sampled_from(
        (
            *("Europe/Rome", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "UTC"),
            *("Australia/Lord_Howe", "America/Havana", "Asia/Beirut", "Pacific/Auckland"),
        )
    ),
    closed=st.lists(DATES, max_size=4),
    special=st.dictionaries(DATES, st.lists(WINDOWS, max_size=2), max_size=3),
)
# Half of the instants lie near a change of the clocks.
INSTANTS = st.datetimes(
    datetime(2026, 3, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2026, 5, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
) | st.builds(
    lambda night, shift: night + timedelta(minutes=shift),
    st.sampled_from(
        (
            *(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
            *(datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
        )
    ),
    st.integers(-2000, 2000),
)
SECONDS = st.integers(0, 3 * 24 * 3600)


@given(CALENDARS, INSTANTS, SECONDS)
def test_elapsed_undoes_due(opening_hours: OpeningHours, start: datetime, target: int) -> None:
    due = opening_hours.due(start, target)
    assert opening_hours.elapsed(start, due) == target
    assert due >= start


@given(CALENDARS, INSTANTS, SECONDS, SECONDS)
def test_two_targets_one_after_the_other_are_due_like_their_sum(
    opening_hours: OpeningHours, start: datetime, one: int, two: int
) -> None:
    assume(two > 0)  # zero is due at once, which at a closing means the next opening
    assert opening_hours.due(opening_hours.due(start, one), two) == opening_hours.due(
        start, one + two
    )


@given(CALENDARS, INSTANTS)
def test_the_desk_is_open_at_every_opening_and_closed_at_every_closing(
    opening_hours: OpeningHours, at: datetime
) -> None:
    opening = opening_hours.next_opening(at)
    assert opening >= at
    assert opening_hours.is_open(opening)
    assert opening_hours.is_open(at) == (opening == at)
    closing = opening_hours.next_closing(at)
    if closing is not None:
        assert closing > opening
        assert not opening_hours.is_open(closing)
        assert opening_hours.is_open(closing - timedelta(microseconds=1))


@given(CALENDARS, INSTANTS)
def test_a_closed_period_is_closed_from_end_to_end_and_open_around(
    opening_hours: OpeningHours, at: datetime
) -> None:
    period = opening_hours.closed_period(at)
    if period is None:
        assert opening_hours.is_open(at)
        return
    assert period.start <= at < period.end
    assert opening_hours.elapsed(period.start, period.end) == 0
    assert opening_hours.closed_period(period.start) == period
    assert opening_hours.is_open(period.start - timedelta(microseconds=1))
    assert opening_hours.is_open(period.end)


@given(CALENDARS, st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_elapsed_adds_up_and_never_runs_backwards(
    opening_hours: OpeningHours, instants: list[datetime]
) -> None:
    first, second, third = instants
    early = opening_hours.elapsed(first, second)
    late = opening_hours.elapsed(second, third)
    assert early >= 0
    assert early <= (second - first).total_seconds()
    assert opening_hours.elapsed(first, third) == pytest.approx(early + late, abs=1e-5)
    assert opening_hours.elapsed(third, first) == 0


# --- bounds -----------------------------------------------------------------------------------


def test_a_target_that_fifty_years_of_openings_do_not_use_up_is_never_due() -> None:
    a_minute_a_week = hours({"mon": [["09:00", "09:01"]]})
    with pytest.raises(NeverOpen):
        a_minute_a_week.due(rome("2026-03-04 10:00"), 3_000 * 60)


@pytest.mark.parametrize(
    "weekly", [{"mon": [["09:00", "09:05"]] * 289}, {"mon," * 30_000 + "tue": []}]
)
def test_more_windows_or_days_than_a_week_has_are_refused(weekly: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        hours(weekly)
