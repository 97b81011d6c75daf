"""What agents' profiles have of endpoints."""

from collections.abc import Mapping
from typing import Any

from sportello.routing.profile import AgentProfile
from sportello.table.desk_table import DeskTable
from support.builders import NOW


def keep_endpoints(desk_table: DeskTable, agent_id: str, endpoints: Mapping[str, Any]) -> None:
    """Give an agent these endpoints of their own, and no other."""
    profile = AgentProfile.model_validate({"endpoints": endpoints})
    stored = desk_table.agents.profile(agent_id)
    desk_table.agents.put_profile(agent_id, profile, stored.version if stored else 0, NOW)
