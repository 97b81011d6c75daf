"""Customers of the load, and what the outside sees of their conversations as it happens."""

import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any, Self

from local.chaos.webhooks import Item, Webhooks, telegram_call, whatsapp_call
from local.cloud.first_day import TELEGRAM_BOT, WHATSAPP_ACCOUNT
from local.providers.provider_calls import Call, CallLog
from sportello.messaging.identifiers import conversation_id

RECEIPTS_IN_A_CALL = 8
_FOLLOW_SECONDS = 0.2

FAILING = 0.02
"""The part of messages that WhatsApp takes and then cannot deliver."""


@dataclass
class Customer:
    """A person on one channel; `address` is their phone number, or their Telegram chat."""

    channel: str
    address: str
    conversation_id: str
    webhooks: Webhooks
    dice: random.Random
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def write(self, *texts: str) -> None:
        """Send texts in this order, delivered in any: one by one, or in one call."""
        at = int(time.time())
        written = [self._message(text, at) for text in texts]
        if self.channel == "whatsapp" and self.dice.random() < 0.5:  # noqa: PLR2004 - half
            messages = [message for _, message in written]
            items = [item for item, _ in written]
            self.webhooks.deliver(self._whatsapp(messages), items, self.dice)
            return
        self.dice.shuffle(written)
        for item, message in written:
            call = self._whatsapp([message]) if self.channel == "whatsapp" else message
            self.webhooks.deliver(call, [item], self.dice)

    def _message(self, text: str, at: int) -> tuple[Item, Any]:
        number = next(self._numbers)
        if self.channel == "telegram":
            update_id = int(self.address) * 1_000 + number
            call = telegram_call(update_id, int(self.address), number, at, text)
            return Item("telegram", f"update:{update_id}"), call
        wamid = f"wamid.{self.address}.{number}"
        message = {
            "from": self.address,
            "id": wamid,
            "timestamp": str(at),
            "type": "text",
            "text": {"body": text},
        }
        return Item("whatsapp", wamid), message

    def _whatsapp(self, messages: Sequence[Any]) -> Any:
        contact = {"profile": {"name": "Giulia"}, "wa_id": self.address}
        return whatsapp_call(WHATSAPP_ACCOUNT, contacts=[contact], messages=messages)


def customer(number: int, key: bytes, webhooks: Webhooks, seed: int) -> Customer:
    """Return the customer of this number: every other one writes on the other channel."""
    channel = "whatsapp" if number % 2 else "telegram"
    address = f"39333{number:07}" if channel == "whatsapp" else str(10**9 + number)
    account = WHATSAPP_ACCOUNT if channel == "whatsapp" else TELEGRAM_BOT
    return Customer(
        channel=channel,
        address=address,
        conversation_id=conversation_id(key, channel, account, f"{channel}:{address}"),
        webhooks=webhooks,
        dice=random.Random(f"{seed}/{number}"),  # noqa: S311 - a load to be repeated, no secret
    )


class Outlook:
    """Follows what reaches the providers, lets conversations wait for it, and sends receipts.

    WhatsApp tells what became of each message: sent, delivered, read, in any order, some twice.
    `failed` are the messages that it took and could not deliver, by their trackers.
    """

    def __init__(self, calls: CallLog, webhooks: Webhooks, seed: int) -> None:
        self.failed: set[str] = set()
        self._calls = calls
        self._webhooks = webhooks
        self._dice = random.Random(seed)  # noqa: S311 - as above
        self._messages: Counter[str] = Counter()
        self._notices: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._receipts: list[dict[str, str]] = []
        self._changed = Condition()
        self._stopping = Event()
        self._threads = [
            Thread(target=self._follow, name="outlook"),
            Thread(target=self._acknowledge, name="receipts"),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    @property
    def quiet(self) -> bool:
        """Whether every receipt was delivered."""
        with self._changed:
            return not self._receipts

    def await_quiet(self, seconds: float) -> bool:
        """Wait until every receipt was delivered."""
        return self._await(lambda: not self._receipts, seconds)

    def messages_to(self, customer: Customer) -> int:
        with self._changed:
            return self._messages[customer.address]

    def await_message(self, customer: Customer, count: int, seconds: float) -> bool:
        """Wait until a customer has got so many messages; False if that takes too long."""
        return self._await(lambda: self._messages[customer.address] >= count, seconds)

    def await_ring(self, customer: Customer, notice: str, seconds: float) -> bool:
        """Wait until people were told of a conversation."""
        return self._await(lambda: self._notices[customer.conversation_id][notice] > 0, seconds)

    def _await(self, condition: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout=seconds)

    def _follow(self) -> None:
        position = 0
        while not self._stopping.is_set():
            calls = self._calls.since(position, seconds=_FOLLOW_SECONDS)
            position += len(calls)
            taken = [call for call in calls if call.taken]
            if taken:
                with self._changed:
                    for call in taken:
                        self._see(call)
                    self._changed.notify_all()

    def _see(self, call: Call) -> None:
        document = json.loads(call.body)
        match call.channel:
            case "agents":
                self._notices[document["data"]["conversation_id"]][document["type"]] += 1
            case "telegram":
                self._messages[str(document["chat_id"])] += 1
            case "whatsapp":
                self._messages[document["to"]] += 1
                self._receipts += self._receipts_of(call, document)

    def _receipts_of(self, call: Call, document: Any) -> list[dict[str, str]]:
        statuses = self._dice.sample(["sent", "delivered", "read"], self._dice.choice([1, 1, 2, 3]))
        tracker = document["biz_opaque_callback_data"]
        if self._dice.random() < FAILING:
            statuses = ["sent", "failed"]
            self.failed.add(tracker)
        if self._dice.random() < 0.1:  # noqa: PLR2004 - a tenth
            statuses.append(statuses[0])
        return [
            {
                "id": call.message_id,
                "status": status,
                "timestamp": str(int(time.time())),
                "recipient_id": document["to"],
                "biz_opaque_callback_data": tracker,
            }
            for status in statuses
        ]

    def _acknowledge(self) -> None:
        while not self._stopping.wait(_FOLLOW_SECONDS):
            with self._changed:
                self._dice.shuffle(self._receipts)
                batch = self._receipts[:RECEIPTS_IN_A_CALL]
            if not batch:
                continue
            items = [Item("whatsapp", f"{r['id']}:{r['status']}", receipt=True) for r in batch]
            call = whatsapp_call(WHATSAPP_ACCOUNT, statuses=batch)
            self._webhooks.deliver(call, list(dict.fromkeys(items)), self._dice)
            with self._changed:
                for receipt in batch:
                    self._receipts.remove(receipt)
                self._changed.notify_all()
