"""How urgent a conversation is. Pure."""

from enum import StrEnum


class Priority(StrEnum):
    """In rising order."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)
