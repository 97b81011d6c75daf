"""The queues as the desk table has them: who waits in one, and who has waited."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sportello.queues.waits import WaitRecord
from sportello.table.items import (
    WAITING_SHARDS,
    Line,
    Waiting,
    read_wait,
    wait_partition,
    wait_sort_keys,
)
from sportello.table.keys import Attributes, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FOREVER = datetime.max.replace(tzinfo=UTC)


def line_order(waiting: Waiting) -> tuple[int, datetime, str]:
    """Sort by who should be taken first: the most urgent, of those the one waiting longest."""
    return -waiting.priority.rank, waiting.since, waiting.conversation_id


class QueueTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def waiting(self, queue: str) -> list[Waiting]:
        """Return everybody who waits in a queue, those first who should be taken first."""
        paginator = self._client.get_paginator("query")
        customers = [
            Waiting.from_attributes(item)
            for shard in range(WAITING_SHARDS)
            for page in paginator.paginate(**self._waiting_query(queue, shard, FOREVER))
            for item in page["Items"]
        ]
        return sorted(customers, key=line_order)

    def line(self, queue: str, before: datetime) -> Line:
        """Tell who waits in a queue since before an instant, as eventually as an index knows."""
        paginator = self._client.get_paginator("query")
        since = [
            datetime.fromisoformat(item["waiting_since"]["S"])
            for shard in range(WAITING_SHARDS)
            for page in paginator.paginate(
                ProjectionExpression="waiting_since", **self._waiting_query(queue, shard, before)
            )
            for item in page["Items"]
        ]
        return Line(length=len(since), head_since=min(since, default=None))

    def _waiting_query(self, queue: str, shard: int, since_before: datetime) -> Attributes:
        return {
            "TableName": self._name,
            "IndexName": "waiting",
            "KeyConditionExpression": "waiting = :shard AND waiting_since < :instant",
            "ExpressionAttributeValues": {
                ":shard": {"S": f"{queue}#{shard}"},
                ":instant": {"S": stamp(since_before)},
            },
        }

    def waits(self, queue: str, since: datetime, until: datetime) -> Iterator[WaitRecord]:
        """Yield a queue's waits that ended in [since, until), oldest first.

        Pages are read as far as the caller goes; the last moments may be missing, the reads are
        eventually consistent. Waits that ended more than WAITS_KEPT ago may or may not be there.
        """
        if since >= until:
            return  # DynamoDB refuses a range that ends before it begins.
        pages = self._client.get_paginator("query").paginate(
            **self._waits_query(queue, since, until)
        )
        for page in pages:
            yield from map(read_wait, page["Items"])

    def latest_waits(
        self, queue: str, since: datetime, until: datetime, limit: int
    ) -> list[WaitRecord]:
        """Return at most `limit` of a queue's waits that ended in [since, until), newest first."""
        page = self._client.query(
            Limit=limit, ScanIndexForward=False, **self._waits_query(queue, since, until)
        )
        return [read_wait(item) for item in page["Items"]]

    def _waits_query(self, queue: str, since: datetime, until: datetime) -> Attributes:
        first, last = wait_sort_keys(since, until)
        return {
            "TableName": self._name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ProjectionExpression": "#wait",  # a reserved word; the rest of the item is keys
            "ExpressionAttributeNames": {"#wait": "wait"},
            "ExpressionAttributeValues": {
                ":pk": {"S": wait_partition(queue)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
