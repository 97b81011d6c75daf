"""What customers who wait are told, and whether people are rung for them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from local.chaos.evidence import Collected, StoredConversation, Verdict
from sportello.conversation.effects import Machine, StartWorkflow
from sportello.conversation.events import (
    ConversationEvent,
    ConversationOffered,
    LadderExhausted,
    LadderPostponed,
    MessageQueued,
    OutOfHoursTold,
    OwnerKind,
    WaitAnnounced,
)
from sportello.conversation.state import ConversationState
from sportello.conversation.timing.announced_wait import KEPT_BACK
from sportello.dispatch.dispatcher import execution_name
from sportello.model import Instant
from sportello.queues.waits import REFRESH_GAP

WHOLE_SECONDS = timedelta(seconds=1)
"""Step Functions leaves out the fraction of the instant that a ladder waits for."""

CACHED = timedelta(seconds=15)
"""For how long after a change somebody may still go by the settings before it."""

LADDER = "escalation:"
"""What the key of the effect begins with that has people rung; then comes the handoff."""


def audit_waits(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation, collected: Collected
) -> None:
    _audit_closed_periods(verdict, conversation_id, conversation.events)
    _audit_news(verdict, conversation_id, conversation)
    _audit_ladders(verdict, conversation_id, conversation, collected)
    _audit_ringing(verdict, conversation_id, conversation, collected)


def queued(events: Iterable[ConversationEvent], prefix: str) -> list[MessageQueued]:
    """Return the messages whose effect keys begin like this."""
    return [
        event
        for event in events
        if isinstance(event, MessageQueued) and event.effect_key.startswith(prefix)
    ]


def _audit_closed_periods(
    verdict: Verdict, conversation_id: str, events: Iterable[ConversationEvent]
) -> None:
    """That nobody is there is said once for each closed period."""
    events = list(events)
    told = [event.closed_since for event in events if isinstance(event, OutOfHoursTold)]
    replies = queued(events, "out_of_hours:")
    verdict.figures["out-of-hours replies"] += len(replies)
    for _ in range(max(len(told), len(replies)) - len(set(told))):
        verdict.offend("closed periods told twice", conversation_id)


def _audit_news(verdict: Verdict, conversation_id: str, conversation: StoredConversation) -> None:
    """News of a wait is for who waits, was announced before, and does not come too soon."""
    for before, commit in conversation.commits():
        news = queued(commit.events, "wait:")
        announced = [e for e in commit.events if isinstance(e, WaitAnnounced) and e.wait]
        verdict.figures["waits announced"] += len(announced)
        verdict.figures["news of the wait"] += len(news)
        in_turn = len(news) <= len(announced) and all(_may_hear(before, e.at) for e in news)
        if len(news) > 1 or not in_turn:
            verdict.offend("news of the wait out of turn", conversation_id, news[0].effect_key)


def _may_hear(state: ConversationState, at: Instant) -> bool:
    return (
        state.owner.kind is OwnerKind.QUEUE
        and state.announced is not None
        and at - state.announced.at >= REFRESH_GAP
        and state.budget_left(at) > KEPT_BACK
    )


def _audit_ladders(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation, collected: Collected
) -> None:
    """No ladder rings before its opening, or while nobody is there, and none a tier twice."""
    begins = _beginnings(conversation)
    for record in conversation.effects.values():
        begin = begins.get(record.effect.key.removeprefix(LADDER))
        late = begin is not None and begin > record.decided_at + WHOLE_SECONDS
        verdict.figures["ladders of an opening"] += late
    offers = [e for e in conversation.events if isinstance(e, ConversationOffered)]
    postponed = [e for e in conversation.events if isinstance(e, LadderPostponed)]
    exhausted = [e for e in conversation.events if isinstance(e, LadderExhausted)]
    verdict.figures["ladders postponed to an opening"] += len(postponed)
    verdict.figures["offers"] += len(offers)
    verdict.figures["ladders exhausted"] += len(exhausted)
    for offer in offers:
        begin = begins.get(offer.handoff_id)
        too_soon = begin is not None and offer.at < begin - WHOLE_SECONDS
        if too_soon or _nobody_there(collected, offer.at):
            verdict.offend("rung before the opening", conversation_id, offer.offer_id)
    for _ in range(len(offers) - len({offer.offer_id for offer in offers})):
        verdict.offend("tiers rung twice", conversation_id)


def _nobody_there(collected: Collected, at: Instant) -> bool:
    """Whether the desk was closed by every version of its hours that may have been read for it."""
    versions = collected.opening_hours
    ends = [*(written_at for written_at, _ in versions[1:]), collected.at]
    read = [
        hours
        for (begin, hours), end in zip(versions, ends, strict=False)
        if begin <= at and end >= at - CACHED
    ]
    return bool(read) and not any(hours.is_open(at) for hours in read)


def _audit_ringing(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation, collected: Collected
) -> None:
    """For whoever waits in a queue a ladder climbs or rests, unless a colleague is asked first."""
    state = conversation.state
    if state is None or state.owner.kind is not OwnerKind.QUEUE or state.turn is None:
        return
    if state.personal_offer is not None and state.personal_offer.transferred_by:
        return
    if execution_name(f"{conversation_id}-{LADDER}{state.handoff_id}") not in collected.running:
        verdict.offend("customers nobody is rung for", conversation_id, state.handoff_id)


def _beginnings(conversation: StoredConversation) -> Mapping[str, Instant]:
    """Return from when on the ladder of each handoff may ring."""
    return {
        effect.input["handoff_id"]: datetime.fromisoformat(effect.input["start_at"])
        for effect in (record.effect for record in conversation.effects.values())
        if isinstance(effect, StartWorkflow) and effect.machine is Machine.ESCALATION
    }
