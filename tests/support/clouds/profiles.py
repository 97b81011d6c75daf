"""What agents' profiles have of endpoints, written as they are stored."""

from collections.abc import Mapping
from typing import Any

from sportello.routing.profile import AgentProfile
from sportello.table.agent_table import profile_key
from sportello.table.desk_table import DeskTable


def keep_endpoints(desk_table: DeskTable, agent_id: str, endpoints: Mapping[str, Any]) -> None:
    """Give an agent these endpoints of their own, and no other."""
    profile = AgentProfile.model_validate({"endpoints": endpoints})
    desk_table._client.put_item(
        TableName=desk_table._name,
        Item={
            **profile_key(agent_id),
            "entity": {"S": "agent"},
            "profile": {"S": profile.model_dump_json(exclude_defaults=True)},
        },
    )
