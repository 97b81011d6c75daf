"""A reply counts when the channel took it: what is open again, and on which clocks, if not."""

from datetime import timedelta

import pytest

from sportello.conversation.commands import ExhaustLadder, Snooze, SpokenPromise
from sportello.conversation.effects import reply_key
from sportello.conversation.events import ClockAdvanced, ClockEnded, OwnerKind
from sportello.conversation.evolution import fold
from sportello.conversation.state import Lifecycle
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing.clock_explanation import explain_clock
from sportello.conversation.timing.recorded_waits import ended_waits
from sportello.messaging.items import DeliveryStatus
from sportello.queues.waits import AnnouncedWait, WaitOutcome
from sportello.sla.clocks import Clock, ClockKind, ClockState, PromiseTerms
from sportello.sla.policies import ClockActions, Target
from support.builders import (
    CONVERSATION,
    NOW,
    accept,
    an_item,
    answer,
    notices,
    offer,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    started,
    terms_with,
    types,
)
from support.story import Story, around_the_clock, data_of, endings, rung

FIRST, NEXT = ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE
REFUSED, WITHDRAWN = DeliveryStatus.REFUSED, DeliveryStatus.WITHDRAWN
ACCEPTED, SENT = DeliveryStatus.ACCEPTED, DeliveryStatus.SENT
DELIVERED, UNKNOWN = DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN
SHUT = "window_closed:131047"
KEY = reply_key("anna", "1")
SECOND = reply_key("anna", "2")
THIRD = reply_key("anna", "3")
TERMS = around_the_clock(first_response=300, next_response=300, agent_silence=900)
NOTICE = "message.not_delivered"


def with_anna(terms: ServiceTerms = TERMS) -> Story:
    """The customer wrote at 10:00, Anna has the conversation."""
    story = Story(terms)
    story.write()
    story.do(request_human(), offer(), accept("anna"))
    return story


def answered() -> Story:
    """Anna answered after a minute."""
    story = with_anna()
    story.wait(60).do(reply("anna", "1"))
    return story


def waits(story: Story) -> list[str]:
    return [item.item_id for item in story.state.turn.items] if story.state.turn else []


def due(story: Story, kind: ClockKind) -> object:
    return story.clock(kind).due_at


# --- the turn and its clocks ----------------------------------------------------------------------


def test_a_refused_reply_is_no_answer() -> None:
    story = answered()
    assert story.clock(FIRST).state is ClockState.ACHIEVED
    story.wait(1).hear(KEY, REFUSED, SHUT)
    assert waits(story) == ["item-1"]
    assert story.state.lifecycle is Lifecycle.OPEN
    assert story.clock(FIRST).state is ClockState.PENDING
    assert due(story, FIRST) == NOW + seconds(300)
    assert story.clock(ClockKind.AGENT_SILENCE).running
    assert not story.state.answered_by_person


@pytest.mark.parametrize("before", [(ACCEPTED,), (ACCEPTED, SENT), (UNKNOWN,)])
def test_a_reply_that_failed_later_is_none_either(before: tuple[DeliveryStatus, ...]) -> None:
    story = answered()
    for status in before:
        story.hear(KEY, status)
        assert waits(story) == []
    story.wait(30).hear(KEY, REFUSED, "recipient:131026")
    assert waits(story) == ["item-1"]
    assert due(story, FIRST) == NOW + seconds(300)


def test_a_reply_that_nobody_knows_of_counts_as_an_answer() -> None:
    story = answered()
    decision = story.hear(KEY, UNKNOWN, "no_answer")
    assert types(decision) == ["DeliveryRecorded"]
    assert story.clock(FIRST).state is ClockState.ACHIEVED


def test_a_clock_whose_time_passed_meanwhile_is_late_as_of_its_due_time() -> None:
    story = answered()
    story.wait(1_000).hear(KEY, REFUSED, SHUT)
    story.wake()
    assert story.clock(FIRST).state is ClockState.BREACHING
    breach = next(e for e in story.events if isinstance(e, ClockAdvanced))
    assert breach.due_at == NOW + seconds(300)
    story.wait(10).do(reply("anna", "2"))
    ended = [e for e in story.events if isinstance(e, ClockEnded) and e.kind is FIRST][-1]
    assert (ended.state, ended.counted_seconds) == (ClockState.BREACHED, 1_070)


