"""Where people are rung, of what, and when: what every endpoint says, whatever rings it. Pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints, model_serializer
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from sportello.model import Model
from sportello.priorities import Priority
from sportello.routing.quiet_hours import QuietHours
from sportello.settings_document import Name
from sportello.stored import OrUnknown, Stored

type NotifierName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,21}$")]
"""A module in `functions/notifiers/`; its queue has the name too, which is why it is short."""

type NoticeName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z_]*\.[a-z_]+$", max_length=64)
]

OFFERED = "conversation.offered"
_OFFER_ENDED = "offer."
_RING, _RING_ENDED = "offer:", "offer_ended:"
"""What the keys of these notices begin with."""


def takes_back(notice: str) -> bool:
    """Tell whether a notice says that the ring of an offer is over."""
    return notice.startswith(_OFFER_ENDED)


class AgentEndpoint(Stored):
    """Where people are rung; what else stands in it is the notifier's, kept as it was given.

    `notices` left out are those that its notifier rings by itself; `queues` and `channels` left
    empty are all. What is less urgent than `at_least` does not ring.
    """

    notifier: NotifierName
    notices: Annotated[tuple[NoticeName, ...], Field(max_length=50)] | None = None
    queues: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    channels: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    at_least: Annotated[Priority, OrUnknown()] | None = None
    quiet_hours: QuietHours | None = None

    @model_serializer(mode="wrap")
    def _as_given(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # An earlier version takes for an address whatever it does not know.
        given: dict[str, Any] = written(self)
        return {name: value for name, value in given.items() if name in self.model_fields_set}

    @property
    def address(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    @property
    def hash(self) -> str:
        """What changes with how it is rung, and tells nothing of it; what it filters is no part."""
        rung = {"notifier": self.notifier, **self.address}
        return hashlib.sha256(json.dumps(rung, sort_keys=True).encode()).hexdigest()


class PersonalEndpoint(NamedTuple):
    """An endpoint of one agent's own profile, and what an effect calls it."""

    agent_id: str
    name: str

    @property
    def written(self) -> str:
        return f"@{self.agent_id}/{self.name}"


def own_bells(agent_id: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return what effects call the endpoints of an agent's own profile."""
    return tuple(PersonalEndpoint(agent_id, name).written for name in names)


def personal(endpoint: str) -> PersonalEndpoint | None:
    """Read `@<agent>/<name>`; None for the name of an endpoint that is shared."""
    agent_id, slash, name = endpoint.removeprefix("@").partition("/")
    if not endpoint.startswith("@") or not (agent_id and slash and name):
        return None
    return PersonalEndpoint(agent_id, name)


def endpoint_in(effect_key: str) -> str:
    """Return the endpoint that the key of a notice ends in."""
    return effect_key.rpartition(":")[2]


def ring_taken_back(effect_key: str) -> str:
    """Return the key of the ring that a notice takes back by its own key; empty if it is none."""
    if not effect_key.startswith(_RING_ENDED):
        return ""
    return f"{_RING}{effect_key.removeprefix(_RING_ENDED)}"


class Circumstances(Model):
    """What a notice is about, as far as endpoints choose by it."""

    channel: str
    queue: str
    priority: Priority


class Unwanted(StrEnum):
    """Why an endpoint is not rung: it never wants such a notice, or not at this hour."""

    FILTERED = "filtered"
    QUIET = "quiet"


def unwanted(
    endpoint: AgentEndpoint,
    notice: str,
    circumstances: Circumstances,
    now: datetime,
    usual: frozenset[str] | None = None,
) -> Unwanted | None:
    """Tell why an endpoint is not to be rung with a notice; None if it is to be.

    `usual` are the notices that its notifier rings by itself, None for all.
    """
    notices = usual if endpoint.notices is None else endpoint.notices
    if (
        (notices is not None and notice not in notices)
        or (endpoint.queues and circumstances.queue not in endpoint.queues)
        or (endpoint.channels and circumstances.channel not in endpoint.channels)
        or (endpoint.at_least and circumstances.priority.rank < endpoint.at_least.rank)
    ):
        return Unwanted.FILTERED
    quiet = endpoint.quiet_hours
    if quiet is not None and quiet.keep_quiet(circumstances.priority, now):
        return Unwanted.QUIET
    return None
