"""Agents at work and somebody who waits for one, as tests of routing begin."""

from datetime import datetime
from typing import Any

from sportello.conversation.commands import Command, OfferToAgent
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.table.desk import Desk, Step
from sportello.table.items import Conversation
from support import builders
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    an_address,
    an_inbound_record,
    seconds,
)


def at_work(
    desk: Desk, *agents: str, presence: Presence = Presence.AVAILABLE, now: datetime = NOW
) -> None:
    for agent_id in agents:
        desk.table.agents.set_presence(agent_id, presence, now + seconds(300), now)


def have_profile(desk: Desk, agent_id: str, profile: AgentProfile, version: int = 0) -> None:
    desk.table.agents.put_profile(agent_id, profile, version, NOW)


def somebody_waits(
    desk: Desk, conversation_id: str = CONVERSATION, *, queue: str = "default", now: datetime = NOW
) -> None:
    """A customer has written and waits for a person."""
    record = an_inbound_record(a_message("Vorrei una persona"), conversation=conversation_id)
    desk.table.put_inbound(record, b"")
    ask(desk, builders.receive(builders.an_item(record.item_id)), conversation_id, now)
    ask(desk, builders.request_human().model_copy(update={"queue": queue}), conversation_id, now)


def offer_to(
    desk: Desk,
    agent_id: str,
    conversation_id: str = CONVERSATION,
    now: datetime = NOW,
    **changes: Any,
) -> None:
    """Offer a conversation to one agent for half a minute."""
    fields: dict[str, Any] = {
        "handoff_id": desk.table.load(conversation_id).state.handoff_id,
        "agent_id": agent_id,
        "units": TERMS.units,
        "expires_at": now + seconds(30),
    }
    ask(desk, OfferToAgent.model_validate(fields | changes), conversation_id, now)


def ask(
    desk: Desk, command: Command, conversation_id: str = CONVERSATION, now: datetime = NOW
) -> None:
    address = an_address(display_name="Giulia")

    def step(_: Conversation) -> Step:
        return Step(command=command, terms=TERMS, address=address)

    desk.act(conversation_id, step, now)
