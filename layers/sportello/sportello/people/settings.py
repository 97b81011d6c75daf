"""Where people are rung, as a settings document. Pure."""

from pydantic import Field

from sportello.routing.endpoints import AgentEndpoint
from sportello.settings_document import Name, SettingsDocument


class AgentEndpointSettings(SettingsDocument):
    """The endpoints that are shared; a person's own ones are in their profile."""

    kind = "agent_endpoints"
    endpoints: dict[Name, AgentEndpoint] = Field(default_factory=dict, max_length=200)
