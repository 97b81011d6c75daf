"""The queues that channels and notifiers read: one for each, and its name says whose it is.

So nobody keeps a list of them: a channel or notifier is there as soon as its queue is.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.aws.clients import aws_client
from sportello.errors import NotConfigured

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

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

    def fetch(self, channel: str, jobs: Iterable[Mapping[str, str]]) -> None:
        """Give a channel files to fetch, in no order; those of before may be among them."""
        url = f"{self._url_base}{fetch_queue(channel)}"
        for job in jobs:
            self._send({"QueueUrl": url, "MessageBody": json.dumps(job)})

    def notify(self, notifier: str, conversation_id: str, effect_key: str) -> None:
        body = {"conversation_id": conversation_id, "effect_key": effect_key}
        url = f"{self._url_base}{notifier_queue(notifier)}"
        self._send({"QueueUrl": url, "MessageBody": json.dumps(body)})

    def _send(self, request: "SendMessageRequestTypeDef") -> None:
        sqs: SQSClient = aws_client("sqs")
        try:
            sqs.send_message(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_SUCH_QUEUE:
                raise
            raise NotConfigured(f"there is no queue {request['QueueUrl']}") from None
