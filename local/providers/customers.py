"""Customers who write on a channel: webhook calls as the providers make and sign them."""

import hashlib
import hmac
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from local.cloud.first_day import WHATSAPP_ACCOUNT
from local.cloud.laptop import Stack
from local.cloud.web import Answer, call

_update_ids = itertools.count(secrets.randbelow(10**9))


@dataclass(frozen=True)
class WhatsAppCustomer:
    stack: Stack
    phone: str
    name: str = "Giulia Esempi"

    def write(self, text: str, message_id: str | None = None) -> str:
        """Send a text and return the provider's id of it; the same id again is a redelivery."""
        message_id = message_id or f"wamid.{secrets.token_hex(12)}"
        self.post(self.payload(text, message_id)).expect(200)
        return message_id

    def payload(self, text: str, message_id: str) -> dict[str, Any]:
        value = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "390200000000",
                "phone_number_id": WHATSAPP_ACCOUNT,
            },
            "contacts": [{"profile": {"name": self.name}, "wa_id": self.phone}],
            "messages": [
                {
                    "from": self.phone,
                    "id": message_id,
                    "timestamp": str(int(time.time())),
                    "type": "text",
                    "text": {"body": text},
                }
            ],
        }
        change = {"value": value, "field": "messages"}
        entry = {"id": "100200300400501", "changes": [change]}
        return {"object": "whatsapp_business_account", "entry": [entry]}

    def send_file(self, kind: str, media_id: str, **file: Any) -> str:
        """Send a picture, a voice note, a document: `file` is what stands beside its id."""
        payload = self.payload("", message_id := f"wamid.{secrets.token_hex(12)}")
        (message,) = payload["entry"][0]["changes"][0]["value"]["messages"]
        del message["text"]
        message |= {"type": kind, kind: {"id": media_id, **file}}
        self.post(payload).expect(200)
        return message_id

    def post(self, payload: dict[str, Any]) -> Answer:
        return post_whatsapp(self.stack, json.dumps(payload).encode())


def post_whatsapp(stack: Stack, body: bytes, *, signature: str | None = None) -> Answer:
    """Deliver a webhook call, signed with the app secret unless a signature is given."""
    headers = {
        "content-type": "application/json",
        "X-Hub-Signature-256": signature or whatsapp_signature(stack, body),
    }
    return call("POST", f"{stack.webhook_base}/whatsapp", body, headers)


def whatsapp_signature(stack: Stack, body: bytes) -> str:
    key = stack.secrets["whatsapp"]["app_secret"].encode()
    return f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"


@dataclass
class TelegramCustomer:
    stack: Stack
    user_id: int
    name: str = "Giulia"
    language: str = "it"
    _message_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def write(self, text: str) -> int:
        """Send a text and return its message id, which is unique in this chat only."""
        return self.send({"text": text})

    def send_file(self, kind: str, file_id: str, caption: str = "", **file: Any) -> int:
        """Send a photo, a voice note, a document; the largest size of a photo is what counts."""
        part: Any = {"file_id": file_id, "file_unique_id": file_id, **file}
        content: dict[str, Any] = {kind: [part] if kind == "photo" else part}
        return self.send(content | ({"caption": caption} if caption else {}))

    def send(self, content: dict[str, Any]) -> int:
        message_id = next(self._message_ids)
        person = {"id": self.user_id, "first_name": self.name}
        message = {
            "message_id": message_id,
            "from": {**person, "is_bot": False, "language_code": self.language},
            "chat": {**person, "type": "private"},
            "date": int(time.time()),
            **content,
        }
        update = {"update_id": next(_update_ids), "message": message}
        post_telegram(self.stack, json.dumps(update).encode()).expect(200)
        return message_id


def post_telegram(stack: Stack, body: bytes, *, secret_token: str | None = None) -> Answer:
    """Deliver an update with the secret of `setWebhook`, or with another one."""
    token = secret_token or stack.secrets["telegram"]["secret_token"]
    headers = {"content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": token}
    return call("POST", f"{stack.webhook_base}/telegram", body, headers)
