"""How agent endpoints take what they are rung with, as the desk table has it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.model import Instant
from sportello.routing.breaker import Breaker
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENDPOINTS = "ENDPOINTS"


def endpoint_key(name: str) -> Attributes:
    return {"pk": {"S": ENDPOINTS}, "sk": {"S": name}}


def written_breaker(breaker: Breaker) -> str:
    return breaker.model_dump_json(exclude_defaults=True)


class EndpointMark(Stored):
    """`ENDPOINTS` / `<name>`: gone as long as its settings are those of `settings_hash`.

    `written` is how its breaker was read: the next one is written in its place, or not at all.
    """

    name: str
    gone_since: Instant | None = None
    settings_hash: str = ""
    breaker: Breaker | None = None
    written: str = ""

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "EndpointMark":
        words = {name: value["S"] for name, value in attributes.items() if "S" in value}
        written = words.get("breaker", "")
        return cls(
            name=words["sk"],
            gone_since=words.get("gone_since"),
            settings_hash=words.get("settings_hash", ""),
            breaker=Breaker.model_validate_json(written) if written else None,
            written=written,
        )

    def is_gone(self, settings_hash: str) -> bool:
        return self.gone_since is not None and self.settings_hash == settings_hash


class EndpointTable:
    """`partition` and `entity` are what another kind of endpoints is kept under."""

    partition = ENDPOINTS
    entity = "endpoint"

    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def mark_gone(self, name: str, settings_hash: str, now: datetime) -> bool:
        """Mark an endpoint, under its settings; False if it is marked already."""
        return self._update(
            name,
            "SET entity = :entity, gone_since = :now, settings_hash = :settings",
            {":now": stamp(now), ":settings": settings_hash},
            "attribute_not_exists(settings_hash) OR settings_hash <> :settings",
        )

    def note_success(self, name: str, breaker: Breaker) -> None:
        """Keep what a success leaves, whatever stands there: the endpoint does work."""
        written = {":breaker": written_breaker(breaker)}
        self._update(name, "SET entity = :entity, breaker = :breaker", written)

    def note_unless_changed(self, name: str, breaker: Breaker, before: str) -> bool:
        """Keep a breaker instead of the one `before`; False if another one stands there."""
        values = {":breaker": written_breaker(breaker)}
        condition = "attribute_not_exists(breaker)"
        if before:
            values[":before"], condition = before, "breaker = :before"
        return self._update(name, "SET entity = :entity, breaker = :breaker", values, condition)

    def forget(self, name: str) -> None:
        item = {**self._key(name), "entity": {"S": self.entity}}
        self._client.put_item(TableName=self._name, Item=item)

    def marks(self) -> Iterator[EndpointMark]:
        """Yield what is known of endpoints that were ever rung, in the order of their names."""
        return map(EndpointMark.from_attributes, self._items())

    def _items(self) -> Iterator[Attributes]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": self.partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def gone(self) -> Iterator[EndpointMark]:
        """Yield the endpoints that say they are gone, in the order of their names."""
        return (mark for mark in self.marks() if mark.gone_since is not None)

    def _key(self, name: str) -> Attributes:
        return {"pk": {"S": self.partition}, "sk": {"S": name}}

    def _update(self, name: str, update: str, values: dict[str, str], condition: str = "") -> bool:
        request: Attributes = {
            "TableName": self._name,
            "Key": self._key(name),
            "UpdateExpression": update,
            "ExpressionAttributeValues": {
                ":entity": {"S": self.entity},
                **{key: {"S": value} for key, value in values.items()},
            },
            **({"ConditionExpression": condition} if condition else {}),
        }
        try:
            self._client.update_item(**request)
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True
