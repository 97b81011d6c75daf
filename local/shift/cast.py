"""Who works in the shift, for which queues, and how; and what customers come with."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PRESENCE_SECONDS = 30
OFFER_SECONDS = 15
CAPACITY = 10
"""Units: five chats."""

ORDERS, SUPPORT, ABROAD = "orders", "support", "abroad"


class Manner(StrEnum):
    STEADY = "steady"
    DECLINES = "declines every third"
    SILENT = "lets every third ring out"
    LEAVES = "leaves in the middle of it"
    LOSES_LINE = "loses the line"


@dataclass(frozen=True)
class Member:
    name: str
    queues: tuple[str, ...]
    languages: tuple[str, ...]
    manner: Manner = Manner.STEADY

    @property
    def profile(self) -> dict[str, Any]:
        return {
            "display_name": self.name.capitalize(),
            "queues": list(self.queues),
            "languages": list(self.languages),
        }


STAFF = (
    Member("ada", (ORDERS, SUPPORT), ("it",)),
    Member("bruno", (ORDERS, SUPPORT), ("it", "en"), Manner.DECLINES),
    Member("carla", (SUPPORT,), ("it",), Manner.LEAVES),
    Member("dario", (ORDERS,), ("it",), Manner.SILENT),
    Member("elena", (SUPPORT, ABROAD), ("it", "en")),
    Member("fabio", (ABROAD,), ("en",), Manner.LOSES_LINE),
    Member("gemma", (ABROAD, ORDERS), ("it", "en"), Manner.LEAVES),
    Member("hugo", (ORDERS, SUPPORT, ABROAD), ("it", "en")),
)

WORDS: dict[str, tuple[str, ...]] = {
    ORDERS: (
        "Vorrei parlare con un operatore del mio ordine",
        "Un operatore per favore, il mio pacco non si muove",
    ),
    SUPPORT: (
        "Vorrei parlare con un operatore, il lucchetto non si apre",
        "Un operatore per favore, la sella scricchiola",
    ),
    ABROAD: (
        "I would like to talk to a person about my bicycle",
        "Please let me talk to a human agent about the brakes",
    ),
}
"""What a customer begins with, by the queue where it belongs."""


def settings() -> dict[str, dict[str, Any]]:
    """Return the documents of the shift by kind, in the order in which they refer to each other."""
    routing = {"offer_seconds": OFFER_SECONDS, "language_relaxed_after_seconds": None}
    tiers = [
        {"name": "first_line", "ring_seconds": 20},
        {"name": "supervisors", "endpoints": ["supervisors"], "ring_seconds": 20},
    ]
    queue = {"tiers": tiers, "alert_endpoints": ["supervisors"], "routing": routing}
    rules = [
        {"name": "abroad", "queue": ABROAD, "languages": ["en"]},
        {"name": "orders", "queue": ORDERS, "words": ["ordine", "pacco"]},
    ]
    return {
        "queues": {
            "queues": dict.fromkeys((SUPPORT, ORDERS, ABROAD), queue),
            "handoff_queue": SUPPORT,
        },
        "routing": {
            "rules": rules,
            "presence_seconds": PRESENCE_SECONDS,
            "capacity": CAPACITY,
        },
    }
