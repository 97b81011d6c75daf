"""Where people are rung, as a settings document. Pure."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument

type NotifierName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,21}$")]
"""A module in `functions/notifiers/`; its queue has the name too, which is why it is short."""


class AgentEndpoint(Model):
    """Where people are rung; what else stands in it is the notifier's, kept as it was given."""

    model_config = ConfigDict(extra="allow")

    notifier: NotifierName

    @property
    def address(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    @property
    def hash(self) -> str:
        """What changes with these settings, and tells nothing of what stands in them."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class AgentEndpointSettings(SettingsDocument):
    kind = "agent_endpoints"
    endpoints: dict[Name, AgentEndpoint] = Field(default_factory=dict, max_length=200)
