"""An agent who could take one more conversation of a queue, as the queue shows them. Pure."""

from collections.abc import Mapping

from sportello.model import Instant
from sportello.routing.profile import USUAL_LEVEL
from sportello.stored import Stored


class Seat(Stored):
    """What choosing a person looks at; the agent is read again before they are given anything.

    `room` is the units that are free, `share` the part of the capacity that is taken (0 to 1).
    `version` is that of the agent's work when the seat was taken.
    """

    agent_id: str
    queue: str
    room: int
    share: float
    idle_since: Instant
    version: int
    languages: tuple[str, ...] = ()
    skills: Mapping[str, int] = {}

    def speaks(self, language: str) -> bool:
        """Whether the agent speaks a language; one that nobody knows is everybody's."""
        return not language or not self.languages or language in self.languages

    def skill(self, channel: str) -> int:
        return self.skills.get(channel, USUAL_LEVEL)
