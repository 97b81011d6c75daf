"""How a conversation comes to wait for people, from whomever it is taken. Pure."""

from sportello.conversation.decision import Draft
from sportello.conversation.events import HandoffRequested, OfferOutcome, OwnerKind
from sportello.conversation.handing_over.ladders import end_offer, rings_from, start_ladder
from sportello.model import Instant

AGENT_SILENT = "agent_silent"
AGENT_LEFT = "agent_left"


def put_in_queue(
    draft: Draft,
    queue: str,
    reason: str,
    waiting_ahead: int = 0,
    not_before: Instant | None = None,
    rule: str = "",
) -> Instant:
    """Let it wait for people, and return when they are rung; that is not begun here."""
    start_at = not_before or rings_from(draft, queue, waiting_ahead)
    had_it = draft.state.owner
    # Who comes back to work may go on with it; who handed it on, or stayed silent, is not the next.
    gave_it_up = had_it.kind is OwnerKind.AGENT and reason != AGENT_LEFT
    draft.change_owner(OwnerKind.QUEUE, queue)
    draft.record(
        HandoffRequested(
            at=draft.now,
            handoff_id=f"handoff-{draft.state.owner.version}",
            queue=queue,
            reason=reason,
            rule=rule,
            rings_at=start_at,
            given_up_by=had_it.name if gave_it_up else "",
        )
    )
    return start_at


def queue_of(draft: Draft) -> str:
    """Return the queue that a conversation is in, or where handoffs go if that is gone or none."""
    queue, queues = draft.state.queue, draft.terms.queues
    return queue if queue in queues.queues else queues.handoff_queue


def leave_removed_queue(draft: Draft) -> bool:
    """Let who waits in a queue that is gone wait, at the same place, where handoffs go."""
    state = draft.state
    if state.owner.kind is not OwnerKind.QUEUE or queue_of(draft) == state.queue:
        return False
    end_offer(draft, OfferOutcome.WITHDRAWN)
    start_ladder(draft, put_in_queue(draft, queue_of(draft), state.handoff_reason))
    return True


def put_back_in_queue(draft: Draft, reason: str) -> None:
    """Take the conversation from its agent and ring people anew; the agent is told."""
    start_at = take_from_agent(draft, queue_of(draft), reason)
    start_ladder(draft, start_at)


def take_from_agent(
    draft: Draft,
    queue: str,
    reason: str,
    waiting_ahead: int = 0,
    not_before: Instant | None = None,
) -> Instant:
    """Put it in a queue; an agent who loses it is told. Returns when people are rung."""
    agent = draft.state.owner.name
    rung = draft.bells
    start_at = put_in_queue(draft, queue, reason, waiting_ahead, not_before)
    draft.notify(
        f"reassigned:{draft.state.handoff_id}",
        rung,
        "conversation.reassigned",
        {"agent_id": agent, "queue": queue, "reason": reason},
    )
    return start_at
