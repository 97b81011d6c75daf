"""How subscribers take what they are told, as the desk table has it."""

from collections.abc import Iterator
from datetime import datetime

from sportello.model import Instant
from sportello.table.agents.endpoint_table import EndpointMark, EndpointTable
from sportello.table.keys import Attributes, stamp


class SubscriberMark(EndpointMark):
    """What was to be told from `behind_since` on is not in the queue any more, but in the feed."""

    behind_since: Instant | None = None

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "SubscriberMark":
        mark = EndpointMark.from_attributes(attributes)
        behind_since = attributes.get("behind_since", {"S": None})["S"]
        return cls.model_validate({**mark.model_dump(), "behind_since": behind_since})


class SubscriberTable(EndpointTable):
    """`SUBSCRIBERS` / `<name>`: the marks that endpoints have, of the subscription of that name."""

    partition = "SUBSCRIBERS"
    entity = "subscriber"

    def mark(self, name: str) -> SubscriberMark:
        item = self._client.get_item(
            TableName=self._name, Key=self._key(name), ConsistentRead=True
        ).get("Item")
        return SubscriberMark.from_attributes(item) if item else SubscriberMark(name=name)

    def marks(self) -> Iterator[SubscriberMark]:
        return map(SubscriberMark.from_attributes, self._items())

    def note_behind(self, name: str, since: datetime) -> None:
        """Note from when on events are left to the feed; an earlier note stands."""
        self._update(
            name,
            "SET entity = :entity, behind_since = :since",
            {":since": stamp(since)},
            "attribute_not_exists(behind_since) OR behind_since > :since",
        )

    def note_caught_up(self, name: str, since: datetime) -> None:
        """Take the note away, if it still is the one that was read."""
        self._update(
            name,
            "SET entity = :entity REMOVE behind_since",
            {":since": stamp(since)},
            "behind_since = :since",
        )
