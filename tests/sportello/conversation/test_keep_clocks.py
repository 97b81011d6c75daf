"""Which clocks run, since when and on what: whatever is asked, they fit who waits for whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sportello.conversation.commands import Classify, Command, EndSnooze, FitClocks, Snooze
from sportello.conversation.events import ClockEnded
from sportello.conversation.state import Lifecycle
from sportello.conversation.terms import ServiceTerms
from sportello.hours.settings import OpeningHoursSettings
from sportello.priorities import Priority
from sportello.sla.clocks import ClockKind, ClockState, PromiseTerms
from sportello.sla.policies import SlaPolicy, Target
from sportello.sla.settings import SlaSettings
from support.builders import (
    FOLLOW_UP_SECONDS,
    NOW,
    accept,
    after,
    an_item,
    answer,
    offer,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    terms_with,
    tick,
    types,
)
from support.story import Story, around_the_clock, changes, endings

ROME = ZoneInfo("Europe/Rome")
ANY, FIRST, NEXT = (
    ClockKind.FIRST_RESPONSE_ANY,
    ClockKind.FIRST_RESPONSE,
    ClockKind.NEXT_RESPONSE,
)
WAIT, SILENCE, RESOLUTION = (
    ClockKind.QUEUE_WAIT,
    ClockKind.AGENT_SILENCE,
    ClockKind.RESOLUTION,
)
DAYS = 86_400
LONG = around_the_clock(
    **dict.fromkeys((kind.value for kind in (ANY, FIRST, NEXT, WAIT, SILENCE, RESOLUTION)), DAYS)
)


def with_bot(terms: ServiceTerms = LONG) -> Story:
    story = Story(terms)
    story.write()
    return story


def queued(terms: ServiceTerms = LONG) -> Story:
    story = with_bot(terms)
    story.do(request_human(), offer())
    return story


def with_agent(terms: ServiceTerms = LONG) -> Story:
    story = queued(terms)
    story.do(accept("anna"))
    return story


def answered(terms: ServiceTerms = LONG) -> Story:
    story = with_agent(terms)
    story.do(reply("anna"))
    return story


def asked_again(terms: ServiceTerms = LONG) -> Story:
    story = answered(terms)
    story.write()
    return story


def resolved(terms: ServiceTerms = LONG) -> Story:
    story = answered(terms)
    story.do(resolve())
    return story


# --- who waits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "running"),
    [
        (with_bot, {ANY}),
        (queued, {ANY, FIRST, WAIT, RESOLUTION}),
        (with_agent, {ANY, FIRST, SILENCE, RESOLUTION}),
        (answered, {RESOLUTION}),
        (asked_again, {NEXT, SILENCE, RESOLUTION}),
        (resolved, set()),
    ],
)
def test_the_clocks_that_run_are_those_somebody_waits_for(
    begin: Callable[[], Story], running: set[ClockKind]
) -> None:
    assert begin().running == running


def test_without_a_target_nothing_is_measured() -> None:
    story = asked_again(around_the_clock(resolution=60))
    assert story.running == {RESOLUTION}


@pytest.mark.parametrize(
    ("begin", "command", "ended"),
    [
        (with_bot, answer(), {ANY: ("achieved", "answered")}),
        (
            queued,
            accept(),
            {WAIT: ("achieved", "taken")},
        ),
        (
            queued,
            reply(),
            {
                ANY: ("achieved", "answered"),
                FIRST: ("achieved", "answered"),
                WAIT: ("achieved", "taken"),
            },
        ),
        (
            with_agent,
            reply(),
            {
                ANY: ("achieved", "answered"),
                FIRST: ("achieved", "answered"),
                SILENCE: ("achieved", "answered"),
            },
        ),
        (
            asked_again,
            reply(key="2"),
            {NEXT: ("achieved", "answered"), SILENCE: ("achieved", "answered")},
        ),
        (
            asked_again,
            resolve(),
            {
                NEXT: ("cancelled", "resolved"),
                SILENCE: ("cancelled", "resolved"),
                RESOLUTION: ("achieved", "resolved"),
            },
        ),
        (
            queued,
            return_to_bot(),
            {
                ANY: ("cancelled", "returned"),
                FIRST: ("cancelled", "returned"),
                WAIT: ("cancelled", "returned"),
                RESOLUTION: ("cancelled", "returned"),
            },
        ),
    ],
)
def test_a_clock_ends_as_its_wait_did(
    begin: Callable[[], Story], command: Command, ended: dict[ClockKind, tuple[str, str]]
) -> None:
    assert endings(begin().do(command).events) == ended


def test_an_automatic_message_stops_no_clock_that_waits_for_a_person() -> None:
    story = with_bot(around_the_clock(first_response_any=60, first_response=60))
    assert endings(story.do(request_human()).events) == {}  # though a text was sent
    assert story.running == {ANY, FIRST}


@pytest.mark.parametrize("command", [resolve(), return_to_bot()])
def test_a_wait_that_was_late_stays_late_however_it_ends(command: Command) -> None:
    story = queued(around_the_clock(first_response=60, queue_wait=100))
    story.wait(70)
    ended = endings(story.do(command).events)
    assert ended[FIRST][0] == "breached"  # no timer has seen it yet
    assert ended[WAIT][0] == "cancelled"


@pytest.mark.parametrize(("waited", "state"), [(60, "achieved"), (60.001, "breached")])
def test_taking_and_resolving_are_late_after_the_due_time(waited: float, state: str) -> None:
    story = queued(around_the_clock(queue_wait=60, resolution=60))
    story.wait(waited)
    assert endings(story.do(accept()).events) == {WAIT: (state, "taken")}
    assert endings(story.do(resolve()).events) == {RESOLUTION: (state, "resolved")}


def test_a_reply_to_the_bots_customer_leaves_no_first_response_to_wait_for() -> None:
    story = with_bot()
    assert endings(story.do(reply()).events) == {ANY: ("achieved", "answered")}
    assert story.running == {RESOLUTION}


def test_an_answer_from_elsewhere_counts_until_it_was_given() -> None:
    story = queued(around_the_clock(first_response=300))
    story.wait(310)
    echo = an_item("echo-1", NOW + seconds(299), received_at=story.now, kind="echo")
    (ended,) = (e for e in story.do(receive(echo)).events if isinstance(e, ClockEnded))
    assert (ended.state, ended.counted_seconds) == (ClockState.ACHIEVED, 299)


def test_who_writes_again_after_an_answer_from_elsewhere_waits_under_a_clock_of_their_own() -> None:
    story = queued(around_the_clock(first_response=300, next_response=300))
    echo = an_item("echo-1", NOW + seconds(5), kind="echo")
    story.wake()
    story.do(receive(echo))
    assert story.running == set()
    story.do(receive(an_item("again", NOW + seconds(9), received_at=story.now)))
    assert story.running == {NEXT}


def test_who_was_given_back_unanswered_still_waits_for_a_first_answer_when_writing_again() -> None:
    story = with_agent()
    story.do(return_to_bot())
    story.wait(10).write()
    assert story.running == {ANY}
    story.do(return_to_bot())


# --- since when -------------------------------------------------------------------------------


def test_each_clock_counts_from_what_its_wait_began_with() -> None:
    story = with_bot()
    story.wait(10).do(request_human())
    story.wait(10).do(accept())
    began = {clock.kind: (clock.started_at - NOW).total_seconds() for clock in story.state.clocks}
    assert began == {ANY: 0, FIRST: 0, WAIT: 10, RESOLUTION: 10, SILENCE: 20}
    story.wait(10).do(reply())
    story.wait(10).write()
    assert story.clock(NEXT).started_at == story.clock(SILENCE).started_at == NOW + seconds(40)


def test_a_message_that_arrives_late_moves_the_start_to_its_own_time() -> None:
    story = queued()
    story.wait(20)
    decision = story.write(sent_at=NOW - seconds(30))
    assert set(changes(decision.events)) == {(ANY, "earlier_message"), (FIRST, "earlier_message")}
    assert story.clock(FIRST).started_at == NOW - seconds(30)
    assert story.clock(FIRST).due_at == NOW + seconds(DAYS - 30)


def test_a_providers_clock_that_is_wrong_moves_no_start_further_than_a_minute() -> None:
    story = queued()
    story.write(sent_at=NOW - timedelta(days=2))
    assert story.clock(FIRST).started_at == NOW - seconds(60)


def test_a_message_from_the_future_is_answered_from_elsewhere_all_the_same() -> None:
    story = Story(around_the_clock(first_response=300))
    story.write(sent_at=NOW + timedelta(hours=1))
    story.do(request_human())
    story.wait(60).do(receive(an_item("echo-1", story.now, kind="echo")))
    assert story.running == set()


# --- starting once more -----------------------------------------------------------------------


def restarting(how: str) -> ServiceTerms:
    return terms_with(
        {kind: Target(seconds=600, around_the_clock=True, restarts=how) for kind in (NEXT, WAIT)}  # type: ignore[arg-type] # one of its names
    )


def next_response_after_one_of(seconds_before: float, how: str) -> Story:
    story = asked_again(restarting(how))
    story.wait(seconds_before).do(reply(key="2"))
    story.wait(1_000).write()
    return story


def test_a_clock_that_restarts_anew_has_its_whole_target_again() -> None:
    story = next_response_after_one_of(200, "anew")
    clock = story.clock(NEXT)
    assert (clock.spent_seconds, clock.due_at) == (0, story.now + seconds(600))


def test_a_clock_that_continues_has_what_was_left() -> None:
    story = next_response_after_one_of(200, "continued")
    clock = story.clock(NEXT)
    assert (clock.spent_seconds, clock.due_at) == (200, story.now + seconds(400))
    assert clock.warn_at == story.now + seconds(280)


def test_a_target_taken_away_and_given_back_counts_nothing_twice() -> None:
    story = queued(restarting("continued"))
    with_target = story.terms.sla
    without = terms_with({RESOLUTION: Target(seconds=DAYS)}).sla
    story.wait(100).settle(story.terms.model_copy(update={"sla": without, "sla_version": 1}))
    story.wait(10).settle(story.terms.model_copy(update={"sla": with_target, "sla_version": 2}))
    assert story.clock(WAIT).due_at == NOW + seconds(600)


def test_a_clock_that_never_restarts_stays_off_for_the_episode() -> None:
    story = next_response_after_one_of(200, "never")
    assert NEXT not in story.running
    story.do(resolve())
    story.wait(FOLLOW_UP_SECONDS + 1).write()
    assert story.state.episode == 2
    state = story.state
    handed_over = request_human(
        turn_id=state.turn.leased_to if state.turn else "", owner_version=state.owner.version
    )
    story.do(handed_over)
    assert story.running == {WAIT}


# --- waiting and snoozing ---------------------------------------------------------------------


def paused_while(*lifecycles: str, **target: Any) -> ServiceTerms:
    fields = {"seconds": 1_000, "around_the_clock": True, "pauses_while": lifecycles} | target
    return terms_with({RESOLUTION: Target.model_validate(fields)})


def test_eight_hours_of_work_paused_from_eleven_to_three_end_on_wednesday_at_one() -> None:
    office = {"time_zone": "Europe/Rome", "weekly": {"mon-fri": [["09:00", "17:00"]]}}
    hours = OpeningHoursSettings.model_validate({"calendars": {"default": office}})
    terms = paused_while("awaiting_customer", seconds=8 * 3_600, around_the_clock=False).model_copy(
        update={"opening_hours": hours, "hours_version": 1}
    )
    tuesday = datetime(2026, 3, 3, 9, 0, tzinfo=ROME)
    story = Story(terms, tuesday)
    story.write()
    story.do(request_human(), accept())
    story.now = tuesday.replace(hour=11)
    story.do(reply())  # what else do you need to know?
    assert story.clock(RESOLUTION).state is ClockState.PAUSED
    assert story.clock(RESOLUTION).spent_seconds == 2 * 3_600
    story.now = tuesday.replace(hour=15)
    story.write()
    clock = story.clock(RESOLUTION)
    assert clock.due_at == datetime(2026, 3, 4, 13, 0, tzinfo=ROME)
    assert (clock.calendar, clock.calendar_version) == ("default", 1)


@pytest.mark.parametrize(
    ("pauses_while", "paused"), [((), False), (("snoozed",), False), (("awaiting_customer",), True)]
)
def test_a_clock_pauses_while_the_customer_is_waited_for_if_its_target_says_so(
    pauses_while: tuple[str, ...],
    paused: bool,  # noqa: FBT001 -- pytest names it
) -> None:
    story = answered(paused_while(*pauses_while))
    assert (story.clock(RESOLUTION).state is ClockState.PAUSED) is paused


def test_a_paused_clock_is_due_never_and_needs_no_timer() -> None:
    story = with_agent(paused_while("snoozed"))
    story.wait(100).do(Snooze(agent_id="anna", until=story.now + timedelta(days=3)))
    clock = story.clock(RESOLUTION)
    assert (clock.spent_seconds, clock.warn_at, clock.due_at) == (100, None, None)
    assert story.state.next_threshold() == story.state.snoozed_until


def test_a_clock_goes_on_with_what_it_had_left() -> None:
    story = with_agent(paused_while("snoozed"))
    story.wait(100).do(Snooze(agent_id="anna", until=story.now + timedelta(days=3)))
    resumed = story.wait(5_000).do(EndSnooze(agent_id="anna"))
    assert changes(resumed.events) == [(RESOLUTION, "resumed")]
    clock = story.clock(RESOLUTION)
    assert (clock.state, clock.started_at) == (ClockState.PENDING, NOW)
    assert clock.due_at == story.now + seconds(900)


def test_a_clock_that_had_warned_warns_no_second_time_after_a_pause() -> None:
    story = with_agent(paused_while("snoozed"))
    story.wake()
    story.do(Snooze(agent_id="anna", until=story.now + seconds(60)))
    story.wake()
    clock = story.clock(RESOLUTION)
    assert (clock.state, clock.due_at) == (ClockState.IMMINENT, story.now + seconds(200))


def test_a_clock_that_is_late_does_not_pause() -> None:
    story = with_agent(paused_while("awaiting_customer"))
    story.wake()
    story.wake()
    story.do(reply())
    assert story.clock(RESOLUTION).state is ClockState.BREACHING
    assert endings(story.do(resolve()).events) == {RESOLUTION: ("breached", "resolved")}


def test_a_threshold_that_no_timer_has_seen_yet_is_acted_on_before_the_pause() -> None:
    story = with_agent(paused_while("awaiting_customer"))
    story.wait(800).do(reply())
    assert story.clock(RESOLUTION).state is ClockState.PENDING
    woken = story.wake()
    assert types(woken)[0] == "ClockAdvanced"
    assert story.clock(RESOLUTION).state is ClockState.PAUSED
    assert story.clock(RESOLUTION).spent_seconds == 800


def test_resolving_while_a_clock_is_paused_is_in_time() -> None:
    story = answered(paused_while("awaiting_customer"))
    story.wait(9_999)
    (ended,) = (e for e in story.do(resolve()).events if isinstance(e, ClockEnded))
    assert (ended.state, ended.due_at, ended.counted_seconds) == (ClockState.ACHIEVED, None, 0)


# --- other settings ---------------------------------------------------------------------------


def in_hours(weekly: dict[str, Any], version: int, **past: OpeningHoursSettings) -> ServiceTerms:
    """An hour for a first answer, in opening hours (UTC) of some version."""
    calendar = {"time_zone": "UTC", "weekly": weekly}
    return terms_with(
        {FIRST: Target(seconds=3_600)},
        opening_hours=OpeningHoursSettings.model_validate({"calendars": {"default": calendar}}),
        hours_version=version,
        past_hours={int(number[1:]): hours for number, hours in past.items()},
    )


TILL_HALF_PAST = in_hours({"mon-fri": [["09:00", "10:30"]]}, 1)
"""Closes half an hour after NOW."""


def closing_later(version: int = 2) -> ServiceTerms:
    later = {"mon-fri": [["09:00", "10:40"], ["14:00", "18:00"]]}
    return in_hours(later, version, v1=TILL_HALF_PAST.opening_hours)


def test_hours_changed_while_a_clock_runs_move_what_is_left_of_it() -> None:
    story = queued(TILL_HALF_PAST)
    assert story.clock(FIRST).due_at == NOW + timedelta(days=1, minutes=-30)
    story.wait(600)
    decision = story.settle(closing_later())
    assert changes(decision.events) == [(FIRST, "opening_hours")]
    clock = story.clock(FIRST)
    assert (clock.spent_seconds, clock.counting_since) == (600, NOW + seconds(600))
    # 40 minutes until the new closing, of which 30 after the change; the other 20 after 14:00.
    assert clock.due_at == NOW.replace(hour=14, minute=20)
    assert (clock.started_at, clock.calendar_version) == (NOW, 2)


def test_what_was_counted_on_the_old_hours_stays_counted() -> None:
    story = queued(TILL_HALF_PAST)
    story.wait(2 * 3_600)  # half an hour counted, closed since
    story.settle(in_hours({"mon-fri": [["11:00", "18:00"]]}, 2, v1=TILL_HALF_PAST.opening_hours))
    clock = story.clock(FIRST)
    assert (clock.spent_seconds, clock.due_at) == (1_800, story.now + seconds(1_800))


def test_a_new_version_that_leaves_the_calendar_as_it_was_changes_no_clock() -> None:
    story = queued(TILL_HALF_PAST)
    same = in_hours({"mon-fri": [["09:00", "10:30"]]}, 2, v1=TILL_HALF_PAST.opening_hours)
    assert story.settle(same).events == ()


def test_hours_that_leave_the_due_time_where_it_was_are_counted_on_all_the_same() -> None:
    story = queued(TILL_HALF_PAST)
    before = story.clock(FIRST)
    weekend_too = {"mon-fri": [["09:00", "10:30"]], "sat": [["09:00", "12:00"]]}
    story.settle(in_hours(weekend_too, 2, v1=TILL_HALF_PAST.opening_hours))
    after = story.clock(FIRST)
    assert (after.due_at, after.calendar_version) == (before.due_at, 2)


def test_a_pause_under_hours_that_never_open_changes_a_clock_once() -> None:
    story = with_agent(TILL_HALF_PAST)
    never = in_hours({}, 2, v1=TILL_HALF_PAST.opening_hours)
    assert changes(story.settle(never).events) == [(FIRST, "opening_hours")]
    story.do(Snooze(agent_id="anna", until=story.now + timedelta(days=3)))
    assert story.settle(never).events == ()


def test_hours_changed_while_a_clock_is_paused_hold_when_it_goes_on() -> None:
    story = with_agent(TILL_HALF_PAST)
    story.wait(600).do(Snooze(agent_id="anna", until=story.now + timedelta(days=3)))
    story.settle(closing_later())
    story.wait(600).do(EndSnooze(agent_id="anna"))
    clock = story.clock(FIRST)
    assert (clock.spent_seconds, clock.calendar_version) == (600, 2)
    assert clock.due_at == NOW.replace(hour=14, minute=30)


def test_a_policy_edited_while_a_clock_runs_moves_what_is_left_of_it() -> None:
    story = queued(around_the_clock(first_response=300))
    story.wait(100)
    decision = story.settle(around_the_clock(first_response=900).model_copy(update=version(1)))
    assert changes(decision.events) == [(FIRST, "policy")]
    clock = story.clock(FIRST)
    assert (clock.target_seconds, clock.policy_version) == (900, 1)
    assert (clock.spent_seconds, clock.due_at) == (100, NOW + seconds(900))
    assert clock.warn_at == NOW + seconds(720)


def version(number: int) -> dict[str, int]:
    return {"sla_version": number}


def test_a_target_made_shorter_than_what_is_spent_is_due_at_once() -> None:
    story = queued(around_the_clock(first_response=300))
    story.wait(100)
    story.settle(around_the_clock(first_response=50).model_copy(update=version(1)))
    assert story.clock(FIRST).due_at == story.state.wake_at == story.now
    story.wake()
    assert story.clock(FIRST).state is ClockState.BREACHING


def test_a_breach_is_not_undone_by_a_longer_target() -> None:
    story = queued(around_the_clock(first_response=300))
    story.wake()
    story.wake()
    longer = around_the_clock(first_response=9_000).model_copy(update=version(1))
    assert story.settle(longer).events == ()
    assert story.clock(FIRST).state is ClockState.BREACHING


def test_who_reads_older_settings_leaves_a_clock_alone() -> None:
    story = queued(around_the_clock(first_response=900).model_copy(update=version(2)))
    stale = around_the_clock(first_response=300).model_copy(update=version(1))
    assert story.settle(stale).events == ()
    on_new_hours = queued(closing_later(version=3))
    stale_hours = TILL_HALF_PAST.model_copy(
        update={"past_hours": {3: closing_later().opening_hours}}
    )
    assert on_new_hours.settle(stale_hours).events == ()


def test_a_policy_that_lost_a_target_ends_its_clock() -> None:
    story = queued(around_the_clock(first_response=300, queue_wait=600))
    gone = around_the_clock(queue_wait=600).model_copy(update=version(1))
    assert endings(story.settle(gone).events) == {FIRST: ("cancelled", "no_target")}
    assert story.running == {WAIT}


def test_another_priority_brings_another_policy() -> None:
    def policy(name: str, target: int, *priorities: Priority) -> SlaPolicy:
        targets = {FIRST: Target(seconds=target, around_the_clock=True)}
        return SlaPolicy(name=name, priorities=priorities, targets=targets)  # type: ignore[arg-type] # a mapping of these kinds

    both = (policy("urgent", 60, Priority.URGENT), policy("all", 600))
    story = queued(terms_with(sla=SlaSettings(policies=both)))
    story.wait(30)
    decision = story.do(Classify(agent_id="anna", priority=Priority.URGENT))
    assert changes(decision.events) == [(FIRST, "policy")]
    assert (story.clock(FIRST).policy, story.clock(FIRST).due_at) == ("urgent", NOW + seconds(60))
    story.wait(10).do(Classify(agent_id="anna", priority=Priority.LOW))
    assert (story.clock(FIRST).policy, story.clock(FIRST).due_at) == ("all", NOW + seconds(600))


@pytest.mark.parametrize("weekly", [{}, {"mon-fri": [["09:00", "12:00"]]}])
def test_settings_that_stay_as_they_are_change_no_clock(weekly: dict[str, Any]) -> None:
    # The first calendar never opens: its clocks run around the clock, and are not fitted for ever.
    story = queued(in_hours(weekly, 1))
    for _ in range(2):
        assert story.wait(7.3).do(FitClocks()).events == ()
    assert changes(story.events) == []


def test_a_calendar_that_is_removed_lets_the_rest_run_on() -> None:
    story = queued(TILL_HALF_PAST)
    nothing = terms_with(
        {FIRST: Target(seconds=3_600)},
        opening_hours=OpeningHoursSettings.model_validate({"calendars": {}}),
        hours_version=2,
        past_hours={1: TILL_HALF_PAST.opening_hours},
    )
    story.wait(2 * 3_600).settle(nothing)
    clock = story.clock(FIRST)
    assert (clock.calendar, clock.spent_seconds) == ("", 1_800)
    assert clock.due_at == story.now + seconds(1_800)


def test_a_promise_counts_on_the_hours_as_they_are_now_and_by_its_own_word() -> None:
    story = with_agent(TILL_HALF_PAST)
    promise = PromiseTerms(within_seconds=3_600, in_opening_hours=True)
    story.do(reply().model_copy(update={"promise": promise}))
    story.settle(closing_later().model_copy(update={"sla_version": 5}))
    clock = story.clock(ClockKind.PROMISE)
    assert (clock.target_seconds, clock.due_at) == (3_600, NOW.replace(hour=14, minute=20))


def test_a_clock_of_another_episode_is_a_new_one() -> None:
    story = resolved()
    generation = story.clock(RESOLUTION).generation
    story.wait(FOLLOW_UP_SECONDS + 1).write()
    assert story.state.episode == 2
    assert story.clock(ANY).episode == 2
    later = after(reply(key="late"), now=story.now, state=story.state, terms=story.terms)
    renewed = next(clock for clock in later.clocks if clock.kind is RESOLUTION)
    assert renewed.generation > generation
    assert renewed.started_at == story.now


# --- who waits for whom -----------------------------------------------------------------------


def pausing_resolution() -> ServiceTerms:
    pauses = Target(seconds=3_600, around_the_clock=True, pauses_while=("awaiting_customer",))
    return terms_with({RESOLUTION: pauses})


def test_who_asked_for_a_person_while_the_bot_answered_something_else_waits_for_people() -> None:
    story = Story(pausing_resolution())
    story.write()
    story.write()
    story.do(answer("item-1"), request_human())
    assert story.state.lifecycle is Lifecycle.OPEN
    assert story.clock(RESOLUTION).state is ClockState.PENDING


def test_a_customer_answered_from_elsewhere_is_waited_for() -> None:
    story = with_agent(pausing_resolution())
    story.wait(60).do(receive(an_item("echo-1", story.now, kind="echo")))
    assert story.state.lifecycle is Lifecycle.AWAITING_CUSTOMER
    assert story.clock(RESOLUTION).state is ClockState.PAUSED


def test_an_answer_from_elsewhere_ends_no_snooze() -> None:
    story = with_agent()
    story.do(Snooze(agent_id="anna", until=NOW + seconds(600)))
    story.wait(60).do(receive(an_item("echo-1", story.now, kind="echo")))
    lifecycles = [story.state.lifecycle]
    story.wait(540).do(tick())
    lifecycles.append(story.state.lifecycle)
    assert lifecycles == [Lifecycle.SNOOZED, Lifecycle.AWAITING_CUSTOMER]
