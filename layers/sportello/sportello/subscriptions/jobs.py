"""What the queue of subscriptions carries: one event for one subscriber, or a stretch to replay."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING

from pydantic import Field

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.conversation.published_events import PublishedEvent
from sportello.errors import Retryable
from sportello.model import Instant
from sportello.stored import Stored
from sportello.subscriptions.settings import SubscriptionSettings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10

TEST_EVENT = "sportello.test"


class SubscriptionsEnvironment(Environment):
    subscriptions_queue: str = Field(min_length=1)


class Replay(Stored):
    """What was recorded behind `after` and before `until` is told once more."""

    after: str
    until: Instant


class Job(Stored):
    """Either an event, or a replay, for the subscription of that name; `since` it is to be done.

    An event that is `replayed` was recorded before.
    """

    subscription: str
    since: Instant
    event: PublishedEvent | None = None
    replay: Replay | None = None
    replayed: bool = False

    @property
    def is_test(self) -> bool:
        """Whether somebody tries the subscription out: it is called whatever its state is, once."""
        return self.event is not None and self.event.type == TEST_EVENT


def jobs_of(
    events: Iterable[PublishedEvent],
    settings: SubscriptionSettings,
    now: datetime,
    only: str | None = None,
) -> list[Job]:
    """Return a job for each event and each subscription that is told of it.

    With `only` it is told to that one once more.
    """
    return [
        Job(subscription=name, since=now, event=event, replayed=only is not None)
        for event in events
        for name, subscription in settings.subscriptions.items()
        if only in {None, name} and subscription.enabled and subscription.asks_for(event)
    ]


def enqueue(jobs: Sequence[Job], queue_url: str, delay_seconds: int = 0) -> None:
    """Hand jobs to the queue, each a message of its own; raises Retryable if it took not all.

    A group is a subscription: SQS then lets no group that is slow hold up the others.
    docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """
    sqs: SQSClient = aws_client("sqs")
    for batch in batched(jobs, BATCH, strict=False):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": job.model_dump_json(exclude_defaults=True),
                "MessageGroupId": job.subscription,
                "DelaySeconds": delay_seconds,
            }
            for number, job in enumerate(batch)
        ]
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        if refused := answer.get("Failed"):
            raise Retryable(f"the queue refused {len(refused)} events")
