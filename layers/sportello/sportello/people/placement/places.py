"""What ringing needs of those who are at work: to have one of them asked."""

from datetime import datetime
from typing import Protocol

from sportello.table.items import Conversation


class Places(Protocol):
    """Asks the agent who fits best, where somebody waits and nobody is asked."""

    def place(
        self, conversation_id: str, now: datetime, start: Conversation | None = None, /
    ) -> None: ...

    def anybody_at(self, queue: str, /) -> bool:
        """Tell whether an agent at work is there for a queue."""
        ...
