"""Which offers of a conversation somebody may still answer. Pure."""

from sportello.conversation.state import ConversationState


def is_open(state: ConversationState, offer_id: str) -> bool:
    """Tell whether an offer still waits for an answer: its tier's, or one person's own."""
    offers = (state.offer, state.open_personal_offer)
    return any(offer is not None and offer.offer_id == offer_id for offer in offers)


def is_open_to(state: ConversationState, offer_id: str, agent_id: str) -> bool:
    """Tell whether this agent may still answer an offer; one person's own is for nobody else."""
    offer = state.open_personal_offer
    is_anothers = offer is not None and offer.offer_id == offer_id and offer.agent_id != agent_id
    return is_open(state, offer_id) and not is_anothers
