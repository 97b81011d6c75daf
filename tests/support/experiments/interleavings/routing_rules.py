"""Rules 15 and 19, told again without the decider's own code: who is rung, who is asked."""

from collections.abc import Mapping

from sportello.conversation.commands import Command, ReceiveMessages
from sportello.conversation.decision import Decision
from sportello.conversation.events import (
    AgentOffered,
    AgentOfferEnded,
    HandoffRequested,
    LadderExhausted,
    LadderPostponed,
    OfferOutcome,
    OwnerKind,
)
from sportello.conversation.handing_over import agent_claims
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.terms import ServiceTerms
from sportello.routing.work import Claim
from sportello.sla.clocks import ClockKind
from support.builders import CONVERSATION, notices
from support.experiments.interleavings.named_rules import OFFERED, RUNG, VOICE, hold
from support.experiments.interleavings.script import Script
from support.experiments.interleavings.world import World

_NOT_TAKEN = frozenset({OfferOutcome.DECLINED, OfferOutcome.EXPIRED})


def passed_by(world: World, decision: Decision) -> frozenset[str]:
    """Who did not take it in this round, kept from what happened."""
    passed = world.passed_by
    for event in decision.events:
        match event:
            case HandoffRequested(reason=reason):
                passed = _gave_it_up(world.state, reason)
            case LadderExhausted() | LadderPostponed():
                passed = frozenset()
            case AgentOfferEnded(agent_id=agent_id, outcome=outcome) if outcome in _NOT_TAKEN:
                passed |= {agent_id}
            case _:
                pass
    return passed


def _gave_it_up(before: ConversationState, reason: str) -> frozenset[str]:
    """Who had it and handed it on, or stayed silent; who has left may go on when they are back."""
    had_it = before.owner.kind is OwnerKind.AGENT and reason != "agent_left"
    return frozenset({before.owner.name} if had_it else ())


# --- of a decision ----------------------------------------------------------------------------


def check_step(world: World, command: Command, decision: Decision) -> None:
    open_offer = world.state.personal_offer is not None
    passed = world.passed_by
    rung = {(notice.notice, notice.endpoint) for notice in notices(decision)}
    for event in decision.events:
        match event:
            case AgentOfferEnded():
                told = (f"offer.{event.outcome}", f"@{event.agent_id}/phone") in rung
                hold(OFFERED, told, f"{event.agent_id} goes on ringing")
                open_offer = False
            case HandoffRequested(reason=reason):
                passed = _gave_it_up(world.state, reason)
            case AgentOffered():
                hold(OFFERED, not open_offer, f"{event.agent_id} is asked beside somebody else")
                again = event.agent_id in passed and not event.transferred_by
                hold(OFFERED, not again, f"{event.agent_id} is asked twice in a round")
                open_offer = True
            case _:
                pass
    if isinstance(command, ReceiveMessages):
        _check_seen(world.state, decision)


def _check_seen(before: ConversationState, decision: Decision) -> None:
    """Whoever is rung sees that the customer has written again."""
    wrote = any(event.type == "MessageReceived" for event in decision.events)
    if before.owner.kind is not OwnerKind.QUEUE or not wrote:
        return
    offers = (before.offer, before.personal_offer)
    ringing = {endpoint for offer in offers if offer for endpoint in offer.endpoints}
    told = {n.endpoint for n in notices(decision) if n.notice == "message.received"}
    hold(RUNG, ringing <= told, f"{sorted(ringing - told)} ring and do not see what was written")


# --- of a world -------------------------------------------------------------------------------


def check_world(world: World, script: Script, terms: ServiceTerms) -> None:
    state = world.state
    _check_claims(state, terms)
    hold(OFFERED, frozenset(state.passed_by) == world.passed_by, "who passed is not remembered")
    for clock in state.clocks:
        if clock.kind is ClockKind.AGENT_SILENCE and clock.running and state.owner.since:
            theirs = clock.started_at >= state.owner.since
            hold(VOICE, theirs, f"{state.owner.name} is timed for somebody else's silence")
    waits = state.owner.kind is OwnerKind.QUEUE
    hold(
        OFFERED,
        waits or state.personal_offer is None,
        "an agent is asked for what nobody waits for",
    )
    if waits:
        answered = state.turn is None
        hold(
            RUNG,
            state.rings_by is not None or answered,
            "somebody waits, and nobody knows until when",
        )
        if script.tiers is not None:
            _check_rung(world, script)


def _check_rung(world: World, script: Script) -> None:
    """A ladder of this handoff climbs, or one agent is asked first."""
    state = world.state
    climbs = any(climb.handoff_id == state.handoff_id for climb in world.climbs)
    asked_first = state.personal_offer is not None and state.personal_offer.transferred_by
    played_out = state.ladder_round >= script.rounds or world.ladder_died
    hold(RUNG, climbs or asked_first or played_out, "somebody waits and no ladder climbs")


def _check_claims(state: ConversationState, terms: ServiceTerms) -> None:
    """Room is kept for whoever has it in hand or is asked, and for nobody else."""
    claims = agent_claims.claims_of(CONVERSATION, state, terms)
    in_hand = state.lifecycle in {Lifecycle.OPEN, Lifecycle.AWAITING_CUSTOMER}
    owner = state.owner.name if state.owner.kind is OwnerKind.AGENT and in_hand else ""
    offered = state.personal_offer.agent_id if state.personal_offer else ""
    expected = {name for name in (owner, offered) if name}
    hold(OFFERED, set(claims) == expected, f"room is kept for {sorted(claims)}")
    _check_counts(state, claims, owner)


def _check_counts(state: ConversationState, claims: Mapping[str, Claim], owner: str) -> None:
    if owner and state.turn is not None and state.personal_offer is None:
        counts = claims[owner].counts_until is None
        hold(OFFERED, counts, f"{owner} has room although a customer waits for them")


# --- at the end -------------------------------------------------------------------------------


def check_end(world: World) -> None:
    offer = world.state.personal_offer
    if offer is not None and offer.expires_at <= world.now:
        hold(OFFERED, world.timers or world.timer_died, f"{offer.agent_id} is asked for ever")
