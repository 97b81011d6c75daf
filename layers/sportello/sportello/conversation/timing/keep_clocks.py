"""Which clocks run in a conversation: after every decision they are made to fit its state. Pure.

Clocks are a function of the state: whoever waits, and since when, is read from turn, owner and
lifecycle. So no command starts or pauses a clock, and none can forget to. Only their end needs to
be told, because the state does not say whether a wait ended with an answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sportello.conversation.decision import Draft
from sportello.conversation.events import ClockChanged, ClockEnded, ClockStarted, OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.terms import AROUND_THE_CLOCK
from sportello.hours.opening_hours import OpeningHours
from sportello.model import Instant
from sportello.sla.clocks import Clock, ClockChange, ClockEnding, ClockKind, ClockState
from sportello.sla.policies import Target

PROMISE_WARNS_AFTER = 0.8
"""The fraction of its time after which people are reminded of a promise."""


def keep_clocks(draft: Draft) -> None:
    """End, start, move, pause and resume clocks so that they fit the state."""
    for kind, waits_since in WAITS.items():
        _start_or_cancel(draft, kind, waits_since(draft.state))
    for clock in draft.state.clocks:
        if _is_ours_to_fit(clock):
            _fit_to_terms(draft, clock)
    for clock in draft.state.clocks:
        if _is_ours_to_fit(clock):
            _pause_or_resume(draft, clock)
    for kind, waits_since in WAITS.items():
        _count_from_earlier(draft, kind, waits_since(draft.state))


def _is_ours_to_fit(clock: Clock) -> bool:
    late = clock.state is ClockState.BREACHING
    return clock.running and not late and not clock.of_a_later_version


def answer_clocks(draft: Draft, at: Instant) -> None:
    """End what a person's answer ends: in time is achieved, late is breached."""
    _end(draft, ENDED_BY_ANSWER, at, ClockEnding.ANSWERED)


def answer_any(draft: Draft, at: Instant) -> None:
    """End what anybody's answer ends, the bot's included."""
    _end(draft, frozenset({ClockKind.FIRST_RESPONSE_ANY}), at, ClockEnding.ANSWERED)


def take_from_queue(draft: Draft) -> None:
    _end(draft, frozenset({ClockKind.QUEUE_WAIT}), draft.now, ClockEnding.TAKEN)


def resolve_clocks(draft: Draft) -> None:
    """End the resolution; what still waits for an answer gets none and is cancelled."""
    _end(draft, frozenset({ClockKind.RESOLUTION}), draft.now, ClockEnding.RESOLVED)
    for clock in draft.state.clocks:
        if clock.running:
            cancel_clock(draft, clock, ClockEnding.RESOLVED)


def cancel_waits(draft: Draft, ending: ClockEnding) -> None:
    """Nobody waits any more; what was promised is owed whoever has the conversation."""
    for clock in draft.state.clocks:
        if clock.running and clock.kind is not ClockKind.PROMISE:
            cancel_clock(draft, clock, ending)


def cancel_clock(draft: Draft, clock: Clock, ending: ClockEnding) -> None:
    """End a clock that nobody waits for any more; one that was late already stays late."""
    late = clock.state_at(draft.now) is ClockState.BREACHING
    end_clock(draft, clock, ClockState.BREACHED if late else ClockState.CANCELLED, ending)


def end_clock(
    draft: Draft,
    clock: Clock,
    state: ClockState,
    ending: ClockEnding,
    at: Instant | None = None,
) -> None:
    """End a clock; it counts until `at` where that was before now, and never back."""
    counted_until = draft.now
    if at is not None and at < draft.now:
        counted_until = max(at, clock.counting_since or clock.started_at)
    draft.record(
        ClockEnded(
            at=draft.now,
            kind=clock.kind,
            promise_id=clock.promise_id,
            state=state,
            due_at=clock.due_at,
            counted_seconds=draft.terms.counted(clock, counted_until),
            counted_until=counted_until if counted_until < draft.now else None,
            ending=ending,
        )
    )


# --- who waits, and since when --------------------------------------------------------------------


def _first_response(state: ConversationState) -> Instant | None:
    waits = state.owner.is_people and not state.answered_by_person
    return state.turn.counted_from if waits and state.turn else None


def _first_response_any(state: ConversationState) -> Instant | None:
    waits = not state.answered_in_episode
    return state.turn.counted_from if waits and state.turn else None


def _next_response(state: ConversationState) -> Instant | None:
    waits = state.owner.is_people and state.answered_by_person
    return state.turn.counted_from if waits and state.turn else None


def _resolution(state: ConversationState) -> Instant | None:
    return state.people_since if state.lifecycle is not Lifecycle.RESOLVED else None


def _queue_wait(state: ConversationState) -> Instant | None:
    return state.owner.since if state.owner.kind is OwnerKind.QUEUE else None


