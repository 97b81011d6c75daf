"""One person, one conversation: what happens when several prove to be the same person's. Pure."""

from collections.abc import Iterable, Sequence

from sportello.conversation.commands import LinkHandles, MoveTo, OtherConversation
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    ClockStarted,
    ConversationClassified,
    ConversationJoined,
    ConversationMoved,
    HandlePointed,
    HandlesLinked,
    OfferOutcome,
    OwnerKind,
)
from sportello.conversation.handoffs import end_offer
from sportello.conversation.keep_clocks import cancel_clock
from sportello.conversation.state import ConversationState
from sportello.messaging.identifiers import is_lasting
from sportello.sla.clocks import ClockEnding, ClockKind

_RANK = {OwnerKind.AGENT: 3, OwnerKind.QUEUE: 2, OwnerKind.BOT: 1, OwnerKind.NOBODY: 1}


def goes_on_before(
    one: tuple[str, ConversationState], other: tuple[str, ConversationState]
) -> bool:
    """Whether of two conversations of one person the first goes on.

    The one that a person has, before one that waits for people; of equals the longer story.
    """
    return _standing(*one) > _standing(*other)


def _standing(conversation_id: str, state: ConversationState) -> tuple[int, int, int, str]:
    return _RANK[state.owner.kind], int(state.episode > 0), state.sequence, conversation_id


def are_strangers(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two sets of aliases are two persons': a number was handed on, an id never is."""
    lasting, others = set(_lasting(one)), set(_lasting(other))
    return bool(lasting and others) and lasting.isdisjoint(others)


def _lasting(aliases: Iterable[str]) -> list[str]:
    return [alias for alias in aliases if is_lasting(alias.partition(":")[0])]


def other_conversation(conversation_id: str, state: ConversationState) -> OtherConversation:
    """Return what goes on of a conversation that is about to move."""
    return OtherConversation(
        conversation_id=conversation_id,
        last_customer_message_at=state.last_customer_message_at,
        closed_period_told=state.closed_period_told,
        automatic_sent=state.automatic_sent,
        promises=tuple(
            clock for clock in state.clocks if clock.kind is ClockKind.PROMISE and clock.running
        ),
        priority=state.priority,
    )


def link_handles(draft: Draft, command: LinkHandles) -> None:
    new = tuple(alias for alias in command.aliases if alias not in draft.state.aliases)
    if new or draft.state.moved_to:
        draft.record(HandlesLinked(at=draft.now, aliases=new))
    if command.joins is not None:
        _join(draft, command.joins, command.endpoints)


def _join(draft: Draft, other: OtherConversation, endpoints: Sequence[str]) -> None:
    draft.record(
        ConversationJoined(
            at=draft.now,
            conversation_id=other.conversation_id,
            last_customer_message_at=other.last_customer_message_at,
            closed_period_told=other.closed_period_told,
            automatic_sent=other.automatic_sent,
        )
    )
    for promise in other.promises:
        # Whoever owes it, the customer was told so: it runs on as it did.
        draft.record(ClockStarted(at=draft.now, clock=promise))
    if other.priority.rank > draft.state.priority.rank:
        draft.record(
            ConversationClassified(
                at=draft.now, priority=other.priority, segment=draft.state.segment
            )
        )
    if draft.state.owner.kind is OwnerKind.AGENT:
        draft.notify(
            draft.unique("joined"),
            draft.state.ringing or endpoints,
            "conversation.joined",
            {"agent_id": draft.state.owner.name, "joined": other.conversation_id},
        )


def move_to(draft: Draft, command: MoveTo) -> None:
    """Leave a conversation to another one; what nobody has been for yet only points there."""
    state = draft.state
    if not state.episode or state.leads_to:
        draft.record(HandlePointed(at=draft.now, moved_to=command.conversation_id))
        return
    end_offer(draft, OfferOutcome.WITHDRAWN)
    for clock in draft.state.clocks:
        if clock.running:
            cancel_clock(draft, clock, ClockEnding.MOVED)
    rung, agent = state.ringing, state.owner
    draft.record(
        ConversationMoved(
            at=draft.now,
            moved_to=command.conversation_id,
            handed_on=command.items,
        )
    )
    if agent.kind is OwnerKind.AGENT:
        draft.notify(
            draft.unique("moved"),
            rung or draft.terms.queues.all_endpoints(),
            "conversation.moved",
            {"agent_id": agent.name, "moved_to": command.conversation_id},
        )


HANDLERS = (handles(LinkHandles, link_handles), handles(MoveTo, move_to))
