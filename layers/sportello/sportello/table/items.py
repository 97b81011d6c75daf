"""The items of the desk table: each owns its keys and knows how it is written and read. Pure.

Attributes are strings, numbers and bytes only; documents are JSON, so that what DynamoDB allows
inside a map never matters. `entity` tells kinds of items apart (the stream filters on it), and
`pending` with `pending_since` keep what still needs doing in a sparse index.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator

from sportello.channel_kinds import ChannelKind, Tone
from sportello.conversation.effects import EFFECT, Effect, SendMessage
from sportello.conversation.events import EVENT_LOG, IN_THE_LOG, ConversationEvent, OwnerKind
from sportello.conversation.lost_answers.reopening import Reopening
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.messaging.attachments import Origin
from sportello.messaging.items import DeliveryStatus
from sportello.model import Instant, Model
from sportello.priorities import Priority
from sportello.queues.waits import WaitRecord
from sportello.stored import OrUnknown, Stored
from sportello.table.agents.agent_items import agent_key, agent_of, is_of_agent
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbox.inbox_standing import inbox_attributes, standing_of
from sportello.table.keys import (
    Attributes,
    conversation_of,
    key,
    pending_attributes,
    stamp,
)
from sportello.table.stories.last_words import KeptWords
from sportello.table.upcasters import schema_attributes, unknown_attributes, upcast

UNTIL_SETTINGS_CHANGE = datetime(9999, 12, 31, tzinfo=UTC)
"""Nothing is due while somebody waits for people: only changed settings may bring it about."""

WAITING_SHARDS = 4


REPLACED = {
    "STATE": frozenset(
        {
            *("pk", "sk", "entity", "sequence", "owner_version", "state"),
            *("pending", "pending_since", "waiting", "waiting_since", "priority", "last_words"),
            *("inbox", "inbox_at", "live"),
        }
    ),
    "ADDRESS": frozenset({"pk", "sk", "entity", "address", "origin"}),
}
"""What is ours in the items that a commit puts anew; the rest stays in them."""


class Address(Stored):
    """`ADDRESS`: how to reach the customer of a conversation, and in which language.

    `language` is empty where nobody knows it, and may be one that has been removed since.
    `as_of` is when the item was sent that told so; an older one that arrives later tells nothing.
    `origin` is what brought them here last; it is stored apart, for the first version refuses it.
    `verified` is whether the channel vouches that it is them.
    """

    channel: str
    account_id: str
    reply_to: str
    display_name: str = ""
    language: str = ""
    as_of: Instant | None = None
    channel_kind: Annotated[ChannelKind, OrUnknown()] = ChannelKind.MESSAGING
    tone: Annotated[Tone, OrUnknown()] = Tone.NEUTRAL
    origin: Origin | None = None
    verified: bool = True

    def to_attributes(self, conversation_id: str) -> Attributes:
        apart = {"origin": {"S": self.origin.model_dump_json()}} if self.origin else {}
        return {
            **key(conversation_id, "ADDRESS"),
            "entity": {"S": "address"},
            **schema_attributes("address"),
            "address": {"S": self.model_dump_json(exclude_defaults=True, exclude={"origin"})},
            **apart,
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Address":
        address = cls.model_validate_json(upcast("address", attributes)["address"]["S"])
        if "origin" not in attributes:
            return address
        origin = Origin.model_validate_json(attributes["origin"]["S"])
        return address.model_copy(update={"origin": origin})


def state_attributes(
    conversation_id: str, state: ConversationState, words: KeptWords | None = None
) -> Attributes:
    """Return the `STATE` item; the owner version stands apart so that a claim can check it.

    So do the last words, which are the customer's and no part of what the log folds to.
    """
    document = state.model_dump_json(exclude_defaults=True)
    attributes = {
        **key(conversation_id, "STATE"),
        "entity": {"S": "state"},
        **schema_attributes("state"),
        "sequence": {"N": str(state.sequence)},
        "owner_version": {"N": str(state.owner.version)},
        "state": {"S": document},
        **({"last_words": {"S": words.model_dump_json(exclude_defaults=True)}} if words else {}),
        **inbox_attributes(standing_of(conversation_id, state)),
    }
    lease = state.turn.lease_expires_at if state.turn else None
    due = min((at for at in (lease, state.wake_at, state.rings_by) if at), default=None)
    if due is None and state.owner.is_people and state.lifecycle is Lifecycle.OPEN:
        due = UNTIL_SETTINGS_CHANGE
    if due is not None:
        attributes |= pending_attributes(conversation_id, due)
    if state.owner.kind is OwnerKind.QUEUE and state.waiting_since is not None:
        attributes |= {
            "waiting": {"S": waiting_shard(state.queue, conversation_id)},
            "waiting_since": {"S": stamp(state.waiting_since)},
            "priority": {"S": state.priority},
        }
    return attributes


def waiting_shard(queue: str, conversation_id: str) -> str:
    return f"{queue}#{zlib.crc32(conversation_id.encode()) % WAITING_SHARDS}"


class Line(Model):
    """How many wait in a queue, and since when the first of them."""

    length: int
    head_since: Instant | None


class Waiting(Model):
    """A conversation that waits in a queue, and since when."""

    conversation_id: str
    priority: Annotated[Priority, OrUnknown(), AfterValidator(lambda priority: priority.as_known)]
    since: Instant

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Waiting":
        return cls(
            conversation_id=conversation_of(attributes),
            priority=attributes["priority"]["S"],
            since=attributes["waiting_since"]["S"],
        )


def read_state(attributes: Attributes) -> ConversationState:
    return ConversationState.model_validate_json(upcast("state", attributes)["state"]["S"])


def read_last_words(attributes: Attributes) -> KeptWords | None:
    written = attributes.get("last_words")
    return KeptWords.model_validate_json(written["S"]) if written else None


def unknown_in(items: Mapping[str, Attributes | None]) -> Mapping[str, Attributes]:
    """Return, by sort key, what only a later version knows of the items that are put anew."""
    rest = {
        sort_key: unknown_attributes(sort_key.lower(), item, REPLACED[sort_key])
        for sort_key, item in items.items()
        if item
    }
    return {sort_key: attributes for sort_key, attributes in rest.items() if attributes}


class LogEntry(Stored):
    """`EVT#<sequence of the first event>`: the events of one commit."""

    sequence: int
    at: Instant
    events: tuple[ConversationEvent, ...]

    @staticmethod
    def sort_key(sequence: int) -> str:
        return f"EVT#{sequence:012d}"

    def to_attributes(self, conversation_id: str) -> Attributes:
        return {
            **key(conversation_id, self.sort_key(self.sequence)),
            "entity": {"S": "events"},
            **schema_attributes("events"),
            "at": {"S": stamp(self.at)},
            "events": {"S": EVENT_LOG.dump_json(self.events, context=IN_THE_LOG).decode()},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "LogEntry":
        return cls(
            sequence=int(attributes["sk"]["S"].removeprefix("EVT#")),
            at=attributes["at"]["S"],
            events=EVENT_LOG.validate_json(upcast("events", attributes)["events"]["S"]),
        )


def written_reopening(reopening: Reopening) -> Attributes:
    """Write it small: clocks are much alike, and each write of the message pays for it."""
    return {"B": zlib.compress(reopening.model_dump_json(exclude_defaults=True).encode())}


def _read_effect(attributes: Attributes) -> Effect:
    effect = EFFECT.validate_json(upcast("effect", attributes)["effect"]["S"])
    if "reopens" not in attributes:
        return effect
    written_small = attributes["reopens"]["B"]
    if isinstance(written_small, str):
        # As the stream has bytes, which reaches its reader as JSON.
        written_small = base64.b64decode(written_small)
    reopens = Reopening.model_validate_json(zlib.decompress(written_small))
    return effect.model_copy(update={"reopens": reopens})


class EffectRecord(Stored):
    """`FX#<key>`: an effect with its content and, for a message, what became of it.

    `parts_sent` counts the accepted parts of a message that was longer than the channel allows.
    `request_hash` is of the client's request that asked for it, empty where none did, `receipt`
    what the ring of a notice can be taken back by.
    What a message reopens if it is lost stands apart from it, because it may still change.
    """

    conversation_id: str
    channel: str
    decided_at: Instant
    effect: Effect
    status: Annotated[DeliveryStatus, OrUnknown()] = DeliveryStatus.QUEUED
    parts_sent: int = 0
    provider_message_id: str = ""
    error_code: str = ""
    request_hash: str = ""
    receipt: str = ""

    @staticmethod
    def sort_key(effect_key: str) -> str:
        return f"FX#{effect_key}"

    def to_attributes(self) -> Attributes:
        return {
            **key(self.conversation_id, self.sort_key(self.effect.key)),
            "entity": {"S": "effect"},
            **schema_attributes("effect"),
            "channel": {"S": self.channel},
            "decided_at": {"S": stamp(self.decided_at)},
            "effect": {"S": self.effect.model_dump_json(exclude={"reopens"})},
            "delivery": {"S": self.status},
            **({"request_hash": {"S": self.request_hash}} if self.request_hash else {}),
            **self._reopens(),
            **pending_attributes(self.conversation_id, self.decided_at),
        }

    def _reopens(self) -> Attributes:
        reopens = self.effect.reopens if isinstance(self.effect, SendMessage) else None
        return {"reopens": written_reopening(reopens)} if reopens else {}

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "EffectRecord":
        return cls(
            conversation_id=conversation_of(attributes),
            channel=attributes["channel"]["S"],
            decided_at=attributes["decided_at"]["S"],
            effect=_read_effect(attributes),
            status=attributes["delivery"]["S"],
            parts_sent=int(attributes.get("parts_sent", {"N": "0"})["N"]),
            provider_message_id=attributes.get("provider_message_id", {"S": ""})["S"],
            error_code=attributes.get("error_code", {"S": ""})["S"],
            request_hash=attributes.get("request_hash", {"S": ""})["S"],
            receipt=attributes.get("receipt", {"S": ""})["S"],
        )

    @property
    def message(self) -> SendMessage:
        """The outbound message this record carries; raises TypeError for another effect."""
        if not isinstance(self.effect, SendMessage):
            raise TypeError(f"{self.effect.type} is no outbound message")
        return self.effect


def wait_partition(queue: str) -> str:
    """Name where a queue's waits lie, by when they ended; it bears 1,000 of them in a second."""
    return f"WAITS#{queue}"


