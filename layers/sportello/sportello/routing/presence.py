"""Whether an agent is at work, as the agent says, and for how long that is believed. Pure."""

from enum import StrEnum


class Presence(StrEnum):
    """Only who is `available` is given conversations; `busy` and `away` keep what they have."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"
