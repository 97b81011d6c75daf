"""Why a clock is due when it is: the stretches that counted, those that did not, and why. Pure."""

from collections.abc import Callable, Iterable, Sequence

from sportello.conversation.events import (
    ClockChanged,
    ClockReopened,
    ClockStarted,
    ConversationEvent,
)
from sportello.hours.opening_hours import OpeningHours
from sportello.model import Instant, Model
from sportello.sla.clocks import Clock, ClockChange, ClockState

AROUND_THE_CLOCK = "around_the_clock"
ANSWER_LOST = "answer_lost"

_PAUSES = frozenset({ClockChange.AWAITING_CUSTOMER, ClockChange.SNOOZED})

type HoursOf = Callable[[str, int], OpeningHours | None]
"""Gives a calendar, by name, as it was in a version of the opening hours."""


class ClockSpan(Model):
    """`reason` is one of `opening_hours.Reason`, `around_the_clock`, or why the clock was paused.

    `label` names the holiday or closure. Seconds are between `start` and `end`, instants in UTC.
    """

    start: Instant
    end: Instant
    counted: bool
    reason: str
    label: str = ""


class ClockRevision(Model):
    """What the clock was computed with from `at` on; `reason` says why it changed then."""

    at: Instant
    reason: str
    policy: str
    policy_version: int
    calendar: str | None
    calendar_version: int
    target_seconds: int
    due_at: Instant | None


class ClockExplanation(Model):
    """The counted spans sum to the target at the due time, with `carried_seconds` added.

    Those were counted before the first span: by an earlier clock of the episode that this one
    continues, or too long ago to be listed.
    """

    counted_seconds: float
    carried_seconds: float
    spans: tuple[ClockSpan, ...]
    revisions: tuple[ClockRevision, ...]


def explain_clock(
    clock: Clock, events: Iterable[ConversationEvent], hours_of: HoursOf, now: Instant
) -> ClockExplanation:
    """Explain a clock by the events of its conversation, oldest first.

    A running clock is explained up to its due time, one that has ended up to its end.
    """
    unlogged = (clock.counting_since or clock.started_at, "started", clock)
    history = list(_history(clock, events))
    if not history and not (clock.running and clock.counting_since):
        return _told_as_a_sum(clock, _revision(*unlogged))
    history = history or [unlogged]
    spans: list[ClockSpan] = []
    carried = history[0][2].spent_seconds
    paused_for = history[0][1]
    for number, (at, reason, revised) in enumerate(history):
        paused_for = reason if reason in _PAUSES else paused_for
        if reason == ClockChange.EARLIER_MESSAGE:
            spans.clear()
        if reason == ANSWER_LOST and revised.counting_since is not None:
            spans = _until(revised.counting_since, spans)
        is_last = number + 1 == len(history)
        until = _end_of(clock, now) if is_last else history[number + 1][0]
        spans += _spans(revised, at, until, paused_for, hours_of)
    counted = carried + sum(
        (min(span.end, now) - span.start).total_seconds()
        for span in spans
        if span.counted and span.start < now
    )
    return ClockExplanation(
        counted_seconds=counted,
        carried_seconds=carried,
        spans=tuple(spans),
        revisions=tuple(_revision(at, reason, revised) for at, reason, revised in history),
    )


def _told_as_a_sum(clock: Clock, revision: ClockRevision) -> ClockExplanation:
    """Explain a clock that counts no more, and whose events were too long ago to be listed."""
    return ClockExplanation(
        counted_seconds=clock.spent_seconds,
        carried_seconds=clock.spent_seconds,
        spans=(),
        revisions=(revision,),
    )


def _history(
    clock: Clock, events: Iterable[ConversationEvent]
) -> Iterable[tuple[Instant, str, Clock]]:
    for event in events:
        match event:
            case ClockStarted(clock=started) if started.generation == clock.generation:
                yield event.at, "started", started
            case ClockChanged(clock=changed) if changed.generation == clock.generation:
                yield event.at, event.reason, changed
            case ClockReopened(clock=reopened) if reopened.generation == clock.generation:
                yield event.at, ANSWER_LOST, reopened
            case _:
                pass


def _until(instant: Instant, spans: Iterable[ClockSpan]) -> list[ClockSpan]:
    """Take back what was said of the time after an instant, which counts after all."""
    return [
        span.model_copy(update={"end": min(span.end, instant)})
        for span in spans
        if span.start < instant
    ]


def _end_of(clock: Clock, now: Instant) -> Instant:
    if clock.ended_at is not None:
        return clock.ended_at
    return clock.due_at or now


def _spans(
    clock: Clock, at: Instant, until: Instant, paused_for: str, hours_of: HoursOf
) -> Sequence[ClockSpan]:
    since = clock.counting_since
    if clock.state is ClockState.PAUSED or since is None:
        return _whole(at, until, paused_for, counted=False)
    hours = hours_of(clock.calendar, clock.calendar_version) if clock.calendar else None
    if hours is None:
        return _whole(since, until, AROUND_THE_CLOCK, counted=True)
    return [
        ClockSpan(
            start=span.start,
            end=span.end,
            counted=span.counted,
            reason=span.reason,
            label=span.label,
        )
        for span in hours.explain_between(since, until)
    ]


def _whole(start: Instant, end: Instant, reason: str, *, counted: bool) -> Sequence[ClockSpan]:
    if end <= start:
        return ()
    return (ClockSpan(start=start, end=end, counted=counted, reason=reason),)


def _revision(at: Instant, reason: str, clock: Clock) -> ClockRevision:
    return ClockRevision(
        at=at,
        reason=reason,
        policy=clock.policy,
        policy_version=clock.policy_version,
        calendar=clock.calendar or None,
        calendar_version=clock.calendar_version,
        target_seconds=clock.target_seconds,
        due_at=clock.due_at,
    )