def wait_attributes(wait: WaitRecord) -> Attributes:
    """Return the item of an ended wait, to put; putting it again changes nothing."""
    return {
        "pk": {"S": wait_partition(wait.queue)},
        "sk": {"S": f"{stamp(wait.ended_at)}#{wait.conversation_id}#{wait.wait_id}"},
        "entity": {"S": "wait"},
        **schema_attributes("wait"),
        "wait": {"S": wait.model_dump_json(exclude_defaults=True, exclude={"answer_lost"})},
        **({"answer_lost": {"N": "1"}} if wait.answer_lost else {}),
        "expires_at": {"N": str(int(wait.expires_at.timestamp()))},
    }


def read_wait(attributes: Attributes) -> WaitRecord:
    wait = WaitRecord.model_validate_json(upcast("wait", attributes)["wait"]["S"])
    return wait.model_copy(update={"answer_lost": True}) if "answer_lost" in attributes else wait


def wait_sort_keys(since: datetime, until: datetime) -> tuple[str, str]:
    """Return the bounds, for BETWEEN, of waits ended in [since, until).

    Every sort key is longer than the stamp it begins with, so one of exactly `until` lies above.
    """
    return stamp(since.astimezone(UTC)), stamp(until.astimezone(UTC))


class Content(Model):
    """Items of a conversation, in the order in which they were asked for; others are not there."""

    inbound: tuple[InboundRecord, ...] = ()
    effects: tuple[EffectRecord, ...] = ()


