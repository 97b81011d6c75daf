from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import RANK, SETTLED, is_progress
from sportello.queues.waits import AnnouncedWait
from sportello.sla.clocks import ENDED as ENDED_STATES
from sportello.sla.clocks import ClockState
from support.builders import NOW, a_clock, seconds

ENDED = sorted(ENDED_STATES)
offsets = st.floats(min_value=-1_000, max_value=1_000).map(lambda s: timedelta(seconds=s))


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
    assert a_clock(state=ClockState.IMMINENT).state_at(NOW) is ClockState.IMMINENT


@pytest.mark.parametrize("state", ENDED)
def test_time_does_nothing_to_a_clock_that_ended(state: ClockState) -> None:
    assert a_clock(state=state).state_at(NOW + timedelta(days=1)) is state
    assert a_clock(state=state).next_threshold() is None


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


def test_the_earliest_of_all_thresholds_is_what_a_conversation_waits_for() -> None:
    late = a_clock(kind="resolution", target_seconds=900)
    ended = a_clock(kind="queue_wait", target_seconds=5, state=ClockState.ACHIEVED)
    state = ConversationState(clocks=(late, a_clock(), ended))
    assert state.next_threshold() == NOW + seconds(240)
    snoozed = state.model_copy(update={"snoozed_until": NOW + seconds(100)})
    assert snoozed.next_threshold() == NOW + seconds(100)
    told = AnnouncedWait(
        position=1, low_seconds=30, high_seconds=60, at=NOW, review_at=NOW + seconds(60)
    )
    assert snoozed.model_copy(update={"announced": told}).next_threshold() == NOW + seconds(60)
    assert ConversationState().next_threshold() is None


def test_a_paused_clock_neither_moves_nor_wakes_nor_is_late() -> None:
    instants: dict[str, Any] = dict.fromkeys(("counting_since", "warn_at", "due_at"))
    paused = a_clock(state=ClockState.PAUSED, spent_seconds=200, **instants)
    long_after = NOW + timedelta(days=9)
    assert paused.state_at(long_after) is ClockState.PAUSED
    assert paused.next_threshold() is None
    assert paused.answered(long_after) is ClockState.ACHIEVED


@pytest.mark.parametrize(
    ("late", "ended"), [(0, ClockState.ACHIEVED), (0.001, ClockState.BREACHED)]
)
def test_an_answer_exactly_at_the_due_time_is_in_time(late: float, ended: ClockState) -> None:
    assert a_clock().answered(NOW + seconds(300 + late)) is ended


def test_an_answer_after_a_breach_was_seen_is_late_whatever_its_time() -> None:
    assert a_clock(state=ClockState.BREACHING).answered(NOW) is ClockState.BREACHED


@given(st.lists(st.sampled_from(DeliveryStatus), min_size=1))
def test_receipts_in_any_order_end_in_the_same_status(reported: list[DeliveryStatus]) -> None:
    known = DeliveryStatus.QUEUED
    for status in reported:
        known = status if is_progress(known, status) else known
    assert known is max([DeliveryStatus.QUEUED, *reported], key=RANK.__getitem__)


def test_a_message_on_its_way_is_not_settled() -> None:
    assert set(DeliveryStatus) - SETTLED == {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}
