"""What a connected agent is shown: the rule of the agent API, for who has no request. Pure."""

from sportello.conversation.handing_over.audience import audience_of
from sportello.conversation.state import ConversationState
from sportello.routing.teams import Scope, sees


def sees_conversation(
    agent_id: str, scope: Scope, state: ConversationState, handoff_queue: str
) -> bool:
    """Tell whether it is of a queue that they see, or theirs, or asked of them."""
    is_own = agent_id in audience_of(state).agents
    return sees(scope, state.queue or handoff_queue, is_own=is_own)
