"""Who could take one more, and who waits for somebody: the seats and the lines of queues."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.table.agents.agent_items import (
    STANDING,
    line_partition,
    place_attributes,
    place_key,
    read_place,
    read_seat,
    seats_partition,
)
from sportello.table.agents.agent_table import state_as_seen
from sportello.table.keys import Attributes
from sportello.table.refusals import is_lost

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIRST_PAGE, LATER_PAGES = 20, 200
"""Nearly always somebody of the first few fits; where nobody does, all are to be looked at."""


class LineTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def seats(self, queue: str) -> Iterator[list[Seat]]:
        """Yield who could take one more of a queue, page by page, in the queue's order."""
        condition = "pk = :pk AND sk < :standing"
        for items in self._pages(seats_partition(queue), condition, {":standing": {"S": STANDING}}):
            yield [read_seat(item) for item in items]

    def count_seats(self, queue: str, most: int) -> int:
        """Count who could take one more of a queue, as far as the most that matters."""
        page = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk < :standing",
            ExpressionAttributeValues={
                ":pk": {"S": seats_partition(queue)},
                ":standing": {"S": STANDING},
            },
            Select="COUNT",
            Limit=most,
        )
        return page["Count"]

    def at_work(self, queue: str) -> Iterator[Seat]:
        """Yield who is at work for a queue, those with room for one more first."""
        for items in self._pages(seats_partition(queue)):
            yield from map(read_seat, items)

    def anybody_at(self, queue: str) -> bool:
        """Tell whether an agent is at work for a queue, with room for one more or without."""
        return next(self.at_work(queue), None) is not None

    def line(self, queue: str, language: str) -> Iterator[list[InLine]]:
        """Yield who waits and speaks a language, page by page, who is to be taken first in front.

        An empty language is that of those of whom nobody knows it.
        """
        for items in self._pages(line_partition(queue, language)):
            yield [read_place(item) for item in items]

    def has_place(self, waiting: InLine) -> bool:
        item = self._client.get_item(
            TableName=self._name,
            Key=place_key(waiting),
            ConsistentRead=True,
            ProjectionExpression="pk",
        )
        return "Item" in item

    def put_place(self, waiting: InLine, sequence: int) -> bool:
        """Give a place to who waits without one: an earlier version of the code knows of none.

        False if the conversation, of which `sequence` was seen, has changed meanwhile.
        """
        put = {"TableName": self._name, "Item": place_attributes(waiting)}
        return self._written_if_unchanged(waiting, sequence, {"Put": put})

    def forget_place(self, waiting: InLine, sequence: int) -> bool:
        """Delete a place of a conversation that has none any more, as its state shows.

        False if the conversation, of which `sequence` was seen, has changed meanwhile.
        """
        delete = {"TableName": self._name, "Key": place_key(waiting)}
        return self._written_if_unchanged(waiting, sequence, {"Delete": delete})

    def _written_if_unchanged(self, waiting: InLine, sequence: int, write: Attributes) -> bool:
        unchanged = state_as_seen(self._name, waiting.conversation_id, sequence)
        writes = [{"ConditionCheck": unchanged}, write]
        try:
            self._client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type] # built as plain dicts
        except ClientError as error:
            if is_lost(error):
                return False
            raise
        return True

    def _pages(
        self, part: str, condition: str = "pk = :pk", values: Attributes | None = None
    ) -> Iterator[list[Attributes]]:
        request: Attributes = {
            "TableName": self._name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {":pk": {"S": part}, **(values or {})},
            "ConsistentRead": True,
            "Limit": FIRST_PAGE,
        }
        while True:
            page = self._client.query(**request)
            yield page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request |= {"ExclusiveStartKey": page["LastEvaluatedKey"], "Limit": LATER_PAGES}
