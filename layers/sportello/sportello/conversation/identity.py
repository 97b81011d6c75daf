"""One person, one conversation: what happens when several prove to be the same person's. Pure."""

from collections.abc import Iterable

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
    TagsChanged,
)
from sportello.conversation.handing_over.ladders import end_offer
from sportello.conversation.state import MAX_TAGS, SHORT_ID, ConversationState
from sportello.conversation.timing.keep_clocks import cancel_clock
from sportello.messaging.identifiers import is_lasting
from sportello.sla.clocks import Clock, ClockEnding, ClockKind

_RANK = {OwnerKind.AGENT: 3, OwnerKind.QUEUE: 2, OwnerKind.BOT: 1, OwnerKind.NOBODY: 1}


def goes_on_before(
    one: tuple[str, ConversationState], other: tuple[str, ConversationState]
) -> bool:
    """Whether of two conversations of one person the first goes on.

    The one that a person has, before one that waits for people; of equals the longer story.
    """
    return _standing(*one) > _standing(*other)


def _standing(conversation_id: str, state: ConversationState) -> tuple[int, int, int, str]:
    # Whom only a later version knows are people: see `Owner`.
    return _RANK.get(state.owner.kind, 3), int(state.episode > 0), state.sequence, conversation_id


def are_strangers(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two sets of aliases are two persons': a number was handed on, an id never is."""
    lasting, others = _lasting(one), _lasting(other)
    comparable = lasting.keys() & others.keys()
    same = any(lasting[kind] & others[kind] for kind in comparable)
    return bool(comparable) and not same


def _lasting(aliases: Iterable[str]) -> dict[str, set[str]]:
    """Return a person's ids by their kind: a user id and a parent's may both be theirs."""
    by_kind: dict[str, set[str]] = {}
    for alias in aliases:
        kind = alias.partition(":")[0]
        if is_lasting(kind):
            by_kind.setdefault(kind, set()).add(alias)
    return by_kind


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
        segment=state.segment,
        people_since=state.people_since,
        queued_since=state.owner.since if state.owner.kind is OwnerKind.QUEUE else None,
        tags=state.tags,
    )


def link_handles(draft: Draft, command: LinkHandles) -> None:
    new = tuple(alias for alias in command.aliases if alias not in draft.state.aliases)
    if new or draft.state.moved_to:
        draft.record(HandlesLinked(at=draft.now, aliases=new))
    if command.joins is not None:
        _join(draft, command.joins)


def _join(draft: Draft, other: OtherConversation) -> None:
    draft.record(
        ConversationJoined(
            at=draft.now,
            conversation_id=other.conversation_id,
            last_customer_message_at=other.last_customer_message_at,
            closed_period_told=other.closed_period_told,
            automatic_sent=other.automatic_sent,
            people_since=other.people_since,
            queued_since=other.queued_since,
        )
    )
    for promise in other.promises:
        draft.record(ClockStarted(at=draft.now, clock=_as_here(draft, promise, other)))
    priority = max(draft.state.priority, other.priority, key=lambda each: each.rank)
    segment = draft.state.segment or other.segment
    if (priority, segment) != (draft.state.priority, draft.state.segment):
        draft.record(ConversationClassified(at=draft.now, priority=priority, segment=segment))
    tags = tuple(dict.fromkeys((*draft.state.tags, *other.tags)))[:MAX_TAGS]
    if tags != draft.state.tags:
        draft.record(TagsChanged(at=draft.now, agent_id="", tags=tags))
    if draft.state.owner.kind is OwnerKind.AGENT:
        draft.notify(
            draft.unique("joined"),
            draft.bells,
            "conversation.joined",
            {"agent_id": draft.state.owner.name, "joined": other.conversation_id},
        )


def _as_here(draft: Draft, promise: Clock, other: OtherConversation) -> Clock:
    """Return a promise that runs on as it did; its name and generation are its own here, too."""
    promise_id = promise.promise_id
    if any(clock.promise_id == promise_id for clock in draft.state.clocks):
        promise_id = f"{promise_id}:{other.conversation_id[:SHORT_ID]}"
    return promise.model_copy(update={"promise_id": promise_id, "generation": draft.state.sequence})


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
    rung, agent = draft.bells, state.owner
    draft.record(
        ConversationMoved(
            at=draft.now,
            moved_to=command.conversation_id,
            handed_on=command.items,
            silenced=command.to_people,
        )
    )
    if agent.kind is OwnerKind.AGENT:
        draft.notify(
            draft.unique("moved"),
            rung,
            "conversation.moved",
            {"agent_id": agent.name, "moved_to": command.conversation_id},
        )


HANDLERS = (handles(LinkHandles, link_handles), handles(MoveTo, move_to))
