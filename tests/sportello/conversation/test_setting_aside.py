"""Putting a conversation aside and bringing it back, and saying how much it matters."""

from datetime import datetime, timedelta

import pytest

from sportello.conversation.commands import Classify, Command, EndSnooze, Snooze
from sportello.conversation.decision import Decision
from sportello.conversation.events import ConversationClassified, OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.errors import NotAllowed
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from support.builders import (
    FOLLOW_UP_SECONDS,
    NOW,
    a_queue,
    accept,
    after,
    decide,
    offered,
    queued,
    reply,
    request_human,
    resolve,
    resolved,
    return_to_bot,
    seconds,
    terms_with,
    tick,
    types,
    with_agent,
    with_bot,
)
from support.story import Story, data_of, rung

TOMORROW = NOW + timedelta(days=1)
UNBORN = ConversationState()


def snooze(until: datetime = TOMORROW, agent_id: str = "anna") -> Snooze:
    return Snooze(agent_id=agent_id, until=until)


def snoozed(state: ConversationState | None = None) -> ConversationState:
    return after(snooze(), state=state or with_agent())


def classify(**changes: object) -> Classify:
    return Classify.model_validate({"agent_id": "anna", **changes})


# --- putting aside ----------------------------------------------------------------------------


def test_an_agent_puts_a_conversation_aside_and_keeps_it() -> None:
    state = snoozed()
    assert (state.lifecycle, state.snoozed_until) == (Lifecycle.SNOOZED, TOMORROW)
    assert (state.owner.kind, state.owner.name) == (OwnerKind.AGENT, "anna")
    assert state.turn is not None


def test_putting_aside_twice_until_the_same_time_changes_nothing() -> None:
    assert decide(snoozed(), snooze(), NOW) == Decision()


def test_it_can_be_put_aside_for_longer() -> None:
    later = TOMORROW + timedelta(days=1)
    assert after(snooze(later), state=snoozed()).snoozed_until == later


@pytest.mark.parametrize(
    "state", [UNBORN, with_bot(), queued(), offered(), with_agent("bruno"), resolved()]
)
def test_only_ones_own_conversation_is_put_aside(state: ConversationState) -> None:
    with pytest.raises(NotAllowed):
        decide(state, snooze(), NOW)


@pytest.mark.parametrize("until", [NOW, NOW - seconds(1), NOW + timedelta(days=366, seconds=1)])
def test_it_is_put_aside_until_a_time_to_come_within_a_year(until: datetime) -> None:
    with pytest.raises(NotAllowed, match="within the next year"):
        decide(with_agent(), snooze(until), NOW)


def test_what_was_meant_for_an_earlier_owner_is_refused() -> None:
    with pytest.raises(NotAllowed, match="changed hands"):
        decide(with_agent(), snooze().model_copy(update={"owner_version": 2}), NOW)


def test_a_supervisor_puts_a_colleagues_conversation_aside() -> None:
    command = snooze(agent_id="carla").model_copy(update={"supervisor": True})
    assert after(command, state=with_agent()).lifecycle is Lifecycle.SNOOZED


# --- coming back ------------------------------------------------------------------------------


def test_at_its_time_it_comes_back_and_its_agent_is_rung() -> None:
    decision = decide(snoozed(), tick(TOMORROW), TOMORROW)
    assert "SnoozeEnded" in types(decision)
    assert rung(decision) == [("snooze.ended", "desk")]
    assert data_of(decision, "snooze.ended").data == {"agent_id": "anna"}
    state = after(tick(TOMORROW), now=TOMORROW, state=snoozed())
    assert (state.lifecycle, state.snoozed_until) == (Lifecycle.OPEN, None)
    assert decide(state, tick(TOMORROW), TOMORROW) == Decision()


def test_before_its_time_it_stays_aside() -> None:
    early = TOMORROW - seconds(1)
    assert rung(decide(snoozed(), tick(None), early)) == []
    state = after(tick(None), now=early, state=snoozed())
    assert (state.lifecycle, state.wake_at) == (Lifecycle.SNOOZED, TOMORROW)


