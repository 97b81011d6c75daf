"""The port every kind of agent endpoint implements."""

from typing import Any, Protocol

from sportello.model import Instant, Model


class Notification(Model):
    """What an agent endpoint is told. `id` is the same over all attempts at the same notice."""

    id: str
    notice: str
    at: Instant
    conversation_id: str
    channel: str
    endpoint: str
    url: str
    data: dict[str, Any]


class AgentNotifier(Protocol):
    name: str

    def notify(self, notification: Notification) -> None:
        """Ring once.

        Raises ProviderUnavailable when another attempt may help, Rejected when none can.
        """
