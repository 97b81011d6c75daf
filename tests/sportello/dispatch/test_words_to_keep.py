"""What is handed on of a batch of the stream: what people write, in one call, and no more."""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from sportello.conversation.effects import SendMessage, WriteNote, macro_key
from sportello.conversation.events import Author
from sportello.dispatch import words_to_keep
from sportello.dispatch.words_to_keep import WordsToKeep
from sportello.inbox.word_request import MOST_ITEMS, KeepWordsRequest
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.table.items import EffectRecord, state_attributes
from sportello.table.keys import Attributes
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    a_receipt,
    an_inbound_record,
    queued,
)


class Queue:
    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.is_broken = False

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 -- as boto3 has it
        if self.is_broken:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessage")
        assert QueueUrl == "words"
        self.bodies.append(MessageBody)

    @property
    def sort_keys(self) -> list[str]:
        requests = map(KeepWordsRequest.model_validate_json, self.bodies)
        return [item.sort_key for request in requests for item in request.items]


@pytest.fixture
def queue() -> Iterator[Queue]:
    ours = Queue()
    with patch.object(words_to_keep, "aws_client", {"sqs": ours}.__getitem__):
        yield ours


def records(*images: Attributes) -> Sequence[Any]:
    return [{"dynamodb": {"NewImage": image}} for image in images]


def inbound(number: int = 1) -> Attributes:
    return an_inbound_record(a_message("Il pacco", number)).to_attributes(b"")


def effect(effect: SendMessage | WriteNote) -> Attributes:
    record = EffectRecord(conversation_id=CONVERSATION, channel="c", decided_at=NOW, effect=effect)
    return record.to_attributes()


def message(author: Author, key: str) -> SendMessage:
    return SendMessage(
        key=key,
        text="Ecco, 'agent' e \"agent\"",
        author=author,
        visibility=Visibility.PRIVATE,
        automatic=False,
        owner_version=1,
    )


def test_what_people_write_is_handed_on_in_one_call(queue: Queue) -> None:
    batch = records(
        inbound(),
        effect(message(Author.AGENT, "reply:1")),
        effect(message(Author.BOT, "bot:1")),
        effect(WriteNote(key="note:1", text="Cliente storico")),
        an_inbound_record(a_receipt(DeliveryStatus.READ, "")).to_attributes(b""),
        state_attributes(CONVERSATION, queued()),
    )
    WordsToKeep("words").hand_on(batch)
    assert len(queue.bodies) == 1
    assert queue.sort_keys == [inbound()["sk"]["S"], "FX#reply:1", "FX#note:1"]
    assert "pacco" not in queue.bodies[0]


def test_the_name_of_a_macro_is_nobodys_words(queue: Queue) -> None:
    mark = WriteNote(key=macro_key("anna", "1"), text="close")
    WordsToKeep("words").hand_on(records(effect(mark)))
    assert queue.bodies == []


def test_a_large_batch_is_parted(queue: Queue) -> None:
    WordsToKeep("words").hand_on(records(*(inbound(n) for n in range(MOST_ITEMS + 1))))
    assert len(queue.bodies) == 2
    assert len(queue.sort_keys) == MOST_ITEMS + 1


def test_where_nothing_is_to_be_found_nothing_is_handed_on(queue: Queue) -> None:
    WordsToKeep("").hand_on(records(inbound()))
    WordsToKeep("words").hand_on(records(state_attributes(CONVERSATION, queued())))
    assert queue.bodies == []


def test_a_queue_that_takes_nothing_holds_nothing_up(queue: Queue) -> None:
    queue.is_broken = True
    WordsToKeep("words").hand_on(records(inbound()))


def test_what_nobody_can_read_is_left_out(queue: Queue) -> None:
    broken = effect(WriteNote(key="note:1", text="x")) | {"effect": {"S": '{"type": "WriteNote"}'}}
    bare: list[Attributes] = [{"entity": {"S": name}} for name in ("inbound", "effect", "claim")]
    WordsToKeep("words").hand_on(records(broken, *bare, {}))
    assert queue.bodies == []
