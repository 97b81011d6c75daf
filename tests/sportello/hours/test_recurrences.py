from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.hours.recurrences import Recurrence, UnsupportedRule

FIRST, LAST = date(2024, 1, 1), date(2028, 2, 29)


def days(rule: str, start: str, until: str | None = None) -> list[str]:
    recurrence = Recurrence.parse(
        rule, date.fromisoformat(start), date.fromisoformat(until) if until else None
    )
    return [day.isoformat() for day in recurrence.days(FIRST, LAST)]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO;COUNT=2", "2026-01-01", ["2026-09-07", "2027-09-06"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-01-01", ["2026-01-30", "2026-02-27"]),
        ("FREQ=MONTHLY;COUNT=3", "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=YEARLY;COUNT=2", "2024-02-29", ["2024-02-29", "2028-02-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "2026-01-01", ["2026-01-31", "2026-02-28"]),
        ("freq=weekly;byday=sa;count=2", "2026-05-01", ["2026-05-02", "2026-05-09"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", "2026-05-01", ["2026-05-01", "2026-05-15"]),
        ("FREQ=YEARLY;BYDAY=53MO;COUNT=1", "2024-01-01", ["2024-12-30"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", []),
    ],
)
def test_a_rule_falls_on_these_days(rule: str, start: str, expected: list[str]) -> None:
    assert days(rule, start) == expected


def test_the_last_day_is_included() -> None:
    assert days("FREQ=DAILY;UNTIL=20260503", "2026-05-02", "2026-05-03") == [
        *("2026-05-02", "2026-05-03")
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYSETPOS=1",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=many",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;WKST=XX",
    ],
)
def test_other_rules_are_refused(rule: str) -> None:
    with pytest.raises(UnsupportedRule):
        days(rule, "2026-05-02")


DAY_NAMES = st.sampled_from("MO TU WE TH FR SA SU".split())


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that do fall on days: for others, dateutil tries all up to the year 9999."""
    frequency = draw(st.sampled_from("DAILY WEEKLY MONTHLY YEARLY".split()))
    interval = draw(st.integers(1, 4))
    parts = [f"FREQ={frequency}", f"INTERVAL={interval}"]
    if draw(st.booleans()) and (frequency != "MONTHLY" or interval == 1):
        months = draw(st.sets(st.integers(1, 12), min_size=1, max_size=3))
        parts.append(f"BYMONTH={','.join(map(str, months))}")
    places = [""]
    if draw(st.booleans()) and frequency != "WEEKLY":
        month_days = st.integers(1, 28) | st.integers(-28, -1)
        parts.append(f"BYMONTHDAY={','.join(map(str, draw(st.sets(month_days, min_size=1))))}")
    elif draw(st.booleans()) and frequency in {"MONTHLY", "YEARLY"}:
        places = ["1", "2", "+3", "4", "-1", "-2"]
    if draw(st.booleans()):
        weekdays = st.builds(str.__add__, st.sampled_from(places), DAY_NAMES)
        parts.append(f"BYDAY={','.join(draw(st.sets(weekdays, min_size=1, max_size=3)))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(DAY_NAMES)}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 20))}")
    return ";".join(parts)


@settings(max_examples=settings().max_examples // 2)  # dateutil is slow
@given(rules(), st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_rules_fall_on_the_days_that_dateutil_finds(rule: str, start: date) -> None:
    midnight = datetime.combine(start, datetime.min.time())
    end = datetime.combine(LAST, datetime.min.time())
    bounded = rule if "COUNT" in rule else f"{rule};UNTIL={LAST:%Y%m%d}"
    expected = [
        day.date()
        for day in rrulestr(bounded, dtstart=midnight).between(
            datetime.combine(FIRST, datetime.min.time()) - timedelta(days=1), end, inc=True
        )
        if day.date() >= FIRST
    ]
    assert list(Recurrence.parse(rule, start, None).days(FIRST, LAST)) == expected
