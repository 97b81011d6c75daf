"""Carry what one business sends on a channel to another business as that channel's provider would.

`BRIDGES` has one for every channel; whoever adds a channel adds its bridge, or the loops test
fails. A bridge makes the receiving business's webhook payload of a captured provider call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from support.webhooks import TELEGRAM_SECRET


@dataclass(frozen=True)
class Business:
    """A business on a channel: the account it is reached at, and the handle others know it by."""

    account_id: str
    handle: str

    @property
    def address(self) -> str:
        return self.handle.partition(":")[2]


@dataclass(frozen=True)
class ProviderCall:
    """What an adapter asked of its provider."""

    url: str
    document: Mapping[str, Any]


type Bridge = Callable[[ProviderCall, Business, Business, int, datetime], dict[str, Any] | None]
"""(call, sender, receiver, number of the message, when) -> payload; None for no message at all."""


@dataclass(frozen=True)
class Line:
    """Two businesses with each other's address, and what carries their messages.

    `announced` is the bridge where the provider says that a machine is writing, for a channel
    whose provider does. `taken` is the provider's answer to a message it took.
    """

    one: Business
    other: Business
    carry: Bridge
    announced: Bridge | None
    taken: Callable[[int], dict[str, Any]]


def _whatsapp(
    call: ProviderCall, sender: Business, receiver: Business, number: int, at: datetime
) -> dict[str, Any]:
    assert call.document["to"] == receiver.address
    match call.document:
        case {"type": "text", "text": {"body": str(text)}}:
            pass
        case {"interactive": {"body": {"text": str(text)}}}:
            pass
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": receiver.address,
            "phone_number_id": receiver.account_id,
        },
        "contacts": [{"profile": {"name": "Un'altra ditta"}, "wa_id": sender.address}],
        "messages": [
            {
                "from": sender.address,
                "id": f"wamid.EXAMPLEbridge{number}",
                "timestamp": str(int(at.timestamp())),
                "type": "text",
                "text": {"body": text},
            }
        ],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100200300400501", "changes": [{"field": "messages", "value": value}]}],
    }


def _telegram(
    call: ProviderCall, sender: Business, receiver: Business, number: int, at: datetime
) -> dict[str, Any] | None:
    """As if a person's account were run by the other business's program: nothing tells it."""
    return _telegram_update(call, sender, receiver, number, at, is_bot=False)


def _telegram_bot(
    call: ProviderCall, sender: Business, receiver: Business, number: int, at: datetime
) -> dict[str, Any] | None:
    return _telegram_update(call, sender, receiver, number, at, is_bot=True)


def _telegram_update(
    call: ProviderCall,
    sender: Business,
    receiver: Business,
    number: int,
    at: datetime,
    *,
    is_bot: bool,
) -> dict[str, Any] | None:
    if not call.url.endswith("/sendMessage"):
        return None
    assert call.document["chat_id"] == int(receiver.address)
    writer = {"id": int(sender.address), "first_name": "Un'altra ditta", "language_code": "it"}
    return {
        "update_id": 100_000 + number,
        "message": {
            "message_id": number,
            "date": int(at.timestamp()),
            "from": writer | {"is_bot": is_bot},
            "chat": {"id": int(sender.address), "type": "private"},
            "text": call.document["text"],
        },
    }


_BOT = TELEGRAM_SECRET["bot_token"].partition(":")[0]

BRIDGES: Mapping[str, Line] = {
    "whatsapp": Line(
        one=Business(account_id="200300400500601", handle="whatsapp:390200000001"),
        other=Business(account_id="200300400500602", handle="whatsapp:390200000002"),
        carry=_whatsapp,
        announced=None,
        taken=lambda number: {"messages": [{"id": f"wamid.EXAMPLEtaken{number}"}]},
    ),
    "telegram": Line(
        # Both deployments hold the same made-up token; their customers tell them apart.
        one=Business(account_id=_BOT, handle="telegram:7000000011"),
        other=Business(account_id=_BOT, handle="telegram:7000000012"),
        carry=_telegram,
        announced=_telegram_bot,
        taken=lambda number: {
            "ok": True,
            "result": {"message_id": number, "chat": {"id": 1}, "date": 1},
        },
    ),
}
