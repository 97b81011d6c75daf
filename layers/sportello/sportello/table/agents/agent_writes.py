"""What a commit writes of agents and of the line: claims, the agents' versions, the place. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sportello.model import Model
from sportello.routing.line import InLine
from sportello.routing.work import Claim
from sportello.table.agents.agent_items import (
    DUE,
    HELD,
    SETTLED_WITHIN,
    WORK,
    HeldSeats,
    RankedSeat,
    agent_key,
    as_held,
    claim_attributes,
    place_attributes,
    place_key,
    seat_key,
)
from sportello.table.keys import Attributes, pending_shard, stamp


class ClaimChange(Model):
    """What a commit changes of what one conversation takes of an agent; no `claim` is none left.

    It `weighs` if the agent has more or less room now, or has to be looked at for another reason,
    and is `given` if they are asked, or get it, by this.
    """

    agent_id: str
    conversation_id: str
    claim: Claim | None
    weighs: bool
    given: bool


class Reseating(Model):
    """The seats an agent is to have, and those they had when they were read."""

    had: HeldSeats = HeldSeats()
    has: tuple[RankedSeat, ...] = ()


class AgentChanges(Model):
    """All that a commit writes besides its conversation.

    `versions` are those that were seen of agents who must not have changed since, `reseated` what
    becomes of their seats. The conversation goes from one place in line to another, or to none.
    `heard` tells of those whose offers ended whether they answered.
    """

    claims: tuple[ClaimChange, ...] = ()
    from_place: InLine | None = None
    to_place: InLine | None = None
    versions: Mapping[str, int] = {}
    reseated: Mapping[str, Reseating] = {}
    heard: Mapping[str, bool] = {}


def claim_changes(
    conversation_id: str,
    before: Mapping[str, Claim],
    after: Mapping[str, Claim],
    now: datetime,
    *,
    weighs_anyway: bool = False,
) -> tuple[ClaimChange, ...]:
    """Compare what a conversation took of agents with what it takes."""
    changes = []
    for agent_id in dict.fromkeys((*before, *after)):
        was, is_now = before.get(agent_id), after.get(agent_id)
        if was == is_now:
            continue
        changes.append(
            ClaimChange(
                agent_id=agent_id,
                conversation_id=conversation_id,
                claim=is_now,
                weighs=weighs_anyway or _weight(was, now) != _weight(is_now, now),
                given=is_now is not None and (was is None or was.offered != is_now.offered),
            )
        )
    return tuple(changes)


def _weight(claim: Claim | None, now: datetime) -> tuple[int, bool]:
    if claim is None or not claim.counts_at(now):
        return 0, False
    return claim.units, claim.offered


def place_writes(table: str, changes: AgentChanges) -> list[Attributes]:
    """Return the writes by which a conversation moves in line."""
    origin, target = changes.from_place, changes.to_place
    if origin == target:
        return []
    writes = []
    if origin and (target is None or place_key(origin) != place_key(target)):
        writes.append(_delete(table, place_key(origin)))
    if target:
        writes.append(_put(table, place_attributes(target)))
    return writes


def agent_writes(
    table: str, commits: Iterable[AgentChanges], now: datetime
) -> tuple[list[Attributes], list[Attributes]]:
    """Return writes that guard against others, and the rest; an agent's item is written once."""
    guards: list[Attributes] = []
    commits = tuple(commits)
    changes = [change for commit in commits for change in commit.claims]
    versions = {name: version for commit in commits for name, version in commit.versions.items()}
    reseated = {name: seats for commit in commits for name, seats in commit.reseated.items()}
    heard = {name: answered for commit in commits for name, answered in commit.heard.items()}
    others = [_claim_write(table, change) for change in changes]
    stirred = (each.agent_id for each in changes if each.weighs or each.agent_id in heard)
    for agent_id in dict.fromkeys(stirred):
        given = any(change.given for change in changes if change.agent_id == agent_id)
        seats = reseated.get(agent_id)
        update = ask_to_settle(
            table,
            agent_id,
            now,
            given=given,
            version=versions.get(agent_id),
            seating=as_held(seats.has) if seats else None,
            heard=heard.get(agent_id),
        )
        (guards if agent_id in versions else others).append({"Update": update})
        others += seat_writes(table, seats) if seats else []
    return guards, others


def _claim_write(table: str, change: ClaimChange) -> Attributes:
    if change.claim is None:
        return _delete(table, agent_key(change.agent_id, f"{HELD}{change.conversation_id}"))
    return _put(table, claim_attributes(change.agent_id, change.claim))


def ask_to_settle(
    table: str,
    agent_id: str,
    now: datetime,
    *,
    given: bool = False,
    version: int | None = None,
    seating: HeldSeats | None = None,
    sets: Mapping[str, str] | None = None,
    heard: bool | None = None,
) -> Attributes:
    """Make an agent's version grow, and have it looked at what they could be given.

    With `version` only if it is still that one. `sets` are other attributes of theirs, `heard` is
    whether they answered an offer, or missed it.
    """
    texts = {
        "entity": "agent",
        "settle": DUE,
        "pending": pending_shard(agent_id),
        "pending_since": stamp(now + SETTLED_WITHIN),
        **({"idle_since": stamp(now)} if given else {}),
        **({"seats": seating.model_dump_json()} if seating else {}),
        **(sets or {}),
    }
    return grow(table, agent_id, texts, version, heard=heard)


def grow(
    table: str,
    agent_id: str,
    texts: Mapping[str, str],
    version: int | None = None,
    *,
    heard: bool | None = None,
) -> Attributes:
    """Write texts into an agent's item, whose version grows; only if it is as seen, if it was."""
    assigned = ", ".join(f"{name} = :{name}" for name in texts)
    values: Attributes = {f":{name}": {"S": text} for name, text in texts.items()}
    added = "version :one"
    if heard:
        assigned, values = f"{assigned}, missed = :zero", values | {":zero": {"N": "0"}}
    elif heard is not None:
        added += ", missed :one"
    return {
        "TableName": table,
        "Key": agent_key(agent_id, WORK),
        "UpdateExpression": f"SET {assigned} ADD {added}",
        **as_seen(version, values | {":one": {"N": "1"}}),
    }


def as_seen(version: int | None, values: Attributes) -> Attributes:
    """Return the values of an update, and the condition that the agent's version is as seen."""
    if version is None:
        return {"ExpressionAttributeValues": values}
    if version == 0:
        return {
            "ConditionExpression": "attribute_not_exists(version)",
            "ExpressionAttributeValues": values,
        }
    return {
        "ConditionExpression": "version = :seen",
        "ExpressionAttributeValues": values | {":seen": {"N": str(version)}},
    }


def seat_writes(table: str, seats: Reseating) -> list[Attributes]:
    """Return the writes by which an agent leaves seats and takes others."""
    keys = {each.seat.queue: each.sort_key for each in seats.has}
    former = [(queue, key) for queue, key in seats.had.keys.items() if keys.get(queue) != key]
    deleted = [_delete(table, seat_key(queue, sort_key)) for queue, sort_key in former]
    return deleted + [_put(table, each.to_attributes()) for each in seats.has]


def _put(table: str, item: Attributes) -> Attributes:
    return {"Put": {"TableName": table, "Item": item}}


def _delete(table: str, item_key: Attributes) -> Attributes:
    return {"Delete": {"TableName": table, "Key": item_key}}
