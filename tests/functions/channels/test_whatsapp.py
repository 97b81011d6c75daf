import json
from collections.abc import Mapping
from typing import Any

import pytest

from channels.whatsapp.receive import WhatsAppInbound
from sportello.errors import Unauthenticated
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.outbound_channel import Button, OutboundMessage
from sportello.messaging.outbound_http import Reply
from support.webhooks import (
    RECEIVED_AT,
    WHATSAPP_SECRET,
    a_whatsapp,
    part_of,
    recorded,
    signed,
)

GIULIA = "whatsapp:393330000101"


def no_network(*_: Any) -> Reply:
    raise AssertionError("parsing and checking make no call")


# Who is calling


def test_the_signature_is_meta_s_over_the_raw_bytes() -> None:
    # The digest was made with openssl, outside this code.
    adapter = WhatsAppInbound(part_of(WHATSAPP_SECRET | {"app_secret": "an-app-secret"}))
    digest = "992f00c4139a284d2dc456b14d09f963cce3455ab532ab38751587253eb23dfe"
    body = (
        rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}],'
        rb'"note":"\u00e8 \/"}'
    )
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    request = WebhookRequest(
        method="POST", headers=headers, query={}, body=body, received_at=RECEIVED_AT
    )
    adapter.authenticate(request)
    written_again = json.dumps(json.loads(body)).encode()
    with pytest.raises(Unauthenticated):
        adapter.authenticate(request.model_copy(update={"body": written_again}))


def test_the_bare_digest_or_another_algorithm_is_no_signature() -> None:
    genuine = signed("whatsapp", recorded("whatsapp", "text"))
    digest = genuine.headers["x-hub-signature-256"].removeprefix("sha256=")
    for wrong in (digest, f"sha1={digest}", f"sha256={digest.upper()}", f" sha256={digest}"):
        forged = genuine.model_copy(update={"headers": {"x-hub-signature-256": wrong}})
        with pytest.raises(Unauthenticated):
            WhatsAppInbound(part_of(WHATSAPP_SECRET)).authenticate(forged)


def test_without_a_previous_secret_an_empty_key_proves_nothing() -> None:
    adapter = WhatsAppInbound(part_of(WHATSAPP_SECRET | {"previous_app_secret": ""}))
    with pytest.raises(Unauthenticated):
        adapter.authenticate(signed("whatsapp", b"{}").model_copy(update={"headers": {}}))


def handshake(**query: str) -> str:
    names = {"mode": "hub.mode", "token": "hub.verify_token", "challenge": "hub.challenge"}
    request = WebhookRequest(
        method="GET",
        headers={},
        query={names[name]: value for name, value in query.items()},
        body=b"",
        received_at=RECEIVED_AT,
    )
    return WhatsAppInbound(part_of(WHATSAPP_SECRET)).handshake(request)


def test_the_handshake_echoes_the_challenge() -> None:
    token = WHATSAPP_SECRET["verify_token"]
    assert handshake(mode="subscribe", token=token, challenge="1158201444") == "1158201444"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "token": "wrong", "challenge": "1"},
        {"mode": "subscribe", "token": "", "challenge": "1"},
        {"mode": "unsubscribe", "token": WHATSAPP_SECRET["verify_token"], "challenge": "1"},
        {"token": WHATSAPP_SECRET["verify_token"], "challenge": "1"},
        {"mode": "subscribe", "token": WHATSAPP_SECRET["verify_token"]},
        {"mode": "subscribe", "token": "è", "challenge": "1"},
    ],
    ids=str,
)
def test_a_handshake_that_is_not_quite_right_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        handshake(**query)


# What goes out


TAKEN = {"messages": [{"id": "wamid.EXAMPLEtaken"}]}


def sent_for(message: OutboundMessage) -> tuple[str, Any, dict[str, str]]:
    sent: list[tuple[str, Any, dict[str, str]]] = []

    def post(url: str, document: Any, headers: Mapping[str, str]) -> Reply:
        sent.append((url, document, dict(headers)))
        return Reply(status=200, headers={}, body=json.dumps(TAKEN).encode())

    a_whatsapp(post).send(message)
    [request] = sent
    return request


def outbound(**changes: Any) -> OutboundMessage:
    fields = {"account_id": "200300400500601", "to": GIULIA, "text": "Domani.", "tracker": "fx-1"}
    return OutboundMessage.model_validate(fields | changes)


def test_a_text_goes_to_the_phone_without_a_link_preview() -> None:
    url, document, headers = sent_for(outbound())
    assert url == "https://graph.example/v25.0/200300400500601/messages"
    assert headers == {"authorization": f"Bearer {WHATSAPP_SECRET['access_token']}"}
    assert document == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "393330000101",
        "type": "text",
        "text": {"body": "Domani.", "preview_url": False},
        "biz_opaque_callback_data": "fx-1",
    }


def test_a_scoped_id_is_a_recipient_and_no_phone() -> None:
    _, document, _ = sent_for(outbound(to="whatsapp_user:IT.1349120865530274"))
    assert document["recipient"] == "IT.1349120865530274"
    assert "to" not in document


def test_buttons_are_replies_under_the_text() -> None:
    buttons = (Button(id="yes", title="Sì"), Button(id="no", title="No"))
    _, document, _ = sent_for(outbound(text="Va bene?", buttons=buttons))
    assert document["type"] == "interactive"
    assert document["interactive"] == {
        "type": "button",
        "body": {"text": "Va bene?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "yes", "title": "Sì"}},
                {"type": "reply", "reply": {"id": "no", "title": "No"}},
            ]
        },
    }


def test_no_tracker_is_sent_where_there_is_none() -> None:
    _, document, _ = sent_for(outbound(tracker=""))
    assert "biz_opaque_callback_data" not in document
