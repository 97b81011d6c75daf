"""What a conversation takes of agents, and where it stands in line, read off its state. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sportello.conversation.events import (
    AgentOfferEnded,
    ConversationEvent,
    OfferOutcome,
    OwnerKind,
)
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.terms import ServiceTerms
from sportello.routing.line import InLine
from sportello.routing.work import Claim

OFFER_GRACE = timedelta(seconds=30)
"""An offer whose end nobody has noted keeps its room for so long after it has expired."""


def claims_of(
    conversation_id: str, state: ConversationState, terms: ServiceTerms
) -> Mapping[str, Claim]:
    """Return, by agent, what the conversation takes of them."""
    claims: dict[str, Claim] = {}
    owner, offer = state.owner, state.open_personal_offer
    if offer is not None:
        claims[offer.agent_id] = Claim(
            conversation_id=conversation_id,
            units=offer.units,
            since=offer.offered_at,
            offered=True,
            counts_until=offer.expires_at + OFFER_GRACE,
        )
    held = state.lifecycle not in {Lifecycle.SNOOZED, Lifecycle.RESOLVED}
    if owner.kind is OwnerKind.AGENT and owner.since is not None and held:
        quiet = state.lifecycle is Lifecycle.AWAITING_CUSTOMER
        idle_after = timedelta(seconds=terms.routing.idle_after_seconds)
        last = state.last_activity_at or owner.since
        claims[owner.name] = Claim(
            conversation_id=conversation_id,
            units=terms.units,
            since=owner.since,
            counts_until=last + idle_after if quiet else None,
        )
    return claims


def heard_from(events: Iterable[ConversationEvent]) -> Mapping[str, bool]:
    """Return, of the agents whose offers ended, whether they gave an answer or let it run out."""
    heard: dict[str, bool] = {}
    for event in events:
        if not isinstance(event, AgentOfferEnded):
            continue
        if event.outcome is OfferOutcome.EXPIRED:
            heard[event.agent_id] = False
        elif event.outcome is OfferOutcome.DECLINED or event.taken_by == event.agent_id:
            heard[event.agent_id] = True
    return heard


def waits_unasked(state: ConversationState) -> bool:
    """Whether it waits for a person and no single agent is being asked."""
    return state.owner.kind is OwnerKind.QUEUE and state.personal_offer is None


def place_in_line(
    conversation_id: str, state: ConversationState, terms: ServiceTerms, language: str
) -> InLine | None:
    """Return the conversation as its line shows it; None while it waits for nobody to be found."""
    since = state.waiting_since
    if not waits_unasked(state) or since is None:
        return None
    return InLine(
        conversation_id=conversation_id,
        queue=state.queue,
        channel=terms.channel,
        units=terms.units,
        since=since,
        language=language,
        priority=state.priority,
        last_agent=state.last_agent,
        passed_by=state.passed_by,
    )
