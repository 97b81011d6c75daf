"""Which waits for a person a decision ends: what reports are made of, read off its events. Pure."""

from collections.abc import Iterable

from sportello.clocks import Clock, ClockKind
from sportello.conversation_state import ConversationState
from sportello.events import ClockEnded, ClockEnding, ConversationEvent
from sportello.model import Instant
from sportello.waits import WaitOutcome, WaitRecord

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
    now: Instant,
) -> tuple[WaitRecord, ...]:
    return tuple(
        _record(conversation_id, channel, before, clock, event, now)
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
    now: Instant,
) -> WaitRecord:
    told = before.announced
    return WaitRecord(
        conversation_id=conversation_id,
        wait_id=str(clock.generation),
        queue=before.queue,
        channel=channel,
        priority=before.priority,
        waiting_since=clock.started_at,
        ended_at=now,
        outcome=_OUTCOMES[event.ending],
        counted_seconds=event.counted_seconds,
        target_seconds=clock.target_seconds,
        policy=clock.policy,
        policy_version=clock.policy_version,
        announced_low=told.low_seconds if told else None,
        announced_high=told.high_seconds if told else None,
    )
