"""Files and templates that agents send, through the deployed bundle to the providers' doors."""

import hashlib
import json
import secrets
from typing import Any

import pytest
import urllib3

from local.cloud.web import Answer, call
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from local.providers.provider_calls import Call
from support import files
from support.clouds.driven_desk import UNKNOWN_QUESTION, DrivenDesk

pytestmark = pytest.mark.system

TEMPLATES = {
    "templates": [
        {
            "name": "parcel_arrived",
            "channel": "whatsapp",
            "language": "it",
            "body": "Il pacco {{1}} è arrivato in {{2}}.",
            "parameters": [{"name": "1", "example": "7"}, {"name": "2", "example": "via Roma"}],
        }
    ]
}


def taken(desk: DrivenDesk, customer: TelegramCustomer | WhatsAppCustomer) -> str:
    """Let a customer reach the agent; returns the conversation's id."""
    customer.write(UNKNOWN_QUESTION)
    ring = desk.calls.wait_for(
        lambda each: each.channel == "agents" and customer.name in each.body,
        seconds=60,
        what="ring",
    )
    conversation_id: str = json.loads(ring.body)["data"]["conversation_id"]
    desk.act(conversation_id, "accept").expect(200)
    return conversation_id


def uploaded(desk: DrivenDesk, conversation_id: str, content: bytes, **wish: str) -> str:
    """Put a file into the bucket by its form, as a browser does; returns its id."""
    slot = begin(desk, conversation_id, content, **wish)
    put(slot, content).expect(200, 201, 204)
    media_id: str = slot["media_id"]
    return media_id


def begin(desk: DrivenDesk, conversation_id: str, content: bytes, **wish: str) -> Any:
    body = {"size_bytes": len(content), **wish}
    answer = desk.ask("POST", f"/conversations/{conversation_id}/uploads", body)
    return answer.expect(201).document()


def put(slot: Any, content: bytes) -> Answer:
    form = [*slot["fields"].items(), ("file", ("blob", content))]
    body, content_type = urllib3.encode_multipart_formdata(form)
    return call("POST", slot["url"], body, {"content-type": content_type})


def send(desk: DrivenDesk, conversation_id: str, **content: Any) -> Answer:
    return desk.ask(
        "POST",
        f"/conversations/{conversation_id}/replies",
        content,
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )


def await_file(desk: DrivenDesk, content: bytes) -> Call:
    digest = hashlib.sha256(content).hexdigest()
    return desk.calls.wait_for(lambda each: digest in each.body, seconds=60, what="file")


def keys_of(desk: DrivenDesk, prefix: str) -> list[str]:
    answer = desk.laptop.client("s3").list_objects_v2(
        Bucket=desk.resource("MediaBucket"), Prefix=prefix
    )
    return [entry["Key"] for entry in answer.get("Contents", [])]


def test_a_photo_reaches_its_customer_with_the_words_beside_it(desk: DrivenDesk) -> None:
    customer = desk.telegram_customer()
    conversation_id = taken(desk, customer)
    photo = files.png(31, 17)
    media_id = uploaded(desk, conversation_id, photo, file_name="scarpa.png", mime_type="image/png")
    send(desk, conversation_id, text="È questa?", media_ids=[media_id]).expect(202)
    sent = await_file(desk, photo)
    assert sent.path.endswith("/sendPhoto")
    document = json.loads(sent.body)
    assert (document["chat_id"], document["caption"]) == (str(customer.user_id), "È questa?")
    assert (document["photo"]["name"], document["photo"]["type"]) == ("scarpa.png", "image/png")
    entry = desk.await_entry(
        conversation_id,
        lambda each: bool(each["detail"].get("media")) and each["detail"]["status"] == "accepted",
        what="file in the story",
    )
    assert entry["detail"]["media"][0]["media_id"] == media_id
    again = send(desk, conversation_id, media_ids=[media_id])
    assert (again.status, again.document()["reason"]) == (422, "used")
    assert keys_of(desk, f"uploads/{conversation_id}/") == []
    desk.act(conversation_id, "resolve").expect(200)


def test_a_poisoned_file_reaches_nobody_and_is_kept_nowhere(desk: DrivenDesk) -> None:
    customer = desk.telegram_customer()
    conversation_id = taken(desk, customer)
    media_id = uploaded(
        desk, conversation_id, files.HTML, file_name="foto.png", mime_type="image/png"
    )
    answer = send(desk, conversation_id, text="Ecco.", media_ids=[media_id])
    assert (answer.status, answer.document()["reason"]) == (422, "dangerous")
    missing = begin(desk, conversation_id, b"x", file_name="a.pdf", mime_type="application/pdf")
    answer = send(desk, conversation_id, media_ids=[missing["media_id"]])
    assert (answer.status, answer.document()["reason"]) == (422, "not_uploaded")
    for prefix in ("uploads", "files"):
        assert keys_of(desk, f"{prefix}/{conversation_id}/") == []
    desk.act(conversation_id, "resolve").expect(200)


def test_a_document_and_a_template_reach_a_customer_on_whatsapp(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    conversation_id = taken(desk, customer)
    paper = files.PDF + secrets.token_hex(8).encode()
    media_id = uploaded(
        desk, conversation_id, paper, file_name="conto.pdf", mime_type="application/pdf"
    )
    send(desk, conversation_id, media_ids=[media_id]).expect(202)
    assert await_file(desk, paper).path.endswith("/media")
    message = json.loads(
        desk.calls.wait_for(
            lambda each: customer.phone in each.body and '"document"' in each.body,
            seconds=60,
            what="document",
        ).body
    )
    assert message["document"]["filename"] == "conto.pdf"
    with desk.settings(message_templates=TEMPLATES):
        listed = desk.ask("GET", f"/conversations/{conversation_id}/templates").expect(200)
        assert [each["name"] for each in listed.document()["templates"]] == ["parcel_arrived"]
        template = {
            "name": "parcel_arrived",
            "language": "it",
            "parameters": {"1": "77", "2": "via Po"},
        }
        send(desk, conversation_id, template=template).expect(202)
    approved = json.loads(
        desk.calls.wait_for(
            lambda each: customer.phone in each.body and '"template"' in each.body,
            seconds=60,
            what="template",
        ).body
    )
    assert approved["template"]["name"] == "parcel_arrived"
    entry = desk.await_entry(
        conversation_id, lambda each: "template" in each["detail"], what="template in the story"
    )
    assert entry["text"] == "Il pacco 77 è arrivato in via Po."
    desk.act(conversation_id, "resolve").expect(200)


def test_what_whatsapp_does_not_take_is_fetched_by_a_link(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    conversation_id = taken(desk, customer)
    animation = files.gif(21, 9)
    media_id = uploaded(
        desk, conversation_id, animation, file_name="prova.gif", mime_type="image/gif"
    )
    refused = send(desk, conversation_id, media_ids=[media_id])
    assert (refused.status, refused.document()["type"]) == (422, "/problems/beyond-the-channel")
    send(desk, conversation_id, media_ids=[media_id], as_link=True).expect(202)
    words = json.loads(desk.await_sent(customer, containing="prova.gif").body)["text"]["body"]
    token = words.rpartition("/files/")[2]
    leads_on = call("GET", f"{desk.stack.webhook_base}/files/{token}").expect(303)
    file = call("GET", leads_on.headers["location"]).expect(200)
    assert file.body == animation
    assert file.headers["content-disposition"].startswith("attachment")
    call("GET", f"{desk.stack.webhook_base}/files/{'a' * 43}").expect(410)
    desk.act(conversation_id, "resolve").expect(200)
