"""Names that are safe in keys, URLs, logs and execution names, because they tell nothing.

Phone numbers are few enough to guess a plain hash of them, and provider message ids may encode
one, so everything is hashed with a key that belongs to the deployment.
"""

import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from sportello.messaging.items import Handle

CONVERSATION_ID = re.compile(r"[0-9a-f]{32}")
_LASTING = "_user"
_PARENT_ID = re.compile(r"[A-Za-z]{2}\.ENT\.", re.IGNORECASE)
_TRACKER = re.compile(r"(?P<conversation>[0-9a-f]{32})/(?P<key>[\w.:\-]{1,200})", re.ASCII)


def _keyed_hash(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode(), "sha256").hex()[:32]


def conversation_id(key: bytes, channel: str, account_id: str, handle: Handle) -> str:
    """Return the conversation of one handle on one channel account: 32 hex digits."""
    return _keyed_hash(key, "conversation", channel, account_id, handle)


class Alias(NamedTuple):
    """The conversation that one handle of a person derives, and what kind of handle it is."""

    kind: str
    conversation_id: str

    @property
    def short(self) -> str:
        """What a state remembers of it: enough to tell it from the few others of a person."""
        return f"{self.kind}:{self.conversation_id[:16]}"

    @property
    def lasting(self) -> bool:
        return is_lasting(self.kind)


def aliases(key: bytes, channel: str, account_id: str, handles: Iterable[Handle]) -> list[Alias]:
    """Return the conversations that several names of one person derive, one for each."""
    return [
        Alias(_kind_of(handle), conversation_id(key, channel, account_id, handle))
        for handle in handles
    ]


def _kind_of(handle: Handle) -> str:
    """Return what kind of name a handle is; a parent's id beside a user's makes no stranger."""
    kind, _, name = handle.partition(":")
    is_parent = is_lasting(kind) and _PARENT_ID.match(name)
    return f"{kind.removesuffix(_LASTING)}_parent{_LASTING}" if is_parent else kind


def is_lasting(kind: str) -> bool:
    """Whether a handle of this kind stays with its person: a number may pass to somebody else.

    Kinds that end in `_user` are the platform's own ids of people; see `Handle`.
    """
    return kind.endswith(_LASTING)


def item_id(key: bytes, channel: str, account_id: str, provider_item_id: str) -> str:
    """Return our name for a provider's item: the same item, the same name, for ever."""
    return _keyed_hash(key, "item", channel, account_id, provider_item_id)


def word_hash(key: bytes, kind: str, text: str) -> str:
    """Return our name for a word by which conversations are found: one of a name, of a text."""
    return _keyed_hash(key, "word", kind, text)


def tracker(conversation: str, effect_key: str) -> str:
    """Return the opaque string a provider echoes in the receipts of an outbound message."""
    return f"{conversation}/{effect_key}"


def read_tracker(text: str) -> tuple[str, str] | None:
    """Return (conversation id, effect key), or None for a tracker that is not ours."""
    match = _TRACKER.fullmatch(text)
    return (match["conversation"], match["key"]) if match else None
