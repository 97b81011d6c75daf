"""From one to the other: transfers, a supervisor who takes over, an agent who has left. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.deskwork.notes import note_down
from sportello.conversation.events import (
    ConversationTakenOver,
    ConversationTransferred,
    OfferOutcome,
    OwnerKind,
)
from sportello.conversation.handing_over.handoffs import take
from sportello.conversation.handing_over.ladders import end_offer, end_personal_offer, start_ladder
from sportello.conversation.handing_over.personal_offers import offer_to_agent
from sportello.conversation.handing_over.queueing import (
    AGENT_LEFT,
    put_back_in_queue,
    put_in_queue,
    take_from_agent,
)
from sportello.conversation.ownership import (
    described,
    require_as_seen,
    require_informed,
    require_no_colleague,
)
from sportello.conversation.people_commands import (
    HandOver,
    LeaveAgent,
    TakeOver,
    TransferToAgent,
    TransferToQueue,
)
from sportello.conversation.timing.keep_clocks import cancel_clock
from sportello.conversation.turns import end_turn, tell_out_of_hours
from sportello.errors import NotAllowed
from sportello.model import Instant
from sportello.sla.clocks import ClockEnding, ClockKind

TRANSFERRED = "transferred"


def transfer_to_queue(draft: Draft, command: TransferToQueue) -> None:
    owner, offer = draft.state.owner, draft.state.open_personal_offer
    if owner.kind is OwnerKind.QUEUE and owner.name == command.queue and offer is None:
        return
    start_at = _hand_over(draft, command)
    start_ladder(draft, start_at)
    _tell_away(draft, command)


def transfer_to_agent(draft: Draft, command: TransferToAgent) -> None:
    """Ask the colleague alone; if they do not take it, it goes the ordinary way of its queue."""
    state, colleague = draft.state, command.offer.agent_id
    open_offer = state.open_personal_offer
    same = (colleague, command.agent_id)
    if open_offer is not None and (open_offer.agent_id, open_offer.transferred_by) == same:
        return
    if state.owner.kind is OwnerKind.AGENT and state.owner.name == colleague:
        raise NotAllowed("the colleague has the conversation already")
    _hand_over(draft, command, not_before=command.offer.expires_at)
    offer = {"handoff_id": draft.state.handoff_id, "transferred_by": command.agent_id}
    offer_to_agent(draft, command.offer.model_copy(update=offer))
    _tell_away(draft, command)


def _hand_over(draft: Draft, command: HandOver, not_before: Instant | None = None) -> Instant:
    """Put it in the queue named; return when its people are rung."""
    owner = draft.state.owner
    require_informed(draft.state, command)
    require_no_colleague(draft.state, command)
    if owner.kind is OwnerKind.NOBODY:
        raise NotAllowed("a resolved conversation is nobody's to hand on")
    if owner.kind is not OwnerKind.AGENT and not command.supervisor:
        raise NotAllowed(f"the conversation belongs to {described(draft.state)}")
    end_offer(draft, OfferOutcome.WITHDRAWN)
    end_turn(draft)
    to_agent = command.offer.agent_id if isinstance(command, TransferToAgent) else ""
    draft.record(
        ConversationTransferred(
            at=draft.now, agent_id=command.agent_id, queue=command.queue, to_agent=to_agent
        )
    )
    note_down(draft, command.agent_id, command.note)
    of_colleague = owner.kind is OwnerKind.AGENT and owner.name != command.agent_id
    enter = take_from_agent if of_colleague else put_in_queue
    return enter(draft, command.queue, TRANSFERRED, command.waiting_ahead, not_before)


def _tell_away(draft: Draft, command: HandOver) -> None:
    away = command.away
    if away is not None and away.closed_since is not None and draft.state.turn is not None:
        tell_out_of_hours(draft, away.text, away.closed_since)


def take_over(draft: Draft, command: TakeOver) -> None:
    """Make a supervisor the owner; an agent who loses it is told."""
    state, owner = draft.state, draft.state.owner
    if owner.kind is OwnerKind.AGENT and owner.name == command.agent_id:
        return
    if not command.supervisor:
        raise NotAllowed("only a supervisor takes a conversation over")
    require_as_seen(state, command)
    if owner.kind is OwnerKind.NOBODY:
        raise NotAllowed("a resolved conversation is nobody's to take over")
    former, rung = owner.name if owner.kind is OwnerKind.AGENT else "", draft.bells
    draft.record(ConversationTakenOver(at=draft.now, agent_id=command.agent_id, from_agent=former))
    for clock in state.clocks:
        if clock.kind is ClockKind.AGENT_SILENCE and clock.running:
            # What the former agent let pass is nothing that the supervisor has to answer for.
            cancel_clock(draft, clock, ClockEnding.LEFT_AGENT)
    take(draft, command.agent_id)
    if former:
        draft.notify(
            f"taken_over:{draft.state.owner.version}",
            rung,
            "conversation.taken_over",
            {"agent_id": former, "taken_by": command.agent_id},
        )


def leave_agent(draft: Draft, command: LeaveAgent) -> None:
    """Let nobody wait for an agent who is at work no more."""
    state = draft.state
    offer = state.open_personal_offer
    if offer is not None and offer.agent_id == command.agent_id:
        end_personal_offer(draft, OfferOutcome.EXPIRED)
    owns = state.owner.kind is OwnerKind.AGENT and state.owner.name == command.agent_id
    if owns and (command.all or state.turn is not None):
        put_back_in_queue(draft, AGENT_LEFT)


HANDLERS = (
    handles(TransferToQueue, transfer_to_queue),
    handles(TransferToAgent, transfer_to_agent),
    handles(TakeOver, take_over),
    handles(LeaveAgent, leave_agent),
)
