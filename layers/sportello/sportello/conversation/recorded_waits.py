"""Which waits for a person a decision ends: what reports are made of, read off its events. Pure."""

from collections.abc import Iterable

from sportello.conversation.events import ClockEnded, ConversationEvent
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.queues.waits import AnnouncedWait, WaitOutcome, WaitRecord
from sportello.sla.clocks import Clock, ClockEnding, ClockKind

_OUTCOMES = {
    ClockEnding.ANSWERED: WaitOutcome.ANSWERED,
    ClockEnding.RESOLVED: WaitOutcome.ABANDONED,
}
"""A wait that a person gave back to the bot, or that no policy measures any more, is neither."""


def ended_waits(
    conversation_id: str,
    channel: str,
    before: ConversationState,
    events: Iterable[ConversationEvent],
    terms: ServiceTerms,
) -> tuple[WaitRecord, ...]:
    return tuple(
        _record(conversation_id, channel, before, clock, event, terms)
        for event in events
        if isinstance(event, ClockEnded) and event.ending in _OUTCOMES
        for clock in before.clocks
        if clock.kind is ClockKind.FIRST_RESPONSE is event.kind and clock.running
    )


def _record(
    conversation_id: str,
    channel: str,
    before: ConversationState,
    clock: Clock,
    event: ClockEnded,
    terms: ServiceTerms,
) -> WaitRecord:
    low, high = _range_told(before.announced, clock, event, terms)
    return WaitRecord(
        conversation_id=conversation_id,
        wait_id=str(clock.generation),
        queue=before.queue,
        channel=channel,
        priority=before.priority,
        waiting_since=clock.started_at,
        ended_at=event.at,
        outcome=_OUTCOMES[event.ending],
        counted_seconds=event.counted_seconds,
        target_seconds=clock.target_seconds,
        policy=clock.policy,
        policy_version=clock.policy_version,
        announced_low=low,
        announced_high=high,
    )


def _range_told(
    announced: AnnouncedWait | None, clock: Clock, ended: ClockEnded, terms: ServiceTerms
) -> tuple[float, float] | tuple[None, None]:
    """Return the range that was told last, counted like the wait, from its beginning."""
    if announced is None:
        return None, None
    # A range counts from when it was told, the wait from the message that began it.
    since_told = clock.model_copy(update={"spent_seconds": 0, "counting_since": announced.at})
    until = ended.counted_until or ended.at
    before = max(ended.counted_seconds - terms.counted(since_told, until), 0)
    return before + announced.low_seconds, before + announced.high_seconds
