"""`AGENTS` / `<agent>`: everybody who has a profile or was ever at work, with the queues they name.

Written where the first of either is, so that agents can be listed without an index.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from sportello.model import Model
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
        for item in page["Items"]:
            if len(agent_ids) == limit:
                return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=after)
            after = item["sk"]["S"]
            if is_meant(tuple(json.loads(item["queues"]["S"]))):
                agent_ids.append(after)
        if "LastEvaluatedKey" not in page:
            return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=None)
    return ListedAgents(agent_ids=tuple(agent_ids), goes_on_after=after)
