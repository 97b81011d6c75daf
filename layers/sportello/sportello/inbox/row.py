"""A conversation as one row of a list: enough to choose by, read in one call. Pure."""

from typing import Annotated

from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.model import Instant, Model
from sportello.priorities import Priority
from sportello.sla.clocks import ClockKind, ClockState
from sportello.stored import OrUnknown
from sportello.table.items import Conversation
from sportello.table.stories.last_words import LastWords


class RowOwner(Model):
    kind: Annotated[OwnerKind, OrUnknown()]
    name: str
    version: int
    since: Instant | None


class RowDue(Model):
    """The running clock that is due first; `state` is as of the last commit."""

    kind: Annotated[ClockKind, OrUnknown()]
    at: Instant
    state: Annotated[ClockState, OrUnknown()]


class RowOffer(Model):
    """Before whom it is put now: one agent, or with `agent_id` None a tier.

    `tier` counts from 1, and is None where one agent is asked; `round` is that of the ladder.
    """

    offer_id: str
    agent_id: str | None
    expires_at: Instant
    tier: int | None = None
    round: int = 1


class InboxRow(Model):
    """`sequence` grows with each change: of two rows of a conversation the higher one is newer.

    `waiting_since` is since when nobody has answered what the customer wrote, None where it is
    their turn. `unread` counts what they wrote since then, `undelivered` the answers of people
    that did not arrive. No address, and no phone number.
    """

    conversation_id: str
    sequence: int
    channel: str
    name: str
    language: str | None
    owner: RowOwner
    lifecycle: Annotated[Lifecycle, OrUnknown()]
    queue: str | None
    priority: Annotated[Priority, OrUnknown()]
    last_words: LastWords | None
    waiting_since: Instant | None
    due: RowDue | None
    offer: RowOffer | None
    unread: int
    undelivered: int = 0
    tags: tuple[str, ...] = ()
    snoozed_until: Instant | None
    last_activity_at: Instant | None


def inbox_row(conversation: Conversation) -> InboxRow:
    state, address = conversation.state, conversation.address
    turn = state.turn
    return InboxRow(
        conversation_id=conversation.conversation_id,
        sequence=state.sequence,
        channel=address.channel if address else "",
        name=address.display_name if address else "",
        language=(address.language or None) if address else None,
        owner=RowOwner.model_validate(dict(state.owner), extra="ignore"),
        lifecycle=state.lifecycle,
        queue=state.queue or None,
        priority=state.priority,
        last_words=conversation.last_words,
        waiting_since=turn.counted_from if turn else None,
        due=next_due(state),
        offer=_open_offer(state),
        unread=len(turn.items) if turn else 0,
        undelivered=len(state.open_undelivered),
        tags=state.tags,
        snoozed_until=state.snoozed_until,
        last_activity_at=state.last_activity_at,
    )


def next_due(state: ConversationState) -> RowDue | None:
    """Return what is due first, or has been for longest; None where no clock counts."""
    running = [
        RowDue(kind=clock.kind, at=clock.due_at, state=clock.state)
        for clock in state.clocks
        if clock.running and clock.due_at is not None
    ]
    return min(running, key=lambda due: due.at, default=None)


def _open_offer(state: ConversationState) -> RowOffer | None:
    ladder_round = state.ladder_round + 1
    if offer := state.open_personal_offer:
        return RowOffer(
            offer_id=offer.offer_id,
            agent_id=offer.agent_id,
            expires_at=offer.expires_at,
            round=ladder_round,
        )
    if rung := state.offer:
        return RowOffer(
            offer_id=rung.offer_id,
            agent_id=None,
            expires_at=rung.expires_at,
            tier=rung.tier + 1,
            round=ladder_round,
        )
    return None
