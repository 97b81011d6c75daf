"""Which conversations a caller sees: those of their teams' queues, and their own."""

from http import HTTPStatus

from agent_api.calls.identity import Agent
from agent_api.calls.problems import Problem
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


def require_theirs(agent: Agent, conversation: Conversation) -> Conversation:
    """Refuse, besides, who was only asked about it: a supervisor of one team is none of another."""
    require_seen(agent, conversation)
    if not works_on(agent, conversation.state):
        detail = "You were asked about it: you may read it and write notes."
        raise Problem(HTTPStatus.FORBIDDEN, "forbidden", detail)
    return conversation


def sees_conversation(agent: Agent, state: ConversationState) -> bool:
    return works_on(agent, state) or agent.id in state.consulted


def works_on(agent: Agent, state: ConversationState) -> bool:
    """Tell whether it is of a queue that the agent sees, or theirs, or theirs to take."""
    if agent.scope is None:
        return True
    owner, offer = state.owner, state.open_personal_offer
    is_theirs = owner.kind is OwnerKind.AGENT and owner.name == agent.id
    is_own = is_theirs or (offer is not None and offer.agent_id == agent.id)
    # Before the first handoff it is nobody's but that queue's which it would be handed to.
    queue = state.queue or runtime.settings().get(QueueSettings).handoff_queue
    return agent.sees(queue, is_own=is_own)
