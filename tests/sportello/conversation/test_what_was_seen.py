"""What an agent has not seen is not settled, and who was slower than a colleague is warned."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.commands import (
    Command,
    OfferToAgent,
    Reply,
    Resolve,
    ReturnToBot,
    Snooze,
)
from sportello.conversation.effects import reply_key
from sportello.conversation.people_commands import TransferToAgent, TransferToQueue
from sportello.conversation.state import MAX_MESSAGE_NUMBERS, ConversationState
from sportello.errors import ColleagueReplied, NotAllowed, UnseenMessage
from support.builders import (
    NOW,
    accept,
    after,
    an_item,
    answer,
    decide,
    receive,
    reply,
    types,
    with_agent,
    with_bot,
)

OFFER = OfferToAgent(
    handoff_id="", agent_id="bruno", units=2, expires_at=NOW + timedelta(minutes=1)
)
SETTLING: dict[str, Callable[[int | None], Command]] = {
    "resolve": lambda seen_up_to: Resolve(agent_id="anna", seen_up_to=seen_up_to),
    "return to the bot": lambda seen_up_to: ReturnToBot(agent_id="anna", seen_up_to=seen_up_to),
    "snooze": lambda seen_up_to: Snooze(
        agent_id="anna", until=NOW + timedelta(hours=1), seen_up_to=seen_up_to
    ),
    "transfer to a queue": lambda seen_up_to: TransferToQueue(
        agent_id="anna", queue="sales", seen_up_to=seen_up_to
    ),
    "transfer to a colleague": lambda seen_up_to: TransferToAgent(
        agent_id="anna", queue="default", offer=OFFER, seen_up_to=seen_up_to
    ),
}
each_settling = pytest.mark.parametrize("settle", SETTLING.values(), ids=SETTLING)


def writes(state: ConversationState, name: str, kind: str = "message") -> ConversationState:
    return after(receive(an_item(name, kind=kind)), state=state)


@each_settling
def test_nothing_is_settled_over_a_message_that_came_after_what_was_seen(
    settle: Callable[[int | None], Command],
) -> None:
    before = with_agent()
    state = writes(writes(before, "item-2"), "item-3")
    with pytest.raises(UnseenMessage) as refused:
        decide(state, settle(before.sequence), NOW)
    assert len(refused.value.numbers) == 2
    assert all(number >= before.sequence for number in refused.value.numbers)


@each_settling
def test_what_was_seen_whole_is_settled(settle: Callable[[int | None], Command]) -> None:
    state = writes(with_agent(), "item-2")
    assert decide(state, settle(state.sequence), NOW).events


@each_settling
def test_who_does_not_say_what_they_saw_settles_as_ever(
    settle: Callable[[int | None], Command],
) -> None:
    assert decide(writes(with_agent(), "item-2"), settle(None), NOW).events


@each_settling
def test_a_state_of_an_earlier_version_refuses_nothing(
    settle: Callable[[int | None], Command],
) -> None:
    state = writes(with_agent(), "item-2").model_copy(update={"message_numbers": ()})
    assert decide(state, settle(0), NOW).events


@each_settling
def test_what_we_or_machines_did_since_refuses_nothing(
    settle: Callable[[int | None], Command],
) -> None:
    before = with_agent()
    state = after(
        receive(an_item("edit-1", kind="edit"), an_item("reaction-1", kind="reaction")),
        reply(),
        state=before,
    )
    assert decide(state, settle(before.sequence), NOW).events


def test_thanks_that_came_since_are_a_message_all_the_same() -> None:
    before = after(reply(), state=with_agent())
    thanks = an_item("item-2").model_copy(update={"thanks": True})
    state = after(receive(thanks), state=before)
    with pytest.raises(UnseenMessage):
        decide(state, Resolve(agent_id="anna", seen_up_to=before.sequence), NOW)


def test_of_many_messages_the_last_are_counted() -> None:
    before = state = with_agent()
    for number in range(MAX_MESSAGE_NUMBERS + 3):
        state = writes(state, f"more-{number}")
    with pytest.raises(UnseenMessage) as refused:
        decide(state, Resolve(agent_id="anna", seen_up_to=before.sequence), NOW)
    assert len(refused.value.numbers) == MAX_MESSAGE_NUMBERS


@given(st.lists(st.sampled_from(["customer", "agent", "edit"]), max_size=20), st.data())
def test_a_resolution_passes_exactly_if_no_message_lies_beyond_what_was_seen(
    steps: list[str], data: st.DataObject
) -> None:
    state = with_agent()
    reached, messages = [state.sequence], []
    for number, step in enumerate(steps):
        if step == "agent":
            state = after(reply(key=str(number)), state=state)
        else:
            kind = "message" if step == "customer" else "edit"
            state = writes(state, f"step-{number}", kind)
            if step == "customer":
                messages.append(state.sequence)
        reached.append(state.sequence)
    seen_up_to = data.draw(st.sampled_from(reached))
    command = Resolve(agent_id="anna", seen_up_to=seen_up_to)
    if any(end > seen_up_to for end in messages):
        with pytest.raises(UnseenMessage):
            decide(state, command, NOW)
    else:
        assert decide(state, command, NOW).events


# --- two at once ------------------------------------------------------------------------------


def answers(state: ConversationState, *, anyway: bool = False, agent_id: str = "anna") -> Reply:
    return Reply(
        agent_id=agent_id,
        key=reply_key(agent_id, "mine"),
        text="Eccomi.",
        supervisor=True,
        seen_up_to=state.sequence,
        anyway=anyway,
    )


def test_a_reply_is_not_sent_over_a_colleagues_that_its_writer_has_not_seen() -> None:
    before = with_agent()
    state = after(reply("chief", "1", supervisor=True), state=before)
    with pytest.raises(ColleagueReplied) as refused:
        decide(state, answers(before), NOW)
    assert refused.value.effect_keys == (reply_key("chief", "1"),)
    assert isinstance(refused.value, NotAllowed)


def test_a_reply_is_sent_over_a_colleagues_by_whoever_wants_it_anyway() -> None:
    before = with_agent()
    state = after(reply("chief", "1", supervisor=True), state=before)
    assert "MessageQueued" in types(decide(state, answers(before, anyway=True), NOW))
    assert "MessageQueued" in types(decide(state, answers(state), NOW))


def test_a_reply_is_not_sent_over_the_bots_that_its_writer_has_not_seen() -> None:
    before = with_bot()
    state = after(answer(), state=before)
    with pytest.raises(ColleagueReplied):
        decide(state, answers(before), NOW)


def test_ones_own_words_and_the_desks_are_no_collision() -> None:
    before = with_bot()
    queued = after(accept(), state=with_agent())
    state = after(reply(), state=queued)
    assert "MessageQueued" in types(decide(state, answers(queued), NOW))
    assert before.speeches == ()
    assert [speech.agent_id for speech in state.speeches] == ["anna"]


def test_a_message_of_the_customers_stops_no_reply() -> None:
    before = with_agent()
    state = writes(before, "item-2")
    assert "MessageQueued" in types(decide(state, answers(before), NOW))
    assert len(state.unseen_messages(before.sequence)) == 1


def test_of_a_colleague_who_wrote_much_the_last_is_told() -> None:
    before = with_agent()
    state = before
    for number in range(5):
        state = after(reply("chief", str(number), supervisor=True), state=state)
    with pytest.raises(ColleagueReplied) as refused:
        decide(state, answers(before), NOW)
    assert refused.value.effect_keys == (reply_key("chief", "4"),)


def test_ones_own_words_push_out_nobody_elses() -> None:
    before = with_agent()
    state = after(reply("chief", "1", supervisor=True), state=before)
    for number in range(5):
        state = after(reply(key=str(number)), state=state)
    with pytest.raises(ColleagueReplied):
        decide(state, answers(before), NOW)