def test_the_clock_that_goes_on_wakes_at_its_next_threshold() -> None:
    story = answered()
    decision = story.wait(1).hear(KEY, REFUSED, SHUT)
    planned = story.state.wake_at
    assert planned is not None
    assert planned <= NOW + seconds(240)
    assert started(decision) or planned >= story.now


def test_an_answer_to_a_later_turn_leaves_that_turns_clock_where_it_was() -> None:
    story = answered()
    story.hear(KEY, DELIVERED)
    story.wait(60).write()
    story.wait(60).do(reply("anna", "2"))
    story.wait(5).hear(SECOND, REFUSED, SHUT)
    assert waits(story) == ["item-2"]
    assert due(story, NEXT) == NOW + seconds(120 + 300)
    assert story.clock(FIRST).state is ClockState.ACHIEVED
    assert story.state.answered_by_person


def test_who_wrote_again_meanwhile_waits_since_the_first_question() -> None:
    story = answered()
    story.wait(30).write()
    assert story.clock(NEXT).running
    decision = story.wait(5).hear(KEY, REFUSED, SHUT)
    assert waits(story) == ["item-1", "item-2"]
    assert due(story, FIRST) == NOW + seconds(300)
    assert FIRST in story.running
    assert NEXT not in story.running
    assert endings(decision.events)[NEXT] == ("cancelled", "not_delivered")


def test_the_same_next_answer_goes_on_in_place_of_the_one_that_began_after_it() -> None:
    story = answered()
    story.hear(KEY, DELIVERED)
    story.wait(40).write()
    story.wait(20).do(reply("anna", "2"))
    story.wait(20).write()
    story.wait(20).hear(SECOND, REFUSED, SHUT)
    assert waits(story) == ["item-2", "item-3"]
    assert due(story, NEXT) == NOW + seconds(100 + 300)


def test_what_is_open_again_is_what_the_log_tells() -> None:
    story = answered()
    story.wait(1).hear(KEY, REFUSED, SHUT)
    assert fold(story.events) == story.state


# --- another answer stands ------------------------------------------------------------------------


def test_a_second_part_that_stands_is_the_answer_at_its_own_time() -> None:
    story = answered()
    story.wait(60).do(reply("anna", "2"))
    story.hear(KEY, REFUSED, "content:100")
    assert waits(story) == []
    clock = story.clock(FIRST)
    assert (clock.state, clock.ended_at) == (ClockState.ACHIEVED, NOW + seconds(120))
    assert clock.spent_seconds == 120


def test_a_second_part_that_came_too_late_makes_the_answer_late() -> None:
    story = answered()
    story.wait(400).do(reply("anna", "2"))
    story.hear(KEY, REFUSED, "content:100")
    assert story.clock(FIRST).state is ClockState.BREACHED


def test_of_many_parts_the_turn_is_open_when_the_last_is_lost() -> None:
    story = answered()
    story.wait(5).do(reply("anna", "2"))
    story.wait(5).do(reply("anna", "3"))
    story.hear(KEY, REFUSED, SHUT)
    story.hear(SECOND, REFUSED, SHUT)
    assert waits(story) == []
    story.hear(THIRD, REFUSED, SHUT)
    assert waits(story) == ["item-1"]
    assert due(story, FIRST) == NOW + seconds(300)


@pytest.mark.parametrize("order", [(KEY, SECOND), (SECOND, KEY)])
def test_it_does_not_matter_which_loss_is_heard_of_first(order: tuple[str, str]) -> None:
    story = answered()
    story.wait(5).write()
    story.wait(5).do(reply("anna", "2"))
    for key in order:
        story.hear(key, REFUSED, SHUT)
    assert waits(story) == ["item-1", "item-2"]
    assert due(story, FIRST) == NOW + seconds(300)
    assert NEXT not in story.running


