"""The office that changes its settings under load: a business may write each document."""

from datetime import UTC, datetime, timedelta

import pytest

from local.chaos.office import (
    ROUND_THE_CLOCK,
    SHORTEST_CLOSURE,
    closed_for_a_moment,
    ladder,
    opening_hours,
    targets,
)
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.sla.settings import SlaSettings

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "now",
    [
        AT,
        AT + timedelta(seconds=39),
        AT + timedelta(seconds=40),
        datetime(2026, 3, 4, 23, 58, 59, tzinfo=UTC),
        datetime(2026, 3, 4, 23, 59, 10, tzinfo=UTC),
        datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 5, 0, 0, 5, tzinfo=UTC),
    ],
)
def test_the_office_closes_now_and_opens_within_two_minutes(now: datetime) -> None:
    document = opening_hours(closed_for_a_moment(now))
    hours = OpeningHoursSettings.model_validate(document).calendars["default"]
    closed = hours.closed_period(now)
    assert closed is not None
    assert closed.start <= now
    assert SHORTEST_CLOSURE <= closed.end - now <= timedelta(minutes=2)
    assert hours.closed_period(closed.end) is None
    assert hours.closed_period(closed.start - timedelta(seconds=1)) is None


def test_an_office_that_never_closes_is_open() -> None:
    document = opening_hours(ROUND_THE_CLOCK)
    hours = OpeningHoursSettings.model_validate(document).calendars["default"]
    assert hours.closed_period(AT) is None


def test_targets_and_ladders_are_settings_that_a_business_may_have() -> None:
    policy = SlaSettings.model_validate(targets(60)).policies[0]
    assert {target.seconds for target in policy.targets.values()} == {60, 8 * 3_600}
    queue = QueueSettings.model_validate(ladder(8)).queues["default"]
    assert [tier.ring_seconds for tier in queue.tiers] == [8, 8]
    assert queue.promise_when_unanswered is not None
