"""How an item of the desk table is keyed, dated, and listed while it is still to be done. Pure."""

import zlib
from datetime import datetime
from typing import Any

type Attributes = dict[str, Any]
"""An item as the DynamoDB client takes and gives it."""

PENDING_SHARDS = 4


def partition(conversation_id: str) -> str:
    return f"CONV#{conversation_id}"


def key(conversation_id: str, sort_key: str) -> Attributes:
    return {"pk": {"S": partition(conversation_id)}, "sk": {"S": sort_key}}


def conversation_of(attributes: Attributes) -> str:
    return str(attributes["pk"]["S"]).removeprefix("CONV#")


def pending_shard(conversation_id: str) -> str:
    return f"PENDING#{zlib.crc32(conversation_id.encode()) % PENDING_SHARDS}"


def stamp(at: datetime) -> str:
    """Return an instant as text that sorts in time order: always UTC, always microseconds."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def pending_attributes(conversation_id: str, since: datetime) -> Attributes:
    return {
        "pending": {"S": pending_shard(conversation_id)},
        "pending_since": {"S": stamp(since)},
    }
