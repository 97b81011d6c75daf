"""Dead letters: what each is about, read without taking it away, and moved back to its queue."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from botocore.exceptions import ClientError

from recovery.stack import DeadLetterQueue, Stack
from sportello.table.items import EffectRecord

HELD_SECONDS = 60
"""How long a letter that was taken stays hidden should this program die."""

RECEIVE_LIMIT = 10
LONG_POLL_SECONDS = 1
_NOT_HELD_ANY_MORE = {"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"}


@dataclass(frozen=True)
class Letter:
    """`about` is the body as a document; empty if it is none."""

    message_id: str
    handle: str
    body: str
    about: dict[str, Any]
    group: str
    received: int
    sent_at: datetime

    @classmethod
    def read(cls, message: dict[str, Any]) -> Self:
        attributes = message["Attributes"]
        return cls(
            message_id=message["MessageId"],
            handle=message["ReceiptHandle"],
            body=message["Body"],
            about=_document(message["Body"]),
            group=attributes.get("MessageGroupId", ""),
            received=int(attributes["ApproximateReceiveCount"]),
            sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1_000, UTC),
        )

    @property
    def conversation_id(self) -> str:
        return str(self.about.get("conversation_id", ""))

    @property
    def effect_key(self) -> str:
        return str(self.about.get("effect_key", ""))


def _document(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def take(stack: Stack, queue: DeadLetterQueue, limit: int = RECEIVE_LIMIT) -> list[Letter]:
    """Take letters from the head of a queue; they come back unless they are deleted."""
    answer = stack.sqs.receive_message(
        QueueUrl=queue.url,
        MaxNumberOfMessages=min(limit, RECEIVE_LIMIT),
        VisibilityTimeout=HELD_SECONDS,
        WaitTimeSeconds=LONG_POLL_SECONDS,
        MessageSystemAttributeNames=["All"],
    )
    return [Letter.read(message) for message in answer.get("Messages", [])]


def give_back(stack: Stack, queue: DeadLetterQueue, letters: Iterable[Letter]) -> None:
    for letter in letters:
        try:
            stack.sqs.change_message_visibility(
                QueueUrl=queue.url, ReceiptHandle=letter.handle, VisibilityTimeout=0
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_HELD_ANY_MORE:
                raise


def delete(stack: Stack, queue: DeadLetterQueue, letter: Letter) -> None:
    stack.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=letter.handle)


@contextmanager
def looked_at(stack: Stack, queue: DeadLetterQueue) -> Iterator[list[Letter]]:
    """Hold the letters of a queue while the context is open, then leave them as they were.

    Those that the caller deletes are to be removed from the list.
    A FIFO queue shows no more of a conversation while some of it is held: of one with very many
    letters only the first ones are seen.
    """
    letters: list[Letter] = []
    try:
        while taken := take(stack, queue):
            ids = {letter.message_id for letter in letters}
            new = [letter for letter in taken if letter.message_id not in ids]
            letters += new
            if not new:
                break  # so many that the first ones are shown again already
        yield letters
    finally:
        give_back(stack, queue, letters)


def move_back(stack: Stack, queue: DeadLetterQueue, limit: int) -> Iterator[Letter]:
    """Move up to `limit` letters to the queue they came from, oldest first, and yield each.

    A letter is sent before it is deleted, so that being stopped between the two leaves it in both
    queues and never in none: its job is done once anyway. Within a conversation they go one by
    one, in order; the first failure ends the move and leaves the rest where they are.
    """
    moved = 0
    while moved < limit and (taken := take(stack, queue, limit - moved)):
        for letter in taken:
            _send_again(stack, queue, letter)
            delete(stack, queue, letter)
            moved += 1
            yield letter


def _send_again(stack: Stack, queue: DeadLetterQueue, letter: Letter) -> None:
    # The letter's own id: the id it was first sent with may still be known to the queue, which
    # would then take the message and drop it.
    group = {"MessageGroupId": letter.group} if letter.group else {}
    if str(queue.source_url).endswith(".fifo"):
        group["MessageDeduplicationId"] = f"redrive-{letter.message_id}"
    stack.sqs.send_message(QueueUrl=queue.source_url, MessageBody=letter.body, **group)


def effect_of(stack: Stack, letter: Letter) -> EffectRecord | None:
    """Return the effect that a letter is to carry out, as the table has it now."""
    if not letter.conversation_id or not letter.effect_key:
        return None
    loaded = stack.table.load(letter.conversation_id, effect_keys=[letter.effect_key])
    return next(iter(loaded.effects), None)
