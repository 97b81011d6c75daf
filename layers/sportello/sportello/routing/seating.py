"""The seats an agent has by what they hold, and when time alone changes them. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from sportello.model import Instant
from sportello.routing.presence import Presence
from sportello.routing.seats import Seat
from sportello.routing.work import Agent, Claim

FULL_LOOKED_AT = timedelta(minutes=1)
"""What makes room by the passing of time is looked for as often; it may be written anywhere."""


def seats_of(agent: Agent, queues: Iterable[str], capacity: int, now: Instant) -> tuple[Seat, ...]:
    """Return the agent's seats in these queues; `capacity` is for a profile that says none.

    Who is at work without room has seats without room: they are there, and are not asked.
    """
    work, profile = agent.work, agent.profile
    if work.presence_at(now) is not Presence.AVAILABLE:
        return ()
    load, room = agent.load(now), agent.room(capacity, now)
    own = capacity if profile.capacity is None else profile.capacity
    return tuple(
        Seat(
            agent_id=agent.agent_id,
            queue=queue,
            room=room,
            share=min(load / own, 1.0) if own else 1.0,
            idle_since=work.idle_since or now,
            version=work.version,
            languages=profile.languages,
            skills=profile.skills,
        )
        for queue in dict.fromkeys(queues)
    )


def with_claim(agent: Agent, claim: Claim, now: Instant) -> Agent:
    """Return an agent as they are once they are given a conversation, or asked for it."""
    others = tuple(c for c in agent.claims if c.conversation_id != claim.conversation_id)
    work = agent.work.model_copy(update={"idle_since": now, "version": agent.work.version + 1})
    return agent.model_copy(update={"work": work, "claims": (*others, claim)})


def look_again_at(agent: Agent, capacity: int, heaviest: int, now: Instant) -> Instant | None:
    """Return when time alone next changes what an agent may be given, their calendar left out.

    Who has room for the heaviest conversation has room for any.
    """
    if agent.work.presence_at(now) is Presence.OFFLINE:
        return None
    upcoming = [agent.work.presence_until]
    tight = agent.room(capacity, now) < heaviest
    if tight and agent.claims and agent.work.presence is Presence.AVAILABLE:
        upcoming += [agent.frees_at(now), now + FULL_LOOKED_AT]
    return min((at for at in upcoming if at is not None), default=None)
