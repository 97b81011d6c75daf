"""Explanations: every second between two instants, whether it counted, and why."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sportello.hours.opening_hours import NeverOpen, OpeningHours, Reason, Span

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/business_time.json").read_text())
ROME = ZoneInfo("Europe/Rome")
WEEKDAYS = {"mon-fri": [["09:00", "17:00"]]}
NIGHTS = {"mon-sun": [["21:00", "02:00"]]}


def hours(weekly: dict[str, Any] = WEEKDAYS, **rest: Any) -> OpeningHours:
    return OpeningHours.model_validate({"time_zone": "Europe/Rome", "weekly": weekly, **rest})


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def told(spans: tuple[Span, ...]) -> list[tuple[str, str, str]]:
    """Return where each span begins, by the clock in Rome, its reason and its label.

    The reason is in capitals if it counts; the last of all is where the explanation ends.
    """
    begins = [
        (
            f"{span.start.astimezone(ROME):%m-%d %H:%M}",
            span.reason.upper() if span.counted else str(span.reason),
            span.label,
        )
        for span in spans
    ]
    return [*begins, (f"{spans[-1].end.astimezone(ROME):%m-%d %H:%M}", "", "")]


@pytest.mark.parametrize("case", VECTORS["deadlines"], ids=lambda case: f"n{case['n']}")
def test_counted_spans_sum_to_the_target_in_every_shared_vector(case: dict[str, Any]) -> None:
    calendar = OpeningHours.model_validate(
        {"time_zone": "Europe/Rome", **VECTORS["calendars"][case["calendar"]]}
    )
    start, due = (datetime.fromisoformat(case[key]) for key in ("start", "due"))
    spans = calendar.explain(start, case["target_seconds"])
    assert (spans[0].start, spans[-1].end) == (start, due)
    counted = sum((span.length for span in spans if span.counted), timedelta())
    assert counted.total_seconds() == case["target_seconds"]
    assert sum((span.length for span in spans), timedelta()) == due - start


def test_a_weekend_is_one_stretch_outside_hours() -> None:
    assert told(hours().explain(rome("2026-01-30 16:30"), 3600)) == [
        ("01-30 16:30", "OPEN", ""),
        ("01-30 17:00", "outside_hours", ""),
        ("02-02 09:00", "OPEN", ""),
        ("02-02 09:30", "", ""),
    ]


def test_days_that_adjoin_are_counted_in_one_span() -> None:
    always = hours({"mon-sun": [["00:00", "24:00"]]})
    assert always.explain_between(rome("2026-04-07"), rome("2026-04-10")) == (
        Span(rome("2026-04-07"), rome("2026-04-10"), counted=True, reason=Reason.OPEN, label=""),
    )


def test_a_holiday_is_named_with_its_data_set_and_version() -> None:
    saint_francis = hours(holidays="IT")
    due = saint_francis.due(rome("2027-10-01 16:30"), 3600)
    assert due == rome("2027-10-05 09:30")
    spans = saint_francis.explain(rome("2027-10-01 16:30"), 3600)
    assert [reason for _, reason, _ in told(spans)] == [
        *("OPEN", "outside_hours", "holiday", "outside_hours", "OPEN", "")
    ]
    assert told(spans)[2][0] == "10-04 00:00"
    label, _, source = spans[2].label.partition(" (")
    assert (label, source[:5]) == ("San Francesco d'Assisi", "IT 20")


def test_4_october_is_a_working_day_until_2025() -> None:
    assert hours(holidays="IT").due(rome("2024-10-04 16:00"), 1800) == rome("2024-10-04 16:30")


def test_a_city_keeps_the_national_holidays_and_its_patron() -> None:
    rome_city = hours(holidays="IT-RM")
    assert not rome_city.is_open(rome("2026-06-29 10:00"))
    assert not rome_city.is_open(rome("2026-06-02 10:00"))
    assert hours(holidays="IT").is_open(rome("2026-06-29 10:00"))
    # A national holiday keeps the name of the set that it is from.
    (span,) = rome_city.explain_between(rome("2026-06-02 10:00"), rome("2026-06-02 11:00"))
    assert span.label.startswith("Festa della Repubblica (IT 20")


def test_several_sets_of_holidays_hold_together() -> None:
    both = hours(holidays=["IT", "DE-BY"])
    assert not both.is_open(rome("2026-06-02 10:00"))  # Festa della Repubblica
    assert not both.is_open(rome("2026-06-04 10:00"))  # Fronleichnam


def test_a_leap_day_is_a_day_like_any_other() -> None:
    leap = rome("2028-02-29 16:30")  # a Tuesday
    assert hours().due(leap, 3600) == rome("2028-03-01 09:30")
    assert hours(closed=["2028-02-29"]).due(rome("2028-02-28 16:30"), 3600) == rome(
        "2028-03-01 09:30"
    )


def test_the_year_ends_without_a_gap() -> None:
    # Thursday; New Year is a Friday.
    assert told(hours(holidays="IT").explain(rome("2026-12-31 16:59"), 120))[1:-1] == [
        ("12-31 17:00", "outside_hours", ""),
        ("01-01 00:00", "holiday", told_label(2027)),
        ("01-02 00:00", "outside_hours", ""),
        ("01-04 09:00", "OPEN", ""),
    ]


def told_label(year: int) -> str:
    new_year = rome(f"{year}-01-01 12:00")
    (span,) = hours(holidays="IT").explain_between(new_year, new_year + timedelta(hours=1))
    assert span.label.startswith("Capodanno (IT ")
    return span.label


def test_due_in_the_zone_of_the_desk_whatever_the_zone_of_the_question() -> None:
    asked_from_new_york = rome("2026-01-30 16:30").astimezone(ZoneInfo("America/New_York"))
    assert hours().due(asked_from_new_york, 3600) == rome("2026-02-02 09:30")


def test_a_long_closure_is_one_span_weekends_and_holidays_in_it() -> None:
    august = hours(
        closed=[{"first": "2026-08-03", "last": "2026-08-28", "label": "Ferie"}], holidays="IT"
    )
    assert told(august.explain(rome("2026-07-31 16:45"), 3600)) == [
        ("07-31 16:45", "OPEN", ""),
        ("07-31 17:00", "outside_hours", ""),
        ("08-03 00:00", "closed", "Ferie"),
        ("08-29 00:00", "outside_hours", ""),
        ("08-31 09:00", "OPEN", ""),
        ("08-31 09:45", "", ""),
    ]


def test_closures_of_different_names_are_different_spans() -> None:
    both = hours(
        closed=[
            {"first": "2026-08-12", "last": "2026-08-13", "label": "Inventario"},
            ["2026-08-10", "2026-08-11"],
        ]
    )
    assert told(both.explain_between(rome("2026-08-10 00:00"), rome("2026-08-14 00:00"))) == [
        ("08-10 00:00", "closed", ""),
        ("08-12 00:00", "closed", "Inventario"),
        ("08-14 00:00", "", ""),
    ]


def test_where_closures_overlap_the_one_that_begins_first_names_the_day() -> None:
    overlapping = hours(
        closed=[
            {"first": "2026-08-12", "label": "Inventario"},
            {"first": "2026-08-14", "last": "2026-08-17", "label": "Ponte"},
            {"first": "2026-08-10", "last": "2026-08-15", "label": "Ferie"},
        ]
    )
    assert told(overlapping.explain_between(rome("2026-08-10"), rome("2026-08-18"))) == [
        ("08-10 00:00", "closed", "Ferie"),
        ("08-16 00:00", "closed", "Ponte"),
        ("08-18 00:00", "", ""),
    ]


def test_a_special_day_names_both_its_windows_and_the_time_around_them() -> None:
    christmas_eve = hours(
        special={"2026-12-24": {"windows": [["09:00", "12:00"]], "label": "Vigilia"}},
        closed=[["2026-12-24", "2026-12-31"]],
    )
    spans = christmas_eve.explain_between(rome("2026-12-23 16:00"), rome("2026-12-25 10:00"))
    assert told(spans) == [
        ("12-23 16:00", "OPEN", ""),
        ("12-23 17:00", "outside_hours", ""),
        ("12-24 00:00", "special", "Vigilia"),
        ("12-24 09:00", "SPECIAL", "Vigilia"),
        ("12-24 12:00", "special", "Vigilia"),
        ("12-25 00:00", "closed", ""),
        ("12-25 10:00", "", ""),
    ]


def test_a_special_day_is_open_on_a_holiday() -> None:
    open_on_the_republic = hours(holidays="IT", special={"2026-06-02": [["10:00", "12:00"]]})
    assert open_on_the_republic.is_open(rome("2026-06-02 11:00"))
    assert not open_on_the_republic.is_open(rome("2026-06-02 12:00"))


def test_a_closed_day_takes_its_night_shift_with_it() -> None:
    no_tuesday = hours(NIGHTS, closed=[{"first": "2026-04-07", "label": "Riposo"}])
    assert told(no_tuesday.explain_between(rome("2026-04-07"), rome("2026-04-08 22:00"))) == [
        ("04-07 00:00", "OPEN", ""),  # Monday's night
        ("04-07 02:00", "closed", "Riposo"),
        ("04-08 02:00", "outside_hours", ""),
        ("04-08 21:00", "OPEN", ""),
        ("04-08 22:00", "", ""),
    ]


def test_a_day_with_a_rule_of_its_own_is_not_named_after_the_night_before() -> None:
    two_days = hours(NIGHTS, closed=["2026-04-07"], special={"2026-04-08": []})
    assert told(two_days.explain_between(rome("2026-04-07 12:00"), rome("2026-04-08 12:00"))) == [
        ("04-07 12:00", "closed", ""),
        ("04-08 00:00", "special", ""),
        ("04-08 12:00", "", ""),
    ]


def test_the_day_that_lasts_25_hours_is_one_closure() -> None:
    sunday = hours({"mon-sun": [["00:00", "24:00"]]}, closed=["2026-10-25"])
    spans = sunday.explain_between(rome("2026-10-24 12:00"), rome("2026-10-26 12:00"))
    assert [span.length / timedelta(hours=1) for span in spans] == [12, 25, 12]


def test_days_begin_once_where_the_clocks_go_back_over_midnight() -> None:
    # In Beirut, midnight of 25 October 2026 is preceded by 23:00 to 24:00 twice.
    beirut = OpeningHours.model_validate(
        {"time_zone": "Asia/Beirut", "weekly": WEEKDAYS, "closed": ["2026-10-25"]}
    )
    change = datetime(2026, 10, 24, 21, tzinfo=UTC)
    spans = beirut.explain_between(change - timedelta(hours=3), change + timedelta(hours=3))
    assert [(span.start - change, span.reason) for span in spans] == [
        (timedelta(hours=-3), Reason.OUTSIDE_HOURS),
        (timedelta(hours=1), Reason.CLOSED),
    ]


def test_nothing_is_explained_where_no_time_passes() -> None:
    now = rome("2026-04-07 10:00")
    assert hours().explain(now, 0) == ()
    assert hours().explain_between(now, now) == ()
    assert hours().explain_between(now, now - timedelta(days=1)) == ()


def test_a_target_of_zero_while_closed_explains_the_wait_for_the_opening() -> None:
    assert told(hours().explain(rome("2026-04-07 08:00"), 0)) == [
        ("04-07 08:00", "outside_hours", ""),
        ("04-07 09:00", "", ""),
    ]


def test_a_calendar_that_never_opens_has_no_deadline_to_explain_but_its_time() -> None:
    never = hours({}, closed=[{"first": "2026-01-01", "last": "9999-12-31", "label": "Chiuso"}])
    now = rome("2026-04-07 10:00")
    with pytest.raises(NeverOpen):
        never.explain(now, 60)
    (span,) = never.explain_between(now, now + timedelta(days=400))
    assert (span.counted, span.reason, span.label) == (False, Reason.CLOSED, "Chiuso")


def test_a_fraction_of_a_second_is_accounted_for() -> None:
    start = rome("2026-04-07 16:59:59.250000")
    spans = hours().explain(start, 1.5)
    assert [span.length for span in spans if span.counted] == [timedelta(seconds=0.75)] * 2


def test_years_are_walked_again_from_memory_with_the_same_answer() -> None:
    """More days than are remembered, forth and back."""
    office = hours(holidays="IT")
    start, end = rome("2024-01-01 00:00"), rome("2026-04-01 00:00")
    assert office.explain_between(start, end) == office.explain_between(start, end)