def test_a_lost_second_part_opens_nothing() -> None:
    story = answered()
    story.hear(KEY, ACCEPTED)
    story.wait(5).do(reply("anna", "2"))
    story.hear(SECOND, REFUSED, "content:100")
    assert waits(story) == []
    assert story.clock(FIRST).state is ClockState.ACHIEVED


def test_an_answer_from_the_businesss_own_phone_stands() -> None:
    story = answered()
    story.wait(30).do(receive(an_item("echo-1", story.now, kind="echo")))
    story.wait(30).hear(KEY, REFUSED, SHUT)
    assert waits(story) == []
    assert story.clock(FIRST).ended_at == NOW + seconds(90)


def test_a_reply_written_after_the_loss_answers_and_may_be_lost_too() -> None:
    story = answered()
    story.hear(KEY, REFUSED, SHUT)
    story.wait(30).do(reply("anna", "2"))
    assert waits(story) == []
    story.hear(SECOND, REFUSED, SHUT)
    assert waits(story) == ["item-1"]
    assert due(story, FIRST) == NOW + seconds(300)


# --- receipts in any order ------------------------------------------------------------------------


def test_a_reply_that_arrived_after_all_is_an_answer_of_its_own_time() -> None:
    story = answered()
    story.wait(400).hear(KEY, REFUSED, SHUT)
    story.wake()
    story.hear(KEY, DELIVERED)
    assert waits(story) == []
    assert story.state.lifecycle is Lifecycle.AWAITING_CUSTOMER
    clock = story.clock(FIRST)
    assert (clock.state, clock.ended_at) == (ClockState.ACHIEVED, NOW + seconds(60))


@pytest.mark.parametrize(
    "order", [(DELIVERED, REFUSED), (REFUSED, DELIVERED), (REFUSED, REFUSED, DELIVERED)]
)
def test_receipts_may_arrive_in_any_order(order: tuple[DeliveryStatus, ...]) -> None:
    story = answered()
    for status in order:
        story.hear(KEY, status)
    assert story.state.status_of(KEY) is DELIVERED
    assert waits(story) == []
    assert story.clock(FIRST).state is ClockState.ACHIEVED


def test_what_arrived_after_all_does_not_come_back_with_a_later_loss() -> None:
    story = answered()
    story.wait(60).do(reply("anna", "2"))
    story.hear(KEY, REFUSED, SHUT)
    story.hear(KEY, DELIVERED)
    story.hear(SECOND, REFUSED, SHUT)
    assert waits(story) == []
    assert story.state.answered_by_person
    assert not story.running & {FIRST, NEXT}


def test_of_a_later_loss_only_what_it_alone_answered_is_open_again() -> None:
    story = answered()
    story.wait(5).hear(KEY, REFUSED, SHUT)
    story.wait(5).write()
    story.wait(5).do(reply("anna", "2"))
    story.hear(KEY, DELIVERED)
    story.hear(SECOND, REFUSED, SHUT)
    assert waits(story) == ["item-2"]
    assert story.running & {FIRST, NEXT} == {NEXT}


def test_a_clock_that_a_later_answer_ended_has_its_own_end_again() -> None:
    story = answered()
    story.wait(400).do(reply("anna", "2"))
    story.hear(KEY, REFUSED, SHUT)
    assert story.clock(FIRST).state is ClockState.BREACHED
    story.hear(KEY, DELIVERED)
    clock = story.clock(FIRST)
    assert (clock.state, clock.ended_at) == (ClockState.ACHIEVED, NOW + seconds(60))


def test_of_two_that_arrived_after_all_the_second_ends_the_wait_begun_between_them() -> None:
    story = answered()
    story.wait(5).write()
    story.wait(5).do(reply("anna", "2"))
    for key in (KEY, SECOND):
        story.wait(5).hear(key, REFUSED, SHUT)
    story.wait(5).hear(KEY, DELIVERED)
    decision = story.wait(5).hear(SECOND, DELIVERED)
    assert waits(story) == []
    assert NEXT not in story.running
    assert "returned" not in {how for _, how in endings(decision.events).values()}


