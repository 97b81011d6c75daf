"""Queues as SQS keeps them: messages hidden while worked on, in order by group, sent once.

A message is there until somebody deletes it; one that is taken and not deleted comes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from support.clouds.small.dynamodb import error
from support.clouds.small.expressions import NotSpoken

DEDUPLICATION_WINDOW = timedelta(minutes=5)

type Clock = Callable[[], datetime]


@dataclass
class Message:
    number: int
    body: str
    group: str
    sent_at: datetime
    visible_at: datetime
    receive_count: int = 0

    @property
    def receipt_handle(self) -> str:
        return f"{self.number}.{self.receive_count}"


@dataclass
class Queue:
    """`dead_letters` takes what was received `max_receive_count` times and is still there."""

    name: str
    fifo: bool
    visibility: timedelta
    max_receive_count: int = 0
    dead_letters: "Queue | None" = None
    messages: list[Message] = field(default_factory=list)
    sent_ids: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def send(self, request: Mapping[str, Any], number: int, now: datetime) -> None:
        group = request.get("MessageGroupId", "")
        if self.fifo:
            name = (group, request["MessageDeduplicationId"])
            sent_at = self.sent_ids.get(name)
            if sent_at is not None and now - sent_at < DEDUPLICATION_WINDOW:
                return
            self.sent_ids[name] = now
        visible_at = now + timedelta(seconds=request.get("DelaySeconds", 0))
        self.messages.append(Message(number, request["MessageBody"], group, now, visible_at))

    def receivable(self, now: datetime) -> list[Message]:
        return [message for message in self.next_messages() if message.visible_at <= now]

    def next_messages(self) -> list[Message]:
        """Return what a poll may get once it is visible: of a group the oldest only."""
        if not self.fifo:
            return self.messages
        first: dict[str, Message] = {}
        for message in self.messages:
            first.setdefault(message.group, message)
        return list(first.values())

    def receive(self, message: Message, now: datetime) -> bool:
        """Take a message; False if it went to the dead letters instead."""
        if self.max_receive_count and message.receive_count >= self.max_receive_count:
            self.messages.remove(message)
            assert self.dead_letters is not None
            self.dead_letters.messages.append(message)
            return False
        message.receive_count += 1
        message.visible_at = now + self.visibility
        return True

    def delete(self, message: Message) -> None:
        if message in self.messages:
            self.messages.remove(message)


class SmallSqs:
    """Queues by name; a queue's URL ends in its name."""

    def __init__(self, queues: Mapping[str, Queue], clock: Clock) -> None:
        self._queues = {queue.name: queue for queue in queues.values()}
        self._clock = clock
        self._sent = 0

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "SendMessage":
                self._sent += 1
                self._at(request["QueueUrl"]).send(request, self._sent, self._clock())
                return {"MessageId": f"message-{self._sent}"}
            case "SendMessageBatch":
                for entry in request["Entries"]:
                    self.call("SendMessage", {**entry, "QueueUrl": request["QueueUrl"]})
                return {"Successful": [{"Id": entry["Id"]} for entry in request["Entries"]]}
            case "GetQueueUrl":
                return {"QueueUrl": request["QueueName"]}
            case "ChangeMessageVisibility":
                self._hide(request)
                return {}
        raise NotSpoken(f"SQS {operation}")

    def _at(self, url: str) -> Queue:
        name = url.rpartition("/")[2]
        if name not in self._queues:
            raise error("AWS.SimpleQueueService.NonExistentQueue", "no such queue", "SQS")
        return self._queues[name]

    def _hide(self, request: Mapping[str, Any]) -> None:
        for message in self._at(request["QueueUrl"]).messages:
            if message.receipt_handle == request["ReceiptHandle"]:
                wish = timedelta(seconds=request["VisibilityTimeout"])
                message.visible_at = self._clock() + wish
