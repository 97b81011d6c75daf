"""Who did what, as the desk table has it: a partition for each day, never changed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100


class AuditEntry(Stored):
    """`AUDIT#<day>` / `<at>#<request>`: what somebody asked for and what came of it.

    `agent_id` is the user pool's, `route` a template with `target` for the names in it; what was
    written or read is nowhere in it. `problem` is empty where nothing was refused.
    """

    at: Instant
    request_id: str
    agent_id: str
    roles: tuple[str, ...] = ()
    team: str = ""
    permission: str
    method: str
    route: str
    conversation_id: str = ""
    target: Mapping[str, str] = {}
    status: int
    problem: str = ""

    @property
    def sort_key(self) -> str:
        return f"{stamp(self.at)}#{self.request_id}"

    def to_attributes(self, retention: timedelta) -> Attributes:
        return {
            "pk": {"S": _partition(self.at.date())},
            "sk": {"S": self.sort_key},
            "entity": {"S": "audit"},
            **schema_attributes("audit"),
            "entry": {"S": self.model_dump_json(exclude_defaults=True)},
            "expires_at": {"N": str(int((self.at + retention).timestamp()))},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "AuditEntry":
        return cls.model_validate_json(upcast("audit", attributes)["entry"]["S"])


class AuditTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def keep(self, entry: AuditEntry, retention: timedelta) -> None:
        self._client.put_item(TableName=self._name, Item=entry.to_attributes(retention))

    def newest_first(
        self, since: datetime, until: datetime, before: str = ""
    ) -> Iterator[AuditEntry]:
        """Yield what was done in [since, until), and before the entry of a sort key if one is told.

        Pages are read as far as the caller goes.
        """
        low, high = stamp(since), min(filter(None, (stamp(until), before)))
        if low > high:
            return
        day, first = date.fromisoformat(high[:10]), since.date()
        while day >= first:
            for item in self._between(day, low, high):
                if item["sk"]["S"] != before:
                    yield AuditEntry.from_attributes(item)
            day -= timedelta(days=1)

    def _between(self, day: date, low: str, high: str) -> Iterator[Attributes]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues={
                ":pk": {"S": _partition(day)},
                # A sort key is longer than its stamp: one of exactly `until` lies above.
                ":low": {"S": low},
                ":high": {"S": high},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            yield from page["Items"]


def _partition(day: date) -> str:
    return f"AUDIT#{day.isoformat()}"
