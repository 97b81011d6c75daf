"""When an event is told again, and when no more."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sportello.subscriptions.retries import (
    FIRST_DELAY,
    GIVEN_UP_AFTER,
    LONGEST_DELAY,
    LONGEST_WISH,
    next_delay,
)

ages = st.timedeltas(timedelta(0), timedelta(days=5))
wishes = st.timedeltas(timedelta(0), timedelta(days=400))


@given(ages, wishes)
def test_a_delay_is_within_limits_and_ends_within_three_days(
    age: timedelta, wish: timedelta
) -> None:
    delay = next_delay(age, wish)
    if delay is not None:
        assert FIRST_DELAY <= delay <= LONGEST_DELAY
        assert age + delay <= GIVEN_UP_AFTER


@given(ages, ages)
def test_an_older_event_waits_no_less(one: timedelta, other: timedelta) -> None:
    sooner, later = (next_delay(age) for age in sorted((one, other)))
    if sooner is not None and later is not None:
        assert sooner <= later


@given(wishes)
def test_a_subscribers_wish_counts_up_to_an_hour(wish: timedelta) -> None:
    assert next_delay(timedelta(0), wish) == max(FIRST_DELAY, min(wish, LONGEST_WISH))


def test_three_days_are_some_twenty_attempts() -> None:
    age, delays = timedelta(0), []
    while (delay := next_delay(age)) is not None:
        delays.append(delay)
        age += delay
    assert len(delays) == 24
    assert delays[:4] == [timedelta(seconds=s) for s in (5, 5, 10, 20)]
    assert age > GIVEN_UP_AFTER - LONGEST_DELAY
