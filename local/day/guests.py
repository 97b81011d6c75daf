"""The customers of the day: each has one matter, and a picture, a voice note or words to it."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from local.cloud.first_day import TELEGRAM_BOT, WHATSAPP_ACCOUNT
from local.cloud.laptop import Stack
from local.cloud.reception import Reception
from local.day.cast import FOLLOW_UP, OPENING
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from local.providers.files import Files, picture, voice_note
from sportello.messaging.identifiers import conversation_id

CHANNELS = ("whatsapp", "telegram")
THREADS = 12
"""So many customers are there at once; whoever comes then begins when another one has gone."""

PATIENCE_SECONDS = 240.0
PICTURE, VOICE, WORDS = "picture", "voice note", "words"

type Customer = WhatsAppCustomer | TelegramCustomer


@dataclass
class Guest:
    """`sends` is what comes after the first answer; `file` the hash of it, where it is a file."""

    number: int
    queue: str
    channel: str
    address: str
    name: str
    conversation_id: str
    customer: Customer
    sends: str
    messages: int = 0
    file: str = ""


class Guests(Reception):
    def __init__(self, everybody: list[Guest], files: Files) -> None:
        super().__init__()
        self.everybody = everybody
        self._files = files

    def come(self) -> None:
        """Let everybody come, and wait until each has been helped or has given up."""
        with self.visits(THREADS) as threads:
            visits = [threads.submit(self._visit, guest) for guest in self.everybody]
            for visit in visits:
                visit.result()

    def _visit(self, guest: Guest) -> None:
        self._write(guest, OPENING[guest.queue])
        if not self._hears(guest, 1):
            self.count("gave up")
            return
        heard = self.answers(guest.address)
        self._send(guest)
        self.count("answered twice" if self._hears(guest, heard + 1) else "gave up later")

    def _send(self, guest: Guest) -> None:
        if guest.sends == WORDS:
            self._write(guest, FOLLOW_UP)
            return
        is_picture = guest.sends == PICTURE
        content = picture(width=100 + guest.number) if is_picture else voice_note(1 + guest.number)
        guest.file = hashlib.sha256(content).hexdigest()
        name, mime_type = f"day-{guest.number}", "image/png" if is_picture else "audio/ogg"
        self._files.offer(name, content, mime_type)
        match guest.channel:
            case "whatsapp":
                kind = "image" if is_picture else "audio"
                guest.customer.send_file(kind, name, mime_type=mime_type)
            case _:
                guest.customer.send_file("photo" if is_picture else "voice", name)
        guest.messages += 1
        self.count(guest.sends)

    def _write(self, guest: Guest, text: str) -> None:
        guest.customer.write(text)
        guest.messages += 1

    def _hears(self, guest: Guest, times: int) -> bool:
        return self.is_answered(guest.address, times, seconds=PATIENCE_SECONDS)


def guests(amount: int, stack: Stack, key: bytes, seed: int) -> Iterator[Guest]:
    """Make customers of both queues, on one channel and the other."""
    kinds, queues = cycle((PICTURE, VOICE, WORDS)), cycle(OPENING)
    dice = random.Random(seed)  # noqa: S311 -- a day to be repeated, no secret
    for number, queue, sends in zip(range(amount), queues, kinds, strict=False):
        channel = dice.choice(CHANNELS)
        is_whatsapp = channel == "whatsapp"
        address = f"39335{number:07}" if is_whatsapp else str(3 * 10**9 + number)
        account = WHATSAPP_ACCOUNT if is_whatsapp else TELEGRAM_BOT
        name = f"Cliente{_letters(number)}"
        customer: Customer = (
            WhatsAppCustomer(stack, address, name)
            if is_whatsapp
            else TelegramCustomer(stack, int(address), name)
        )
        conversation = conversation_id(key, channel, account, f"{channel}:{address}")
        yield Guest(number, queue, channel, address, name, conversation, customer, sends)


def _letters(number: int) -> str:
    """Write a number in letters: names are searched for by their beginnings."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")
