"""What providers said of accounts that an operator had to see to, as users of such desks got it."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from sportello.delivery.delivering import Delivering
from sportello.errors import ConfigurationRefused
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_http import Reply
from sportello.table.desk import Step
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore
from support.builders import CONVERSATION, NOW, TERMS, an_address, answer, receive
from support.clouds.table import desk
from support.webhooks import PROVIDERS


def meta(code: int, words: str, **more: int) -> dict[str, Any]:
    return {"error": {"message": words, "type": "OAuthException", "code": code, **more}}


def bot_api(code: int, words: str) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": words}


def planned(step: Step, _: Conversation) -> Step:
    return step


EXPIRED = "Error validating access token: Session has expired"

CASES: list[tuple[str, int, Any, str]] = [
    ("whatsapp", 401, meta(190, EXPIRED, error_subcode=463), "token"),
    ("whatsapp", 401, meta(190, "Not authorized", error_subcode=458), "token"),
    ("whatsapp", 400, meta(131042, "Business eligibility payment issue"), "payment"),
    ("whatsapp", 403, meta(368, "Temporarily blocked for policies violations"), "restricted"),
    ("whatsapp", 403, meta(131031, "Business Account locked"), "restricted"),
    ("whatsapp", 400, meta(131048, "Spam rate limit hit"), "sending_limit"),
    ("whatsapp", 403, meta(10, "Application does not have permission"), "permission"),
    ("whatsapp", 500, meta(3, "Capability"), "permission"),
    ("whatsapp", 400, meta(131037, "Display name approval needed"), "display_name"),
    ("whatsapp", 400, meta(133010, "Account not registered"), "registration"),
    ("whatsapp", 500, meta(131045, "Incorrect certificate"), "registration"),
    ("whatsapp", 400, meta(100, "Unsupported post request", error_subcode=33), "address"),
    ("whatsapp", 400, meta(133007, "Account blocked"), "restricted"),
    ("whatsapp", 404, meta(131006, "Resource not found"), "address"),
    ("telegram", 401, bot_api(401, "Unauthorized"), "token"),
    ("telegram", 404, bot_api(404, "Not Found"), "token"),
    ("telegram", 400, bot_api(400, "Logged out"), "address"),
    ("telegram", 420, bot_api(420, "FROZEN_METHOD_INVALID"), "restricted"),
    ("telegram", 403, "<html>no words of Telegram's</html>", "permission"),
]


@pytest.mark.parametrize(
    ("channel", "status", "document", "fault"),
    CASES,
    ids=[f"{channel}-{fault}-{n}" for n, (channel, _, _, fault) in enumerate(CASES)],
)
def test_nothing_is_lost_to_what_an_operator_can_cure(
    channel: str, status: int, document: Any, fault: str
) -> None:
    provider = PROVIDERS[channel]
    answers = [
        Reply(status=status, headers={}, body=json.dumps(document).encode()),
        Reply(status=200, headers={}, body=json.dumps(provider.taken).encode()),
    ]

    def post(_url: str, _document: Any, _headers: Mapping[str, str]) -> Reply:
        return answers.pop(0)

    with desk() as empty:
        address = an_address(channel=channel, account_id=provider.account_id, reply_to=provider.to)
        for command in (receive(), answer(key="bot:1")):
            step = Step(command=command, terms=TERMS, address=address)
            empty.act(CONVERSATION, partial(planned, step), NOW)
        delivering = Delivering(
            provider.outbound(post), empty, lambda: NOW, lambda: SettingsStore(empty.table, 30)
        )

        def outcome() -> tuple[DeliveryStatus, str]:
            (record,) = empty.table.content(CONVERSATION, effect_keys=["bot:1"]).effects
            (account,) = empty.table.channels.accounts()
            return record.status, account.fault

        with pytest.raises(ConfigurationRefused):
            delivering.deliver(CONVERSATION, "bot:1")
        assert outcome() == (DeliveryStatus.QUEUED, fault)
        delivering.deliver(CONVERSATION, "bot:1")
        assert outcome() == (DeliveryStatus.ACCEPTED, "")
