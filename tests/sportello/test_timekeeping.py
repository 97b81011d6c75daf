"""Clocks within a decision, and the timers they need."""

from datetime import datetime

import pytest

from sportello.clocks import Clock, ClockState
from sportello.conversation import ConversationState, Decision, decide
from sportello.effects import Machine
from sportello.events import ClockAdvanced, ClockEnded, WakePlanned
from sportello.model import written
from sportello.timekeeping import plans_for
from support.builders import (
    NOW,
    a_plan,
    accept,
    after,
    an_item,
    notices,
    queued,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    started,
    tick,
    types,
    with_bot,
)

WARN, DUE = NOW + seconds(240), NOW + seconds(300)


def wakes(decision: Decision) -> list[str]:
    return [s.input["wake_at"] for s in started(decision) if s.machine is Machine.SLA_TIMER]


def given_back_and_handed_over_again(now: datetime) -> tuple[ConversationState, Decision]:
    """A second handoff, while the timer of the first still sleeps until WARN."""
    state = after(accept(), return_to_bot(), state=queued())
    state = after(receive(an_item("item-2", now)), now=now, state=state)
    command = request_human(owner_version=4, clock=a_plan(now))
    return after(command, now=now, state=state), decide(state, command, now)


def test_a_handoff_starts_the_clock_and_its_timer() -> None:
    decision = decide(with_bot(), request_human(), NOW)
    assert wakes(decision) == [written(WARN)]
    (clock,) = queued().clocks
    assert clock.state is ClockState.PENDING
    assert queued().wake_at == WARN


def test_who_writes_again_after_an_answer_from_elsewhere_waits_under_a_clock_of_their_own() -> None:
    echo = an_item("echo-1", NOW + seconds(5), kind="echo")
    again = an_item("item-2", NOW + seconds(9))
    second = receive(again, clock=a_plan(NOW + seconds(9)))
    state = after(tick(WARN), now=WARN, state=queued())
    state = after(receive(echo), second, now=WARN, state=state)
    assert [clock.state for clock in state.clocks] == [ClockState.PENDING]
    late = WARN + seconds(9)
    warned = decide(state, tick(late), late)
    first_warned = decide(queued(), tick(WARN), WARN)
    assert [n.notice for n in notices(warned)] == ["clock.imminent"]
    assert notices(warned)[0].key != notices(first_warned)[0].key


def test_a_clock_warns_and_then_breaches_and_then_needs_no_timer() -> None:
    warned = decide(queued(), tick(WARN), WARN)
    assert types(warned) == ["ClockAdvanced", "WakePlanned"]
    assert [n.notice for n in notices(warned)] == ["clock.imminent"]
    state = after(tick(WARN), now=WARN, state=queued())
    assert state.wake_at == DUE
    breached = decide(state, tick(DUE), DUE)
    assert [n.notice for n in notices(breached)] == ["clock.breaching"]
    state = after(tick(DUE), now=DUE, state=state)
    assert (state.wake_at, state.clocks[0].state) == (None, ClockState.BREACHING)
    assert wakes(warned) == wakes(breached) == []


def test_a_warning_slept_through_goes_straight_to_the_breach() -> None:
    decision = decide(queued(), tick(WARN), DUE)
    advanced = [event for event in decision.events if isinstance(event, ClockAdvanced)]
    assert [event.state for event in advanced] == [ClockState.BREACHING]


def test_a_tick_that_comes_twice_alerts_once() -> None:
    state = after(tick(WARN), now=WARN, state=queued())
    assert decide(state, tick(WARN), WARN + seconds(1)) == Decision()


def test_a_timer_that_wakes_early_sleeps_on() -> None:
    early = WARN - seconds(0.4)
    assert decide(queued(), tick(WARN), early) == Decision()
    assert after(tick(WARN), now=early, state=queued()).wake_at == WARN


def test_a_timer_that_wakes_for_nothing_ends() -> None:
    state = after(accept(), reply(), state=queued())
    decision = decide(state, tick(WARN), WARN)
    assert decision.events == (WakePlanned(at=WARN, wake_at=None, planned_at_wake=WARN),)
    assert decision.effects == ()
    done = after(tick(WARN), now=WARN, state=state)
    assert decide(done, tick(WARN), WARN) == Decision()


