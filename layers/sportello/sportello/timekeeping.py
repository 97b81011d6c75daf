"""How clocks start, act and end within a decision, and which timers they need. Pure."""

from sportello.clocks import Clock, ClockKind, ClockPlan, ClockState, next_wake
from sportello.commands import Tick
from sportello.conversation_state import ConversationState
from sportello.decision import Draft
from sportello.effects import Machine, NotifyAgents, StartWorkflow
from sportello.events import ClockAdvanced, ClockEnded, ClockStarted, WakePlanned
from sportello.model import Instant, written


def start_clock(draft: Draft, plan: ClockPlan) -> None:
    """Start a clock of its kind anew, and a timer if none would wake early enough.

    Its notices are keyed by its generation, which is new for each.
    """
    generation = draft.state.sequence
    draft.record(
        ClockStarted(at=draft.now, clock=Clock(**plan.model_dump(), generation=generation))
    )
    _plan_earlier_wake(draft)


def count_from(draft: Draft, plan: ClockPlan) -> None:
    """Let a clock run from the earliest message that waits; a breach already seen stands."""
    running = _running(draft, plan.kind)
    if running is None:
        start_clock(draft, plan)
        return
    if plan.started_at >= running.started_at:
        return
    moved = running.model_copy(update=plan.model_dump())
    draft.record(ClockStarted(at=draft.now, clock=moved))
    _plan_earlier_wake(draft)


def answer_clocks(draft: Draft) -> None:
    """End what a person's answer ends: in time is achieved, late is breached."""
    for clock in draft.state.clocks:
        if clock.running:
            _end(draft, clock, clock.answered(draft.now))


def cancel_clocks(draft: Draft) -> None:
    for clock in draft.state.clocks:
        if clock.running:
            _end(draft, clock, ClockState.CANCELLED)


def tick(draft: Draft, command: Tick) -> None:
    """Act on every threshold that has passed, and plan the next wake.

    The timer that was planned sleeps on; one that wakes while another is planned for later ends.
    The sweep, which is no timer, starts a new one.
    """
    for clock in draft.state.clocks:
        reached = clock.state_at(draft.now)
        if reached is not clock.state:
            _advance(draft, clock, reached, command.alert_endpoints)
    upcoming = next_wake(draft.state.clocks)
    another_timer_wakes = (
        draft.state.wake_at is not None
        and draft.state.wake_at > draft.now
        and not plans_for(draft.state, command.woken_for)
    )
    nothing_new = upcoming == draft.state.wake_at and (command.woken_for or upcoming is None)
    if another_timer_wakes or nothing_new:
        return
    draft.record(WakePlanned(at=draft.now, wake_at=upcoming, planned_at_wake=command.woken_for))
    if upcoming is not None and command.woken_for is None:
        _start_timer(draft, upcoming)


def plans_for(state: ConversationState, woken_for: Instant | None) -> bool:
    """Whether the planned wake is that of the timer which slept until `woken_for`.

    It is when that is the wake, or when this very tick has planned it and is only repeated.
    """
    return woken_for is not None and woken_for in {state.wake_at, state.planned_at_wake}


def _running(draft: Draft, kind: ClockKind) -> Clock | None:
    return next(
        (clock for clock in draft.state.clocks if clock.kind is kind and clock.running), None
    )


def _end(draft: Draft, clock: Clock, state: ClockState) -> None:
    draft.record(ClockEnded(at=draft.now, kind=clock.kind, state=state, due_at=clock.due_at))


def _advance(draft: Draft, clock: Clock, reached: ClockState, endpoints: tuple[str, ...]) -> None:
    draft.record(ClockAdvanced(at=draft.now, kind=clock.kind, state=reached, due_at=clock.due_at))
    for endpoint in endpoints:
        draft.intend(
            NotifyAgents(
                key=f"clock:{clock.kind}:{clock.generation}:{reached}:{endpoint}",
                endpoint=endpoint,
                notice=f"clock.{reached}",
                data={
                    "clock": clock.kind,
                    "policy": clock.policy,
                    "due_at": written(clock.due_at),
                    "queue": draft.state.queue,
                    "owner": draft.state.owner.kind,
                },
            )
        )


def _plan_earlier_wake(draft: Draft) -> None:
    upcoming = next_wake(draft.state.clocks)
    planned = draft.state.wake_at
    if upcoming is None or (planned is not None and draft.now < planned <= upcoming):
        return
    _start_timer(draft, upcoming)
    draft.record(WakePlanned(at=draft.now, wake_at=upcoming))


def _start_timer(draft: Draft, wake_at: Instant) -> None:
    draft.intend(
        StartWorkflow(
            key=draft.unique("timer"),
            machine=Machine.SLA_TIMER,
            input={"wake_at": written(wake_at)},
        )
    )