def test_an_agent_who_was_never_rung_is_rung_on_all_endpoints() -> None:
    queue = a_queue(tiers=[{"name": "first", "endpoints": ["desk", "phone"]}])
    story = Story(terms_with(queues=QueueSettings(queues={"default": queue})))
    story.write()
    story.do(reply(), snooze())
    assert rung(story.wake()) == [("snooze.ended", "desk"), ("snooze.ended", "phone")]


def test_a_conversation_that_was_answered_comes_back_waiting_for_the_customer() -> None:
    state = snoozed(after(reply(), state=with_agent()))
    assert after(tick(TOMORROW), now=TOMORROW, state=state).lifecycle is Lifecycle.AWAITING_CUSTOMER


def test_the_customers_message_brings_it_back_and_the_agent_hears_of_it() -> None:
    story = Story(terms_with())
    story.write()
    story.do(request_human(), accept(), snooze())
    story.wait(60).write()
    assert (story.state.lifecycle, story.state.snoozed_until) == (Lifecycle.OPEN, None)
    woken = story.wait(TOMORROW - NOW).do(tick(None))
    assert rung(woken, "snooze.ended") == []


@pytest.mark.parametrize(
    ("command", "lifecycle"),
    [
        (EndSnooze(agent_id="anna"), Lifecycle.OPEN),
        (reply(), Lifecycle.AWAITING_CUSTOMER),
        (resolve(), Lifecycle.RESOLVED),
        (return_to_bot(), Lifecycle.AWAITING_CUSTOMER),
    ],
)
def test_whatever_its_agent_does_brings_it_back(command: Command, lifecycle: Lifecycle) -> None:
    state = after(command, state=snoozed())
    assert (state.lifecycle, state.snoozed_until) == (lifecycle, None)


def test_bringing_back_what_is_not_aside_changes_nothing() -> None:
    assert decide(with_agent(), EndSnooze(agent_id="anna"), NOW) == Decision()


def test_a_colleague_does_not_bring_it_back() -> None:
    with pytest.raises(NotAllowed, match="another agent"):
        decide(snoozed(), EndSnooze(agent_id="bruno"), NOW)


# --- ranking ----------------------------------------------------------------------------------


def test_priority_and_segment_are_set_together_or_one_by_one() -> None:
    state = after(classify(priority="high", segment="vip"), state=with_agent())
    assert (state.priority, state.segment) == (Priority.HIGH, "vip")
    state = after(classify(priority="low"), state=state)
    assert (state.priority, state.segment) == (Priority.LOW, "vip")
    state = after(classify(segment=""), state=state)
    assert (state.priority, state.segment) == (Priority.LOW, "")


def test_saying_the_same_again_changes_nothing() -> None:
    state = after(classify(priority="high"), state=with_agent())
    for command in (classify(priority="high"), classify(), classify(segment="")):
        assert decide(state, command, NOW) == Decision()


def test_who_classified_is_on_record() -> None:
    (event,) = decide(queued(), classify(priority="high"), NOW).events
    assert event == ConversationClassified(
        at=NOW, priority=Priority.HIGH, segment="", agent_id="anna"
    )


def test_a_colleagues_conversation_is_the_colleagues_to_rank() -> None:
    with pytest.raises(NotAllowed, match="another agent"):
        decide(with_agent("bruno"), classify(priority="high"), NOW)


def test_nothing_is_ranked_before_the_customer_wrote() -> None:
    with pytest.raises(NotAllowed):
        decide(UNBORN, classify(priority="high"), NOW)


@pytest.mark.parametrize(
    ("later", "priority"), [(60, Priority.URGENT), (FOLLOW_UP_SECONDS + 1, Priority.NORMAL)]
)
def test_a_priority_is_of_its_matter_and_a_segment_of_the_customer(
    later: float, priority: Priority
) -> None:
    story = Story(terms_with())
    story.write()
    story.do(classify(priority="urgent", segment="vip"), reply(), resolve())
    story.wait(later).write()
    assert (story.state.priority, story.state.segment) == (priority, "vip")
