"""Texts that would do harm if a page took them for anything but text, in every place for texts."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from local.providers.customers import WhatsAppCustomer

HIT = "hit"
"""The variable of the window that any of them sets, once it runs."""

BREAKS_OUT = f'"><img src=x onerror={HIT}=1>'
FILLED_IN = f"${{{HIT}=1}}{{{{{HIT}=1}}}}{{name}}{{count}}"
"""Looks like a place of ours, or of somebody's templates."""

MARKUP = (
    f"{BREAKS_OUT}<script>{HIT}=1</script><svg onload={HIT}=1>"
    f'<a href="javascript:{HIT}=1">x</a>'
    f"<iframe srcdoc='<script>parent.{HIT}=1</script>'></iframe>"
    f"<style>*{{display:none}}</style></article></main>&lt;b&gt; %3Cb%3E"
)
LINKS = (
    f"javascript:{HIT}=1 data:text/html,<script>{HIT}=1</script> vbscript:{HIT}=1 "
    f"https://example.com/a?b=<i>&c='onclick={HIT}=1 //example.com file:///etc/passwd"
)
TURNED = "\u202egnp.exe\u202c \u2066abc"
"""From right to left, and an isolate that nobody ends."""

THIN = "zero\u200bwidth\u2060joined\ufeff"
LONG = "W" * 300

WHOLE = f"{MARKUP} {FILLED_IN} {LINKS} {TURNED} {THIN} {LONG}"
WITHOUT_BRACES = f"{MARKUP} {LINKS} {TURNED} {THIN} {LONG}".replace("{", "(").replace("}", ")")
SHORT = f"{BREAKS_OUT}{FILLED_IN}"

CUSTOMER = f"Eva {SHORT} {TURNED}"
COLLEAGUE = f"Bruno {SHORT}"[:80]


def escaped(text: str) -> str:
    """Return the wording whose braces are meant as such."""
    return text.replace("{", "{{").replace("}", "}}")


SETTINGS: dict[str, Any] = {
    "faq": {
        "entries": {
            "it": [
                {"id": "hostile", "questions": [f"Domanda {SHORT}?"], "answer": f"Risposta {WHOLE}"}
            ]
        }
    },
    "texts": {"texts": {"it": {"handoff": f"Testo {WITHOUT_BRACES}"}}},
    "tags": {"tags": {"hostile": {"title": {"en": f"Tag {BREAKS_OUT}"}}}, "free": True},
    "canned_replies": {
        "business_name": f"Ditta {BREAKS_OUT}",
        "replies": {
            "hostile": {
                "title": f"Pronta {SHORT}"[:80],
                "text": {"it": f"Detto {escaped(WHOLE)}"},
            }
        },
        "macros": {
            "hostile": {
                "title": f"Macro {SHORT}"[:80],
                "steps": [{"do": "note", "text": f"Passo {WITHOUT_BRACES}"}],
            }
        },
    },
    "message_templates": {
        "templates": [
            {
                "name": "hostile",
                "channel": "whatsapp",
                "language": "it",
                "category": "utility",
                "body": f"Modello {WITHOUT_BRACES}"[:1_000],
            }
        ]
    },
    "widget": {
        "sites": {
            "shop": {
                "origins": ["https://www.example.com"],
                "name": {"en": f"Shop {SHORT}"[:60], "it": f"Shop {SHORT}"[:60]},
                "greeting": {"en": f"Hello {SHORT}", "it": f"Ciao {SHORT}"},
            }
        }
    },
    "opening_hours": {
        "calendars": {"default": {"weekly": {"mon-sun": [["00:00", "24:00"]]}, "time_zone": "UTC"}}
    },
}
"""Documents that a colleague wrote."""


