"""The shop that `make up` opens: who works there, what they sort by, what they say again and again.

Tests and measurements have settings of their own, and nothing of this.
"""

from collections.abc import Mapping
from typing import Any

from local.cloud import first_day
from local.cloud.first_day import agent_id_in, put
from local.cloud.laptop import Laptop

MARCO = first_day.Person("marco@example.org", ("agent",))
GIORGIA = first_day.Person("giorgia@example.org", ("admin",))

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "anna": {
        "display_name": "Anna",
        "languages": ["it", "en"],
        "queues": ["default", "orders"],
        "skills": {"whatsapp": 5, "telegram": 4},
    },
    "marco": {
        "display_name": "Marco",
        "languages": ["it"],
        "queues": ["default", "returns"],
        "skills": {"telegram": 5},
    },
    "sofia": {
        "display_name": "Sofia",
        "languages": ["it", "en"],
        "queues": ["default", "orders", "returns"],
    },
}
"""Of those whom customers speak with."""

AT_THE_OPEN_DESK = {"notifier": "websocket"}


def open_shop(laptop: Laptop) -> None:
    """Give the laptop's desk a shop: two more people, and settings for an ordinary day."""
    base, supervisor = laptop.stack.agent_api_base, laptop.stack.tokens["supervisor"]
    tokens = {
        "anna": laptop.stack.tokens["agent"],
        "sofia": supervisor,
        "marco": laptop.engage(MARCO),
    }
    laptop.engage(GIORGIA)
    documents = settings(laptop.stack.provider_base, agent_id_in(supervisor))
    first_day.write_settings(base, supervisor, documents)
    for name, profile in PROFILES.items():
        put(f"{base}/agents/{agent_id_in(tokens[name])}", profile, supervisor)
        put(f"{base}/agents/me/endpoints/desk", AT_THE_OPEN_DESK, tokens[name])
    laptop.stack.write()


def settings(providers_url: str, supervisor_id: str) -> dict[str, Any]:
    """Return the documents by kind, in the order in which they refer to each other."""
    return {
        "agent_endpoints": {
            "endpoints": {
                **{
                    name: {"notifier": "webhook", "url": f"{providers_url}/agents/{name}"}
                    for name in ("front-desk", "supervisors")
                },
                "open-desks": AT_THE_OPEN_DESK,
                "supervisor-at-desk": {**AT_THE_OPEN_DESK, "agents": [supervisor_id]},
            }
        },
        "queues": {"queues": {name: _queue() for name in ("default", "orders", "returns")}},
        "routing": {
            "rules": [
                {
                    "name": "returns",
                    "queue": "returns",
                    "words": ["reso", "rimborso", "refund", "return"],
                },
                {
                    "name": "orders",
                    "queue": "orders",
                    "words": ["ordine", "pacco", "spedizione", "order", "parcel"],
                },
            ]
        },
        "tags": TAGS,
        "canned_replies": CANNED_REPLIES,
        "faq": FREQUENT_QUESTIONS,
    }


def _queue() -> dict[str, Any]:
    return {
        "tiers": [
            {
                "name": "first_line",
                "endpoints": ["open-desks", "front-desk"],
                "ring_seconds": 60,
            },
            {
                "name": "second_line",
                "endpoints": ["supervisor-at-desk", "supervisors"],
                "ring_seconds": 60,
            },
        ],
        "alert_endpoints": ["supervisor-at-desk", "supervisors"],
    }


TAGS = {
    "tags": {
        "complaint": {"title": {"it": "Reclamo", "en": "Complaint"}, "colour": "#9f1f17"},
        "delivery": {"title": {"it": "Consegna", "en": "Delivery"}, "colour": "#0d5c58"},
        "refund": {"title": {"it": "Rimborso", "en": "Refund"}, "colour": "#7d5000"},
        "regular": {"title": {"it": "Cliente abituale", "en": "Regular customer"}},
    },
    "free": True,
}

CANNED_REPLIES: Mapping[str, Any] = {
    "business_name": "Ferramenta Rossi",
    "replies": {
        "greeting": {
            "title": "Saluto",
            "text": {
                "it": "Buongiorno {customer_first_name}, sono {agent_name}. Come posso aiutarla?",
                "en": "Good morning {customer_first_name}, this is {agent_name}. How can I help?",
            },
        },
        "tracking": {
            "title": "Dove è il pacco",
            "text": {
                "it": "Il pacco è in viaggio e arriva domani. {agent_name}, {business_name}",
                "en": "Your parcel arrives tomorrow. {agent_name}, {business_name}",
            },
            "queues": ["default", "orders"],
        },
        "return": {
            "title": "Come fare un reso",
            "text": {
                "it": "Può renderlo entro 30 giorni: le mando l'etichetta e un corriere.",
                "en": "You can return it within 30 days: I am sending the label, a courier comes.",
            },
            "queues": ["default", "returns"],
        },
        "closing": {
            "title": "Chiusura",
            "text": {
                "it": "Grazie di averci scritto. Buona giornata! {agent_name}",
                "en": "Thank you for writing to us. Have a good day! {agent_name}",
            },
        },
    },
    "macros": {
        "tracked": {
            "title": "Pacco in viaggio, chiudi",
            "steps": [
                {"do": "reply", "canned": "tracking"},
                {"do": "tag", "adds": ["delivery"]},
                {"do": "resolve"},
            ],
        },
        "to-returns": {
            "title": "Passa ai resi",
            "steps": [
                {"do": "tag", "adds": ["refund"]},
                {"do": "transfer", "queue": "returns", "note": "Vuole rendere la merce."},
            ],
        },
        "tomorrow": {
            "title": "Rimanda a domani",
            "steps": [{"do": "snooze", "seconds": 86_400}],
        },
    },
}

FREQUENT_QUESTIONS: Mapping[str, Any] = {
    "entries": {
        "it": [
            {
                "id": "opening",
                "questions": ["Quando siete aperti?", "Che orari fate?", "Che orari avete?"],
                "answer": "Siamo aperti dal lunedì al sabato, dalle 9 alle 19.",
            },
            {
                "id": "parking",
                "questions": ["C'è un parcheggio?", "Dove posso parcheggiare?"],
                "answer": "Sì, in via Roma 3, gratuito per un'ora.",
            },
        ],
        "en": [
            {
                "id": "opening",
                "questions": ["When are you open?", "What are your opening hours?"],
                "answer": "We are open from Monday to Saturday, from 9 am to 7 pm.",
            },
        ],
    }
}
