"""What kinds of channels there are, and how they speak: policies and texts go by these. Pure."""

from enum import StrEnum


class ChannelKind(StrEnum):
    """How quickly an answer is expected, and who reads it.

    `live_chat` is a customer who sits before the screen, `messaging` one who looks at the phone
    now and then, `email` one who comes back in some hours, `public` one among many who read along.
    """

    LIVE_CHAT = "live_chat"
    MESSAGING = "messaging"
    EMAIL = "email"
    PUBLIC = "public"


class Tone(StrEnum):
    """How a customer is spoken to: Italian has "tu" and "Lei", other languages less of it."""

    INFORMAL = "informal"
    NEUTRAL = "neutral"
    FORMAL = "formal"
