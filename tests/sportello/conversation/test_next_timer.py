"""Timers: one sleeps for all that time alone will change in a conversation."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sportello.conversation.commands import Snooze
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine
from sportello.conversation.events import ClockAdvanced, WakePlanned
from sportello.conversation.handing_over.agent_claims import waits_unasked
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing import tick as ticking
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import written
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import QueueRouting
from sportello.sla.clocks import ClockKind
from support.builders import (
    NOW,
    a_queue,
    accept,
    after,
    an_item,
    decide,
    queued,
    receive,
    reply,
    request_human,
    retry_turn,
    return_to_bot,
    seconds,
    started,
    tick,
    types,
    with_agent,
    with_bot,
)
from support.story import Story, around_the_clock, timers

WARN, DUE = NOW + seconds(240), NOW + seconds(300)


def given_back_and_handed_over_again(now: datetime) -> tuple[ConversationState, Decision]:
    """A second handoff, while the timer of the first still sleeps until WARN."""
    state = after(accept(), return_to_bot(), state=queued())
    state = after(receive(an_item("item-2", now)), now=now, state=state)
    command = request_human(owner_version=4)
    return after(command, now=now, state=state), decide(state, command, now)


# --- starting ---------------------------------------------------------------------------------


def test_a_handoff_starts_a_timer_for_its_clock() -> None:
    assert timers(decide(with_bot(), request_human(), NOW)) == [written(WARN)]
    assert queued().wake_at == WARN


def test_five_clocks_run_under_one_timer() -> None:
    terms = around_the_clock(
        first_response_any=600, first_response=300, queue_wait=900, resolution=3_600
    )
    story = Story(terms)
    first = story.write()
    handed_over = story.do(request_human())
    assert story.running == {ClockKind(name) for name in terms.sla.policies[0].targets}
    assert timers(first) == [written(NOW + seconds(480))]
    assert timers(handed_over) == [written(NOW + seconds(240))]  # an earlier threshold
    woken_at = []
    while story.state.wake_at is not None:
        woken = story.wake()
        assert timers(woken) == [written(at) for at in [story.state.wake_at] if at is not None]
        woken_at.append((story.now - NOW).total_seconds())
    assert woken_at == [240, 300, 480, 600, 720, 900, 2_880, 3_600]


def test_a_later_due_time_needs_no_second_timer() -> None:
    later = NOW + seconds(30)
    state, decision = given_back_and_handed_over_again(later)
    assert timers(decision) == []
    assert state.wake_at == WARN
    state = after(tick(WARN), now=WARN, state=state)
    assert state.wake_at == later + seconds(240)


def test_an_earlier_due_time_starts_one_more_timer_and_the_old_one_ends() -> None:
    earlier = NOW - seconds(60)
    item = an_item("item-0", earlier, received_at=NOW)
    decision = decide(queued(), receive(item), NOW)
    assert timers(decision) == [written(WARN - seconds(60))]
    state = after(receive(item), state=queued())
    new_wake = WARN - seconds(60)
    assert state.wake_at == new_wake
    state = after(tick(new_wake), now=new_wake, state=state)
    assert state.wake_at == DUE - seconds(60)
    assert decide(state, tick(NOW + seconds(200)), NOW + seconds(200)) == Decision()


def test_two_timers_that_meet_at_one_instant_go_on_as_one() -> None:
    """The first timer sleeps until WARN; another one woke before, and started one for WARN too."""
    until = WARN - seconds(60)
    state = after(accept(), Snooze(agent_id="anna", until=until), state=queued())
    assert state.wake_at == until
    state = after(tick(until), now=until, state=state)
    meet = state.wake_at
    assert meet is not None
    first = decide(state, tick(meet), meet)
    assert len(timers(first)) == 1
    assert decide(after(tick(meet), now=meet, state=state), tick(meet), meet) == Decision()


def test_a_snooze_is_slept_through_by_one_timer() -> None:
    until = NOW + seconds(100)
    snooze = Snooze(agent_id="anna", until=until)
    assert timers(decide(with_agent(), snooze, NOW)) == [written(until)]
    state = after(snooze, state=with_agent())
    assert state.wake_at == until
    woken = after(tick(until), now=until, state=state)
    assert woken.wake_at == until + seconds(240)  # the first response goes on where it was


def test_a_clock_does_not_rely_on_a_timer_that_should_have_woken_before() -> None:
    late = WARN + seconds(100)
    _, decision = given_back_and_handed_over_again(late)
    assert timers(decision) == [written(late + seconds(240))]


def desk(weekly: dict[str, Any], version: int) -> ServiceTerms:
    """A desk where an agent of another language is asked after 300 seconds, while it is open."""
    hours = {"calendars": {"default": {"time_zone": "Europe/Rome", "weekly": weekly}}}
    return around_the_clock(first_response=3_000).model_copy(
        update={
            "queues": QueueSettings(queues={"default": a_queue(routing=QueueRouting())}),
            "opening_hours": OpeningHoursSettings.model_validate(hours),
            "hours_version": version,
        }
    )


def test_hours_in_which_more_agents_are_asked_sooner_start_one_more_timer() -> None:
    story = Story(desk({"mon": [["09:00", "18:00"]]}, version=1))
    story.write()
    story.do(request_human())
    assert waits_unasked(story.state)
    assert story.state.wake_at == NOW + seconds(2_400)  # its clock alone: the desk is closed
    every_day = desk({"mon-sun": [["09:00", "18:00"]]}, version=2)
    relaxes_at = NOW + seconds(300)
    assert timers(story.wait(100).settle(every_day)) == [written(relaxes_at)]
    assert story.state.wake_at == relaxes_at
    assert timers(story.settle(every_day)) == []


def test_what_changes_no_threshold_leaves_a_late_timer_to_itself() -> None:
    late = WARN + seconds(1)
    state = after(receive(an_item("item-2", late)), now=late, state=queued())
    assert state.wake_at == WARN
    for command in (receive(an_item("item-3", late)), accept(), retry_turn()):
        assert timers(decide(queued(), command, late)) == []


# --- waking -----------------------------------------------------------------------------------


def test_a_timer_that_woke_starts_the_next_one_until_nothing_is_left() -> None:
    warned = decide(queued(), tick(WARN), WARN)
    state = after(tick(WARN), now=WARN, state=queued())
    assert state.wake_at == DUE
    breached = decide(state, tick(DUE), DUE)
    assert after(tick(DUE), now=DUE, state=state).wake_at is None
    assert timers(warned) == [written(DUE)]
    assert timers(breached) == []


def test_a_timer_that_wakes_early_starts_another_one_for_the_same_time() -> None:
    early = WARN - seconds(0.4)
    decision = decide(queued(), tick(WARN), early)
    assert types(decision) == ["WakePlanned"]
    assert timers(decision) == [written(WARN)]
    assert after(tick(WARN), now=early, state=queued()).wake_at == WARN


def test_a_timer_that_wakes_for_nothing_ends() -> None:
    state = after(accept(), reply(), state=queued())
    decision = decide(state, tick(WARN), WARN)
    assert decision.events == (WakePlanned(at=WARN, wake_at=None),)
    assert decision.effects == ()
    done = after(tick(WARN), now=WARN, state=state)
    assert decide(done, tick(WARN), WARN) == Decision()


def test_a_timer_that_wakes_early_for_nothing_ends_at_once() -> None:
    state = after(accept(), reply(), state=queued())
    early = WARN - seconds(1)
    ended = WakePlanned(at=early, wake_at=None)
    assert decide(state, tick(WARN), early).events == (ended,)


def test_a_tick_that_is_repeated_after_its_commit_starts_no_second_timer() -> None:
    state = after(tick(WARN), now=WARN, state=queued())
    assert decide(state, tick(WARN), WARN + seconds(1)) == Decision()


def test_a_tick_that_moves_nothing_does_not_spin(monkeypatch: pytest.MonkeyPatch) -> None:
    until = NOW + seconds(100)
    state = after(Snooze(agent_id="anna", until=until), state=with_agent())
    monkeypatch.setattr(ticking, "wake_if_due", lambda _draft: None)
    for woken_for in (until, None):
        assert decide(state, tick(woken_for), until) == Decision()


def test_a_tick_for_a_conversation_without_clocks_changes_nothing() -> None:
    for woken_for in (None, NOW):
        assert decide(with_bot(), tick(woken_for), NOW) == Decision()
        assert decide(ConversationState(), tick(woken_for), NOW) == Decision()


# --- the sweep --------------------------------------------------------------------------------


def test_the_sweep_starts_the_timer_that_got_lost() -> None:
    overdue = WARN + seconds(10)
    decision = decide(queued(), tick(None), overdue)
    assert types(decision) == ["ClockAdvanced", "WakePlanned"]
    assert timers(decision) == [written(DUE)]
    state = after(tick(None), now=overdue, state=queued())
    assert timers(decide(state, tick(None), overdue)) == []


def test_who_is_put_aside_for_a_year_is_woken_in_time_by_timers_that_live_less_long() -> None:
    until = NOW + timedelta(days=366)
    state = after(accept(), reply(), Snooze(agent_id="anna", until=until), state=queued())
    woken_at = [NOW]
    while state.wake_at is not None and woken_at[-1] < until:
        woken_at.append(state.wake_at)
        state = after(tick(woken_at[-1]), now=woken_at[-1], state=state)
    assert woken_at[-1] == until
    assert max(later - earlier for earlier, later in pairwise(woken_at)) == timedelta(days=300)


def test_the_sweep_leaves_a_timer_that_still_sleeps() -> None:
    assert decide(queued(), tick(None), WARN - seconds(1)) == Decision()


def test_the_sweep_that_comes_after_everything_acts_on_everything() -> None:
    story = Story(around_the_clock(first_response=300, queue_wait=600, resolution=7_200))
    story.write()
    story.do(request_human())
    decision = story.wait(3_600).do(tick(None))
    advanced = [event.kind for event in decision.events if isinstance(event, ClockAdvanced)]
    assert advanced == [ClockKind.FIRST_RESPONSE, ClockKind.QUEUE_WAIT]
    assert timers(decision) == [written(NOW + seconds(5_760))]


@pytest.mark.parametrize("fraction", [0.000001, 0.4, 0.999999])
def test_a_timer_sleeps_until_a_whole_second_so_that_it_does_not_wake_too_early(
    fraction: float,
) -> None:
    now = NOW + seconds(fraction)
    state = after(receive(an_item("item-1", now)), now=now)
    decision = decide(state, request_human(), now)
    (timer,) = (start for start in started(decision) if start.machine is Machine.SLA_TIMER)
    assert timer.input == {
        "wake_at": written(WARN + seconds(fraction)),
        "sleep_until": written(WARN + seconds(1)),
    }
