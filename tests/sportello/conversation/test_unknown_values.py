"""What a conversation does where a later version has written what this one does not know."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.conversation.commands import FitClocks
from sportello.conversation.effects import reply_key
from sportello.conversation.evolution import fold
from sportello.conversation.lost_answers.reopening import StoppedClock
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.errors import NotAllowed
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import is_progress
from sportello.queues.settings import QueueTier
from sportello.sla.clocks import Clock, ClockKind
from support.builders import (
    NOW,
    a_clock,
    a_queue,
    accept,
    after,
    an_item,
    answer,
    decide,
    messages,
    notices,
    offer,
    offered,
    queued,
    receive,
    record_delivery,
    reply,
    request_human,
    resolve,
    retry_turn,
    seconds,
    terms_with,
    tick,
    types,
    with_agent,
    with_bot,
)
from support.story import Story, around_the_clock

LATER = NOW + timedelta(minutes=1)


def with_value(state: ConversationState, **fields: Any) -> ConversationState:
    """The state as it is read where some of its document has been written otherwise."""
    document: Any = state.model_dump(mode="json")
    for path, value in fields.items():
        place = document
        *way, last = path.split("__")
        for name in way:
            place = place[int(name.removeprefix("n"))] if name.startswith("n") else place[name]
        place[last] = value
    return ConversationState.model_validate(document)


# --- an owner ------------------------------------------------------------------------------------


def test_the_bot_says_nothing_to_whom_an_unknown_owner_has() -> None:
    state = with_value(with_bot(), owner__kind="team")
    assert messages(decide(state, answer(), LATER)) == []
    assert "TurnLeased" not in types(decide(state, retry_turn(), LATER))


def test_a_customer_of_an_unknown_owner_rings_people_and_waits_under_a_clock() -> None:
    state = with_value(after(receive(), answer()), owner__kind="team")
    desk = a_queue(tiers=(QueueTier(name="desk", endpoints=("desk",)),))
    decision = decide(state, receive(an_item("item-2", LATER)), LATER, terms_with(queue=desk))
    assert [notice.notice for notice in notices(decision)] == ["message.received"]
    assert ClockKind.FIRST_RESPONSE in {clock.kind for clock in fold(decision.events, state).clocks}


def test_only_a_supervisor_acts_in_the_conversation_of_an_unknown_owner() -> None:
    state = with_value(with_agent(), owner__kind="team")
    with pytest.raises(NotAllowed, match="the team"):
        decide(state, reply(), LATER)
    assert messages(decide(state, reply(supervisor=True), LATER))


def test_an_unknown_field_of_the_owner_outlives_a_change_of_owner() -> None:
    state = with_value(offered(), owner__shift="late")
    assert after(reply(), state=state).owner.unknown_fields == {"shift"}


# --- lifecycle, priority, status -----------------------------------------------------------------


def test_a_message_opens_a_conversation_in_an_unknown_lifecycle() -> None:
    state = with_value(with_agent(), lifecycle="archived")
    assert str(state.lifecycle) == "archived"
    assert after(receive(an_item("item-2")), state=state).lifecycle is Lifecycle.OPEN


def test_an_unknown_lifecycle_is_written_as_it_was_until_something_happens_to_it() -> None:
    state = with_value(with_agent(), lifecycle="archived")
    changed = after(record_delivery("no-such", DeliveryStatus.READ), state=state)
    assert '"lifecycle":"archived"' in changed.model_dump_json(exclude_defaults=True)


def test_an_unknown_priority_ranks_as_a_normal_one() -> None:
    assert with_value(queued(), priority="critical").priority.rank == 1


@pytest.mark.parametrize(
    ("reported", "is_news"),
    [
        (DeliveryStatus.ACCEPTED, False),
        (DeliveryStatus.SENT, False),
        (DeliveryStatus.REFUSED, False),
        (DeliveryStatus.DELIVERED, True),
        (DeliveryStatus.READ, True),
    ],
)
def test_only_proof_of_arrival_goes_beyond_an_unknown_status(
    reported: DeliveryStatus,
    is_news: bool,  # noqa: FBT001 -- a value of the table above
) -> None:
    state = with_value(after(receive(), answer()), recent_deliveries__n0__status="held")
    (held,) = state.recent_deliveries
    assert is_progress(held.status, reported) is is_news


# --- clocks --------------------------------------------------------------------------------------


def with_a_second_clock(**changes: Any) -> ConversationState:
    """A conversation that waits for people under a clock we know, and another."""
    document = queued().model_dump(mode="json")
    document["clocks"] = [*document["clocks"], document["clocks"][0] | changes]
    return ConversationState.model_validate(document)


def test_a_clock_of_an_unknown_kind_is_neither_cancelled_nor_moved() -> None:
    state = with_a_second_clock(kind="first_look")
    assert types(decide(state, FitClocks(), LATER)) == []
    assert state.clocks[1] in after(reply(), state=state, now=LATER).clocks


def test_a_clock_of_an_unknown_kind_warns_and_alerts_people_in_its_time() -> None:
    state = with_a_second_clock(kind="first_look")
    late = NOW + seconds(300)
    decision = decide(state, tick(late), late)
    rung = [notice.data["clock"] for notice in notices(decision)]
    assert "first_look" in rung


def test_every_clock_ends_with_its_matter() -> None:
    state = with_a_second_clock(kind="first_look")
    ended = after(resolve(), state=after(reply(), state=state), now=LATER)
    assert {clock.running for clock in ended.clocks} == {False}


def test_time_leaves_a_clock_in_an_unknown_state_alone_and_none_starts_beside_it() -> None:
    document = queued().model_dump(mode="json")
    document["clocks"][0]["state"] = "suspended"
    state = ConversationState.model_validate(document)
    late = NOW + seconds(3_000)
    decision = decide(state, tick(late), late)
    assert not {"ClockAdvanced", "ClockStarted", "ClockChanged"} & set(types(decision))
    assert fold(decision.events, state).clocks == state.clocks


def test_a_lost_reply_leaves_a_clock_of_an_unknown_kind_to_its_own_version() -> None:
    story = Story(around_the_clock(first_response=300))
    story.write()
    story.do(request_human(), offer(), accept("anna"))
    story.wait(60).do(reply("anna", "1"))
    key = reply_key("anna", "1")
    sent = story.messages[key]
    assert sent.reopens
    unknown = Clock.model_validate(a_clock().model_dump(mode="json") | {"kind": "first_look"})
    stopped = (*sent.reopens.clocks, StoppedClock(clock=unknown, at=story.now))
    reopens = sent.reopens.model_copy(update={"clocks": stopped})
    story.messages[key] = sent.model_copy(update={"reopens": reopens})
    story.wait(1).hear(key, DeliveryStatus.REFUSED, "window_closed:131047")
    assert {clock.kind for clock in story.state.clocks if clock.running} == {
        ClockKind.FIRST_RESPONSE
    }
