"""Whether an agent who takes a conversation by hand has room for it, as it is when it commits."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from agent_api.problems import Problem
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.routing import work
from sportello.routing.presence import Presence


def needs_room(state: ConversationState, agent_id: str) -> bool:
    """Whether taking a conversation makes more of what an agent has; an offer keeps the room."""
    offer = state.personal_offer
    is_kept = offer is not None and offer.agent_id == agent_id
    return state.owner.kind is OwnerKind.QUEUE and not is_kept


def version_with_room(
    agent: work.Agent, conversation_id: str, terms: ServiceTerms, now: datetime
) -> Mapping[str, int]:
    """Return the version of the agent's work in which there is room; raises Problem for none.

    Whoever has not said that they are at work is not counted, and takes what they like.
    """
    if agent.work.presence_at(now) is Presence.OFFLINE:
        return {}
    others = tuple(each for each in agent.claims if each.conversation_id != conversation_id)
    without_it = agent.model_copy(update={"claims": others})
    capacity, units = terms.routing.capacity, terms.units
    if without_it.room(capacity, now) < units:
        own = agent.profile.capacity
        raise Problem(
            HTTPStatus.CONFLICT,
            "no-room",
            "Settle or put aside what you have, or take it all the same with over_capacity.",
            extension={
                "load": without_it.load(now),
                "capacity": capacity if own is None else own,
                "units": units,
            },
        )
    return {agent.agent_id: agent.work.version}
