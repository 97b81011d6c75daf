"""What is kept of a genuine payload that nobody could read: all of it, until it can be. Pure."""

from datetime import datetime
from typing import Self

from sportello.messaging.items import MAX_REASON
from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.compression import MAX_RAW_BYTES, compress
from sportello.table.keys import Attributes, stamp

QUARANTINE = "QUARANTINE"
"""Where the index `pending` lists what waits for a mended adapter; the sweep never looks there."""

QUARANTINE_DAYS = 90


class QuarantinedPayload(Stored):
    """`QUARANTINE#<id>`, in as many `PART#n` as its bytes need; the first one tells about it."""

    quarantine_id: str
    channel: str
    reason: str
    received_at: Instant
    size_bytes: int
    parts: int

    @staticmethod
    def key(quarantine_id: str, number: int = 0) -> Attributes:
        return {
            "pk": {"S": f"{QUARANTINE}#{quarantine_id}"},
            "sk": {"S": f"PART#{number:03d}"},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> Self:
        return cls(
            quarantine_id=attributes["pk"]["S"].removeprefix(f"{QUARANTINE}#"),
            channel=attributes["channel"]["S"],
            reason=attributes["reason"]["S"],
            received_at=attributes["received_at"]["S"],
            size_bytes=int(attributes["size_bytes"]["N"]),
            parts=int(attributes["parts"]["N"]),
        )


def quarantine_parts(
    quarantine_id: str, channel: str, reason: str, raw: bytes, now: datetime
) -> list[Attributes]:
    """Return the items that hold a body of any size between them, in the order to write them.

    The first part comes last, and it alone is listed: what is listed is there as a whole.
    """
    packed = compress(raw)
    chunks = [packed[at : at + MAX_RAW_BYTES] for at in range(0, len(packed), MAX_RAW_BYTES)]
    items: list[Attributes] = [
        {
            **QuarantinedPayload.key(quarantine_id, number),
            "entity": {"S": "quarantine"},
            "channel": {"S": channel},
            "reason": {"S": reason[:MAX_REASON]},
            "received_at": {"S": stamp(now)},
            "size_bytes": {"N": str(len(raw))},
            "parts": {"N": str(len(chunks))},
            "raw": {"B": chunk},
            "expires_at": {"N": str(int(now.timestamp()) + QUARANTINE_DAYS * 86_400)},
        }
        for number, chunk in enumerate(chunks)
    ]
    items[0] |= {"pending": {"S": QUARANTINE}, "pending_since": {"S": stamp(now)}}
    return items[::-1]
