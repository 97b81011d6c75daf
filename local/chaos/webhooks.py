"""The providers' side of the load: calls repeated until they are acknowledged, some again after.

A provider does not know what became of a call that was not acknowledged, so it repeats it; after
a lost answer that is the same message twice.
"""

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import urllib3

from local.cloud.laptop import Stack
from local.providers.customers import post_telegram, post_whatsapp

ATTEMPTS = 12
LONGEST_PAUSE_SECONDS = 4.0
OK = 200


@dataclass(frozen=True)
class Item:
    """What a provider names: a message of a customer's, or a receipt of one of ours."""

    channel: str
    provider_item_id: str
    receipt: bool = False


@dataclass
class Acknowledgements:
    """What was sent, what was acknowledged, and how often; safe to use from many threads."""

    sent: set[Item] = field(default_factory=set)
    acknowledged: set[Item] = field(default_factory=set)
    calls: int = 0
    refused: int = 0
    redelivered: int = 0
    _lock: Lock = field(default_factory=Lock)

    def note(self, items: Sequence[Item], *, acknowledged: bool) -> None:
        with self._lock:
            self.calls += 1
            self.redelivered += not self.sent.isdisjoint(items)
            self.sent |= set(items)
            if acknowledged:
                self.acknowledged |= set(items)
            else:
                self.refused += 1


@dataclass
class Webhooks:
    """Delivers calls as the providers do."""

    stack: Stack
    noted: Acknowledgements = field(default_factory=Acknowledgements)

    def deliver(
        self, payload: Mapping[str, Any], items: Sequence[Item], dice: random.Random
    ) -> None:
        """Repeat a call until it is acknowledged; a tenth of them once more after that."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        for attempt in range(ATTEMPTS):
            acknowledged = self._post(items[0].channel, body)
            self.noted.note(items, acknowledged=acknowledged)
            if acknowledged:
                break
            time.sleep(dice.uniform(0, min(LONGEST_PAUSE_SECONDS, 0.2 * 2**attempt)))
        if dice.random() < 0.1:  # noqa: PLR2004 - a tenth
            self.noted.note(items, acknowledged=self._post(items[0].channel, body))

    def _post(self, channel: str, body: bytes) -> bool:
        post = post_whatsapp if channel == "whatsapp" else post_telegram
        try:
            answer = post(self.stack, body)
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == OK


def whatsapp_call(account_id: str, **elements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the envelope of a webhook call that holds messages, or statuses, or both."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "390200000000", "phone_number_id": account_id},
        **{name: list(values) for name, values in elements.items()},
    }
    entry = {"id": "100200300400501", "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def telegram_call(update_id: int, user_id: int, message_id: int, at: int, text: str) -> Any:
    person = {"id": user_id, "first_name": "Giulia"}
    message = {
        "message_id": message_id,
        "from": {**person, "is_bot": False, "language_code": "it"},
        "chat": {**person, "type": "private"},
        "date": at,
        "text": text,
    }
    return {"update_id": update_id, "message": message}
