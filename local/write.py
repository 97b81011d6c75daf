"""Write as a customer of the desk that `make up` runs.

    python -m local.write telegram "Dov'è il mio pacco?"
    python -m local.write whatsapp "I would like to return it" --name Harriet
    python -m local.write telegram --photo "È arrivato così"

The same name is the same customer.
"""

import argparse
import itertools
import sys
import time
import zlib
from pathlib import Path

from local.cloud.laptop import STACK_FILE, Stack
from local.cloud.web import Unexpected
from local.providers.customers import TelegramCustomer, WhatsAppCustomer

NAME = "Giulia Esempi"


def write(stack: Stack, channel: str, text: str, name: str, *, photo: bool = False) -> None:
    number = zlib.crc32(name.encode())
    file = f"sample-{time.time_ns()}"
    if channel == "whatsapp":
        customer = WhatsAppCustomer(stack, phone=f"39{number:010}", name=name)
        if photo:
            customer.send_file("image", file, mime_type="image/png", caption=text)
        else:
            customer.write(text)
    else:
        # Numbers of a chat go up for good.
        numbers = itertools.count(time.time_ns() // 1_000_000 % 2**31)
        chat = TelegramCustomer(stack, user_id=number, name=name, _message_ids=numbers)
        if photo:
            chat.send_file("photo", file, caption=text)
        else:
            chat.write(text)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("channel", choices=["telegram", "whatsapp"])
    parser.add_argument("text", nargs="?", default="Vorrei parlare con una persona")
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--photo", action="store_true", help="send a picture, the text below it")
    parser.add_argument("--stack", type=Path, default=STACK_FILE, help="written by `make up`")
    chosen = parser.parse_intermixed_args()
    try:
        stack = Stack.read(chosen.stack)
        write(stack, chosen.channel, chosen.text, chosen.name, photo=chosen.photo)
    except FileNotFoundError:
        print(f"{chosen.stack} is not there: is `make up` running?", file=sys.stderr)
        return 1
    except Unexpected as answer:
        print(answer, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
