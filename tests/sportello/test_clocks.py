from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.clocks import RUNNING, Clock, ClockState, next_wake
from sportello.delivery import RANK, SETTLED, is_progress
from sportello.inbound import DeliveryStatus
from support.builders import NOW, a_plan, seconds

ENDED = sorted(set(ClockState) - RUNNING)
offsets = st.floats(min_value=-1_000, max_value=1_000).map(lambda s: timedelta(seconds=s))


def a_clock(state: ClockState = ClockState.PENDING) -> Clock:
    return Clock(**a_plan().model_dump(), generation=1, state=state)


@pytest.mark.parametrize(
    ("elapsed", "state"),
    [
        (239.999, ClockState.PENDING),
        (240, ClockState.IMMINENT),
        (299.999, ClockState.IMMINENT),
        (300, ClockState.BREACHING),
    ],
)
def test_a_clock_acts_to_the_instant(elapsed: float, state: ClockState) -> None:
    assert a_clock().state_at(NOW + seconds(elapsed)) is state


def test_a_warning_once_given_stands() -> None:
    assert a_clock(ClockState.IMMINENT).state_at(NOW) is ClockState.IMMINENT


@pytest.mark.parametrize("state", ENDED)
def test_time_does_nothing_to_a_clock_that_ended(state: ClockState) -> None:
    assert a_clock(state).state_at(NOW + timedelta(days=1)) is state
    assert a_clock(state).next_threshold() is None


@given(before=offsets, after=offsets)
def test_time_only_ever_moves_a_clock_forward(before: timedelta, after: timedelta) -> None:
    order = [ClockState.PENDING, ClockState.IMMINENT, ClockState.BREACHING]
    first, second = sorted((before, after))
    then = a_clock().model_copy(update={"state": a_clock().state_at(NOW + first)})
    assert order.index(then.state) <= order.index(then.state_at(NOW + second))


@given(at=offsets)
def test_a_clock_wakes_exactly_where_its_state_changes(at: timedelta) -> None:
    clock = a_clock().model_copy(update={"state": a_clock().state_at(NOW + at)})
    wake = clock.next_threshold()
    if wake is not None:
        assert wake > NOW + at
        assert clock.state_at(wake) is not clock.state
        assert clock.state_at(wake - timedelta(microseconds=1)) is clock.state


def test_the_earliest_threshold_of_all_clocks_is_the_next_wake() -> None:
    late = a_clock().model_copy(update={"warn_at": NOW + seconds(900)})
    assert next_wake((late, a_clock(), a_clock(ClockState.ACHIEVED))) == NOW + seconds(240)
    assert next_wake(()) is None


@given(st.lists(st.sampled_from(DeliveryStatus), min_size=1))
def test_receipts_in_any_order_end_in_the_same_status(reported: list[DeliveryStatus]) -> None:
    known = DeliveryStatus.QUEUED
    for status in reported:
        known = status if is_progress(known, status) else known
    assert known is max([DeliveryStatus.QUEUED, *reported], key=RANK.__getitem__)


def test_a_message_on_its_way_is_not_settled() -> None:
    assert set(DeliveryStatus) - SETTLED == {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}
