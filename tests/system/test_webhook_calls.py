"""Webhook calls as they should not be: forged, broken, oversized, batched with a poisoned item."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from local.cloud.first_day import WHATSAPP_ACCOUNT
from local.cloud.observing import wait_until
from local.cloud.web import Answer, call
from local.providers.customers import WhatsAppCustomer, post_whatsapp, whatsapp_signature
from support.clouds.driven_desk import PATIENCE_SECONDS, QUESTION, DrivenDesk, conversation_in

pytestmark = pytest.mark.system

OVERSIZED = 3_500_000


def test_forged_calls_are_refused_and_leave_no_trace(desk: DrivenDesk) -> None:
    before = desk.metrics(channel="whatsapp")
    forger = desk.whatsapp_customer()
    body = a_call(forger)
    other = a_call(desk.whatsapp_customer())
    oversized = a_call(forger, secrets.token_hex(OVERSIZED // 2))
    signature = whatsapp_signature(desk.stack, body)
    assert [
        post_whatsapp(desk.stack, body, signature=f"sha256={secrets.token_hex(32)}").status,
        post_whatsapp(desk.stack, body, signature=whatsapp_signature(desk.stack, other)).status,
        post_whatsapp(desk.stack, body.replace(b"text", b"test"), signature=signature).status,
        post_whatsapp(desk.stack, body + b" ", signature=signature).status,
        post_whatsapp(desk.stack, oversized, signature=signature).status,
        call("POST", f"{desk.stack.webhook_base}/whatsapp", body, {}).status,
    ] == [403] * 6

    desk.await_metric("Rejected", before["Rejected"] + 6, channel="whatsapp")
    # A genuine message goes all the way: whatever the forged ones caused would be there by now.
    genuine = desk.whatsapp_customer()
    genuine.write(QUESTION)
    desk.await_settled(conversation_in(desk.await_sent(genuine)))
    assert not desk.is_stored(forger.phone)
    assert desk.is_stored(genuine.phone)
    desk.await_metric("Received", before["Received"] + 1, channel="whatsapp")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda body: body[:-20], "the body is not JSON: JSONDecodeError"),
        (lambda body: b"[" + body + b"]", "the body is not a JSON object"),
        (lambda body: body.replace(b"whatsapp_business_account", b"page"), "not an envelope"),
        (
            lambda body: body.replace(b"}]}]}", b"}]}]," + filler(OVERSIZED) + b"}"),
            "larger than any known payload",
        ),
    ],
    ids=["truncated", "no object", "another product's", "oversized"],
)
def test_a_genuine_call_that_cannot_be_read_is_kept_whole(
    desk: DrivenDesk, damage: Callable[[bytes], bytes], reason: str
) -> None:
    before, counted = desk.quarantined(), desk.metrics(channel="whatsapp")
    body = damage(a_call(desk.whatsapp_customer()))
    assert post_whatsapp(desk.stack, body).status == 200
    kept = {name: found for name, found in desk.quarantined().items() if name not in before}
    ((found_reason, found_body),) = kept.values()
    assert found_reason.startswith(reason)
    assert found_body == body
    desk.await_metric("Quarantined", counted["Quarantined"] + 1, channel="whatsapp")
    assert desk.metrics(channel="whatsapp")["Received"] == counted["Received"]


def test_a_poisoned_item_hurts_none_of_its_neighbours(desk: DrivenDesk) -> None:
    first, second, poisoned = (desk.whatsapp_customer() for _ in range(3))
    first.write(QUESTION)
    answer = desk.await_sent(first)
    conversation_id = conversation_in(answer)
    desk.await_settled(conversation_id)
    before, kept = desk.metrics(channel="whatsapp"), len(desk.quarantined())

    tracker = json.loads(answer.body)["biz_opaque_callback_data"]
    batch = envelope(
        change(
            contacts=[contact(first), {"profile": None, "wa_id": 7}],
            messages=[
                message(first, "Buongiorno"),
                {**message(poisoned, QUESTION), "timestamp": "ieri"},
                message(first, "Come posso pagare?"),
            ],
            statuses=[
                {"id": "wamid.poisoned", "status": "sent"},
                status(first, "delivered", tracker),
            ],
        ),
        change(contacts=[contact(second)], messages=[message(second, QUESTION)]),
    )
    # A slow machine takes the batch in item by item: the bot is to wait for the rest of it.
    with desk.settings(bot={"collect_seconds": 5}):
        post_whatsapp(desk.stack, json.dumps(batch).encode()).expect(200)
        desk.await_sent(second)
        wait_until(
            lambda: len(desk.sent_to(first)) > 1, seconds=PATIENCE_SECONDS, what="second answer"
        )

    desk.await_entry(
        conversation_id, lambda entry: entry["text"] == "Come posso pagare?", what="the neighbour"
    )
    desk.await_entry(
        conversation_id,
        lambda entry: entry["detail"].get("status") == "delivered",
        what="the receipt",
    )
    desk.await_settled(conversation_id)
    desk.await_metric("Received", before["Received"] + 4, channel="whatsapp")
    desk.await_metric("Quarantined", before["Quarantined"] + 2, channel="whatsapp")
    assert len(desk.quarantined()) == kept + 2
    assert desk.sent_to(poisoned) == []
    assert len(desk.sent_to(first)) == 2, "the two messages of the batch were one turn"


def test_meta_finds_the_webhook_alive_with_the_right_token_only(desk: DrivenDesk) -> None:
    token = desk.stack.secrets["whatsapp"]["verify_token"]
    answer = shake_hands(desk, token)
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert shake_hands(desk, "another token").status == 403


def shake_hands(desk: DrivenDesk, token: str) -> Answer:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    return call("GET", f"{desk.stack.webhook_base}/whatsapp?{urlencode(query)}")


def a_call(customer: WhatsAppCustomer, text: str = QUESTION) -> bytes:
    payload = customer.payload(text, f"wamid.{secrets.token_hex(12)}")
    return json.dumps(payload, separators=(",", ":")).encode()


def filler(length: int) -> bytes:
    """Something that packing does not make small."""
    return b'"filler":"' + secrets.token_hex(length // 2).encode() + b'"'


def envelope(*changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": f"10020030040050{n}", "changes": [it]} for n, it in enumerate(changes)],
    }


def change(**elements: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "390200000000", "phone_number_id": WHATSAPP_ACCOUNT}
    return {
        "field": "messages",
        "value": {"messaging_product": "whatsapp", "metadata": metadata, **elements},
    }


def contact(customer: WhatsAppCustomer) -> dict[str, Any]:
    return {"profile": {"name": customer.name}, "wa_id": customer.phone}


def message(customer: WhatsAppCustomer, text: str) -> dict[str, Any]:
    return {
        "from": customer.phone,
        "id": f"wamid.{secrets.token_hex(12)}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }


def status(customer: WhatsAppCustomer, reported: str, tracker: str) -> dict[str, Any]:
    return {
        "id": f"wamid.{secrets.token_hex(12)}",
        "status": reported,
        "timestamp": str(int(time.time())),
        "recipient_id": customer.phone,
        "biz_opaque_callback_data": tracker,
    }
