"""What is known of agents, as the desk table has it."""

from typing import TYPE_CHECKING

from sportello.routing.profile import AgentProfile, StoredProfile
from sportello.table.keys import Attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def profile_key(agent_id: str) -> Attributes:
    return {"pk": {"S": f"AGENT#{agent_id}"}, "sk": {"S": "PROFILE"}}


class AgentTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def profile(self, agent_id: str) -> StoredProfile | None:
        item = self._client.get_item(
            TableName=self._name, Key=profile_key(agent_id), ConsistentRead=True
        ).get("Item")
        if item is None:
            return None
        return StoredProfile(profile=AgentProfile.model_validate_json(item["profile"]["S"]))