def test_a_repeated_refusal_rings_nobody_twice() -> None:
    story = answered()
    story.hear(KEY, REFUSED, SHUT)
    assert story.hear(KEY, REFUSED, SHUT).events == ()


# --- what happened meanwhile ----------------------------------------------------------------------


def test_in_a_conversation_resolved_meanwhile_people_are_rung_anew() -> None:
    story = answered()
    story.wait(10).do(resolve("anna"))
    decision = story.wait(10).hear(KEY, REFUSED, SHUT)
    assert story.state.lifecycle is Lifecycle.OPEN
    assert story.state.owner.kind is OwnerKind.QUEUE
    assert story.state.handoff_reason == "not_delivered"
    assert waits(story) == ["item-1"]
    assert due(story, FIRST) == NOW + seconds(300)
    assert started(decision)[0].key.startswith("escalation:")
    assert story.state.episode == 1


def test_a_conversation_returned_to_the_bot_meanwhile_goes_back_to_people() -> None:
    story = answered()
    story.wait(10).do(return_to_bot("anna"))
    story.wait(10).hear(KEY, REFUSED, SHUT)
    assert story.state.owner.kind is OwnerKind.QUEUE
    assert waits(story) == ["item-1"]


def test_a_new_matter_under_way_with_the_bot_goes_to_people_with_the_old_one() -> None:
    story = answered()
    story.do(resolve("anna"))
    story.wait(timedelta(days=4)).write()
    assert story.state.episode == 2
    story.hear(KEY, REFUSED, SHUT)
    assert story.state.owner.kind is OwnerKind.QUEUE
    assert waits(story) == ["item-1", "item-2"]
    assert story.state.turn is not None
    assert not story.state.turn.leased_to


def test_a_conversation_put_aside_meanwhile_is_back() -> None:
    story = answered()
    story.do(Snooze(agent_id="anna", until=NOW + timedelta(hours=5)))
    story.hear(KEY, REFUSED, SHUT)
    assert story.state.lifecycle is Lifecycle.OPEN
    assert story.state.snoozed_until is None


def test_back_in_the_queue_the_customer_has_the_place_they_had() -> None:
    story = with_anna(around_the_clock(first_response=300, next_response=60))
    since = story.state.people_since
    story.wait(60).do(reply("anna", "1"))
    story.do(return_to_bot("anna"))
    story.wait(60).hear(KEY, REFUSED, SHUT)
    assert story.state.waiting_since == since


def test_after_the_agent_was_replaced_for_silence_the_first_question_is_the_queues() -> None:
    targets = {
        FIRST: Target(seconds=3_000, around_the_clock=True),
        NEXT: Target(seconds=3_000, around_the_clock=True),
        ClockKind.AGENT_SILENCE: Target(
            seconds=100, around_the_clock=True, at_breach=ClockActions(reassign=True)
        ),
    }
    story = with_anna(terms_with(targets))
    story.wait(60).do(reply("anna", "1"))
    story.wait(10).write()
    while story.state.owner.kind is OwnerKind.AGENT:
        story.wake()
    decision = story.hear(KEY, REFUSED, SHUT)
    assert story.state.owner.kind is OwnerKind.QUEUE
    assert waits(story) == ["item-1", "item-2"]
    assert due(story, FIRST) == NOW + seconds(3_000)
    assert story.state.waiting_since == NOW
    assert data_of(decision, NOTICE).data["agent_id"] == ""
    assert data_of(decision, NOTICE).data["written_by"] == "anna"


def test_a_resolution_that_paused_for_the_customer_has_counted_all_the_time() -> None:
    targets = {
        FIRST: Target(seconds=300, around_the_clock=True),
        ClockKind.RESOLUTION: Target(
            seconds=3_000, around_the_clock=True, pauses_while=("awaiting_customer",)
        ),
    }
    story = with_anna(terms_with(targets))
    story.wait(60).do(reply("anna", "1"))
    assert story.clock(ClockKind.RESOLUTION).state is ClockState.PAUSED
    story.wait(500).hear(KEY, REFUSED, SHUT)
    resolution = story.clock(ClockKind.RESOLUTION)
    assert (resolution.state, resolution.due_at) == (ClockState.PENDING, NOW + seconds(3_000))
    explanation = explain_clock(resolution, story.events, story.terms.hours, story.now)
    counted = sum((s.end - s.start).total_seconds() for s in explanation.spans if s.counted)
    assert counted + explanation.carried_seconds == 3_000


