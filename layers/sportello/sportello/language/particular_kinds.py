"""What may make two questions differ that have their words in common. Pure."""

from enum import StrEnum


class ParticularKind(StrEnum):
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    SIZE = "size"
    """In letters, and the letter of a model."""
    RELATION = "relation"
    """Before or after, over or under, with or without."""
