"""Agents' lists as the desk table has them: which conversations stand where, and how many."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sportello.table.inbox.inbox_standing import (
    Lane,
    OwnStanding,
    Rank,
    Standing,
    inbox_attributes,
    own_partition,
    partitions,
    position_at,
)
from sportello.table.keys import Attributes, key
from sportello.table.refusals import is_lost

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FIRST, _LAST = "0", "9~"
"""Below and above every position."""


_SEQUENCE = {"#sequence": "sequence"}  # a reserved word


class Stretch(NamedTuple):
    """A part of one partition, from one position to another; `is_own` is of an agent's own list."""

    partition: str
    first: str = _FIRST
    last: str = _LAST
    is_own: bool = False

    def after(self, position: str, *, newest_first: bool) -> "Stretch | None":
        """Return what of it comes behind a position; None if nothing can."""
        if not position:
            return self
        if newest_first:
            last = min(self.last, _before(position))
            return self._replace(last=last) if self.first <= last else None
        first = max(self.first, f"{position} ")
        return self._replace(first=first) if first <= self.last else None


def _before(position: str) -> str:
    """Return the text right below a position: no other position lies between them."""
    return f"{position[:-1]}{chr(ord(position[-1]) - 1)}~"


_LAST_RANKS = {
    Lane.QUEUE: Rank.AWAITING_CUSTOMER,
    Lane.AGENT: Rank.AWAITING_CUSTOMER,
    Lane.BOT: Rank.WITH_BOT,
    Lane.SNOOZED: Rank.SNOOZED,
    Lane.CLOSED: Rank.CLOSED,
}


def stretches(queue: str, lane: Lane, since: str = "", until: str = "") -> list[Stretch]:
    """Return a lane of a queue, or what of it lies between two positions."""
    first, last = since or _FIRST, until or f"{_LAST_RANKS[lane]:d}~"
    return [Stretch(partition, first, last) for partition in partitions(queue, lane)]


def own_stretch(agent_id: str) -> Stretch:
    return Stretch(own_partition(agent_id), is_own=True)


def due_until(now: datetime) -> str:
    """Return the last position of what is due by now."""
    return f"{position_at(Rank.DUE, now)}~"


def closed_since(since: datetime) -> str:
    return position_at(Rank.CLOSED, since)


class InboxTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def positions(self, stretch: Stretch, limit: int, *, newest_first: bool = False) -> list[str]:
        """Return the first positions of a stretch, as the index had them a moment ago."""
        page = self._client.query(
            Limit=limit, ScanIndexForward=not newest_first, **self._request(stretch)
        )
        name = "sk" if stretch.is_own else "inbox_at"
        return [item[name]["S"] for item in page["Items"]]

    def count(self, stretch: Stretch, most: int) -> int:
        """Count the positions of a stretch, as far as the most that matters."""
        page = self._client.query(Select="COUNT", Limit=most, **self._request(stretch))
        return page["Count"]

    def _request(self, stretch: Stretch) -> Attributes:
        partition, position = ("pk", "sk") if stretch.is_own else ("inbox", "inbox_at")
        return {
            "TableName": self._name,
            **({"ConsistentRead": True} if stretch.is_own else {"IndexName": "inbox"}),
            "KeyConditionExpression": (
                f"{partition} = :partition AND {position} BETWEEN :first AND :last"
            ),
            "ExpressionAttributeValues": {
                ":partition": {"S": stretch.partition},
                ":first": {"S": stretch.first},
                ":last": {"S": stretch.last},
            },
        }

    def put_right(
        self, conversation_id: str, sequence: int, standing: Standing | None, listed_at: str
    ) -> bool:
        """Have a conversation stand where it should, if it is as it was read and does not.

        An earlier version leaves our attributes as they are when it writes the rest.
        """
        attributes = inbox_attributes(standing)
        names = ", ".join(f"{name} = :{name}" for name in attributes)
        update = f"SET {names}" if attributes else "REMOVE inbox, inbox_at"
        return _done(
            self._client.update_item,
            TableName=self._name,
            Key=key(conversation_id, "STATE"),
            UpdateExpression=update,
            ConditionExpression="#sequence = :sequence AND inbox_at = :listed_at",
            ExpressionAttributeNames=_SEQUENCE,
            ExpressionAttributeValues={
                **{f":{name}": value for name, value in attributes.items()},
                ":sequence": {"N": str(sequence)},
                ":listed_at": {"S": listed_at},
            },
        )

    def list_missing(
        self, conversation_id: str, sequence: int, standing: Standing, own: OwnStanding | None
    ) -> bool:
        """Have a conversation listed that never was, if it is as it was read."""
        attributes = inbox_attributes(standing)
        update = {
            "TableName": self._name,
            "Key": key(conversation_id, "STATE"),
            "UpdateExpression": "SET inbox = :inbox, inbox_at = :inbox_at",
            "ConditionExpression": "#sequence = :sequence AND attribute_not_exists(inbox)",
            "ExpressionAttributeNames": _SEQUENCE,
            "ExpressionAttributeValues": {
                **{f":{name}": value for name, value in attributes.items()},
                ":sequence": {"N": str(sequence)},
            },
        }
        puts = [{"Put": {"TableName": self._name, "Item": own.to_attributes()}}] if own else []
        return _done(self._client.transact_write_items, TransactItems=[{"Update": update}, *puts])

    def strike(self, conversation_id: str, sequence: int, own: OwnStanding) -> bool:
        """Take a conversation off an agent's list where it stands no more, if it is as it was read.

        An earlier version leaves it there.
        """
        check = {
            "TableName": self._name,
            "Key": key(conversation_id, "STATE"),
            "ConditionExpression": "#sequence = :sequence",
            "ExpressionAttributeNames": _SEQUENCE,
            "ExpressionAttributeValues": {":sequence": {"N": str(sequence)}},
        }
        delete = {"TableName": self._name, "Key": own.key}
        writes = [{"ConditionCheck": check}, {"Delete": delete}]
        return _done(self._client.transact_write_items, TransactItems=writes)


def _done(write: Callable[..., object], **request: object) -> bool:
    """Write; False where somebody else was faster, who has put it right."""
    try:
        write(**request)
    except ClientError as error:
        if not is_lost(error):
            raise
        return False
    return True
