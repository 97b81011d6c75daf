"""What is known of an agent, whoever writes it down: it outlives every working day. Pure."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from sportello.model import Instant
from sportello.routing.endpoints import AgentEndpoint
from sportello.settings_document import Name
from sportello.stored import Stored

type AgentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,128}$")]
"""The `sub` of the user pool, which never changes."""

type LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]

USUAL_LEVEL = 3
"""The skill level of an agent on a channel that their profile does not name."""

type SkillLevel = Annotated[int, Field(ge=0, le=5)]
"""0 is never, 5 the best."""


class AgentProfile(Stored):
    """An agent without any profile is as this one: every language and channel, the handoff queue.

    `languages` and `queues` left empty are all languages and the queue of handoffs. `capacity` is
    in units, None for what the routing settings say. `calendar` names the opening hours in which
    the agent works, empty for always. `endpoints` are the agent's own bells.
    """

    display_name: Annotated[str, StringConstraints(max_length=80)] = ""
    languages: Annotated[tuple[LanguageCode, ...], Field(max_length=20)] = ()
    skills: Annotated[Mapping[Name, SkillLevel], Field(max_length=50)] = {}
    queues: Annotated[tuple[Name, ...], Field(max_length=10)] = ()
    capacity: Annotated[int, Field(ge=0, le=200)] | None = None
    calendar: Annotated[str, StringConstraints(max_length=64)] = ""
    endpoints: Annotated[Mapping[Name, AgentEndpoint], Field(max_length=10)] = {}

    def serves(self, handoff_queue: str) -> tuple[str, ...]:
        return self.queues or (handoff_queue,)


class StoredProfile(Stored):
    """A profile as the table has it; `version` 0 was never written."""

    profile: AgentProfile
    version: int = 0
    written_at: Instant | None = None
