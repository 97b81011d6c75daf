"""What time alone does: clocks warn and breach, a snooze ends, an announced wait runs out. Pure."""

from collections.abc import Iterator

from sportello.conversation.commands import FitClocks, Tick
from sportello.conversation.decision import Draft, handles
from sportello.conversation.deskwork.setting_aside import wake_if_due
from sportello.conversation.events import (
    ClockAdvanced,
    ConversationClassified,
    OwnerKind,
)
from sportello.conversation.handing_over.ladders import (
    expire_personal_offer,
    ring_next_tier,
    ring_on,
)
from sportello.conversation.handing_over.queueing import AGENT_SILENT, put_back_in_queue
from sportello.conversation.timing.announced_wait import review_announcement
from sportello.conversation.timing.promises import apologise, just_broken
from sportello.model import written
from sportello.priorities import Priority
from sportello.sla.clocks import Clock, ClockKind, ClockState
from sportello.sla.policies import ALERT, REMIND, ClockActions


def tick(draft: Draft, command: Tick) -> None:
    """Act on the thresholds that have passed; which timer wakes next is planned afterwards."""
    wake_if_due(draft)
    expire_personal_offer(draft)
    apology = command.apology
    for clock, reached in _passed(draft):
        if clock.due_at is None:
            continue
        draft.record(
            ClockAdvanced(
                at=draft.now,
                kind=clock.kind,
                promise_id=clock.promise_id,
                state=reached,
                due_at=clock.due_at,
            )
        )
        _act(draft, clock, reached, _actions(draft, clock, reached))
        if clock.kind is ClockKind.PROMISE and reached is ClockState.BREACHING:
            apologise(draft, clock, apology)
            apology = ""  # it speaks for all that are broken at this instant
    review_announcement(draft, command.news)
    ring_on(draft)


def fit_clocks(draft: Draft, _command: FitClocks) -> None:
    """That clocks are made to fit is part of every decision; see that somebody rings, too."""
    ring_on(draft)


def _passed(draft: Draft) -> Iterator[tuple[Clock, ClockState]]:
    """Give the clocks that passed a threshold, as long as there is room to ring for them.

    Of broken promises only those of the earliest time, which the apology names. What is left stays
    due: the next timer wakes at once.
    """
    broken = {clock.name for clock in just_broken(draft.state, draft.now)}
    for clock in draft.state.clocks:
        if not draft.has_room:
            return
        reached = clock.state_at(draft.now)
        later = clock.kind is ClockKind.PROMISE and reached is ClockState.BREACHING
        if reached is not clock.state and (clock.name in broken or not later):
            yield clock, reached


def _actions(draft: Draft, clock: Clock, reached: ClockState) -> ClockActions:
    breaching = reached is ClockState.BREACHING
    target = draft.terms.target(draft.state, clock.kind)
    if target is None:
        return ALERT if breaching else REMIND
    return target.at_breach if breaching else target.at_warning


def _act(draft: Draft, clock: Clock, reached: ClockState, actions: ClockActions) -> None:
    _tell_people(draft, clock, reached, actions)
    if actions.raise_priority_to is not None:
        _raise_priority(draft, actions.raise_priority_to)
    if actions.ring_next_tier:
        ring_next_tier(draft)
    if actions.reassign and draft.state.owner.kind is OwnerKind.AGENT:
        put_back_in_queue(draft, AGENT_SILENT)


def _tell_people(draft: Draft, clock: Clock, reached: ClockState, actions: ClockActions) -> None:
    state = draft.state
    endpoints: list[str] = []
    if actions.remind_agents:
        endpoints += draft.bells
    if actions.alert_supervisors:
        endpoints += draft.terms.queue(state.queue).alert_endpoints
    draft.notify(
        draft.unique(f"clock:{clock.kind}:{reached}"),
        dict.fromkeys(endpoints),
        f"clock.{reached}",
        {
            "clock": clock.kind,
            "policy": clock.policy,
            "due_at": written(clock.due_at) if clock.due_at else None,
            "queue": state.queue,
            "owner": state.owner.kind,
            "priority": state.priority,
            **({"promise_id": clock.promise_id} if clock.promise_id else {}),
        },
    )


def _raise_priority(draft: Draft, priority: Priority) -> None:
    state = draft.state
    if priority.rank > state.priority.rank:
        draft.record(ConversationClassified(at=draft.now, priority=priority, segment=state.segment))


HANDLERS = (
    handles(Tick, tick),
    handles(FitClocks, fit_clocks),
)