def test_a_later_due_time_needs_no_second_timer() -> None:
    later = NOW + seconds(30)
    state, decision = given_back_and_handed_over_again(later)
    assert wakes(decision) == []
    assert state.wake_at == WARN
    state = after(tick(WARN), now=WARN, state=state)
    assert state.wake_at == later + seconds(240)


def test_an_earlier_due_time_starts_one_more_timer_and_the_old_one_ends() -> None:
    earlier = NOW - seconds(60)
    item = an_item("item-0", earlier, received_at=NOW)
    decision = decide(queued(), receive(item, clock=a_plan(earlier)), NOW)
    assert wakes(decision) == [written(WARN - seconds(60))]
    state = after(receive(item, clock=a_plan(earlier)), state=queued())
    new_wake = WARN - seconds(60)
    assert state.wake_at == new_wake
    state = after(tick(new_wake), now=new_wake, state=state)
    assert state.wake_at == DUE - seconds(60)
    # The old timer sleeps until WARN, when the new one is planned for its due time: same instant.
    assert decide(state, tick(NOW + seconds(200)), NOW + seconds(200)) == Decision()


def test_a_timer_that_wakes_early_for_nothing_ends_at_once() -> None:
    state = after(accept(), reply(), state=queued())
    early = WARN - seconds(1)
    ended = WakePlanned(at=early, wake_at=None, planned_at_wake=WARN)
    assert decide(state, tick(WARN), early).events == (ended,)


def test_a_tick_that_is_repeated_after_its_commit_goes_on_sleeping() -> None:
    state = after(tick(WARN), now=WARN, state=queued())
    assert plans_for(state, WARN)
    assert decide(state, tick(WARN), WARN + seconds(1)) == Decision()
    assert state.wake_at is not None
    assert state.wake_at > WARN


def test_an_answer_after_a_breach_was_seen_ends_it_as_breached_whatever_its_time() -> None:
    clock = Clock(**a_plan().model_dump(), generation=1, state=ClockState.BREACHING)
    assert clock.answered(clock.due_at) is ClockState.BREACHED


def test_a_clock_does_not_rely_on_a_timer_that_should_have_woken_before() -> None:
    late = WARN + seconds(100)
    _, decision = given_back_and_handed_over_again(late)
    assert wakes(decision) == [written(late + seconds(240))]


def test_the_sweep_starts_the_timer_that_got_lost() -> None:
    overdue = WARN + seconds(10)
    decision = decide(queued(), tick(None), overdue)
    assert types(decision) == ["ClockAdvanced", "WakePlanned"]
    assert wakes(decision) == [written(DUE)]
    state = after(tick(None), now=overdue, state=queued())
    assert wakes(decide(state, tick(None), overdue)) == []


def test_the_sweep_leaves_a_timer_that_still_sleeps() -> None:
    assert decide(queued(), tick(None), WARN - seconds(1)) == Decision()


def test_a_tick_for_a_conversation_without_clocks_changes_nothing() -> None:
    for woken_for in (None, NOW):
        assert decide(with_bot(), tick(woken_for), NOW) == Decision()
        assert decide(ConversationState(), tick(woken_for), NOW) == Decision()


@pytest.mark.parametrize("ending", [resolve(), return_to_bot()])
def test_a_clock_that_is_needed_no_more_is_cancelled(ending: object) -> None:
    decision = decide(queued(), ending, NOW)  # type: ignore[arg-type] # both are commands
    ended = [event for event in decision.events if isinstance(event, ClockEnded)]
    assert [event.state for event in ended] == [ClockState.CANCELLED]


def test_a_clock_already_breaching_stays_so_when_its_start_moves() -> None:
    state = after(tick(WARN), now=DUE, state=queued())
    earlier = NOW - seconds(30)
    now = DUE + seconds(1)
    item = an_item("item-0", earlier, received_at=now)
    decision = decide(state, receive(item, clock=a_plan(earlier)), now)
    assert notices(decision) == []
    moved = after(receive(item, clock=a_plan(earlier)), now=now, state=state).clocks[0]
    assert (moved.state, moved.due_at) == (ClockState.BREACHING, DUE - seconds(30))


def test_an_alert_says_which_promise_is_at_stake() -> None:
    (notice,) = notices(decide(queued(), tick(WARN), WARN))
    assert notice.data == {
        "clock": "first_response",
        "policy": "messaging",
        "due_at": written(DUE),
        "queue": "default",
        "owner": "queue",
    }
