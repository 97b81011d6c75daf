"""Which offers of a conversation somebody may still answer. Pure."""

from sportello.conversation.state import ConversationState


def is_open(state: ConversationState, offer_id: str) -> bool:
    """Tell whether an offer still waits for an answer: its tier's, or one person's own."""
    offers = (state.offer, state.personal_offer)
    return any(offer is not None and offer.offer_id == offer_id for offer in offers)
