"""What the outside will notice: decided once, keyed, and carried out by the dispatcher.

A key names its effect within the conversation. It is derived from what caused the effect, so that
deciding the same thing again yields the same key, and it never holds personal data.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from sportello.conversation.events import Author
from sportello.conversation.lost_answers.reopening import Reopening
from sportello.conversation.state import REPLY
from sportello.messaging.items import Visibility
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored, is_unknown


class Machine(StrEnum):
    TRIAGE = "triage"
    SLA_TIMER = "sla_timer"
    ESCALATION = "escalation"


class WrittenText(Stored):
    """The text of what somebody of ours wrote, which the event of its key points at."""

    key: str
    text: str


class SendMessage(WrittenText):
    """An outbound message.

    An `automatic` one is withdrawn if the conversation's owner version is no longer
    `owner_version` when it is about to leave. `reopens` is kept beside it in the table, where it
    may still change.
    """

    type: Literal["SendMessage"] = "SendMessage"
    author: Annotated[Author, OrUnknown()]
    agent_id: str = ""
    buttons: tuple[Button, ...] = ()
    visibility: Annotated[Visibility, OrUnknown()]
    automatic: bool
    owner_version: int
    reopens: Reopening | None = None


class SendRichMessage(SendMessage):
    """An outbound message with files, or one that the provider has approved beforehand.

    Its own type: a version that knows neither would send the text alone, and leaves this to us.
    """

    type: Literal["SendRichMessage"] = "SendRichMessage"  # type: ignore[assignment] # see above
    media: tuple[OutboundMedia, ...] = ()
    template: OutboundTemplate | None = None


NOTE = "note:"
"""What the keys of all notes begin with."""

MACRO = "macro:"
"""What keys begin with of notes that are nobody's words: each says which macro was carried out."""


class WriteNote(WrittenText):
    """A note among colleagues: to be kept, and not to be sent to anybody."""

    type: Literal["WriteNote"] = "WriteNote"


class NotifyAgents(Stored):
    """Ring one agent endpoint; `data` may hold customer content and stays in the table."""

    type: Literal["NotifyAgents"] = "NotifyAgents"
    key: str
    endpoint: str
    notice: str
    data: dict[str, Any]


class StartWorkflow(Stored):
    type: Literal["StartWorkflow"] = "StartWorkflow"
    key: str
    machine: Annotated[Machine, OrUnknown()]
    input: dict[str, Any]


class ResumeWorkflow(Stored):
    type: Literal["ResumeWorkflow"] = "ResumeWorkflow"
    key: str
    task_token: str
    output: dict[str, Any]


class FileOfItem(Stored):
    """`number` counts the files of an item from 0.

    `conversation_id` is where the item lies, if that has moved to where this is decided.
    """

    item_id: str
    number: int
    conversation_id: str = ""


class FetchMedia(Stored):
    """Fetch files that came with messages: of one commit, so that it is one write."""

    type: Literal["FetchMedia"] = "FetchMedia"
    key: str
    files: tuple[FileOfItem, ...]


class BusEntry(Stored):
    """`sequence` is the event's own in its conversation, `queue` what that is in, or was last.

    Both are unknown of what an earlier version decided.
    """

    detail_type: str
    at: Instant
    detail: dict[str, Any]
    sequence: int | None = None
    queue: str = ""


class PublishEvent(Stored):
    """The published events of one commit, in order."""

    type: Literal["PublishEvent"] = "PublishEvent"
    key: str
    entries: tuple[BusEntry, ...]


type KnownEffect = Annotated[
    SendMessage
    | SendRichMessage
    | WriteNote
    | NotifyAgents
    | StartWorkflow
    | ResumeWorkflow
    | FetchMedia
    | PublishEvent,
    Field(discriminator="type"),
]


def _of_a_later_version(kind: str) -> str:
    union, _discriminator = get_args(KnownEffect.__value__)
    if kind in {effect.model_fields["type"].default for effect in get_args(union)}:
        raise ValueError("an effect of ours that cannot be read")
    return kind


class UnknownEffect(Stored):
    """What only a later version of the code can carry out."""

    type: Annotated[str, AfterValidator(_of_a_later_version)]
    key: str


type Effect = Annotated[KnownEffect | UnknownEffect, Field(union_mode="left_to_right")]

EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect, config=ConfigDict(hide_input_in_errors=True))


def is_known(effect: Effect) -> bool:
    """Whether this version can carry an effect out; else it is left to the one that decided it."""
    match effect:
        case UnknownEffect():
            return False
        case StartWorkflow(machine=machine):
            return not is_unknown(machine)
        case SendRichMessage(media=media):
            return not any(is_unknown(each.kind) for each in media)
        case _:
            return True


def note_key(agent_id: str, idempotency_key: str) -> str:
    """Return the key of an agent's note, as that of a reply is made."""
    return f"{NOTE}{_digest(agent_id, idempotency_key)}"


def macro_key(agent_id: str, idempotency_key: str) -> str:
    """Return the key of what keeps a macro from being carried out twice."""
    return f"{MACRO}{_digest(agent_id, idempotency_key)}"


def reply_key(agent_id: str, idempotency_key: str) -> str:
    """Return the key of an agent's send; what the client chose is hashed, it may say anything."""
    return f"{REPLY}{_digest(agent_id, idempotency_key)}"


def _digest(agent_id: str, idempotency_key: str) -> str:
    return hashlib.sha256(f"{agent_id}\n{idempotency_key}".encode()).hexdigest()[:32]
