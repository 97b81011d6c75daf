"""Agents as the agent API shows them: whether they are at work, and what they hold. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from agent_api.settings.endpoint_addresses import without_addresses
from sportello.model import Instant, Model
from sportello.priorities import Priority
from sportello.routing import work
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.table.agents.agent_items import AgentRecord
from sportello.table.items import Conversation

MAX_HELD = 200
"""How many of the conversations that an agent has are listed; those that count come first."""


class PresenceView(Model):
    """`presence_until` is how long it is believed without another sign of life.

    `missed_offers` in a row ran out unanswered.
    """

    presence: Presence
    presence_until: Instant | None
    missed_offers: int


class AgentSummary(PresenceView):
    """`load` and `capacity` are in units; what is offered counts like what is held."""

    agent_id: str
    display_name: str
    queues: tuple[str, ...]
    languages: tuple[str, ...]
    load: int
    capacity: int


class HeldView(Model):
    """`counts_until` is None while it counts for as long as it is held."""

    conversation_id: str
    units: int
    since: Instant
    offered: bool
    counts_until: Instant | None


class AgentView(AgentSummary):
    """`version` is that of the profile, 0 while it was never written.

    `held` is None for who may not see it; beyond `MAX_HELD` it is cut.
    """

    version: int
    profile: Any
    idle_since: Instant | None
    conversations: int
    held: tuple[HeldView, ...] | None


class PersonalOfferView(Model):
    offer_id: str
    conversation_id: str
    channel: str
    queue: str
    priority: Priority
    reason: str
    units: int
    offered_at: Instant
    expires_at: Instant


class OwnView(AgentView):
    """`offers` are what the agent is asked to take now, that which ends first at the front."""

    offers: tuple[PersonalOfferView, ...]


class Shown(Model):
    """What of an agent the caller is shown."""

    held: bool
    addresses: bool


def queues_of(queues: tuple[str, ...], handoff_queue: str) -> tuple[str, ...]:
    """Name the queues that somebody serves whose profile names some, or none."""
    return queues or (handoff_queue,)


def presence_view(at_work: work.Work, now: Instant) -> PresenceView:
    presence = at_work.presence_at(now)
    until = at_work.presence_until if presence is not Presence.OFFLINE else None
    return PresenceView(presence=presence, presence_until=until, missed_offers=at_work.missed)


def agent_summary(
    agent: work.Agent, queues: tuple[str, ...], capacity: int, now: Instant
) -> AgentSummary:
    """`queues` are those served, `capacity` is that of agents whose profile says none."""
    profile = agent.profile
    return AgentSummary(
        **dict(presence_view(agent.work, now)),
        agent_id=agent.agent_id,
        display_name=profile.display_name,
        queues=queues,
        languages=profile.languages,
        load=agent.load(now),
        capacity=capacity if profile.capacity is None else profile.capacity,
    )


def agent_view(summary: AgentSummary, record: AgentRecord, shown: Shown, now: Instant) -> AgentView:
    agent = record.agent
    return AgentView(
        **dict(summary),
        version=record.profile_version,
        profile=profile_view(agent.profile, addresses=shown.addresses),
        idle_since=agent.work.idle_since,
        conversations=len(agent.claims),
        held=tuple(held_by(agent.claims, now)) if shown.held else None,
    )


def profile_view(profile: AgentProfile, *, addresses: bool) -> Mapping[str, Any]:
    """Return a profile; without addresses its endpoints are there by name and notifier alone."""
    document = profile.model_dump(mode="json")
    return document if addresses else document | without_addresses(document)


def held_by(claims: Iterable[work.Claim], now: Instant) -> Iterable[HeldView]:
    """List what counts before what does not, and of both the latest first."""
    latest_first = sorted(claims, key=lambda claim: claim.since, reverse=True)
    counting_first = sorted(latest_first, key=lambda claim: not claim.counts_at(now))
    for claim in counting_first[:MAX_HELD]:
        yield HeldView.model_validate(dict(claim), extra="ignore")


def offers_to(
    agent_id: str, conversations: Iterable[Conversation], now: Instant
) -> tuple[PersonalOfferView, ...]:
    """Return the offers to an agent that are open in some conversations."""
    offers = []
    for conversation in conversations:
        state, address = conversation.state, conversation.address
        offer = state.open_personal_offer
        if offer is None or offer.agent_id != agent_id or offer.expires_at <= now:
            continue
        offers.append(
            PersonalOfferView(
                offer_id=offer.offer_id,
                conversation_id=conversation.conversation_id,
                channel=address.channel if address else "",
                queue=state.queue,
                priority=state.priority,
                reason=state.handoff_reason,
                units=offer.units,
                offered_at=offer.offered_at,
                expires_at=offer.expires_at,
            )
        )
    return tuple(sorted(offers, key=lambda offer: (offer.expires_at, offer.offer_id)))
