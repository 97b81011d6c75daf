"""What opening hours and policies make of an instant."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.clocks import ClockPlan
from sportello.promises import Staffing, first_response, staffing
from sportello.settings import OpeningHoursSettings, QueueSettings, SlaPolicy
from support.builders import NIGHT, NOW, seconds

POLICY = SlaPolicy(name="messaging", first_response_seconds=300)


def staffed_at(now: datetime, **calendar: Any) -> Staffing:
    hours = {"time_zone": "Europe/Rome", **calendar}
    calendars = (
        OpeningHoursSettings.model_validate({"calendars": {"default": hours}})
        if calendar
        else OpeningHoursSettings()
    )
    return staffing("default", QueueSettings(), calendars, now)


def promise(now: datetime, policy: SlaPolicy = POLICY, **calendar: Any) -> ClockPlan:
    return first_response(policy, staffed_at(now, **calendar), now)


def test_in_opening_hours_people_are_there() -> None:
    assert staffed_at(NOW).closed is None


def test_at_night_the_closed_period_reaches_until_morning() -> None:
    closed = staffed_at(NIGHT).closed
    assert closed is not None
    assert closed.start == NIGHT.replace(hour=17)
    assert closed.end == NIGHT.replace(day=5, hour=8)


@pytest.mark.parametrize("queue", ["default", "gone"])
def test_a_calendar_that_is_missing_or_never_opens_counts_as_always_staffed(queue: str) -> None:
    calendars = OpeningHoursSettings.model_validate(
        {"calendars": {"default": {"time_zone": "Europe/Rome", "weekly": {}}}}
    )
    assert staffing(queue, QueueSettings(), calendars, NIGHT) == Staffing(hours=None, closed=None)
    none = OpeningHoursSettings.model_validate({"calendars": {}})
    assert staffing(queue, QueueSettings(), none, NIGHT) == Staffing(hours=None, closed=None)


def test_a_clock_counts_open_time_only() -> None:
    before_lunch = NOW.replace(hour=11, minute=58)
    plan = promise(before_lunch)
    assert plan.due_at == NOW.replace(hour=13, minute=3)
    assert plan.warn_at == NOW.replace(hour=13, minute=2)


def test_a_policy_around_the_clock_counts_all_time() -> None:
    policy = POLICY.model_copy(update={"around_the_clock": True})
    plan = promise(NIGHT, policy)
    assert (plan.warn_at, plan.due_at) == (NIGHT + seconds(240), NIGHT + seconds(300))


def test_a_calendar_that_ends_before_the_target_lets_time_run_on() -> None:
    policy = POLICY.model_copy(update={"first_response_seconds": 86_400})
    plan = promise(NOW, policy, special={"2026-03-04": [["09:00", "12:00"]]})
    assert plan.due_at == NOW + timedelta(days=1)
