"""What was published, in the order in which it was recorded: a partition for each day.

A position is where something stands in that order. It is the time of recording and not of the
event, so that what is published late stands behind what a reader has read already.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from sportello.conversation.published_events import PublishedEvent
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SETTLED_AFTER = timedelta(seconds=15)
"""Whoever took a position has put it by then, or given up: nothing comes before it any more."""

POSITION = re.compile(r"2\d{3}-\d\d-\d\dT[\d:.]{15}Z(#[\w:\-#]{1,160})?", re.ASCII)

PAGE = 100

_EVENTS: TypeAdapter[tuple[PublishedEvent, ...]] = TypeAdapter(tuple[PublishedEvent, ...])


class RecordedEvents(Stored):
    """`EVENTS#<day>` / `<recorded at>#<conversation>#<effect key>`: the events of one commit."""

    position: str
    events: tuple[PublishedEvent, ...]

    def to_attributes(self, expires_at: datetime) -> Attributes:
        return {
            "pk": {"S": _partition(self.position[:10])},
            "sk": {"S": self.position},
            "entity": {"S": "published"},
            **schema_attributes("published"),
            "events": {"S": _EVENTS.dump_json(self.events, exclude_defaults=True).decode()},
            "expires_at": {"N": str(int(expires_at.timestamp()))},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "RecordedEvents":
        return cls(
            position=attributes["sk"]["S"],
            events=_EVENTS.validate_json(upcast("published", attributes)["events"]["S"]),
        )


class EventFeed:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def record(
        self, cause: str, events: Sequence[PublishedEvent], now: datetime, retention: timedelta
    ) -> None:
        """Keep a commit's events; `cause` names it. Recorded twice they are there twice."""
        recorded = RecordedEvents(position=f"{stamp(now)}#{cause}", events=tuple(events))
        item = recorded.to_attributes(now + retention)
        self._client.put_item(TableName=self._name, Item=item)

    def after(self, position: str, until: datetime) -> Iterator[RecordedEvents]:
        """Yield what was recorded behind a position and before an instant, the first one first.

        Pages are read as far as the caller goes.
        """
        high = stamp(until)
        if position > high:
            return
        day, last = date.fromisoformat(position[:10]), until.date()
        while day <= last:
            for item in self._between(day, position, high):
                if item["sk"]["S"] != position:
                    yield RecordedEvents.from_attributes(item)
            day += timedelta(days=1)

    def _between(self, day: date, low: str, high: str) -> Iterator[Attributes]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues={
                ":pk": {"S": _partition(day.isoformat())},
                ":low": {"S": low},
                # A sort key is longer than its stamp: one of exactly that instant lies above.
                ":high": {"S": high},
            },
            ConsistentRead=True,
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            yield from page["Items"]


def _partition(day: str) -> str:
    return f"EVENTS#{day}"
