"""When one agent has declined, the next one is asked within the same call."""

from datetime import datetime


def ask_the_next(conversation_id: str, now: datetime) -> None:
    """Wait for Assigning."""
