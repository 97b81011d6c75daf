"""An inbound item as it is kept, until it is applied and ever after. Pure."""

import json

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.items import InboundItem
from sportello.model import Instant, Model
from sportello.table.keys import Attributes, conversation_of, key, pending_attributes, stamp

MAX_INBOUND_BYTES = 390_000
"""What an inbound item holds, read and raw together; its other attributes are small."""


_NOTHING = "{}"


class ItemTooLarge(Exception):
    """It would not fit into an item of the table."""


class InboundRecord(Model):
    """`IN#<item id>`: one provider item with the fragment it was read from."""

    conversation_id: str
    item_id: str
    channel: str
    received_at: Instant
    item: InboundItem
    applied: bool = False
    channel_kind: ChannelKind = ChannelKind.MESSAGING
    tone: Tone = Tone.NEUTRAL

    @staticmethod
    def sort_key(item_id: str) -> str:
        return f"IN#{item_id}"

    def to_attributes(self, raw: bytes) -> Attributes:
        """Return the item to put; `raw` is compressed already. Raises ItemTooLarge."""
        added = self.item.added
        item = self.item.model_dump_json(exclude_defaults=True, exclude={"kind", *added})
        beside = self.item.model_dump_json(exclude_defaults=True, include=set(added))
        if len(raw) + len(item.encode()) + len(beside.encode()) > MAX_INBOUND_BYTES:
            raise ItemTooLarge
        apart = {} if beside == _NOTHING else {"added": {"S": beside}}
        return {
            **key(self.conversation_id, self.sort_key(self.item_id)),
            "entity": {"S": "inbound"},
            "kind": {"S": self.item.kind},
            "channel": {"S": self.channel},
            "channel_kind": {"S": self.channel_kind},
            "tone": {"S": self.tone},
            "received_at": {"S": stamp(self.received_at)},
            "item": {"S": item},
            **apart,
            "raw": {"B": raw},
            **pending_attributes(self.conversation_id, self.received_at),
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "InboundRecord":
        return cls.model_validate(
            {
                "conversation_id": conversation_of(attributes),
                "item_id": attributes["sk"]["S"].removeprefix("IN#"),
                "channel": attributes["channel"]["S"],
                "received_at": attributes["received_at"]["S"],
                "item": {
                    **json.loads(attributes["item"]["S"]),
                    **json.loads(attributes.get("added", {"S": _NOTHING})["S"]),
                    "kind": attributes["kind"]["S"],
                },
                "applied": "pending" not in attributes,
                "channel_kind": attributes.get("channel_kind", {"S": ChannelKind.MESSAGING})["S"],
                "tone": attributes.get("tone", {"S": Tone.NEUTRAL})["S"],
            }
        )
