"""The agents' live connections as the desk table has them: who listens, and to what."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.table.keys import Attributes, stamp
from sportello.table.outward.live_items import (
    EVERYBODY,
    Connection,
    Listener,
    Ticket,
    Viewing,
    agents_partition,
    connection_key,
    place_with_queue,
    places_of,
    queues_partition,
    ticket_key,
    viewing_key,
    viewing_partition,
    written_queues,
)
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_VIEWERS = 50


class LiveTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    # --- tickets ----------------------------------------------------------------------------

    def keep_ticket(self, ticket_hash: str, ticket: Ticket) -> None:
        self._put(ticket.to_attributes(ticket_hash))

    def use_ticket(self, ticket_hash: str, connection_id: str, now: datetime) -> Ticket | None:
        """Use a ticket up; None if there is none, or it was used before, or is too old.

        An update whose answer was lost is sent again, and finds what it has written itself.
        """
        item = self._get(ticket_key(ticket_hash))
        ticket = Ticket.model_validate_json(item["ticket"]["S"]) if item else None
        if ticket is None or ticket.good_until <= now:
            return None
        is_ours = self._updated(
            ticket_key(ticket_hash),
            "SET used_by = :us",
            "used_by = :nobody OR used_by = :us",
            {":nobody": "", ":us": connection_id},
        )
        return ticket if is_ours else None

    # --- connections ------------------------------------------------------------------------

    def open_connection(self, connection: Connection) -> None:
        self._put(connection.to_attributes())

    def connection(self, connection_id: str) -> Connection | None:
        item = self._get(connection_key(connection_id))
        return Connection.from_attributes(item) if item else None

    def note_viewing(self, connection_id: str, conversation_id: str) -> bool:
        """Keep what is before its agent's eyes; False if it is gone."""
        return self._updated(
            connection_key(connection_id),
            "SET viewing = :it",
            "attribute_exists(pk)",
            {":it": conversation_id},
        )

    def note_pace(self, connection: Connection, busy_until: datetime) -> bool:
        """Keep how far ahead of its pace a connection is; False if another frame was faster."""
        return self._updated(
            connection_key(connection.connection_id),
            "SET busy_until = :until",
            "busy_until = :seen",
            {
                ":until": stamp(busy_until),
                ":seen": stamp(connection.busy_until or connection.opened_at),
            },
        )

    def list_connection(self, connection: Connection) -> bool:
        """Have a connection pushed to what it listens to, from now on; False if it is gone.

        Its item comes last: whoever closes it meanwhile has deleted that, and nothing is left.
        """
        listener = connection.listener
        for place in places_of(listener):
            self._put(listener.to_attributes(place))
        is_there = self._updated(
            connection_key(connection.connection_id),
            "SET queues = :them",
            "attribute_exists(pk)",
            {":them": written_queues(connection.queues)},
        )
        if is_there:
            return True
        self.take_off(listener)
        return False

    def unlist(self, connection: Connection, queues: Iterable[str]) -> None:
        """Have it pushed no more what it listened to in some queues."""
        for queue in queues:
            self._delete(place_with_queue(queue, connection.connection_id).key)

    def forget(self, connection_id: str) -> Connection | None:
        """Delete whatever there is of a connection, and return it; None if it is gone already.

        Its item goes first, and says where else it is: a `hello` beside it is in that, or fails.
        """
        item = self._delete(connection_key(connection_id))
        if item is None:
            return None
        connection = Connection.from_attributes(item)
        self.take_off(connection.listener)
        if connection.viewing:
            self.end_viewing(connection.viewing, connection_id)
        return connection

    def take_off(self, listener: Listener) -> None:
        """Have a connection pushed nothing any more."""
        for place in places_of(listener):
            self._delete(place.key)

    def is_listened_to(self, now: datetime) -> bool:
        """Tell whether anybody may be connected at all."""
        page = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :now AND :end",
            ExpressionAttributeValues={
                ":pk": {"S": EVERYBODY},
                # What ends at this very instant sorts before: "#" comes before "~".
                ":now": {"S": f"{stamp(now)}~"},
                ":end": {"S": "~"},
            },
            ConsistentRead=True,
            Limit=1,
        )
        return bool(page["Items"])

    def of_agent(self, agent_id: str, now: datetime) -> list[Listener]:
        return list(self._listeners(agents_partition(agent_id), now))

    def of_queue(self, queue: str, now: datetime) -> list[Listener]:
        return list(self._listeners(queues_partition(queue), now))

    def _listeners(self, partition: str, now: datetime) -> Iterator[Listener]:
        listed = map(Listener.from_attributes, self._query(partition))
        return (listener for listener in listed if listener.lives_until > now)

    # --- who looks at what ------------------------------------------------------------------

    def keep_viewing(self, conversation_id: str, viewing: Viewing) -> None:
        self._put(viewing.to_attributes(conversation_id))

    def end_viewing(self, conversation_id: str, connection_id: str) -> None:
        self._delete(viewing_key(conversation_id, connection_id))

    def viewings(self, conversation_id: str, now: datetime) -> list[Viewing]:
        """Return who has a conversation before their eyes, whoever connected first at the front."""
        items = self._query(viewing_partition(conversation_id))
        viewings = [view for view in map(Viewing.from_attributes, items) if view.until > now]
        return sorted(viewings, key=lambda viewing: viewing.listener.opened_at)[:MOST_VIEWERS]

    # --- calls ------------------------------------------------------------------------------

    def _put(self, item: Attributes) -> None:
        self._client.put_item(TableName=self._name, Item=item)

    def _get(self, item_key: Attributes) -> Attributes | None:
        answer = self._client.get_item(TableName=self._name, Key=item_key, ConsistentRead=True)
        item: Attributes | None = answer.get("Item")
        return item

    def _delete(self, item_key: Attributes) -> Attributes | None:
        """Delete an item, and return what it was."""
        answer = self._client.delete_item(
            TableName=self._name, Key=item_key, ReturnValues="ALL_OLD"
        )
        item: Attributes | None = answer.get("Attributes")
        return item

    def _query(self, partition: str) -> Iterator[Attributes]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _updated(
        self, item_key: Attributes, update: str, condition: str, values: dict[str, str]
    ) -> bool:
        try:
            self._client.update_item(
                TableName=self._name,
                Key=item_key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True
