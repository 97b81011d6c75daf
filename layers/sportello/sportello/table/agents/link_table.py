"""What may be used once and has been, as the desk table has it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_AFTER = timedelta(days=1)
"""Longer than anything that is good for once is good for."""


class UsedLink(Stored):
    """`LINK#<name>` / `USED`: `outcome` is what its use led to, empty while that is open.

    One that was `given_back` led to nothing, and may be used; so may one without an outcome
    from `free_at` on. `used_by` names the call.
    """

    name: str
    used_at: Instant
    used_by: str = ""
    free_at: Instant | None = None
    outcome: str = ""
    given_back: bool = False

    def to_attributes(self) -> Attributes:
        return {
            **_key(self.name),
            "entity": {"S": "link"},
            "used_at": {"S": stamp(self.used_at)},
            **({"outcome": {"S": self.outcome}} if self.outcome else {}),
            **({"used_by": {"S": self.used_by}} if self.used_by else {}),
            **({"free_at": {"S": stamp(self.free_at)}} if self.free_at else {}),
            **({"given_back": {"N": "1"}} if self.given_back else {}),
            "expires_at": {"N": str(int((self.used_at + KEPT_AFTER).timestamp()))},
        }


def _key(name: str) -> Attributes:
    return {"pk": {"S": f"LINK#{name}"}, "sk": {"S": "USED"}}


class LinkTable:
    """A `name` gives nothing away: whoever reads the table can use no link."""

    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def use(self, name: str, now: datetime, free_at: datetime | None = None) -> bool:
        """Take the right to act on it; False if somebody did before.

        Whoever has noted no outcome by `free_at` has died on the way. A put whose answer was lost
        is sent again, and finds what it has written itself.
        """
        used = UsedLink(name=name, used_at=now, used_by=uuid4().hex, free_at=free_at)
        try:
            self._client.put_item(
                TableName=self._name,
                Item=used.to_attributes(),
                ConditionExpression=(
                    "attribute_not_exists(pk) OR attribute_exists(given_back)"
                    " OR used_by = :us OR free_at <= :now"
                ),
                ExpressionAttributeValues={
                    ":us": {"S": used.used_by},
                    ":now": {"S": stamp(now)},
                },
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True

    def note_outcome(self, name: str, outcome: str, now: datetime) -> None:
        self._put(UsedLink(name=name, used_at=now, outcome=outcome))

    def give_back(self, name: str, now: datetime) -> None:
        """Let it be used after all: whoever did came to nothing."""
        self._put(UsedLink(name=name, used_at=now, given_back=True))

    def outcome(self, name: str) -> str:
        """Return what the use of it led to; empty where that is not known."""
        item = self._client.get_item(TableName=self._name, Key=_key(name), ConsistentRead=True).get(
            "Item", {}
        )
        return str(item.get("outcome", {"S": ""})["S"])

    def _put(self, link: UsedLink) -> None:
        self._client.put_item(TableName=self._name, Item=link.to_attributes())
