"""An endpoint that fails rests, is tried by one alone, and is never given up for good."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.routing.breaker import (
    LONGEST_REST,
    OPENS_AFTER,
    PROBE_LEASE,
    PROBE_PATIENCE_SECONDS,
    SUCCESS_IS_NEWS_AFTER,
    Breaker,
    EndpointState,
    admission,
    after_failure,
    after_success,
    breaker_under,
    state_of,
)
from support.builders import NOW, seconds

NEW = Breaker(settings_hash="one")


def failures(amount: int, breaker: Breaker = NEW, now: datetime = NOW) -> Breaker:
    for _ in range(amount):
        breaker = after_failure(breaker, "answered 500", now)
    return breaker


def trial(breaker: Breaker, now: datetime) -> Breaker:
    found = admission(breaker, now).trial
    assert found is not None
    return found


def test_four_failures_in_a_row_stop_nobody() -> None:
    breaker = failures(OPENS_AFTER - 1)
    assert admission(breaker, NOW).wait_seconds == 0
    assert admission(breaker, NOW).trial is None
    assert state_of(breaker, NOW) is EndpointState.FAILING


def test_after_the_fifth_an_endpoint_rests_for_a_minute() -> None:
    breaker = failures(OPENS_AFTER)
    assert admission(breaker, NOW).wait_seconds == 60
    assert admission(breaker, NOW + seconds(59.5)).wait_seconds == 1
    assert state_of(breaker, NOW + seconds(59)) is EndpointState.RESTING


def test_then_one_alone_tries_it_and_others_look_again_soon() -> None:
    later = NOW + seconds(60)
    tried = trial(failures(OPENS_AFTER), later)
    waits = admission(tried, later)
    assert (waits.wait_seconds, waits.trial) == (PROBE_PATIENCE_SECONDS, None)


def test_whoever_tries_it_and_is_never_heard_of_keeps_it_for_a_minute_only() -> None:
    later = NOW + seconds(60)
    tried = trial(failures(OPENS_AFTER), later)
    assert admission(tried, later + PROBE_LEASE - seconds(1)).trial is None
    assert admission(tried, later + PROBE_LEASE).trial is not None


def test_each_trial_in_vain_doubles_the_rest_up_to_a_quarter_of_an_hour() -> None:
    breaker, now, rests = failures(OPENS_AFTER), NOW, []
    for _ in range(6):
        assert breaker.rests_until is not None
        rests.append((breaker.rests_until - now).total_seconds())
        now = breaker.rests_until
        breaker = after_failure(trial(breaker, now), "answered 500", now)
    assert rests == [60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(("wish", "rest"), [(0, 60), (300, 300), (86_400, 900)])
def test_it_rests_for_as_long_as_it_wishes_within_reason(wish: int, rest: int) -> None:
    breaker = after_failure(failures(OPENS_AFTER - 1), "answered 429", NOW, wish)
    assert breaker.rests_until == NOW + seconds(rest)


def test_it_is_known_since_when_and_why_it_fails() -> None:
    breaker = after_failure(failures(1), "answered 503", NOW + seconds(9))
    assert breaker.failing_since == NOW
    assert breaker.last_failure_at == NOW + seconds(9)
    assert breaker.reason == "answered 503"


def test_one_success_after_another_is_no_news_for_an_hour() -> None:
    first = after_success(NEW, NOW)
    assert first is not None
    assert first.last_success_at == NOW
    assert after_success(first, NOW + SUCCESS_IS_NEWS_AFTER - seconds(1)) is None
    assert after_success(first, NOW + SUCCESS_IS_NEWS_AFTER) is not None


def test_other_settings_begin_anew() -> None:
    failing = failures(OPENS_AFTER)
    assert breaker_under("one", failing) == failing
    assert breaker_under("two", failing) == Breaker(settings_hash="two")
    assert breaker_under("two", None) == Breaker(settings_hash="two")


# --- rules --------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.integers(0, 1200), st.sampled_from(["fails", "succeeds", "dies"])), max_size=40
)


@given(steps)
def test_it_is_never_locked_for_longer_than_a_rest_and_a_trial(
    calls: list[tuple[int, str]],
) -> None:
    breaker, now = NEW, NOW
    for pause, outcome in calls:
        now += timedelta(seconds=pause)
        door = admission(breaker, now)
        assert admission(breaker, now + LONGEST_REST + PROBE_LEASE).wait_seconds == 0
        if door.wait_seconds:
            continue
        breaker = door.trial or breaker
        if outcome == "fails":
            breaker = after_failure(breaker, "answered 500", now)
        elif outcome == "succeeds":
            breaker = after_success(breaker, now) or breaker


@given(steps)
def test_no_two_try_it_at_once(calls: list[tuple[int, str]]) -> None:
    """Whoever asks while a trial is under way is sent away."""
    breaker, now = NEW, NOW
    for pause, outcome in calls:
        now += timedelta(seconds=pause)
        door = admission(breaker, now)
        if door.wait_seconds:
            continue
        breaker = door.trial or breaker
        if door.trial is not None:
            second = admission(breaker, now + PROBE_LEASE - seconds(1))
            assert second.trial is None
            assert second.wait_seconds > 0
        if outcome != "dies":
            breaker = after_failure(breaker, "answered 500", now)


@given(st.integers(0, 60), st.integers(0, 4_000))
def test_a_success_always_closes(amount: int, later: int) -> None:
    now = NOW + seconds(later)
    before = failures(amount)
    breaker = after_success(before, now) or before
    assert state_of(breaker, now) is EndpointState.OK
    assert admission(breaker, now).trial is None
    assert admission(breaker, now).wait_seconds == 0
