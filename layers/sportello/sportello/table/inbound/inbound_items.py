"""An inbound item as it is kept, until it is applied and ever after. Pure."""

import json
from collections.abc import Iterable
from typing import Annotated

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.identifiers import Alias
from sportello.messaging.items import InboundItem
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored
from sportello.table.keys import (
    Attributes,
    conversation_of,
    key,
    pending_attributes,
    pending_shard,
    stamp,
)
from sportello.table.upcasters import schema_attributes, upcast

MAX_INBOUND_BYTES = 390_000
"""What an inbound item holds, read and raw together; its other attributes are small."""


_NOTHING = "{}"
_OF_ITS_PLACE = {"applied_at", "forwarded_to", "hands_on"}
"""Attributes that say what became of an item in one conversation."""


class ItemTooLarge(Exception):
    """It would not fit into an item of the table."""


class InboundRecord(Stored):
    """`IN#<item id>`: one provider item with the fragment it was read from.

    `verified` is whether its channel vouches for who wrote it. `aliases` are the conversations that
    all handles of its sender derive, where it told several, `forwarded_to` the conversation in
    which it is applied in place of this one.
    """

    conversation_id: str
    item_id: str
    channel: str
    received_at: Instant
    item: InboundItem
    applied: bool = False
    channel_kind: Annotated[ChannelKind, OrUnknown()] = ChannelKind.MESSAGING
    tone: Annotated[Tone, OrUnknown()] = Tone.NEUTRAL
    verified: bool = True
    aliases: tuple[Alias, ...] = ()
    forwarded_to: str = ""

    @property
    def place(self) -> tuple[Instant, Instant, str]:
        """What sorts items as they were sent; of one instant, as they came in."""
        return self.item.sent_at, self.received_at, self.item_id

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
            **schema_attributes("inbound"),
            "kind": {"S": self.item.kind},
            "channel": {"S": self.channel},
            "channel_kind": {"S": self.channel_kind},
            "tone": {"S": self.tone},
            **({} if self.verified else {"unverified": {"S": "1"}}),
            "received_at": {"S": stamp(self.received_at)},
            "item": {"S": item},
            **apart,
            "raw": {"B": raw},
            **({"aliases": {"S": _written(self.aliases)}} if self.aliases else {}),
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
                "item": {
                    **json.loads(attributes["item"]["S"]),
                    **json.loads(attributes.get("added", {"S": _NOTHING})["S"]),
                    "kind": attributes["kind"]["S"],
                },
                "applied": "pending" not in attributes,
                "channel_kind": attributes.get("channel_kind", {"S": ChannelKind.MESSAGING})["S"],
                "tone": attributes.get("tone", {"S": Tone.NEUTRAL})["S"],
                "verified": "unverified" not in attributes,
                "aliases": _read(attributes["aliases"]["S"]) if "aliases" in attributes else (),
                "forwarded_to": attributes.get("forwarded_to", {"S": ""})["S"],
            }
        )


def carried_over(attributes: Attributes, to: str, since: Attributes) -> Attributes:
    """Return an item as another conversation keeps it, still to be applied there."""
    content = {name: value for name, value in attributes.items() if name not in _OF_ITS_PLACE}
    shard = {"S": pending_shard(to)}
    return {
        **content,
        **key(to, attributes["sk"]["S"]),
        "pending": shard,
        "pending_since": since,
    }


def handed_on_with(attributes: Attributes) -> tuple[str, list[str]]:
    """Return where an item goes once more, and what goes there before it; empty for most."""
    to, *others = attributes.get("hands_on", {"S": " "})["S"].split(" ")
    return to, [item_id for item_id in others if item_id]


def _written(aliases: Iterable[Alias]) -> str:
    return " ".join(f"{alias.kind}:{alias.conversation_id}" for alias in aliases)


def _read(text: str) -> tuple[Alias, ...]:
    return tuple(Alias(*entry.split(":")) for entry in text.split())
