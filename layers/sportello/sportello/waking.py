"""Which timer wakes a conversation next: one sleeps for all its clocks. Pure."""

from sportello.conversation_state import ConversationState
from sportello.decision import Draft
from sportello.effects import Machine, StartWorkflow
from sportello.events import WakePlanned
from sportello.model import Instant, written


def plan_wake(draft: Draft) -> None:
    """Start one more timer if a decision makes something due before any timer would wake.

    A wake that is overdue for what was due before is left to its timer, or to the sweep.
    """
    upcoming = draft.state.next_threshold()
    planned = draft.state.wake_at
    if upcoming is None or upcoming == draft.before.next_threshold():
        return
    if planned is not None and draft.now < planned <= upcoming:
        return
    _start_timer(draft, upcoming)
    draft.record(WakePlanned(at=draft.now, wake_at=upcoming))


def plan_next_wake(draft: Draft, woken_for: Instant | None) -> None:
    """Let the timer that woke sleep on, or end.

    The timer that was planned sleeps on; one that wakes while another is planned for later ends.
    The sweep, which is no timer, starts a new one.
    """
    upcoming = draft.state.next_threshold()
    wake_at = draft.state.wake_at
    another_timer_wakes = (
        wake_at is not None
        and wake_at > draft.now
        and (upcoming is None or wake_at <= upcoming)
        and not plans_for(draft.state, woken_for)
    )
    nothing_new = upcoming == wake_at and (woken_for or upcoming is None)
    if another_timer_wakes or nothing_new:
        return
    draft.record(WakePlanned(at=draft.now, wake_at=upcoming, planned_at_wake=woken_for))
    if upcoming is not None and woken_for is None:
        _start_timer(draft, upcoming)


def plans_for(state: ConversationState, woken_for: Instant | None) -> bool:
    """Whether the planned wake is that of the timer which slept until `woken_for`.

    It is when that is the wake, or when this very tick has planned it and is only repeated.
    """
    return woken_for is not None and woken_for in {state.wake_at, state.planned_at_wake}


def _start_timer(draft: Draft, wake_at: Instant) -> None:
    draft.intend(
        StartWorkflow(
            key=draft.unique("timer"),
            machine=Machine.SLA_TIMER,
            input={"wake_at": written(wake_at)},
        )
    )
