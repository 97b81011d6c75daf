"""Files that come with messages are fetched by one effect of the commit that records them."""

import pytest

from sportello.conversation.commands import ReceivedItem
from sportello.conversation.decision import Decision
from sportello.conversation.effects import FetchMedia
from sportello.conversation.events import FileAskedFor
from sportello.conversation.people_commands import FetchAgain
from sportello.conversation.state import ConversationState
from sportello.errors import NotAllowed
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    after,
    an_item,
    decide,
    receive,
    with_agent,
    with_bot,
)


def with_files(name: str, files: int, kind: str = "message") -> ReceivedItem:
    return an_item(name, kind=kind).model_copy(update={"files": files})


def fetches(decision: Decision) -> list[FetchMedia]:
    return [effect for effect in decision.effects if isinstance(effect, FetchMedia)]


@pytest.mark.parametrize("kind", ["message", "edit", "echo"])
@pytest.mark.parametrize("state", [ConversationState(), with_bot(), with_agent()])
def test_the_files_of_an_item_are_fetched_whoever_has_the_conversation(
    kind: str, state: ConversationState
) -> None:
    decision = decide(state, receive(with_files("item-9", 2, kind)), NOW, TERMS)
    (fetch,) = fetches(decision)
    assert fetch.key == "fetch:item-9"
    assert [(file.item_id, file.number) for file in fetch.files] == [("item-9", 0), ("item-9", 1)]


def test_a_message_without_files_fetches_nothing() -> None:
    assert not fetches(decide(ConversationState(), receive(), NOW, TERMS))


def test_the_same_item_again_fetches_nothing() -> None:
    command = receive(with_files("item-9", 1))
    state = after(command)
    assert not fetches(decide(state, command, NOW, TERMS))


def test_a_burst_of_pictures_takes_one_write_of_the_transaction() -> None:
    """Forty items in a slice, each with as many files as a message may have."""
    items = [with_files(f"photo-{number}", 30) for number in range(40)]
    decision = decide(with_agent(), receive(*items), NOW, TERMS)
    (fetch,) = fetches(decision)
    assert len(fetch.files) == 1_200
    assert len(fetch.model_dump_json()) < 100_000
    applied, state_and_log = len(items), 2
    assert len(decision.effects) + applied + state_and_log < 60


def again(state: ConversationState) -> Decision:
    command = FetchAgain(agent_id="anna", conversation_id=CONVERSATION, item_id="item-1", number=3)
    return decide(state, command, NOW, TERMS)


def test_a_file_is_fetched_again_as_often_as_somebody_asks() -> None:
    decision = again(with_agent())
    (fetch,) = fetches(decision)
    assert [file.model_dump() for file in fetch.files] == [
        {"item_id": "item-1", "number": 3, "conversation_id": CONVERSATION}
    ]
    (event,) = (event for event in decision.events if isinstance(event, FileAskedFor))
    assert (event.item_id, event.number, event.agent_id) == ("item-1", 3, "anna")
    assert event.hidden
    later = again(with_agent().model_copy(update={"sequence": 99}))
    assert fetches(later)[0].key != fetch.key


def test_of_a_conversation_that_nobody_wrote_in_nothing_is_fetched() -> None:
    with pytest.raises(NotAllowed):
        again(ConversationState())
