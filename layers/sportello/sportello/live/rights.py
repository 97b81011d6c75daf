"""What a connected agent is shown: the rule of the agent API, for who has no request. Pure."""

from collections.abc import Iterable

from sportello.conversation.handing_over.audience import audience_of
from sportello.conversation.state import ConversationState
from sportello.routing.teams import Scope, sees


def sees_conversation(
    agent_id: str, scope: Scope, state: ConversationState, handoff_queue: str
) -> bool:
    """Tell whether it is of a queue that they see, or theirs, or asked of them."""
    is_own = agent_id in audience_of(state).agents
    return sees(scope, state.queue or handoff_queue, is_own=is_own)


def served_queues(queues: Iterable[str], scope: Scope, handoff_queue: str) -> tuple[str, ...]:
    """Return the queues that a profile names, as far as its agent sees them."""
    return tuple(queue for queue in tuple(queues) or (handoff_queue,) if sees(scope, queue))
