"""`AGENTS` / `<agent>`: everybody who has a profile or was ever at work, with the queues they name.

Written where the first of either is, so that agents can be listed without an index.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sportello.model import Model
from sportello.routing.work import Work
from sportello.table.agents.agent_items import WORK, agent_key, agent_of, read_work
from sportello.table.batch_table import read_batches
from sportello.table.keys import Attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AGENTS = "AGENTS"

_PAGE, _PAGES = 200, 5
"""How many are looked through for one answer: whoever asks on goes on where it ended."""


class ListedAgents(Model):
    """`goes_on_after` is the agent after whom the rest follows, None where there is none."""

    agent_ids: tuple[str, ...]
    goes_on_after: str | None


class RosterAgent(NamedTuple):
    queues: tuple[str, ...]
    work: Work


class Roster(NamedTuple):
    """Whoever was ever at work; `is_whole` unless there are more than were looked at."""

    agents: list[RosterAgent]
    is_whole: bool


def listed_agent(table: str, agent_id: str, queues: tuple[str, ...]) -> Attributes:
    """Return the put by which an agent is listed."""
    return {
        "TableName": table,
        "Item": {
            "pk": {"S": AGENTS},
            "sk": {"S": agent_id},
            "entity": {"S": "listed_agent"},
            "queues": {"S": json.dumps(queues)},
        },
    }


def newly_listed_agent(table: str, agent_id: str) -> Attributes:
    """Return the put by which an agent is listed who is not yet, and of whom nothing is known."""
    put = listed_agent(table, agent_id, ())
    return {**put, "ConditionExpression": "attribute_not_exists(pk)"}


def list_agents(
    client: "DynamoDBClient",
    table: str,
    is_meant: Callable[[tuple[str, ...]], bool],
    limit: int,
    after: str,
) -> ListedAgents:
    """Return the first agents after one, by their ids, whose queues are meant."""
    agent_ids: list[str] = []
    for _ in range(_PAGES):
        entries, is_last = _page(client, table, after)
        for agent_id, queues in entries.items():
            if len(agent_ids) == limit:
                return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=after)
            after = agent_id
            if is_meant(queues):
                agent_ids.append(agent_id)
        if is_last:
            return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=None)
    return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=after)


def read_roster(client: "DynamoDBClient", table: str) -> Roster:
    """Tell how everybody is at work who ever was, with the queues that their profiles name."""
    queues_of: dict[str, tuple[str, ...]] = {}
    after, is_last = "", False
    for _ in range(_PAGES):
        entries, is_last = _page(client, table, after)
        queues_of |= entries
        if is_last:
            break
        after = max(entries, default=after)
    items = read_batches(client, table, [agent_key(agent_id, WORK) for agent_id in queues_of])
    agents = [RosterAgent(queues_of[agent_of(item)], read_work(item)) for item in items]
    return Roster(agents, is_last)


def _page(
    client: "DynamoDBClient", table: str, after: str
) -> tuple[Mapping[str, tuple[str, ...]], bool]:
    page = client.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        # In no id stands a character that sorts before a space or after a tilde.
        ExpressionAttributeValues={
            ":pk": {"S": AGENTS},
            ":first": {"S": f"{after} "},
            ":last": {"S": "~"},
        },
        ConsistentRead=True,
        Limit=_PAGE,
    )
    entries = {item["sk"]["S"]: tuple(json.loads(item["queues"]["S"])) for item in page["Items"]}
    return entries, "LastEvaluatedKey" not in page
