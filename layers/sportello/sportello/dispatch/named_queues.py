"""The queues that channels and notifiers read: one for each, and its name says whose it is.

So nobody keeps a list of them: a channel or notifier is there as soon as its queue is.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.aws.clients import aws_client
from sportello.errors import NotConfigured, Retryable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        SendMessageBatchRequestEntryTypeDef,
        SendMessageRequestTypeDef,
    )

_BATCH = 10
_NO_SUCH_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


def delivery_queue(channel: str) -> str:
    return f"deliver-{channel}.fifo"


def notifier_queue(notifier: str) -> str:
    return f"notify-{notifier}"


def fetch_queue(channel: str) -> str:
    return f"fetch-{channel}"


class NamedQueues:
    """`url_base` is what the URLs of all these queues begin with, the stack's name included.

    Sending raises NotConfigured where there is no such queue.
    """

    def __init__(self, url_base: str) -> None:
        self._url_base = url_base

    def deliver(
        self, channel: str, conversation_id: str, job: Mapping[str, str], *, deduplication_id: str
    ) -> None:
        """Give a channel a job, behind those that it has for the same conversation."""
        self._send(
            {
                "QueueUrl": f"{self._url_base}{delivery_queue(channel)}",
                "MessageBody": json.dumps({"conversation_id": conversation_id, **job}),
                "MessageGroupId": conversation_id,
                "MessageDeduplicationId": deduplication_id,
            }
        )

    def fetch(self, channel: str, jobs: Sequence[Mapping[str, str]]) -> None:
        """Give a channel files to fetch, in no order; those of before may be among them."""
        url = f"{self._url_base}{fetch_queue(channel)}"
        for start in range(0, len(jobs), _BATCH):
            self._send_batch(url, [json.dumps(job) for job in jobs[start : start + _BATCH]])

    def notify(self, notifier: str, conversation_id: str, effect_key: str) -> None:
        body = {"conversation_id": conversation_id, "effect_key": effect_key}
        url = f"{self._url_base}{notifier_queue(notifier)}"
        self._send({"QueueUrl": url, "MessageBody": json.dumps(body)})

    def _send_batch(self, url: str, bodies: Sequence[str]) -> None:
        sqs: SQSClient = aws_client("sqs")
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)
        ]
        try:
            answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_SUCH_QUEUE:
                raise
            raise NotConfigured(f"there is no queue {url}") from None
        if answer.get("Failed"):
            raise Retryable(f"the queue refused {len(answer['Failed'])} messages")

    def _send(self, request: "SendMessageRequestTypeDef") -> None:
        sqs: SQSClient = aws_client("sqs")
        try:
            sqs.send_message(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_SUCH_QUEUE:
                raise
            raise NotConfigured(f"there is no queue {request['QueueUrl']}") from None
