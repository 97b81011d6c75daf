"""One agent is asked for a conversation, or given it: who it is has been chosen before. Pure."""

from sportello.conversation.commands import OfferToAgent
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    AgentAssigned,
    AgentOffered,
    ConsideredAgent,
    OwnerKind,
)
from sportello.conversation.handing_over.handoffs import take
from sportello.conversation.handing_over.ladders import matter_of
from sportello.conversation.state import ConversationState
from sportello.model import written


def may_be_offered(state: ConversationState, handoff_id: str) -> bool:
    """Whether a conversation waits for a person and nobody is being asked."""
    return (
        state.owner.kind is OwnerKind.QUEUE
        and state.handoff_id == handoff_id
        and state.personal_offer is None
    )


def offer_to_agent(draft: Draft, command: OfferToAgent) -> None:
    """Ask an agent, or give it to them; decides nothing where somebody else was faster."""
    state = draft.state
    if not may_be_offered(state, command.handoff_id):
        return
    considered = tuple(
        ConsideredAgent(agent_id=other.agent_id, reason=other.reason)
        for other in command.choice.others
    )
    if command.assigns:
        draft.record(
            AgentAssigned(
                at=draft.now,
                handoff_id=command.handoff_id,
                agent_id=command.agent_id,
                endpoints=command.endpoints,
                reason=command.choice.reason,
                others=considered,
            )
        )
        take(draft, command.agent_id)
        draft.notify(
            f"assigned:{state.handoff_id}-{state.sequence}",
            command.endpoints,
            "conversation.assigned",
            {
                "agent_id": command.agent_id,
                **matter_of(state),
                **command.packet,
            },
        )
        return
    offer_id = f"{command.handoff_id}-p{state.sequence}"
    draft.record(
        AgentOffered(
            at=draft.now,
            handoff_id=command.handoff_id,
            offer_id=offer_id,
            agent_id=command.agent_id,
            endpoints=command.endpoints,
            units=command.units,
            expires_at=command.expires_at,
            reason=command.choice.reason,
            others=considered,
            transferred_by=command.transferred_by,
        )
    )
    draft.notify(
        f"offer:{offer_id}",
        command.endpoints,
        "conversation.offered",
        {
            "offer_id": offer_id,
            "agent_id": command.agent_id,
            "expires_at": written(command.expires_at),
            **matter_of(state),
            **({"transferred_by": command.transferred_by} if command.transferred_by else {}),
            **command.packet,
        },
    )


HANDLERS = (handles(OfferToAgent, offer_to_agent),)
