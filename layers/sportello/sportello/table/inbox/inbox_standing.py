"""Where a conversation stands in agents' lists: read off its state, written by every commit. Pure.

Lists of a queue are partitions of the index `inbox`, one for each lane, so that each list is a
range: nothing is read that the list does not show. An agent's own list is a partition of the table.
"""

import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.sla.clocks import earliest
from sportello.table.keys import Attributes, stamp

BOT_SHARDS = 4
"""Of what the bot has: each matter begins there, so that lane takes the writes of every queue."""

POSITION = re.compile(r"[1-9]#2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[\w\-]{1,64}", re.ASCII)


class Lane(StrEnum):
    """Who has it, as far as lists part by that."""

    QUEUE = "queue"
    AGENT = "agent"
    BOT = "bot"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Rank(IntEnum):
    """What sorts a list before time does: each has an instant of its own."""

    DUE = 1
    WAITING = 2
    AWAITING_CUSTOMER = 3
    WITH_BOT = 4
    SNOOZED = 5
    CLOSED = 9


class Standing(NamedTuple):
    """`at` is when it is due, or since when it waits, until when it is put aside, or was closed."""

    conversation_id: str
    lane: Lane
    queue: str
    rank: Rank
    at: datetime

    @property
    def partition(self) -> str:
        shard = zlib.crc32(self.conversation_id.encode()) % BOT_SHARDS
        return partitions(self.queue, self.lane)[shard if self.lane is Lane.BOT else 0]

    @property
    def position(self) -> str:
        return f"{position_at(self.rank, self.at)}{self.conversation_id}"


def partitions(queue: str, lane: Lane) -> Sequence[str]:
    """Return where the index has a lane of a queue; empty is the queue of no handoff yet."""
    if lane is Lane.BOT:
        return [f"{queue}#{lane}#{shard}" for shard in range(BOT_SHARDS)]
    return [f"{queue}#{lane}"]


def position_at(rank: Rank, at: datetime) -> str:
    """Return what positions of a rank begin with that are of this instant; it sorts below them."""
    return f"{rank:d}#{stamp(at.astimezone(UTC))}#"


def conversation_at(position: str) -> str:
    return position.split("#", 2)[2]


def standing_of(conversation_id: str, state: ConversationState) -> Standing | None:
    """Return where it stands; None for what no customer has opened, or goes on elsewhere."""
    if state.episode == 0 or state.goes_on_in:
        return None
    lane = _lane(state)
    rank, at = _order(lane, state)
    return Standing(conversation_id, lane, state.queue, rank, at) if at else None


def _lane(state: ConversationState) -> Lane:
    if state.lifecycle is Lifecycle.RESOLVED:
        return Lane.CLOSED
    if state.lifecycle is Lifecycle.SNOOZED:
        return Lane.SNOOZED
    if state.owner.kind is OwnerKind.AGENT:
        return Lane.AGENT
    return Lane.QUEUE if state.owner.is_people else Lane.BOT


def _order(lane: Lane, state: ConversationState) -> tuple[Rank, datetime | None]:
    """Return what sorts it. What the bot has keeps its standing, so that it costs no writes."""
    began_at = state.owner.since or state.decided_at
    match lane:
        case Lane.CLOSED:
            return Rank.CLOSED, state.resolved_at or state.decided_at
        case Lane.SNOOZED:
            return Rank.SNOOZED, state.snoozed_until or state.decided_at
        case Lane.BOT:
            return Rank.WITH_BOT, began_at
    if due_at := next_due_at(state):
        return Rank.DUE, due_at
    if state.lifecycle is Lifecycle.AWAITING_CUSTOMER:
        return Rank.AWAITING_CUSTOMER, state.last_customer_message_at or began_at
    return Rank.WAITING, state.turn.counted_from if state.turn else began_at


def next_due_at(state: ConversationState) -> datetime | None:
    """Return when the running clock is due that is due first, or has been for longest."""
    return earliest(clock.due_at for clock in state.clocks if clock.running)


def inbox_attributes(standing: Standing | None) -> Attributes:
    if standing is None:
        return {}
    return {"inbox": {"S": standing.partition}, "inbox_at": {"S": standing.position}}


# --- an agent's own -----------------------------------------------------------------------------


class OwnStanding(NamedTuple):
    agent_id: str
    position: str

    @property
    def key(self) -> Attributes:
        return {"pk": {"S": own_partition(self.agent_id)}, "sk": {"S": self.position}}

    def to_attributes(self) -> Attributes:
        return {**self.key, "entity": {"S": "own"}}


def own_partition(agent_id: str) -> str:
    return f"OWN#{agent_id}"


def own_standing(conversation_id: str, state: ConversationState) -> OwnStanding | None:
    """Return where it stands in the list of the agent who has it, put aside or not."""
    standing = standing_of(conversation_id, state)
    if standing is None or standing.lane is Lane.CLOSED or state.owner.kind is not OwnerKind.AGENT:
        return None
    return OwnStanding(state.owner.name, standing.position)
