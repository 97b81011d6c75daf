"""An inbound item as it is kept, until it is applied and ever after. Pure."""

import json
from typing import Annotated

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.items import InboundItem
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored
from sportello.table.keys import Attributes, conversation_of, key, pending_attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

MAX_INBOUND_BYTES = 390_000
"""What an inbound item holds, read and raw together; its other attributes are small."""


class ItemTooLarge(Exception):
    """It would not fit into an item of the table."""


class InboundRecord(Stored):
    """`IN#<item id>`: one provider item with the fragment it was read from."""

    conversation_id: str
    item_id: str
    channel: str
    received_at: Instant
    item: InboundItem
    applied: bool = False
    channel_kind: Annotated[ChannelKind, OrUnknown()] = ChannelKind.MESSAGING
    tone: Annotated[Tone, OrUnknown()] = Tone.NEUTRAL

    @staticmethod
    def sort_key(item_id: str) -> str:
        return f"IN#{item_id}"

    def to_attributes(self, raw: bytes) -> Attributes:
        """Return the item to put; `raw` is compressed already. Raises ItemTooLarge."""
        item = self.item.model_dump_json(exclude_defaults=True, exclude={"kind"})
        if len(raw) + len(item.encode()) > MAX_INBOUND_BYTES:
            raise ItemTooLarge
        return {
            **key(self.conversation_id, self.sort_key(self.item_id)),
            "entity": {"S": "inbound"},
            **schema_attributes("inbound"),
            "kind": {"S": self.item.kind},
            "channel": {"S": self.channel},
            "channel_kind": {"S": self.channel_kind},
            "tone": {"S": self.tone},
            "received_at": {"S": stamp(self.received_at)},
            "item": {"S": item},
            "raw": {"B": raw},
            **pending_attributes(self.conversation_id, self.received_at),
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "InboundRecord":
        attributes = upcast("inbound", attributes)
        return cls.model_validate(
            {
                "conversation_id": conversation_of(attributes),
                "item_id": attributes["sk"]["S"].removeprefix("IN#"),
                "channel": attributes["channel"]["S"],
                "received_at": attributes["received_at"]["S"],
                "item": json.loads(attributes["item"]["S"]) | {"kind": attributes["kind"]["S"]},
                "applied": "pending" not in attributes,
                "channel_kind": attributes.get("channel_kind", {"S": ChannelKind.MESSAGING})["S"],
                "tone": attributes.get("tone", {"S": Tone.NEUTRAL})["S"],
            }
        )
