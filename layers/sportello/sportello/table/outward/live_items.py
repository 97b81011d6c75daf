"""The items of agents' live connections: each owns its keys, and how it is read. Pure.

All of them expire: nothing here is known of anybody who is not connected.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from sportello.conversation.handing_over.audience import Audience, former_audience
from sportello.conversation.state import ConversationState
from sportello.model import Instant
from sportello.routing.teams import Scope
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp

LASTS = timedelta(minutes=130)
"""Longer than API Gateway lets a connection live, which is two hours."""

EVERY_QUEUE = "*"
"""Stands for the queues of whoever wants to hear of all that they see."""

CONNECTION, TICKET = "CONNECTION", "TICKET"
EVERYBODY = "LIVE"


class Ticket(Stored):
    """`LIVETICKET#<hash>` / `TICKET`: whom it lets in until `good_until`, once.

    `scope` are the queues they saw when it was issued, None for all; what they open with it ends
    at `lives_until` at the latest.
    """

    agent_id: str
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    scope: tuple[str, ...] | None = None
    good_until: Instant
    lives_until: Instant

    def to_attributes(self, ticket_hash: str) -> Attributes:
        return {
            **ticket_key(ticket_hash),
            "entity": {"S": "live_ticket"},
            "ticket": {"S": self.model_dump_json(exclude_defaults=True)},
            "used_by": {"S": ""},
            **_expiry(self.good_until),
        }


class Connection(Stored):
    """`LIVE#<connection>` / `CONNECTION`: who is at its other end, and what they listen to.

    `queues` are None until they have said hello. `viewing` is the conversation before their eyes,
    `busy_until` how far ahead of its pace the connection is. Frames come side by side, so that what
    they change stands apart, each by itself.
    """

    connection_id: str
    agent_id: str
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    scope: tuple[str, ...] | None = None
    opened_at: Instant
    lives_until: Instant
    queues: tuple[str, ...] | None = None
    viewing: str = ""
    busy_until: Instant | None = None

    @property
    def sees(self) -> Scope:
        return None if self.scope is None else frozenset(self.scope)

    @property
    def listener(self) -> "Listener":
        return Listener(
            connection_id=self.connection_id,
            agent_id=self.agent_id,
            scope=self.scope,
            opened_at=self.opened_at,
            lives_until=self.lives_until,
            queues=self.queues,
        )

    def to_attributes(self) -> Attributes:
        apart = {"queues", "viewing", "busy_until"}
        document = self.model_dump_json(exclude_defaults=True, exclude=apart)
        return {
            **connection_key(self.connection_id),
            "entity": {"S": "live_connection"},
            "connection": {"S": document},
            "queues": {"S": written_queues(self.queues)},
            "viewing": {"S": self.viewing},
            "busy_until": {"S": stamp(self.busy_until or self.opened_at)},
            **_expiry(self.opened_at + LASTS),
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Connection":
        connection = cls.model_validate_json(attributes["connection"]["S"])
        queues = json.loads(attributes["queues"]["S"])
        apart = {
            "queues": None if queues is None else tuple(queues),
            "viewing": attributes["viewing"]["S"],
            "busy_until": datetime.fromisoformat(attributes["busy_until"]["S"]),
        }
        return connection.model_copy(update=apart)


class Listener(Stored):
    """A connection to push to, as it is listed with its agent, each queue, and all others.

    `LIVEAGENT#<agent>` and `LIVEQUEUE#<queue>` / `<connection>`, `LIVE` / `<until>#<connection>`.
    It knows all of these places: whoever finds that the connection is gone takes it off them.
    """

    connection_id: str
    agent_id: str
    scope: tuple[str, ...] | None = None
    opened_at: Instant
    lives_until: Instant
    queues: tuple[str, ...] | None = None

    @property
    def sees(self) -> Scope:
        return None if self.scope is None else frozenset(self.scope)

    def to_attributes(self, place: "Place") -> Attributes:
        return {
            **place.key,
            "entity": {"S": place.entity},
            "listener": {"S": self.model_dump_json(exclude_defaults=True)},
            **_expiry(self.opened_at + LASTS),
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Listener":
        return cls.model_validate_json(attributes["listener"]["S"])


class Place(NamedTuple):
    """Where a connection is listed."""

    entity: str
    partition: str
    sort_key: str

    @property
    def key(self) -> Attributes:
        return {"pk": {"S": self.partition}, "sk": {"S": self.sort_key}}


class Viewing(Stored):
    """`LIVEVIEW#<conversation>` / `<connection>`: who has it before their eyes until an instant."""

    listener: Listener
    until: Instant

    def to_attributes(self, conversation_id: str) -> Attributes:
        return {
            **viewing_key(conversation_id, self.listener.connection_id),
            "entity": {"S": "live_viewing"},
            "viewing": {"S": self.model_dump_json(exclude_defaults=True)},
            **_expiry(self.until),
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "Viewing":
        return cls.model_validate_json(attributes["viewing"]["S"])


def written_queues(queues: tuple[str, ...] | None) -> str:
    return json.dumps(queues)


def ticket_key(ticket_hash: str) -> Attributes:
    return {"pk": {"S": f"LIVETICKET#{ticket_hash}"}, "sk": {"S": TICKET}}


def connection_key(connection_id: str) -> Attributes:
    return {"pk": {"S": f"LIVE#{connection_id}"}, "sk": {"S": CONNECTION}}


def agents_partition(agent_id: str) -> str:
    return f"LIVEAGENT#{agent_id}"


def queues_partition(queue: str) -> str:
    return f"LIVEQUEUE#{queue}"


def viewing_partition(conversation_id: str) -> str:
    return f"LIVEVIEW#{conversation_id}"


def viewing_key(conversation_id: str, connection_id: str) -> Attributes:
    return {"pk": {"S": viewing_partition(conversation_id)}, "sk": {"S": connection_id}}


def place_with_queue(queue: str, connection_id: str) -> Place:
    return Place("live_queue", queues_partition(queue), connection_id)


def places_of(listener: Listener) -> tuple[Place, ...]:
    """Return where a connection is listed; nowhere before it has said hello."""
    if listener.queues is None:
        return ()
    name = listener.connection_id
    return (
        Place("live_anybody", EVERYBODY, f"{stamp(listener.lives_until)}#{name}"),
        Place("live_agent", agents_partition(listener.agent_id), name),
        *(place_with_queue(queue, name) for queue in listener.queues),
    )


# --- what a commit leaves for them --------------------------------------------------------------


def shown_attributes(before: ConversationState, after: ConversationState) -> Attributes:
    """Return by what the stream's reader sees that a `STATE` is to be shown, and to whom not more.

    An earlier version leaves it as it is: its change is shown then to some who need not see it go.
    """
    former = former_audience(before, after)
    return {} if former is None else {"live": {"S": former.model_dump_json(exclude_defaults=True)}}


def read_former_audience(image: Attributes) -> Audience:
    """Read it from the stream; what only a later version can read concerns nobody here."""
    try:
        return Audience.model_validate_json(image["live"]["S"])
    except (KeyError, ValueError):
        return Audience()


def _expiry(until: datetime) -> Attributes:
    return {"expires_at": {"N": str(int(until.timestamp()) + 1)}}
