import json
from typing import Any

import pytest

from local.cloud.laptop import Stack
from local.cloud.web import Answer
from local.providers import customers
from local.providers.customers import TelegramCustomer, WhatsAppCustomer, whatsapp_signature

STACK = Stack(
    aws_endpoint="http://127.0.0.1:1",
    region="eu-south-1",
    stack_name="sportello",
    table="table",
    bus="bus",
    webhook_base="http://127.0.0.1:1/webhooks",
    agent_api_base="http://127.0.0.1:1/agents",
    tokens={},
    secrets={
        "whatsapp": {"app_secret": "app secret"},
        "telegram": {"secret_token": "secret-token"},
    },
    provider_base="http://127.0.0.1:2",
)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []

    def call(*arguments: Any) -> Answer:
        calls.append(arguments)
        return Answer(200, b"")

    monkeypatch.setattr(customers, "call", call)
    return calls


def test_whatsapp_signs_the_bytes_it_sends(posted: list[Any]) -> None:
    message_id = WhatsAppCustomer(STACK, "393330000101").write("Così è 📦")
    ((_, url, body, headers),) = posted
    assert url == "http://127.0.0.1:1/webhooks/whatsapp"
    assert headers["X-Hub-Signature-256"] == whatsapp_signature(STACK, body)
    (message,) = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"]
    assert (message["id"], message["text"]["body"]) == (message_id, "Così è 📦")


def test_the_signature_is_metas() -> None:
    # printf '{"a":1}' | openssl dgst -sha256 -hmac 'app secret'
    assert whatsapp_signature(STACK, b'{"a":1}') == (
        "sha256=fc55c1418941a60cb50c78f1ff5de2ac07413237e4fc067a9c0cbe27c307ab2a"
    )


def test_telegram_carries_the_secret_and_counts_messages(posted: list[Any]) -> None:
    customer = TelegramCustomer(STACK, 500600701)
    assert [customer.write("Ciao"), customer.write("Ci siete?")] == [1, 2]
    bodies = [json.loads(body) for _, _, body, _ in posted]
    assert bodies[0]["update_id"] < bodies[1]["update_id"]
    assert {headers["X-Telegram-Bot-Api-Secret-Token"] for *_, headers in posted} == {
        "secret-token"
    }
