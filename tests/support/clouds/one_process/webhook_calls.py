"""What providers tell of: a message written, a receipt; built as their webhooks send it."""

from collections.abc import Callable, Mapping
from typing import Any

from support.clouds.one_process.outside import Taken
from support.webhooks import PROVIDERS

type Payload = dict[str, Any]


def whatsapp_message(phone: int, number: int, text: str, at: int) -> Payload:
    return whatsapp_message_from({"from": str(phone)}, phone, number, text, at)


def whatsapp_message_from(
    sender: Mapping[str, str], phone: int, number: int, text: str, at: int
) -> Payload:
    """Build a message whose sender is told as `sender` says: by number, user id, parent's id."""
    names = {"from": "wa_id", "from_user_id": "user_id", "from_parent_user_id": "parent_user_id"}
    contact = {names[field]: value for field, value in sender.items()}
    return _whatsapp_call(
        contacts=[{"profile": {"name": "Giulia Esempi"}, **contact}],
        messages=[
            {
                **sender,
                "id": f"wamid.WRITTEN{phone}N{number}",
                "timestamp": str(at),
                "type": "text",
                "text": {"body": text},
            }
        ],
    )


def whatsapp_receipt(number: str, taken: Taken, status: str, at: int) -> Payload:
    errors = [{"code": 131026, "title": "Message undeliverable"}]
    return _whatsapp_call(
        statuses=[
            {
                "id": number,
                "status": status,
                "timestamp": str(at),
                "recipient_id": taken.to,
                "biz_opaque_callback_data": taken.tracker,
                **({"errors": errors} if status == "failed" else {}),
            }
        ]
    )


def _whatsapp_call(**elements: Any) -> Payload:
    account = PROVIDERS["whatsapp"].account_id
    metadata = {"display_phone_number": "390200000000", "phone_number_id": account}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **elements}
    entry = {"id": "100200300400501", "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def telegram_update(user: int, number: int, text: str, at: int) -> Payload:
    person = {"id": user, "first_name": "Marco"}
    message = {
        "message_id": number,
        "from": {**person, "is_bot": False, "language_code": "it"},
        "chat": {**person, "type": "private"},
        "date": at,
        "text": text,
    }
    return {"update_id": user % 1_000_000 * 100 + number, "message": message}


MESSAGE: Mapping[str, Callable[[int, int, str, int], Payload]] = {
    "whatsapp": whatsapp_message,
    "telegram": telegram_update,
}
"""By channel, the payload of a message: from whom, its number, its text, when."""
