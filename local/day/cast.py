"""Who works the day, what they can say, and what customers come with."""

from dataclasses import dataclass
from typing import Any

PRESENCE_SECONDS = 60
OFFER_SECONDS = 60
CAPACITY = 12
"""Units: six chats."""

ORDERS, SUPPORT = "orders", "support"


@dataclass(frozen=True)
class Member:
    """`loses_line_after` is after how many replies the agent's line is cut; 0 for never."""

    name: str
    queues: tuple[str, ...]
    loses_line_after: int = 0

    @property
    def profile(self) -> dict[str, Any]:
        return {
            "display_name": self.name.capitalize(),
            "queues": list(self.queues),
            "languages": ["it", "en"],
        }


STAFF = (
    Member("ada", (ORDERS, SUPPORT)),
    Member("bruno", (ORDERS, SUPPORT), loses_line_after=6),
    Member("carla", (SUPPORT, ORDERS)),
)

OPENING = {
    ORDERS: "Vorrei parlare con un operatore del mio ordine",
    SUPPORT: "Vorrei parlare con un operatore, il freno fischia",
}
"""What a customer begins with, by the queue where it belongs."""

FOLLOW_UP = "Ecco la foto, si vede bene?"
TAGS = ("consegna", "riparazione")
GREETING = "greeting"


def settings() -> dict[str, dict[str, Any]]:
    """Return the documents of the day by kind, in the order in which they refer to each other."""
    tiers = [{"name": "supervisors", "endpoints": ["supervisors"], "ring_seconds": 20}]
    routing = {"offer_seconds": OFFER_SECONDS, "language_relaxed_after_seconds": None}
    queue = {"tiers": tiers, "alert_endpoints": ["supervisors"], "routing": routing}
    rules = [{"name": "orders", "queue": ORDERS, "words": ["ordine"]}]
    return {
        "queues": {"queues": dict.fromkeys((SUPPORT, ORDERS), queue), "handoff_queue": SUPPORT},
        "routing": {
            "rules": rules,
            "presence_seconds": PRESENCE_SECONDS,
            "capacity": CAPACITY,
        },
        "tags": {"tags": {name: {} for name in TAGS}},
        "canned_replies": {
            "replies": {
                GREETING: {
                    "title": "Saluto",
                    "text": {
                        "it": "Buongiorno {customer_name}, sono {agent_name}.",
                        "en": "Good morning {customer_name}, I am {agent_name}.",
                    },
                }
            }
        },
    }
