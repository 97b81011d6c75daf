"""The agent endpoints that say they are gone for good, as the desk table has them."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENDPOINTS = "ENDPOINTS"


def endpoint_key(name: str) -> Attributes:
    return {"pk": {"S": ENDPOINTS}, "sk": {"S": name}}


class GoneEndpoint(Stored):
    """`ENDPOINTS` / `<name>`: gone as long as its settings are those of `settings_hash`."""

    name: str
    gone_since: Instant
    settings_hash: str

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "GoneEndpoint | None":
        """Return None for an endpoint that was taken out of the settings since."""
        if "gone_since" not in attributes:
            return None
        return cls(
            name=attributes["sk"]["S"],
            gone_since=attributes["gone_since"]["S"],
            settings_hash=attributes["settings_hash"]["S"],
        )


class EndpointTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def mark_gone(self, name: str, settings_hash: str, now: datetime) -> bool:
        """Mark an endpoint, under its settings; False if it is marked already."""
        try:
            self._client.update_item(
                TableName=self._name,
                Key=endpoint_key(name),
                UpdateExpression=(
                    "SET entity = :entity, gone_since = :now, settings_hash = :settings"
                ),
                ConditionExpression=(
                    "attribute_not_exists(settings_hash) OR settings_hash <> :settings"
                ),
                ExpressionAttributeValues={
                    ":entity": {"S": "endpoint"},
                    ":now": {"S": stamp(now)},
                    ":settings": {"S": settings_hash},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def forget(self, name: str) -> None:
        item = {**endpoint_key(name), "entity": {"S": "endpoint"}}
        self._client.put_item(TableName=self._name, Item=item)

    def gone(self) -> Iterator[GoneEndpoint]:
        """Yield the endpoints that are marked, in the order of their names."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": ENDPOINTS}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from filter(None, map(GoneEndpoint.from_attributes, page["Items"]))