class Conversation(Content):
    """A conversation as loaded: its state, how to reach the customer, and the items asked for.

    `last_words` is None where nobody has written since they are kept. `unknown` are, by sort key,
    attributes of a later version, which stay in items put anew.
    """

    conversation_id: str
    state: ConversationState
    address: Address | None
    last_words: KeptWords | None = None
    unknown: Mapping[str, Attributes] = {}


class PendingEntry(Model):
    """Something in the index `pending` for longer than it should be, or an agent's item that is."""

    entity: str
    conversation_id: str = ""
    agent_id: str = ""
    sort_key: str
    pending_since: Instant

    @property
    def key(self) -> Attributes:
        if self.agent_id:
            return agent_key(self.agent_id, self.sort_key)
        return key(self.conversation_id, self.sort_key)

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "PendingEntry":
        return cls(
            entity=attributes["entity"]["S"],
            **_whose(attributes),
            sort_key=attributes["sk"]["S"],
            pending_since=attributes["pending_since"]["S"],
        )


def _whose(attributes: Attributes) -> dict[str, str]:
    if is_of_agent(attributes):
        return {"agent_id": agent_of(attributes)}
    return {"conversation_id": conversation_of(attributes)}


def settings_partition(kind: str) -> str:
    return f"SETTINGS#{kind}"


def settings_kind(attributes: Attributes) -> str:
    return str(attributes["pk"]["S"]).removeprefix("SETTINGS#")


def settings_sort_key(version: int | None) -> str:
    """`CURRENT`, or the copy that is kept of every version."""
    return "CURRENT" if version is None else f"V#{version:06d}"


class StoredSettings(Stored):
    """`SETTINGS#<kind>`: the current document, and every version it had."""

    version: int
    document: Any

    def part(self, name: str) -> Mapping[str, Any]:
        """Return what stands under a name, whether or not the document still fits."""
        part = self.document.get(name) if isinstance(self.document, dict) else None
        return part if isinstance(part, dict) else {}

    def to_attributes(self, kind: str, sort_key: str, author: str, at: datetime) -> Attributes:
        return {
            "pk": {"S": settings_partition(kind)},
            "sk": {"S": sort_key},
            "entity": {"S": "settings"},
            **schema_attributes("settings"),
            "version": {"N": str(self.version)},
            "document": {"S": json.dumps(self.document)},
            "author": {"S": author},
            "written_at": {"S": stamp(at)},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "StoredSettings":
        return cls(
            version=int(attributes["version"]["N"]),
            document=json.loads(upcast("settings", attributes)["document"]["S"]),
        )