def test_a_clock_that_was_put_aside_until_the_answer_goes_on_from_it() -> None:
    targets = {
        FIRST: Target(seconds=300, around_the_clock=True, pauses_while=("snoozed",)),
    }
    story = with_anna(terms_with(targets))
    story.wait(60).do(Snooze(agent_id="anna", until=NOW + timedelta(hours=5)))
    story.wait(1_000).do(reply("anna", "1"))
    story.wait(100).hear(KEY, REFUSED, SHUT)
    assert due(story, FIRST) == NOW + seconds(1_060 + 240)
    clock = story.clock(FIRST)
    explanation = explain_clock(clock, story.events, story.terms.hours, story.now)
    counted = sum((s.end - s.start).total_seconds() for s in explanation.spans if s.counted)
    assert counted + explanation.carried_seconds == 300
    assert explanation.counted_seconds == 160


# --- promises -------------------------------------------------------------------------------------

PROMISE = ClockKind.PROMISE
BY_ANSWER = PromiseTerms(within_seconds=1_200)


def test_a_lost_reply_keeps_no_promise() -> None:
    story = answered()
    story.do(reply("anna", "2").model_copy(update={"promise": BY_ANSWER}))
    story.hear(SECOND, DELIVERED)
    story.wait(100).do(reply("anna", "3"))
    assert story.clock(PROMISE).state is ClockState.ACHIEVED
    decision = story.wait(5).hear(THIRD, REFUSED, SHUT)
    assert story.clock(PROMISE).state is ClockState.PENDING
    assert story.clock(PROMISE).due_at == NOW + seconds(60 + 1_200)
    assert rung(decision, NOTICE) == [(NOTICE, "desk"), (NOTICE, "@anna/phone")]


def test_what_a_lost_reply_promised_is_promised_to_nobody() -> None:
    story = with_anna()
    story.do(reply("anna", "1").model_copy(update={"promise": BY_ANSWER}))
    story.hear(KEY, REFUSED, SHUT)
    assert story.clock(PROMISE).state is ClockState.CANCELLED
    assert endings(story.events)[PROMISE] == ("cancelled", "not_delivered")


def test_the_desks_own_promise_that_was_lost_is_none_and_people_hear_of_it() -> None:
    story = Story(TERMS)
    story.write()
    spoken = SpokenPromise(text="Le rispondiamo entro le 11:20.", terms=BY_ANSWER)
    story.do(request_human(), offer(), ExhaustLadder(handoff_id="handoff-2", promise=spoken))
    decision = story.hear("promise:handoff-2", REFUSED, "blocked:403")
    assert story.clock(PROMISE).state is ClockState.CANCELLED
    assert data_of(decision, NOTICE).data["reason"] == "blocked"
    assert waits(story) == ["item-1"]


# --- the bot --------------------------------------------------------------------------------------


def test_what_the_bot_said_in_vain_goes_to_people_once() -> None:
    story = Story(TERMS)
    story.write()
    story.do(answer())
    decision = story.wait(5).hear("bot:item-1", REFUSED, "blocked:403")
    assert story.state.owner.kind is OwnerKind.QUEUE
    assert waits(story) == ["item-1"]
    assert due(story, FIRST) == NOW + seconds(300)
    assert started(decision)[0].key == "escalation:handoff-2"
    assert not [e for e in decision.effects if e.type == "SendMessage"]
    assert story.hear("bot:item-1", REFUSED, "blocked:403").effects == ()


def test_what_the_bot_could_not_say_since_people_took_over_waits_for_them() -> None:
    story = Story(TERMS)
    story.write()
    story.do(answer())
    story.wait(5).write()
    run = request_human(turn_id="run-2")
    assert story.state.turn is not None
    story.do(run.model_copy(update={"turn_id": story.state.turn.leased_to}))
    decision = story.hear("bot:item-1", WITHDRAWN, "owner_changed")
    assert waits(story) == ["item-1", "item-2"]
    assert rung(decision, NOTICE) == []
    assert due(story, FIRST) == NOW + seconds(300)


