import json
from typing import Any

from local.cloud.laptop import Stack
from local.providers.customers import TelegramCustomer, WhatsAppCustomer, whatsapp_signature


def test_whatsapp_signs_the_bytes_it_sends(stack: Stack, posted: list[Any]) -> None:
    message_id = WhatsAppCustomer(stack, "393330000101").write("Così è 📦")
    ((_, url, body, headers),) = posted
    assert url == "http://127.0.0.1:1/webhooks/whatsapp"
    assert headers["X-Hub-Signature-256"] == whatsapp_signature(stack, body)
    (message,) = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"]
    assert (message["id"], message["text"]["body"]) == (message_id, "Così è 📦")


def test_the_signature_is_metas(stack: Stack) -> None:
    # printf '{"a":1}' | openssl dgst -sha256 -hmac 'app secret'
    assert whatsapp_signature(stack, b'{"a":1}') == (
        "sha256=fc55c1418941a60cb50c78f1ff5de2ac07413237e4fc067a9c0cbe27c307ab2a"
    )


def test_telegram_carries_the_secret_and_counts_messages(stack: Stack, posted: list[Any]) -> None:
    customer = TelegramCustomer(stack, 500600701)
    assert [customer.write("Ciao"), customer.write("Ci siete?")] == [1, 2]
    bodies = [json.loads(body) for _, _, body, _ in posted]
    assert bodies[0]["update_id"] < bodies[1]["update_id"]
    assert {headers["X-Telegram-Bot-Api-Secret-Token"] for *_, headers in posted} == {
        "secret-token"
    }
