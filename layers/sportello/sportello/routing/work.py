"""An agent at work: presence, and what they hold. Pure.

Load is counted from the conversations held, each an item of its own, so that nothing has to be
added up and taken off again. What is offered counts like what is held: whoever is rung for one
conversation is not rung for more than they can take.
"""

from collections.abc import Iterable
from typing import Annotated

from sportello.model import Instant, Model
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.stored import OrUnknown, Stored


class Work(Stored):
    """`version` grows whenever what the agent holds, or may be given, changes.

    `idle_since` is since when the agent was last given a conversation or came to work; whoever has
    been idle longest comes first. `missed` counts the offers in a row that ran out unanswered.
    """

    presence: Annotated[Presence, OrUnknown()] = Presence.OFFLINE
    presence_until: Instant | None = None
    idle_since: Instant | None = None
    version: int = 0
    missed: int = 0

    def presence_at(self, now: Instant) -> Presence:
        """Return the presence that is still believed: without a sign of life it ends."""
        if self.presence_until is not None and self.presence_until <= now:
            return Presence.OFFLINE
        return self.presence

    def has_left(self, since: Instant, now: Instant) -> bool:
        """Whether who has had something since then is at work no more.

        Who never came cannot leave, and what somebody takes after leaving stays theirs.
        """
        until = self.presence_until
        gone = until is not None and self.presence_at(now) is Presence.OFFLINE
        return gone and until is not None and since <= until

    def hears_nothing(self, most: int | None) -> bool:
        """Whether so many offers were missed in a row that nobody seems to be there."""
        return most is not None and self.missed >= most


class Claim(Stored):
    """What one conversation takes of an agent; at `counts_until` it takes nothing any more.

    `counts_until` is None while the customer waits for the agent, `offered` until the agent has
    accepted.
    """

    conversation_id: str
    units: int
    since: Instant
    offered: bool = False
    counts_until: Instant | None = None

    def counts_at(self, now: Instant) -> bool:
        return self.counts_until is None or now < self.counts_until


class Agent(Model):
    """An agent as loaded, all of one moment."""

    agent_id: str
    profile: AgentProfile = AgentProfile()
    work: Work = Work()
    claims: tuple[Claim, ...] = ()

    def load(self, now: Instant) -> int:
        """Return the units that are taken now."""
        return sum(claim.units for claim in self.claims if claim.counts_at(now))

    def room(self, capacity: int, now: Instant) -> int:
        """Return the units that are free; `capacity` is for a profile that says none."""
        own = self.profile.capacity
        return max((capacity if own is None else own) - self.load(now), 0)

    def frees_at(self, now: Instant) -> Instant | None:
        """Return when time alone next frees some of it."""
        return _earliest(c.counts_until for c in self.claims if c.counts_at(now))


def _earliest(instants: Iterable[Instant | None]) -> Instant | None:
    return min((at for at in instants if at is not None), default=None)
