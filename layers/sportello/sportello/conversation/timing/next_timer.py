"""Which timer wakes a conversation next: one sleeps for all its clocks, and wakes once. Pure."""

from datetime import timedelta

from sportello.conversation.decision import Draft
from sportello.conversation.effects import Machine, StartWorkflow
from sportello.conversation.events import WakePlanned
from sportello.conversation.handing_over.agent_claims import place_in_line
from sportello.conversation.state import ConversationState
from sportello.model import Instant, written
from sportello.routing.choice import next_relaxation
from sportello.sla.clocks import earliest

LONGEST_SLEEP = timedelta(days=300)
"""A Standard execution ends after a year. Whoever wakes for nothing starts the next timer."""


def plan_wake(draft: Draft) -> None:
    """Start one more timer if a decision makes something due before any timer would wake.

    A wake that is overdue for what was due before is left to its timer, or to the sweep. What was
    due before is told by the terms of now: of others, a timer may sleep past it.
    """
    upcoming = _upcoming(draft, draft.state)
    planned = draft.state.wake_at
    if upcoming is None or (planned is not None and draft.now < planned <= upcoming):
        return
    sleeps_past_it = planned is not None and draft.now < upcoming < planned
    if upcoming == _upcoming(draft, draft.before) and not sleeps_past_it:
        return
    _start_timer(draft, upcoming)


def plan_next_wake(draft: Draft, woken_for: Instant | None) -> None:
    """Start the timer for what is due next, unless another one still sleeps that wakes in time.

    A timer wakes once: the one that slept until `woken_for` is used up, even where it woke a little
    early. The sweep, which is no timer, has slept until None. What is due and a tick could do
    nothing about is the sweep's: a timer would wake at once, again and again.
    """
    upcoming = _upcoming(draft, draft.state)
    planned = draft.state.wake_at
    decided_nothing = draft.state.sequence == draft.before.sequence
    if decided_nothing and upcoming is not None and upcoming <= draft.now:
        return
    used_up = planned is not None and (planned <= draft.now or planned == woken_for)
    asleep = None if used_up else planned
    if upcoming is not None and (asleep is None or upcoming < asleep):
        _start_timer(draft, upcoming)
    elif used_up:
        draft.record(WakePlanned(at=draft.now, wake_at=None))


def _upcoming(draft: Draft, state: ConversationState) -> Instant | None:
    """Return when time alone next changes something here, or whom may be asked for it."""
    return earliest([state.next_threshold(), _relaxation(draft, state)])


def _relaxation(draft: Draft, state: ConversationState) -> Instant | None:
    """Return when more agents may be asked; while the desk is closed nobody is, as the ladder does.

    A decision does not know the customer's language: it is taken for one that not all speak.
    """
    waiting = place_in_line("", state, draft.terms, language="?")
    if waiting is None:
        return None
    routing = draft.terms.queue(state.queue).routing
    relaxes_at = next_relaxation(waiting, routing, draft.now)
    if relaxes_at is None or draft.terms.staffing(state.queue, relaxes_at).closed is not None:
        return None
    return relaxes_at


def _whole_second(at: Instant) -> Instant:
    """Return the first whole second that is not before an instant.

    Step Functions cuts off parts of a second: a timer would wake for nothing but the next timer.
    """
    return at + timedelta(microseconds=-at.microsecond % 1_000_000)


def _start_timer(draft: Draft, upcoming: Instant) -> None:
    wake_at = min(upcoming, draft.now + LONGEST_SLEEP)
    draft.intend(
        StartWorkflow(
            key=draft.unique("timer"),
            machine=Machine.SLA_TIMER,
            input={"wake_at": written(wake_at), "sleep_until": written(_whole_second(wake_at))},
        )
    )
    draft.record(WakePlanned(at=draft.now, wake_at=wake_at))