def _agent_silence(state: ConversationState) -> Instant | None:
    owner, turn = state.owner, state.turn
    if owner.kind is not OwnerKind.AGENT or owner.since is None or turn is None:
        return None
    # What another conversation brought along was not theirs to answer before.
    return max(owner.since, turn.counted_from, state.joined_at or owner.since)


WAITS: Mapping[ClockKind, Callable[[ConversationState], Instant | None]] = {
    ClockKind.FIRST_RESPONSE_ANY: _first_response_any,
    ClockKind.FIRST_RESPONSE: _first_response,
    ClockKind.NEXT_RESPONSE: _next_response,
    ClockKind.QUEUE_WAIT: _queue_wait,
    ClockKind.AGENT_SILENCE: _agent_silence,
    ClockKind.RESOLUTION: _resolution,
}
"""Since when somebody waits for what a kind of clock measures; None if nobody does."""

ENDED_BY_ANSWER = frozenset(
    {
        ClockKind.FIRST_RESPONSE,
        ClockKind.FIRST_RESPONSE_ANY,
        ClockKind.NEXT_RESPONSE,
        ClockKind.AGENT_SILENCE,
    }
)

_WITHOUT_ANSWER: Mapping[ClockKind, ClockEnding] = {
    ClockKind.FIRST_RESPONSE_ANY: ClockEnding.RESOLVED,
    ClockKind.FIRST_RESPONSE: ClockEnding.RETURNED,
    ClockKind.NEXT_RESPONSE: ClockEnding.RETURNED,
    ClockKind.QUEUE_WAIT: ClockEnding.RETURNED,
    ClockKind.AGENT_SILENCE: ClockEnding.LEFT_AGENT,
    ClockKind.RESOLUTION: ClockEnding.RETURNED,
}
"""What a wait that is simply over has ended with."""


# --- starting and moving --------------------------------------------------------------------------


def _start_or_cancel(draft: Draft, kind: ClockKind, since: Instant | None) -> None:
    running = _running(draft.state, kind)
    if running is None and since is not None:
        _start(draft, kind, since)
    elif running is not None and since is None:
        cancel_clock(draft, running, _WITHOUT_ANSWER[kind])


def _start(draft: Draft, kind: ClockKind, since: Instant) -> None:
    target = draft.terms.target(draft.state, kind)
    earlier = _earlier_of_episode(draft.state, kind)
    if target is None or (earlier is not None and target.restarts == "never"):
        return
    goes_on = earlier is not None and target.restarts == "continued"
    counting_since = since
    if goes_on and earlier and earlier.ended_at:
        # A target taken away and given back is of the same wait: nothing counts twice.
        counting_since = max(since, earlier.ended_at)
    clock = Clock(
        kind=kind,
        generation=draft.state.sequence,
        episode=draft.state.episode,
        started_at=since,
        spent_seconds=earlier.spent_seconds if earlier and goes_on else 0,
        counting_since=counting_since,
        warn_at=None,
        due_at=None,
        **_terms_of(draft, target),
    )
    draft.record(ClockStarted(at=draft.now, clock=draft.terms.counting_from(clock, counting_since)))


def start_promise(draft: Draft, promise_id: str, within_seconds: int, calendar: str) -> None:
    """Start the clock of a promise just made; an empty calendar counts around the clock."""
    policy = draft.terms.policy(draft.state)
    clock = Clock(
        kind=ClockKind.PROMISE,
        promise_id=promise_id,
        generation=draft.state.sequence,
        episode=draft.state.episode,
        started_at=draft.now,
        counting_since=draft.now,
        warn_at=None,
        due_at=None,
        policy=policy.name,
        policy_version=draft.terms.sla_version,
        calendar=calendar,
        calendar_version=draft.terms.hours_version if calendar else 0,
        target_seconds=within_seconds,
        warn_seconds=_as_exact_as_instants(PROMISE_WARNS_AFTER * within_seconds),
    )
    counting = draft.terms.counting_from(clock, draft.now)
    promise = counting.model_copy(update={"promised_by": counting.due_at})
    draft.record(ClockStarted(at=draft.now, clock=promise))


def _terms_of(draft: Draft, target: Target) -> dict[str, Any]:
    terms, state = draft.terms, draft.state
    calendar = AROUND_THE_CLOCK if target.around_the_clock else terms.calendar_name(state.queue)
    exists = terms.hours(calendar, terms.hours_version) is not None
    return {
        "policy": terms.policy(state).name,
        "policy_version": terms.sla_version,
        "calendar": calendar if exists else AROUND_THE_CLOCK,
        "calendar_version": terms.hours_version if exists else 0,
        "target_seconds": target.seconds,
        "warn_seconds": _as_exact_as_instants(target.warn_after_fraction * target.seconds),
    }


