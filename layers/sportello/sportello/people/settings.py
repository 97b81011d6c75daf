"""Where people are rung, as a settings document. Pure."""

from typing import Literal

from pydantic import Field, HttpUrl

from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument


class AgentEndpoint(Model):
    """Where people are rung; `notifier` is a file in `functions/notifiers/`."""

    notifier: Literal["webhook"]
    url: HttpUrl


class AgentEndpointSettings(SettingsDocument):
    kind = "agent_endpoints"
    endpoints: dict[Name, AgentEndpoint] = Field(default_factory=dict, max_length=200)
