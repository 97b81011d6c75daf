"""Whether an agent who takes a conversation by hand has room for it, as it is when it commits."""

from collections.abc import Mapping
from datetime import datetime

from sportello.conversation.events import OwnerKind
from sportello.conversation.handing_over.agent_claims import OFFER_GRACE
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import SportelloError
from sportello.routing import work
from sportello.routing.presence import Presence
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation


class NoRoom(SportelloError):
    """An agent would have more than they can: `units` on top of a `load`, of a `capacity`."""

    def __init__(self, load: int, capacity: int, units: int) -> None:
        super().__init__("the agent has no room")
        self.load, self.capacity, self.units = load, capacity, units


def needs_room(state: ConversationState, agent_id: str, now: datetime) -> bool:
    """Whether taking a conversation makes more of what an agent has.

    An offer keeps the room while it runs and a little longer, whoever is late to note its end.
    """
    offer = state.personal_offer
    is_kept = (
        offer is not None and offer.agent_id == agent_id and now < offer.expires_at + OFFER_GRACE
    )
    return state.owner.kind is OwnerKind.QUEUE and not is_kept


def versions_with_room(
    table: DeskTable, conversation: Conversation, agent_id: str, terms: ServiceTerms, now: datetime
) -> Mapping[str, int]:
    """Return the version of the agent's work in which there is room; raises NoRoom for none.

    Whoever has not said that they are at work is not counted, and takes what they like.
    """
    if not needs_room(conversation.state, agent_id, now):
        return {}
    agent = table.agents.agent(agent_id)
    if agent.work.presence_at(now) is Presence.OFFLINE:
        return {}
    without_it = _without(agent, conversation.conversation_id)
    capacity, units = terms.routing.capacity, terms.units
    if without_it.room(capacity, now) < units:
        own = agent.profile.capacity
        raise NoRoom(without_it.load(now), capacity if own is None else own, units)
    return {agent_id: agent.work.version}


def _without(agent: work.Agent, conversation_id: str) -> work.Agent:
    others = tuple(each for each in agent.claims if each.conversation_id != conversation_id)
    return agent.model_copy(update={"claims": others})