def calendar(label: str, day: str) -> bytes:
    """Return an iCalendar file that closes a day."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hostile//",
        "BEGIN:VEVENT",
        "UID:1@example.com",
        f"DTSTART;VALUE=DATE:{day}",
        f"SUMMARY:{label}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()


def send(customer: WhatsAppCustomer, kind: str, content: Any, **beside: Any) -> str:
    """Send a message of any kind; returns its id."""
    payload = customer.payload("", message_id := f"wamid.{secrets.token_hex(12)}")
    (message,) = payload["entry"][0]["changes"][0]["value"]["messages"]
    del message["text"]
    message |= {"type": kind, kind: content, **beside}
    customer.post(payload).expect(200)
    return message_id


def write_all(customer: WhatsAppCustomer) -> Iterator[str]:
    """Write in all that a customer can write in; yields what has to be read of it."""
    first = customer.write(f"Detto {WHOLE}")
    yield f"Detto {WHOLE}"
    send(
        customer, "text", {"body": f"Citato {SHORT}"}, context={"from": customer.phone, "id": first}
    )
    yield f"Citato {SHORT}"
    send(
        customer,
        "text",
        {"body": "Da un annuncio"},
        referral={
            "source_type": "ad",
            "source_id": "1",
            "source_url": f"javascript:{HIT}=1",
            "headline": f"Annuncio {SHORT}",
            "body": SHORT,
        },
    )
    yield f"Annuncio {SHORT}"
    customer.send_file("image", "hostile-picture", mime_type="image/png", caption=f"Foto {WHOLE}")
    yield f"Foto {WHOLE}"
    name = f"File {SHORT} {TURNED} {LONG}.pdf"
    customer.send_file("document", "hostile-document", mime_type="application/pdf", filename=name)
    yield f"File {SHORT}"
    button = {"id": SHORT[:60], "title": f"Tasto {SHORT}", "description": f"Sotto {SHORT}"}
    send(customer, "interactive", {"type": "list_reply", "list_reply": button})
    yield f"Tasto {SHORT}"
    send(customer, "contacts", [card()])
    yield from (f"Biglietto {SHORT}", f"Azienda {SHORT}", f"Numero {SHORT}", f"Posta {SHORT}")
    place = {"latitude": 45.1, "longitude": 9.2, "name": f"Luogo {SHORT}", "address": SHORT}
    send(customer, "location", place)
    yield f"Luogo {SHORT}"
    answers = json.dumps({f"Campo {SHORT}": f"Valore {WHOLE}"})
    form = {"name": f"Modulo {SHORT}", "body": f"Corpo {SHORT}", "response_json": answers}
    send(customer, "interactive", {"type": "nfm_reply", "nfm_reply": form})
    yield from (f"Campo {SHORT}", f"Valore {WHOLE}", f"Modulo {SHORT}")
    line = {
        "product_retailer_id": f"Merce {SHORT}",
        "quantity": 1,
        "item_price": 1,
        "currency": "<b>",
    }
    send(customer, "order", {"catalog_id": SHORT, "text": "Ordine", "product_items": [line]})
    yield f"Merce {SHORT}"
    send(customer, "reaction", {"message_id": first, "emoji": BREAKS_OUT})


def write_later(customer: WhatsAppCustomer) -> Iterator[str]:
    """Change what was written, and write what no keyboard writes."""
    first = customer.write("Prima")
    edit = {"original_message_id": first, "message": {"type": "text", "text": {"body": SHORT}}}
    send(customer, "edit", edit)
    yield SHORT
    customer.write("Nullo\x00qui")
    yield "Nullo"


def card() -> dict[str, Any]:
    """Return a contact as a telephone shares it."""
    return {
        "name": {"formatted_name": f"Biglietto {SHORT}", "first_name": SHORT},
        "org": {"company": f"Azienda {SHORT}"},
        "phones": [{"phone": f"Numero {SHORT}"}],
        "emails": [{"email": f"Posta {SHORT}"}],
        "urls": [{"url": f"javascript:{HIT}=1"}, {"url": f"https://example.com/{BREAKS_OUT}"}],
        "addresses": [{"street": SHORT, "city": SHORT}],
    }
