"""How Lambda reads a queue: one message a call, deleted when handled, else left to return."""

from datetime import datetime
from functools import partial
from typing import Any

from support.clouds.one_process.scheduling import Action, FunctionFailed, World
from support.clouds.small.sqs import Message, Queue


class QueueReader:
    """A function that `reports_failures` answers with those of its batch; another only raises."""

    def __init__(
        self, world: World, function: str, queue: Queue, *, reports_failures: bool
    ) -> None:
        self._world = world
        self._function = function
        self._queue = queue
        self._reports_failures = reports_failures

    def next_due(self) -> datetime | None:
        return min((message.visible_at for message in self._queue.next_messages()), default=None)

    def ready(self) -> list[Action]:
        return [
            Action(f"message of {self._queue.name}", partial(self._handle, message), self._function)
            for message in self._queue.receivable(self._world.now)
        ]

    def _handle(self, message: Message) -> None:
        if not self._queue.receive(message, self._world.now):
            return
        # It comes again when the answer, or the deleting of it, gets lost.
        for _ in range(self._world.copies(2)):
            handled = self._hand_over(message)
        if handled:
            self._queue.delete(message)

    def _hand_over(self, message: Message) -> bool:
        try:
            answer = self._world.invoke(self._function, {"Records": [self._record(message)]})
        except FunctionFailed:
            return False
        return not (self._reports_failures and answer["batchItemFailures"])

    def _record(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": f"message-{message.number}",
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.receive_count),
                "SentTimestamp": str(round(message.sent_at.timestamp() * 1_000)),
                "MessageGroupId": message.group,
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:eu-south-1:123456789012:{self._queue.name}",
            "awsRegion": "eu-south-1",
        }
