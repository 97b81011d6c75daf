"""Promises: "we answer within 20 minutes" gets a clock of its own, and an apology. Pure."""

from sportello.conversation.commands import KeepPromise
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import Author, OwnerKind
from sportello.conversation.ownership import require_no_colleague
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import AROUND_THE_CLOCK
from sportello.conversation.timing.keep_clocks import cancel_clock, end_clock, start_promise
from sportello.errors import NotAllowed
from sportello.model import Instant
from sportello.sla.clocks import Clock, ClockEnding, ClockKind, ClockState, PromiseTerms, earliest

MAX_PROMISES = 5
PROMISE = "promise:"
APOLOGY = "promise_broken:"
"""What the keys begin with of the desk's own promise, and of an apology."""

KEPT_BY_ANSWER = "answer:"
"""What the id of a promise begins with that any answer of a person keeps."""


def require_room(draft: Draft) -> None:
    """Refuse a person one promise too many, before it is said; what the answer keeps is none."""
    by_hand = [c for c in _open_promises(draft) if not c.promise_id.startswith(KEPT_BY_ANSWER)]
    if len(by_hand) >= MAX_PROMISES:
        raise NotAllowed(f"{MAX_PROMISES} promises are open already: keep one first")


def make_promise(draft: Draft, made_by: str, terms: PromiseTerms) -> None:
    """Start the clock of a promise that is said in the same decision; `made_by` is its effect.

    A machine that promises again and again starts no more clocks than the state can hold.
    """
    if len(_open_promises(draft)) >= MAX_PROMISES:
        return
    in_hours = draft.terms.calendar_name(draft.state.queue)
    start_promise(
        draft,
        f"{KEPT_BY_ANSWER if terms.kept_by == 'answer' else ''}{made_by}",
        terms.within_seconds,
        in_hours if terms.in_opening_hours else AROUND_THE_CLOCK,
    )


def keep_promises(draft: Draft, at: Instant) -> None:
    """A person's answer keeps what was promised before it to be an answer, late or in time."""
    for clock in _open_promises(draft):
        if clock.promise_id.startswith(KEPT_BY_ANSWER) and clock.started_at <= at:
            end_clock(draft, clock, clock.answered(at), ClockEnding.KEPT, at)


def give_up_answers(draft: Draft) -> None:
    """Nobody waits for a person's answer any more; what was promised by hand is still owed."""
    for clock in _open_promises(draft):
        if clock.promise_id.startswith(KEPT_BY_ANSWER):
            cancel_clock(draft, clock, ClockEnding.RETURNED)


def keep_promise(draft: Draft, command: KeepPromise) -> None:
    """Say that what was promised has been done elsewhere: a call made, an e-mail sent."""
    require_no_colleague(draft.state, command)
    promised = [c for c in draft.state.clocks if c.promise_id == command.promise_id]
    if not promised or not command.promise_id:
        raise NotAllowed("there is no such promise")
    for clock in promised:
        if clock.running:
            end_clock(draft, clock, clock.answered(draft.now), ClockEnding.KEPT)


def just_broken(state: ConversationState, now: Instant) -> list[Clock]:
    """Return the promises that no tick has found broken yet: of several those due first."""
    broken = [
        clock
        for clock in state.clocks
        if clock.kind is ClockKind.PROMISE
        and clock.state is not ClockState.BREACHING
        and clock.state_at(now) is ClockState.BREACHING
    ]
    first = earliest(clock.due_at for clock in broken)
    return [clock for clock in broken if clock.due_at == first]


def apologise(draft: Draft, clock: Clock, text: str) -> None:
    """Say sorry once for a promise not kept; where an agent speaks, the agent is told instead."""
    key = f"{APOLOGY}{clock.generation}"
    if draft.state.owner.kind is OwnerKind.AGENT:
        draft.notify(
            key,
            draft.bells,
            "promise.broken",
            {"agent_id": draft.state.owner.name, "promise_id": clock.promise_id},
        )
    elif text and draft.state.budget_left(draft.now) > 0:
        draft.send(key, text, Author.SYSTEM)


def _open_promises(draft: Draft) -> list[Clock]:
    clocks = draft.state.clocks
    return [clock for clock in clocks if clock.kind is ClockKind.PROMISE and clock.running]


HANDLERS = (handles(KeepPromise, keep_promise),)
