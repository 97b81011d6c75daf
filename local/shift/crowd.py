"""The customers of the shift: each comes with one matter, and some have more to say."""

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from local.cloud.first_day import TELEGRAM_BOT, WHATSAPP_ACCOUNT
from local.cloud.laptop import Stack
from local.cloud.reception import Reception
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from local.shift.cast import ABROAD, WORDS
from sportello.messaging.identifiers import conversation_id

THREADS = 24
"""So many customers are there at once; whoever comes then begins when another one has gone."""

PATIENCE_SECONDS = 240.0
HURRIES_AFTER_SECONDS = 4.0
MORE = {
    "it": "Grazie, ho ancora una domanda sul conto",
    "en": "Thank you, one more question please",
}
HURRY = {"it": "C'è nessuno? È urgente", "en": "Hello, is anybody there?"}


class Writing(Protocol):
    def write(self, text: str) -> object: ...


@dataclass(frozen=True)
class Visitor:
    """`address` is the phone number, or the chat; `queue` is where the matter belongs."""

    number: int
    queue: str
    language: str
    address: str
    conversation_id: str
    customer: Writing
    dice: random.Random


def visitors(amount: int, stack: Stack, key: bytes, seed: int) -> Iterator[Visitor]:
    """Make visitors of all queues, on one channel and the other."""
    for number, queue in zip(range(amount), itertools.cycle(WORDS), strict=False):
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 -- a shift to be repeated, no secret
        language = "en" if queue == ABROAD else "it"
        # Whole rounds of the queues go to each channel.
        channel = "whatsapp" if number // len(WORDS) % 2 else "telegram"
        address = f"39334{number:07}" if channel == "whatsapp" else str(2 * 10**9 + number)
        account = WHATSAPP_ACCOUNT if channel == "whatsapp" else TELEGRAM_BOT
        customer: Writing = (
            WhatsAppCustomer(stack, address, f"Cliente {number}")
            if channel == "whatsapp"
            else TelegramCustomer(stack, int(address), f"Cliente {number}", language)
        )
        name = conversation_id(key, channel, account, f"{channel}:{address}")
        yield Visitor(number, queue, language, address, name, customer, dice)


class Crowd(Reception):
    """`over_seconds` is how long it takes until the last of them has come, if there is room.

    At `until`, of the monotonic clock, nobody waits any more.
    """

    def __init__(self, over_seconds: float, until: float) -> None:
        super().__init__()
        self._over_seconds = over_seconds
        self._until = until

    def come(self, everybody: list[Visitor]) -> None:
        """Let them come at random moments, and wait until each has been helped or has given up."""
        pause = self._over_seconds / max(len(everybody), 1)
        started = time.monotonic()
        with self.visits(THREADS) as threads:
            visits = []
            for visitor in everybody:
                due = started + pause * (visitor.number + visitor.dice.random())
                time.sleep(max(0.0, min(due, self._until) - time.monotonic()))
                visits.append(threads.submit(self._visit, visitor))
            for visit in visits:
                visit.result()

    def _visit(self, visitor: Visitor) -> None:
        if time.monotonic() >= self._until:
            self.count("came too late")
            return
        self.count("came")
        visitor.customer.write(visitor.dice.choice(WORDS[visitor.queue]))
        hurries = visitor.number % 5 == 0
        if hurries and not self._hears(visitor, 1, HURRIES_AFTER_SECONDS):
            visitor.customer.write(HURRY[visitor.language])
        if not self._hears(visitor, 1):
            self.count("gave up")
            return
        self.count("answered by a person")
        if visitor.number % 2 == 0:
            heard = self.answers(visitor.address)
            visitor.customer.write(MORE[visitor.language])
            answered = self._hears(visitor, heard + 1)
            self.count("answered again" if answered else "gave up later")

    def _hears(self, visitor: Visitor, times: int, patience: float = PATIENCE_SECONDS) -> bool:
        rest = max(0.0, min(patience, self._until - time.monotonic()))
        return self.is_answered(visitor.address, times, seconds=rest)
