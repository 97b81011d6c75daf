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
        """One that only a later version knows ranks as normal."""
        return [*Priority].index(self if self in [*Priority] else Priority.NORMAL)
