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
        return list(Priority).index(self.as_known)

    @property
    def as_known(self) -> "Priority":
        """One that only a later version knows counts as normal."""
        return self if self in list(Priority) else Priority.NORMAL
