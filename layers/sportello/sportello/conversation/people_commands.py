"""What people ask of a conversation besides answering it: to hand it on, to note, to promise."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import SerializeAsAny

from sportello.conversation.commands import (
    AccompanyingText,
    AgentCommand,
    Command,
    InformedCommand,
    OfferToAgent,
    OwnersCommand,
    VersionedCommand,
)
from sportello.model import Model
from sportello.sla.clocks import PromiseTerms


class HandOver(OwnersCommand, InformedCommand):
    """`note` is for whoever gets it; empty for none.

    `away` is what the customer is told where the queue is closed, `waiting_ahead` how many wait
    there for the same opening.
    """

    queue: str
    note: str = ""
    away: AccompanyingText | None = None
    waiting_ahead: int = 0


class TransferToQueue(HandOver):
    """Put it in line in a queue, at the place that its customer has."""


class TransferToAgent(HandOver):
    """Ask one colleague first; the queue is where it waits, and goes on if they do not take it.

    What is in `offer` of its handoff is filled in.
    """

    offer: OfferToAgent


class TakeOver(OwnersCommand, VersionedCommand):
    """Have it now, whoever has it; only supervisors may."""


class LeaveAgent(Command):
    """The agent is at work no more: whose customer waits goes back to its queue, or all."""

    agent_id: str
    all: bool = False


class Mention(Model):
    """A colleague whom a note names, and their own endpoints."""

    agent_id: str
    endpoints: tuple[str, ...] = ()


class WriteDown(AgentCommand):
    """A private note; `key` names it where the same request may come twice.

    Who is mentioned is told, with `packet`, and may read along.
    """

    text: str
    key: str = ""
    mentions: tuple[Mention, ...] = ()
    packet: Mapping[str, Any] = {}


class ChangeTags(OwnersCommand):
    """`tags` are all that it is to have; `version` is the one of theirs that the agent saw.

    `adds` and `removes` change those it has instead.
    """

    tags: tuple[str, ...] | None = None
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    version: int | None = None


class AcknowledgeUndelivered(OwnersCommand):
    """Say that answers which did not arrive have been seen to; none named are all."""

    effect_keys: tuple[str, ...] = ()


class CarryOut(OwnersCommand, InformedCommand):
    """Ask several things at once, all or none; `key` names the effect that keeps it from twice."""

    key: str
    macro: str
    commands: tuple[SerializeAsAny[Command], ...]


class FetchAgain(AgentCommand):
    """Fetch a file once more that could not be had, of this conversation or one that led here."""

    conversation_id: str
    item_id: str
    number: int


class Consult(OwnersCommand):
    """Ring a colleague with the story and a question; the conversation stays whose it is."""

    colleague: str
    endpoints: tuple[str, ...] = ()
    note: str
    packet: Mapping[str, Any] = {}


type OtherWay = Literal["call", "channel"]
"""How else a customer is promised to hear from us; which channel, the message says."""


class PromiseOtherWay(OwnersCommand):
    """Tell the customer that we get back to them another way, which starts a clock."""

    key: str
    text: str
    way: OtherWay
    promise: PromiseTerms
    note: str = ""
