"""Which waits for a person a decision ends: what reports are made of, read off its events. Pure."""

from collections.abc import Iterable

from sportello.conversation.events import ClockEnded, ClockReopened, ConversationEvent
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
    """Return the waits to be put down; one that went on after all takes its former place."""
    running = next((c for c in before.clocks if _is_response(c) and c.running), None)
    reopened: ClockReopened | None = None
    waits: dict[str, WaitRecord] = {}
    for event in events:
        match event:
            case ClockReopened(clock=clock) if _is_response(clock):
                running, reopened = clock, event
                wait = _record(
                    conversation_id, channel, before, clock, _as_it_ended(event, terms), terms
                )
                waits[wait.wait_id] = wait.model_copy(
                    update={"queue": event.queue or wait.queue, "answer_lost": True}
                )
            case ClockEnded(kind=ClockKind.FIRST_RESPONSE, ending=ending) if running:
                if ending in _OUTCOMES:
                    wait = _record(conversation_id, channel, before, running, event, terms)
                    if reopened is not None:
                        place = {"queue": reopened.queue, "ended_at": reopened.stopped_at}
                        wait = wait.model_copy(update=place)
                    waits[wait.wait_id] = wait
                running = None
            case _:
                pass
    return tuple(waits.values())


def _is_response(clock: Clock) -> bool:
    return clock.kind is ClockKind.FIRST_RESPONSE


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


def _as_it_ended(reopened: ClockReopened, terms: ServiceTerms) -> ClockEnded:
    """Return how an answer that was lost had ended the clock."""
    clock = reopened.clock
    return ClockEnded(
        at=reopened.stopped_at,
        kind=clock.kind,
        state=clock.answered(reopened.stopped_at),
        due_at=clock.due_at,
        counted_seconds=terms.counted(clock, reopened.stopped_at),
        ending=ClockEnding.ANSWERED,
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
