"""What the outside will notice: decided once, keyed, and carried out by the dispatcher.

A key names its effect within the conversation. It is derived from what caused the effect, so that
deciding the same thing again yields the same key, and it never holds personal data.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from sportello.conversation.events import Author
from sportello.conversation.reopening import Reopening
from sportello.conversation.state import REPLY
from sportello.messaging.items import Visibility
from sportello.messaging.outbound_channel import Button
from sportello.model import Instant, Model


class Machine(StrEnum):
    TRIAGE = "triage"
    SLA_TIMER = "sla_timer"
    ESCALATION = "escalation"


class WrittenText(Model):
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
    author: Author
    agent_id: str = ""
    buttons: tuple[Button, ...] = ()
    visibility: Visibility
    automatic: bool
    owner_version: int
    reopens: Reopening | None = None


class NotifyAgents(Model):
    """Ring one agent endpoint; `data` may hold customer content and stays in the table."""

    type: Literal["NotifyAgents"] = "NotifyAgents"
    key: str
    endpoint: str
    notice: str
    data: dict[str, Any]


class StartWorkflow(Model):
    type: Literal["StartWorkflow"] = "StartWorkflow"
    key: str
    machine: Machine
    input: dict[str, Any]


class ResumeWorkflow(Model):
    type: Literal["ResumeWorkflow"] = "ResumeWorkflow"
    key: str
    task_token: str
    output: dict[str, Any]


class BusEntry(Model):
    detail_type: str
    at: Instant
    detail: dict[str, Any]


class PublishEvent(Model):
    """The published events of one commit, in order."""

    type: Literal["PublishEvent"] = "PublishEvent"
    key: str
    entries: tuple[BusEntry, ...]


type Effect = Annotated[
    SendMessage | NotifyAgents | StartWorkflow | ResumeWorkflow | PublishEvent,
    Field(discriminator="type"),
]

EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect, config=ConfigDict(hide_input_in_errors=True))


def reply_key(agent_id: str, idempotency_key: str) -> str:
    """Return the key of an agent's send; what the client chose is hashed, it may say anything."""
    digest = hashlib.sha256(f"{agent_id}\n{idempotency_key}".encode()).hexdigest()
    return f"{REPLY}{digest[:32]}"