def _as_exact_as_instants(seconds: float) -> float:
    return round(seconds, 6)


def _count_from_earlier(draft: Draft, kind: ClockKind, since: Instant | None) -> None:
    """Let a clock run from the earliest message that waits; a breach already seen stands."""
    clock = _running(draft.state, kind)
    if clock is None or since is None or since >= clock.started_at:
        return
    if clock.counting_since != clock.started_at:
        return
    moved = draft.terms.counting_from(clock.model_copy(update={"started_at": since}), since)
    draft.record(ClockChanged(at=draft.now, clock=moved, reason=ClockChange.EARLIER_MESSAGE))


def _fit_to_terms(draft: Draft, clock: Clock) -> None:
    """Let a clock count the rest as policy and opening hours say now; what is spent stays.

    Who still reads older settings than the clock was computed with leaves it as it is.
    """
    terms = draft.terms
    if terms.sla_version < clock.policy_version or terms.hours_version < clock.calendar_version:
        return
    if clock.kind is ClockKind.PROMISE:
        version = terms.hours_version if clock.calendar else 0
        current_terms: dict[str, Any] = {"calendar_version": version}
    elif target := terms.target(draft.state, clock.kind):
        current_terms = _terms_of(draft, target)
    else:
        cancel_clock(draft, clock, ClockEnding.NO_TARGET)
        return
    if current_terms.items() <= dict(clock).items():
        return
    spent = terms.counted(clock, draft.now)
    fitted = clock.model_copy(update={**current_terms, "spent_seconds": spent})
    counting = terms.counting_from(fitted, max(draft.now, clock.counting_since or draft.now))
    if clock.state is ClockState.PAUSED:
        # It has no due time, but a calendar that never opens is none for it either.
        on = {"calendar": counting.calendar, "calendar_version": counting.calendar_version}
        fitted = fitted.model_copy(update=on)
    else:
        fitted = counting
    if fitted.state is ClockState.IMMINENT and spent < fitted.warn_seconds:
        fitted = fitted.model_copy(update={"state": ClockState.PENDING})
    promised = ("policy", "target_seconds", "warn_seconds")
    other_policy = any(getattr(fitted, name) != getattr(clock, name) for name in promised)
    if other_policy or _calendar_of(draft, fitted) != _calendar_of(draft, clock):
        reason = ClockChange.POLICY if other_policy else ClockChange.OPENING_HOURS
        draft.record(ClockChanged(at=draft.now, clock=fitted, reason=reason))


def _calendar_of(draft: Draft, clock: Clock) -> tuple[str, OpeningHours | None]:
    """Return what a clock counts on: versions that say the same of it are the same to it."""
    return clock.calendar, draft.terms.hours(clock.calendar, clock.calendar_version)


def _pause_or_resume(draft: Draft, clock: Clock) -> None:
    target = draft.terms.target(draft.state, clock.kind)
    lifecycle = draft.state.lifecycle
    pauses = target is not None and lifecycle in target.pauses_while
    if pauses and clock.state is not ClockState.PAUSED:
        if clock.state_at(draft.now) is not clock.state:
            return  # A threshold has passed: the tick acts on it before anything is paused.
        changes = {
            "state": ClockState.PAUSED,
            "spent_seconds": draft.terms.counted(clock, draft.now),
            **dict.fromkeys(("counting_since", "warn_at", "due_at")),
        }
        paused = clock.model_copy(update=changes)
        reason = ClockChange(lifecycle.value)
        draft.record(ClockChanged(at=draft.now, clock=paused, reason=reason))
    elif pauses and lifecycle is not draft.before.lifecycle:
        reason = ClockChange(lifecycle.value)
        draft.record(ClockChanged(at=draft.now, clock=clock, reason=reason))
    elif not pauses and clock.state is ClockState.PAUSED:
        warned = clock.spent_seconds >= clock.warn_seconds
        state = ClockState.IMMINENT if warned else ClockState.PENDING
        resumed = draft.terms.counting_from(clock, draft.now).model_copy(update={"state": state})
        draft.record(ClockChanged(at=draft.now, clock=resumed, reason=ClockChange.RESUMED))


def _running(state: ConversationState, kind: ClockKind) -> Clock | None:
    return next((clock for clock in state.clocks if clock.kind is kind and clock.running), None)


def _earlier_of_episode(state: ConversationState, kind: ClockKind) -> Clock | None:
    return next(
        (
            clock
            for clock in state.clocks
            if clock.kind is kind and not clock.running and clock.episode == state.episode
        ),
        None,
    )


def _end(draft: Draft, kinds: Iterable[ClockKind], at: Instant, ending: ClockEnding) -> None:
    for clock in draft.state.clocks:
        if clock.running and clock.kind in kinds:
            end_clock(draft, clock, clock.answered(at), ending, at)