def test_a_question_that_a_person_answered_does_not_come_back_with_the_bots_lost_answer() -> None:
    story = Story(TERMS)
    story.write()
    story.do(answer(), reply("anna", "1"))
    story.hear("bot:item-1", WITHDRAWN, "owner_changed")
    assert waits(story) == []


def test_news_of_the_wait_that_was_lost_was_not_told() -> None:
    told = AnnouncedWait(position=1, low_seconds=60, high_seconds=120, at=NOW, review_at=None)
    story = Story(TERMS)
    story.write()
    story.do(request_human().model_copy(update={"announced": told}))
    decision = story.hear("accompanying:handoff-2", REFUSED, "content:100")
    assert story.state.announced is None
    assert rung(decision) == []


# --- who hears ------------------------------------------------------------------------------------


def test_the_agent_hears_why_and_what_is_possible() -> None:
    story = answered()
    decision = story.hear(KEY, REFUSED, SHUT)
    assert {told.endpoint for told in notices(decision)} == {"desk", "@anna/phone"}
    notice = data_of(decision, NOTICE)
    assert notice.data["agent_id"] == "anna"
    assert notice.data["reason"] == "window_closed"
    assert "other_channel" in notice.data["possible"]
    assert notice.data["words"].endswith(".")
    assert notice.data["waits_again"] is True


def test_a_reason_that_nobody_knows_is_said_to_be_unknown() -> None:
    story = answered()
    decision = story.hear(KEY, REFUSED, "131999")
    assert data_of(decision, NOTICE).data["reason"] == "unknown_reason"


# --- reports and explanations ---------------------------------------------------------------------


def test_a_wait_whose_answer_was_lost_takes_back_its_record_and_ends_again() -> None:
    story = answered()
    before = story.state
    story.wait(100)
    decision = story.hear(KEY, REFUSED, SHUT)
    (wait,) = ended_waits(CONVERSATION, "fake", before, decision.events, story.terms)
    assert (wait.answer_lost, wait.answered) == (True, False)
    assert (wait.ended_at, wait.counted_seconds) == (NOW + seconds(60), 60)
    before = story.state
    decision = story.wait(100).do(reply("anna", "2"))
    (wait,) = ended_waits(CONVERSATION, "fake", before, decision.events, story.terms)
    assert (wait.answer_lost, wait.outcome) == (False, WaitOutcome.ANSWERED)
    assert (wait.ended_at, wait.counted_seconds) == (NOW + seconds(260), 260)


def test_a_wait_that_another_answer_ended_is_put_right_in_its_place() -> None:
    story = answered()
    story.wait(60).do(reply("anna", "2"))
    before = story.state
    decision = story.wait(10).hear(KEY, REFUSED, "content:100")
    (wait,) = ended_waits(CONVERSATION, "fake", before, decision.events, story.terms)
    assert (wait.ended_at, wait.counted_seconds) == (NOW + seconds(60), 120)
    assert wait.answered


def test_the_spans_of_a_clock_that_went_on_sum_to_its_target() -> None:
    story = answered()
    story.wait(30).hear(KEY, REFUSED, SHUT)
    clock: Clock = story.clock(FIRST)
    explanation = explain_clock(clock, story.events, story.terms.hours, story.now)
    counted = sum((s.end - s.start).total_seconds() for s in explanation.spans if s.counted)
    assert counted + explanation.carried_seconds == 300
    assert explanation.revisions[-1].reason == "answer_lost"
    assert explanation.counted_seconds == 90


def test_a_reply_of_an_earlier_version_restores_nothing_and_the_agent_hears_all_the_same() -> None:
    story = answered()
    sent = story.messages[KEY].model_copy(update={"reopens": None})
    story.messages[KEY] = sent
    decision = story.hear(KEY, REFUSED, SHUT)
    assert waits(story) == []
    assert rung(decision, NOTICE)
