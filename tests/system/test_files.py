"""Files that customers send: fetched, looked at, kept, shown, and opened by links of minutes."""

import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.cloud.first_day import TELEGRAM_BOT
from local.cloud.web import Answer, call
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from local.providers.files import picture, voice_note
from local.providers.provider_calls import Fault
from sportello.messaging.identifiers import conversation_id
from support import files
from support.clouds.driven_desk import DrivenDesk, Measured, conversation_in

pytestmark = pytest.mark.system


def of_whatsapp(desk: DrivenDesk, customer: WhatsAppCustomer) -> str:
    return conversation_in(desk.await_sent(customer))


def of_telegram(desk: DrivenDesk, customer: TelegramCustomer) -> str:
    desk.await_sent(customer)
    return named(desk, customer)


def named(desk: DrivenDesk, customer: TelegramCustomer) -> str:
    key = desk.laptop.conversation_key()
    return conversation_id(key, "telegram", TELEGRAM_BOT, f"telegram:{customer.user_id}")


def await_file(desk: DrivenDesk, conversation: str, state: str, kind: str = "") -> dict[str, Any]:
    def is_there(entry: dict[str, Any]) -> bool:
        return any(is_wanted(media) for media in entry["detail"].get("media", []))

    def is_wanted(media: dict[str, Any]) -> bool:
        return bool(media["state"] == state and media["kind"] == (kind or media["kind"]))

    entry = desk.await_entry(conversation, is_there, what=f"{state} file", seconds=60)
    media: dict[str, Any] = next(filter(is_wanted, entry["detail"]["media"]))
    return media


def opened(desk: DrivenDesk, conversation: str, media: dict[str, Any]) -> Answer:
    answer = desk.ask("GET", f"/conversations/{conversation}/media/{media['media_id']}")
    return call("GET", answer.expect(200).document()["url"])


def keys_of(desk: DrivenDesk, conversation: str) -> list[str]:
    bucket = desk.resource("MediaBucket")
    listed = desk.laptop.client("s3").list_objects_v2(Bucket=bucket)
    return [e["Key"] for e in listed.get("Contents", []) if conversation in e["Key"]]


def test_a_picture_and_a_voice_note_are_kept_and_opened(
    desk: DrivenDesk, measured: Measured
) -> None:
    desk.laptop.files.offer("media-1", picture(640, 480), "image/png")
    desk.laptop.files.offer("voice-1", voice_note(2), "audio/ogg")
    giulia, marco = desk.whatsapp_customer(), desk.telegram_customer()
    started = time.monotonic()
    giulia.send_file("image", "media-1", mime_type="image/jpeg", caption="È arrivato così")
    marco.send_file("voice", "voice-1", duration=2, mime_type="audio/ogg")
    hers, his = of_whatsapp(desk, giulia), of_telegram(desk, marco)
    shown = await_file(desk, hers, "stored")
    measured(f"a picture was kept {time.monotonic() - started:.1f} s after it was sent")
    assert (shown["width"], shown["height"], shown["mime_type"]) == (640, 480, "image/png")
    answer = opened(desk, hers, shown)
    assert answer.expect(200).body == picture(640, 480)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    heard = await_file(desk, his, "stored")
    assert opened(desk, his, heard).body == voice_note(2)
    assert [key.split("/")[0] for key in keys_of(desk, hers)] == ["files"]
    assert giulia.phone not in str(keys_of(desk, hers))


def test_a_link_that_somebody_changed_opens_nothing(desk: DrivenDesk) -> None:
    customer = desk.telegram_customer()
    customer.send_file("photo", "photo-of-mine", width=10, height=10)
    conversation = of_telegram(desk, customer)
    media = await_file(desk, conversation, "stored")
    path = f"/conversations/{conversation}/media/{media['media_id']}"
    url = desk.ask("GET", path).expect(200).document()["url"]
    parts = urlsplit(url)
    forged = [
        re.sub(r"(X-Amz-Signature=)\w{4}", r"\g<1>0000", url),
        re.sub(r"X-Amz-Expires=300", "X-Amz-Expires=604800", url),
        url.replace("attachment", "inline"),
        f"{parts.scheme}://{parts.netloc}{parts.path}",
    ]
    for address in forged:
        assert call("GET", address).status == 403
    expired = re.sub(r"X-Amz-Date=\d{8}T", "X-Amz-Date=20200101T", url)
    assert call("GET", expired).status == 403
    assert desk.ask("GET", path, role="").status == 401
    other = named(desk, desk.telegram_customer())
    assert desk.ask("GET", path.replace(conversation, other, 1)).status == 404


def test_of_a_picture_that_is_a_web_page_nothing_is_kept(desk: DrivenDesk) -> None:
    desk.laptop.files.offer("poisoned", files.HTML, "image/jpeg")
    customer = desk.whatsapp_customer()
    customer.send_file("image", "poisoned", mime_type="image/jpeg")
    conversation = of_whatsapp(desk, customer)
    media = await_file(desk, conversation, "refused")
    assert media["reason"] == "dangerous"
    assert keys_of(desk, conversation) == []
    path = f"/conversations/{conversation}/media/{media['media_id']}"
    answer = desk.ask("GET", path)
    assert (answer.status, answer.document()["reason"]) == (409, "dangerous")


def test_a_provider_that_fails_twice_delays_the_file_and_not_the_message(
    desk: DrivenDesk,
) -> None:
    desk.next_calls_fail(Fault("files", times=2, status=503, holding="late-document"))
    customer = desk.whatsapp_customer()
    customer.send_file("document", "late-document", filename="fattura.pdf")
    conversation = of_whatsapp(desk, customer)
    media = await_file(desk, conversation, "stored")
    assert (media["file_name"], media["mime_type"]) == ("fattura.pdf", "application/pdf")
    desk.await_settled(conversation)


def test_a_file_that_is_gone_says_so_and_can_be_asked_for_again(desk: DrivenDesk) -> None:
    desk.laptop.files.gone.add("too-late")
    customer = desk.whatsapp_customer()
    customer.send_file("image", "too-late")
    conversation = of_whatsapp(desk, customer)
    media = await_file(desk, conversation, "failed")
    assert media["reason"] == "gone"
    desk.laptop.files.gone.discard("too-late")
    path = f"/conversations/{conversation}/media/{media['media_id']}/fetch"
    assert desk.ask("POST", path, {}).expect(202).document()["state"] == "pending"
    await_file(desk, conversation, "stored")
    assert desk.ask("POST", path, {}).status == 409


def test_people_are_rung_with_what_was_sent_in_words(desk: DrivenDesk) -> None:
    customer = desk.telegram_customer()
    customer.send_file("voice", "voice-of-mine", duration=12)
    ring = desk.await_ring(of_telegram(desk, customer), "conversation.offered")
    (line,) = json.loads(ring.body)["data"]["transcript"][:1]
    assert line["files"] == [
        {"kind": "voice_note", "seconds": 12, "words": "messaggio vocale 0:12"}
    ]
