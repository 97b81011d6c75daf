"""Whom a conversation concerns: who is shown it unasked, and who is not any more. Pure."""

from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.stored import Stored


class Audience(Stored):
    """The agents of some queues, and single ones; a queue without a name is that of handoffs."""

    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    def joined(self, other: "Audience") -> "Audience":
        return Audience(
            queues=tuple(dict.fromkeys((*self.queues, *other.queues))),
            agents=tuple(dict.fromkeys((*self.agents, *other.agents))),
        )

    def without(self, other: "Audience") -> "Audience":
        return Audience(
            queues=tuple(name for name in self.queues if name not in other.queues),
            agents=tuple(name for name in self.agents if name not in other.agents),
        )


def audience_of(state: ConversationState) -> Audience:
    """Return who is shown a conversation as it is; of one that has moved there is nobody."""
    if state.goes_on_in:
        return Audience()
    owner, offer = state.owner, state.open_personal_offer
    agents = (
        *((owner.name,) if owner.kind is OwnerKind.AGENT else ()),
        *((offer.agent_id,) if offer else ()),
        *state.consulted,
    )
    queues = (state.queue,) if state.queue or owner.is_people else ()
    return Audience(queues=queues, agents=tuple(dict.fromkeys(agents)))


def former_audience(before: ConversationState, after: ConversationState) -> Audience | None:
    """Return who was shown a conversation and is not any more, if a change is to be shown at all.

    None is of what the bot does by itself, and of what comes after a resolution: nobody has to act
    on it, and each turn of the bot would wake every desk.
    """
    if not before.owner.is_people and not after.owner.is_people:
        return None
    return audience_of(before).without(audience_of(after))
