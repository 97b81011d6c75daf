"""What people do with a conversation besides answering it: put it aside, rank it. Pure."""

from datetime import timedelta

from sportello.conversation.commands import Classify, EndSnooze, Snooze
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    ConversationClassified,
    ConversationSnoozed,
    OwnerKind,
    SnoozeEnded,
)
from sportello.conversation.ownership import require_informed, require_no_colleague
from sportello.conversation.state import Lifecycle
from sportello.errors import NotAllowed

LONGEST_SNOOZE = timedelta(days=366)


def snooze(draft: Draft, command: Snooze) -> None:
    """Put a conversation aside; it comes back at the instant named or when the customer writes."""
    state = draft.state
    if state.snoozed_until == command.until:
        return
    require_informed(state, command)
    require_no_colleague(state, command)
    if state.owner.kind is not OwnerKind.AGENT:
        raise NotAllowed("only a conversation that an agent has can be put aside")
    if not draft.now < command.until <= draft.now + LONGEST_SNOOZE:
        raise NotAllowed("it can be put aside until an instant within the next year")
    draft.record(ConversationSnoozed(at=draft.now, agent_id=command.agent_id, until=command.until))


def end_snooze(draft: Draft, command: EndSnooze) -> None:
    require_no_colleague(draft.state, command)
    if draft.state.lifecycle is Lifecycle.SNOOZED:
        draft.record(SnoozeEnded(at=draft.now, agent_id=command.agent_id))


def wake_if_due(draft: Draft) -> None:
    """Bring a snoozed conversation back at its time, and ring whoever put it aside."""
    until = draft.state.snoozed_until
    if until is None or draft.now < until:
        return
    draft.record(SnoozeEnded(at=draft.now))
    draft.notify(
        draft.unique("snooze_ended"),
        draft.bells,
        "snooze.ended",
        {"agent_id": draft.state.owner.name},
    )


def classify(draft: Draft, command: Classify) -> None:
    """Set priority, segment or both; policies that name them apply from now on."""
    state = draft.state
    if state.episode == 0:
        raise NotAllowed("the customer has not written yet")
    require_no_colleague(state, command)
    priority = command.priority or state.priority
    segment = state.segment if command.segment is None else command.segment
    if (priority, segment) != (state.priority, state.segment):
        draft.record(
            ConversationClassified(
                at=draft.now, priority=priority, segment=segment, agent_id=command.agent_id
            )
        )


HANDLERS = (
    handles(Snooze, snooze),
    handles(EndSnooze, end_snooze),
    handles(Classify, classify),
)
