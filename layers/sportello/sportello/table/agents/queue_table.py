"""The queues as the desk table has them: who waits in one, and who has waited."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sportello.queues.line_summary import LineSummary
from sportello.queues.waits import WaitRecord
from sportello.routing.line import place_of
from sportello.table.agents.line_item import CountedLine
from sportello.table.items import WAITING_SHARDS, Waiting, read_wait, wait_partition, wait_sort_keys
from sportello.table.keys import Attributes, stamp
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FOREVER = datetime.max.replace(tzinfo=UTC)

_SHORT_SHARD = 35
"""Entries that one read unit shows, so that a line of a hundred is read as cheaply as one of ten;
a hundred are spread so unevenly that a shard holds more once in a hundred times."""


class WaitingLongest(NamedTuple):
    """Those who wait longest of each shard, in no order: everybody, unless `there_are_more`."""

    customers: list[Waiting]
    there_are_more: bool


class NewestWaiting(NamedTuple):
    """The newest first; where `there_are_more`, others may wait longer."""

    customers: list[Waiting]
    there_are_more: bool


def line_order(waiting: Waiting) -> tuple[datetime, str]:
    """Sort by who should be taken first: by their places, as agents are given them."""
    return place_of(waiting.priority, waiting.since), waiting.conversation_id


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
            for page in paginator.paginate(**self._waiting_query(queue, shard))
            for item in page["Items"]
        ]
        return sorted(customers, key=line_order)

    def waiting_longest(self, queue: str) -> WaitingLongest:
        """Return who waits longest, and of a short line everybody, at one read unit a shard."""
        customers: list[Waiting] = []
        there_are_more = False
        for shard in range(WAITING_SHARDS):
            page = self._client.query(Limit=_SHORT_SHARD, **self._waiting_query(queue, shard))
            customers += map(Waiting.from_attributes, page["Items"])
            there_are_more |= "LastEvaluatedKey" in page
        return WaitingLongest(customers, there_are_more)

    def length(self, queue: str) -> int:
        """Count everybody who waits in a queue."""
        paginator = self._client.get_paginator("query")
        return sum(
            page["Count"]
            for shard in range(WAITING_SHARDS)
            for page in paginator.paginate(Select="COUNT", **self._waiting_query(queue, shard))
        )

    def length_before(self, queue: str, before: datetime, most: int) -> int:
        """Count who waits in a queue since before an instant, as far as the most that matters.

        A shard that holds its share of the most speaks for the others.
        """
        length = 0
        for shard in range(WAITING_SHARDS):
            page = self._client.query(
                Select="COUNT",
                Limit=-(-most // WAITING_SHARDS),
                **self._waiting_query(queue, shard, instant=before),
            )
            if "LastEvaluatedKey" in page:
                return most
            length += page["Count"]
        return min(length, most)

    def length_since(self, queue: str, shard: int, since: datetime, most: int) -> int | None:
        """Count who came into a shard of a queue after an instant; None if more than the most."""
        page = self._client.query(
            Select="COUNT",
            Limit=most,
            **self._waiting_query(
                queue, shard, "waiting_since >= :instant", since + timedelta(microseconds=1)
            ),
        )
        return None if "LastEvaluatedKey" in page else page["Count"]

    def newest_waiting(self, queue: str, shard: int, since: datetime) -> NewestWaiting:
        """Return who came last of those who came into a shard of a queue since an instant."""
        page = self._client.query(
            Limit=_SHORT_SHARD,
            ScanIndexForward=False,
            **self._waiting_query(queue, shard, "waiting_since >= :instant", since),
        )
        return NewestWaiting(
            customers=[Waiting.from_attributes(item) for item in page["Items"]],
            there_are_more="LastEvaluatedKey" in page,
        )

    def _waiting_query(
        self,
        queue: str,
        shard: int,
        condition: str = "waiting_since < :instant",
        instant: datetime = FOREVER,
    ) -> Attributes:
        return {
            "TableName": self._name,
            "IndexName": "waiting",
            "KeyConditionExpression": f"waiting = :shard AND {condition}",
            "ExpressionAttributeValues": {
                ":shard": {"S": f"{queue}#{shard}"},
                ":instant": {"S": stamp(instant)},
            },
        }

    def counted_line(self, queue: str) -> CountedLine | None:
        """Return what was last counted of a long line; it may be a moment behind."""
        key = CountedLine.key(queue)
        item = self._client.get_item(TableName=self._name, Key=key).get("Item")
        return CountedLine.from_attributes(item) if item else None

    def claim_count(self, queue: str, last: CountedLine | None, now: datetime) -> bool:
        """Take the right to count a line anew; False if somebody took it since it was read."""
        summary = last.summary if last else None
        claimed_at = last.claimed_at if last else None
        return self._put_count(queue, CountedLine(claimed_at=now, summary=summary), claimed_at)

    def keep_count(self, queue: str, summary: LineSummary) -> None:
        """Write down a count, unless it took so long that somebody else claimed it meanwhile."""
        counted = CountedLine(claimed_at=summary.taken_at, summary=summary)
        self._put_count(queue, counted, counted.claimed_at)

    def _put_count(self, queue: str, counted: CountedLine, claimed_at: datetime | None) -> bool:
        request: Attributes = {"TableName": self._name, "Item": counted.to_attributes(queue)}
        if claimed_at is None:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            request["ConditionExpression"] = "claimed_at = :claimed_at"
            request["ExpressionAttributeValues"] = {":claimed_at": {"S": stamp(claimed_at)}}
        try:
            self._client.put_item(**request)
        except ClientError as error:
            if is_refused(error):
                return False
            raise
        return True

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
        """Return at most `limit` of a queue's waits that ended in [since, until), newest first.

        A wait that went on because its answer was lost has not ended.
        """
        page = self._client.query(
            Limit=limit, ScanIndexForward=False, **self._waits_query(queue, since, until)
        )
        waits = map(read_wait, page["Items"])
        return [wait for wait in waits if not wait.answer_lost]

    def _waits_query(self, queue: str, since: datetime, until: datetime) -> Attributes:
        first, last = wait_sort_keys(since, until)
        return {
            "TableName": self._name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            # `wait` is a reserved word; the rest of the item is keys.
            "ProjectionExpression": "#wait, answer_lost, schema_number",
            "ExpressionAttributeNames": {"#wait": "wait"},
            "ExpressionAttributeValues": {
                ":pk": {"S": wait_partition(queue)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
