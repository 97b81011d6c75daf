"""Which conversations a caller sees: those of their teams' queues, and their own."""

from agent_api.identity import Agent
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.errors import ConversationNotFound
from sportello.queues.settings import QueueSettings
from sportello.table.items import Conversation


def require_seen(agent: Agent, conversation: Conversation) -> Conversation:
    """Refuse what nobody has written in, and just so what is none of the caller's business.

    Asked of a conversation as it was loaded for a commit, no other agent's write comes between.
    """
    state = conversation.state
    if state.sequence == 0 or not sees_conversation(agent, state):
        raise ConversationNotFound
    return conversation


def sees_conversation(agent: Agent, state: ConversationState) -> bool:
    if agent.scope is None:
        return True
    owner = state.owner
    is_own = owner.kind is OwnerKind.AGENT and owner.name == agent.id
    asked = state.personal_offer is not None and state.personal_offer.agent_id == agent.id
    is_own = is_own or asked or agent.id in state.consulted
    # Before the first handoff it is nobody's but that queue's which it would be handed to.
    queue = state.queue or runtime.settings().get(QueueSettings).handoff_queue
    return agent.sees(queue, is_own=is_own)
