"""The items by which conversations are found: each says that a word occurs in one. Pure.

Words stand in keys as keyed hashes alone, and no item holds one. Tags are names of the business:
theirs are hashed so that any may be in a key.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sportello.table.keys import Attributes, key

TAG_KEPT = timedelta(days=400)
NAMES = "NAMES"
_TAGGED = "TAGGED#"


class WordEntry(NamedTuple):
    """Of one word, conversation and day there is one; `source` is the item that holds it last.

    It is empty where the word is one of the customer's name or handles, or a tag.
    """

    partition: str
    day: str
    conversation_id: str
    source: str

    @property
    def position(self) -> str:
        return f"{self.day}#{self.conversation_id}"

    def to_attributes(self, expires_at: datetime) -> Attributes:
        return {
            "pk": {"S": self.partition},
            "sk": {"S": self.position},
            "entity": {"S": "word"},
            **({"source": {"S": self.source}} if self.source else {}),
            "expires_at": {"N": str(int(expires_at.timestamp()))},
        }

    @classmethod
    def from_attributes(cls, partition: str, attributes: Attributes) -> "WordEntry":
        day, _, name = attributes["sk"]["S"].partition("#")
        return cls(partition, day, name, attributes.get("source", {"S": ""})["S"])


def day_of(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def word_partition(hashed: str) -> str:
    return f"WORDS#{hashed}"


def tag_partition(tag: str) -> str:
    return f"{_TAGGED}{hashlib.sha256(tag.encode()).hexdigest()[:32]}"


def is_of_tag(entry: WordEntry) -> bool:
    return entry.partition.startswith(_TAGGED)


def tag_entries(conversation_id: str, tags: Iterable[str], now: datetime) -> list[Attributes]:
    """Return the items of tags that were given; one that was taken away leaves its own behind."""
    return [
        WordEntry(tag_partition(tag), day_of(now), conversation_id, "").to_attributes(
            now + TAG_KEPT
        )
        for tag in tags
    ]


def names_key(conversation_id: str) -> Attributes:
    return key(conversation_id, NAMES)


def names_attributes(
    conversation_id: str, digest: str, day: str, expires_at: datetime
) -> Attributes:
    """Return the mark that a customer's names are kept, as the keyed `digest` tells them."""
    return {
        **names_key(conversation_id),
        "entity": {"S": "names"},
        "digest": {"S": digest},
        "kept_on": {"S": day},
        "expires_at": {"N": str(int(expires_at.timestamp()))},
    }
