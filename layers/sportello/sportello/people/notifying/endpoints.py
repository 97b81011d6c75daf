"""Where an endpoint stands that an effect names: in the settings, or in its agent's profile."""

from sportello.people.settings import AgentEndpointSettings
from sportello.routing.endpoints import AgentEndpoint, personal
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore


def endpoint_named(name: str, table: DeskTable, settings: SettingsStore) -> AgentEndpoint | None:
    """Look an endpoint up; None if there is none of the name any more."""
    own = personal(name)
    if own is None:
        return settings.get(AgentEndpointSettings).endpoints.get(name)
    stored = table.agents.profile(own.agent_id)
    return stored.profile.endpoints.get(own.name) if stored else None
