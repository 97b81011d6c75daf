"""Several things asked at once: all are done, each as if alone, or none."""

from datetime import timedelta

import pytest

from sportello.conversation.commands import Classify, Command, Reply, Resolve, Snooze
from sportello.conversation.effects import WriteNote, reply_key
from sportello.conversation.people_commands import CarryOut, ChangeTags, TransferToQueue, WriteDown
from sportello.conversation.state import Lifecycle
from sportello.errors import NotAllowed, UnseenMessage
from sportello.priorities import Priority
from support.builders import (
    NOW,
    after,
    an_item,
    decide,
    messages,
    receive,
    seconds,
    types,
    with_agent,
)
from support.story import Story, around_the_clock, endings

REPLY = Reply(agent_id="anna", key=reply_key("anna", "1"), text="È in viaggio.")
TAG = ChangeTags(agent_id="anna", adds=("delivery",))
RESOLVE = Resolve(agent_id="anna")


def macro(*commands: Command, agent_id: str = "anna", seen_up_to: int | None = None) -> CarryOut:
    return CarryOut(
        agent_id=agent_id, key="macro:1", macro="close", commands=commands, seen_up_to=seen_up_to
    )


def test_each_step_is_done_in_its_order() -> None:
    note = WriteDown(agent_id="anna", key="note:1", text="Fatto.")
    rank = Classify(agent_id="anna", priority=Priority.HIGH)
    decision = decide(with_agent(), macro(REPLY, note, TAG, rank, RESOLVE), NOW)
    order = [
        name
        for name in types(decision)
        if name
        in {
            *("MacroCarriedOut", "MessageQueued", "NoteWritten"),
            *("TagsChanged", "ConversationClassified", "ConversationResolved"),
        }
    ]
    assert order == [
        "MacroCarriedOut",
        "MessageQueued",
        "NoteWritten",
        "TagsChanged",
        "ConversationClassified",
        "ConversationResolved",
    ]
    assert [message.text for message in messages(decision)] == ["È in viaggio."]


def test_it_ends_as_if_each_had_been_asked_alone() -> None:
    alone = after(REPLY, TAG, RESOLVE, state=with_agent())
    at_once = after(macro(REPLY, TAG, RESOLVE), state=with_agent())
    compared = {
        *("owner", "lifecycle", "tags", "turn", "priority", "answered_in_episode"),
        *("recent_deliveries", "undelivered"),
    }
    assert at_once.model_dump(include=compared) == alone.model_dump(include=compared)


def test_clocks_end_as_if_each_had_been_asked_alone() -> None:
    terms = around_the_clock(first_response=300, resolution=900)
    stories = []
    for commands in ([REPLY, RESOLVE], [macro(REPLY, RESOLVE)]):
        story = Story(terms)
        story.write()
        story.wait(60)
        story.do(*commands)
        stories.append(endings(story.events))
    assert stories[0] == stories[1]


def test_one_that_is_refused_refuses_all() -> None:
    too_far = Snooze(agent_id="anna", until=NOW + timedelta(days=999))
    with pytest.raises(NotAllowed):
        decide(with_agent(), macro(REPLY, TAG, too_far), NOW)


def test_nobody_carries_it_out_in_a_colleagues_conversation() -> None:
    theirs = [command.model_copy(update={"agent_id": "bruno"}) for command in (REPLY, TAG, RESOLVE)]
    with pytest.raises(NotAllowed):
        decide(with_agent(), macro(*theirs, agent_id="bruno"), NOW)


def test_nothing_is_done_over_a_message_that_was_not_seen() -> None:
    before = with_agent()
    state = after(receive(an_item("item-2")), state=before)
    with pytest.raises(UnseenMessage):
        decide(state, macro(REPLY, RESOLVE, seen_up_to=before.sequence), NOW)


def test_its_effect_keeps_it_from_being_done_twice_and_holds_its_name_alone() -> None:
    decision = decide(with_agent(), macro(TAG), NOW)
    assert WriteNote(key="macro:1", text="close") in decision.effects


def test_a_transfer_leaves_it_in_the_other_queue() -> None:
    state = after(macro(TAG, TransferToQueue(agent_id="anna", queue="sales")), state=with_agent())
    assert (state.owner.name, state.lifecycle, state.tags) == (
        "sales",
        Lifecycle.OPEN,
        ("delivery",),
    )


def test_a_snooze_after_a_reply_puts_it_aside() -> None:
    aside = Snooze(agent_id="anna", until=NOW + seconds(3_600))
    assert after(macro(REPLY, aside), state=with_agent()).lifecycle is Lifecycle.SNOOZED
