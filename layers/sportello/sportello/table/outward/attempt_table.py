"""What was tried at a subscriber, and what came of it: for thirty days, without any content."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=30)
PAGE = 100

ATTEMPT_KEY = re.compile(r"2\d{3}-\d\d-\d\dT[\d:.]{15}Z#[\w:\-/]{1,160}", re.ASCII)


class Attempt(Stored):
    """`ATTEMPTS#<subscription>` / `<at>#<event>`: one call.

    `status` is the answer's, None where there was none; `error` is empty of one that was taken.
    After one that `gives_up` nothing else is tried.
    """

    at: Instant
    event_id: str
    event_type: str
    status: int | None = None
    duration_ms: int = 0
    error: str = ""
    age_seconds: int = 0
    gives_up: bool = False

    @property
    def sort_key(self) -> str:
        return f"{stamp(self.at)}#{self.event_id}"

    def to_attributes(self, subscription: str) -> Attributes:
        return {
            "pk": {"S": _partition(subscription)},
            "sk": {"S": self.sort_key},
            "entity": {"S": "attempt"},
            **schema_attributes("attempt"),
            "attempt": {"S": self.model_dump_json(exclude_defaults=True)},
            "expires_at": {"N": str(int((self.at + KEPT_FOR).timestamp()))},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Attempt":
        return cls.model_validate_json(upcast("attempt", attributes)["attempt"]["S"])


class AttemptTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def keep(self, subscription: str, attempt: Attempt) -> None:
        self._client.put_item(TableName=self._name, Item=attempt.to_attributes(subscription))

    def newest_first(self, subscription: str, before: str = "") -> Iterator[Attempt]:
        """Yield attempts, before the one of a sort key if one is told; as far as one goes."""
        bound = {":bound": {"S": before}} if before else {}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk" + (" AND sk < :bound" if before else ""),
            ExpressionAttributeValues={":pk": {"S": _partition(subscription)}, **bound},
            ScanIndexForward=False,
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            yield from map(Attempt.from_attributes, page["Items"])


def _partition(subscription: str) -> str:
    return f"ATTEMPTS#{subscription}"
