import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.provider_api import Post
from channels.telegram.receive import TelegramInbound
from sportello.errors import ConfigurationRefused, ProviderUnavailable, Rejected, Unauthenticated
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.items import (
    DeliveryStatus,
    Edit,
    Ignored,
    Location,
    Media,
    Message,
    Parsed,
    Reaction,
    Unsupported,
)
from sportello.messaging.outbound_channel import Button, OutboundMessage, Refusal
from sportello.messaging.outbound_http import NoAnswer, Reply
from support.webhooks import (
    PROVIDERS,
    RECEIVED_AT,
    TELEGRAM_SECRET,
    a_telegram,
    part_of,
    recorded,
    signed,
)

GIULIA = "telegram:500600701"


type Sent = tuple[str, Any, dict[str, str]]


def answering(answer: Any, status: int = 200, sent: list[Sent] | None = None) -> Post:
    def post(url: str, body: Any, sent_headers: Mapping[str, str]) -> Reply:
        if sent is not None:
            sent.append((url, body, dict(sent_headers)))
        if isinstance(answer, Exception):
            raise answer
        return Reply(status=status, headers={}, body=json.dumps(answer).encode())

    return post


def parse(case: str) -> Any:
    [result] = PROVIDERS["telegram"].inbound().parse(signed("telegram", recorded("telegram", case)))
    return result


def item(case: str) -> Any:
    result = parse(case)
    assert isinstance(result, Parsed)
    return result.item


# Who is calling


def test_without_a_previous_token_an_empty_header_proves_nothing() -> None:
    adapter = TelegramInbound(part_of(TELEGRAM_SECRET | {"previous_secret_token": ""}))
    absent: dict[str, str] = {}
    for headers in (absent, {"x-telegram-bot-api-secret-token": ""}):
        with pytest.raises(Unauthenticated):
            adapter.authenticate(signed("telegram", b"{}").model_copy(update={"headers": headers}))


# What comes in


def test_a_text_is_a_message_of_a_private_chat_with_the_bot() -> None:
    assert item("text") == Message(
        account_id="7000000001",
        provider_item_id="update:300100001",
        provider_message_id="500600701:41",
        sent_at=datetime(2026, 11, 4, 10, 0, 1, tzinfo=UTC),
        handle=GIULIA,
        reply_to=GIULIA,
        text="Buongiorno, quanto ci mette ad arrivare un pacco in Sardegna? 📦",
        display_name="Giulia Esempi",
        language_hint="it",
    )


def test_the_client_s_language_is_a_hint() -> None:
    assert item("text_english").language_hint == "en"


def test_a_reply_names_what_it_replies_to_by_chat_and_number() -> None:
    assert item("text_reply_to_ours").in_reply_to == "500600701:45"


def test_a_pressed_button_is_a_message_that_wants_acknowledging() -> None:
    press = item("callback_query")
    assert isinstance(press, Message)
    assert (press.text, press.button_id) == ("Stato dell'ordine", "order_status")
    assert press.callback_id == "4382112345678901234"
    assert press.in_reply_to == "500600701:47"
    # The message under the button is ours: the press must not pass for it.
    assert press.provider_message_id == "callback:4382112345678901234"


@pytest.mark.parametrize("case", ["callback_query", "callback_query_message_gone"])
def test_a_press_is_dated_by_its_receipt_for_telegram_dates_only_the_message(case: str) -> None:
    assert item(case).sent_at == RECEIVED_AT


@pytest.mark.parametrize(
    ("case", "media", "text"),
    [
        (
            "photo",
            Media(
                kind="image",
                provider_media_id="EXAMPLE-photo-1280",
                mime_type="image/jpeg",
                size_bytes=51_200,
            ),
            "Il tavolo è arrivato così",
        ),
        (
            "voice",
            Media(
                kind="audio",
                provider_media_id="EXAMPLE-voice",
                mime_type="audio/ogg",
                size_bytes=23_120,
                seconds=6,
            ),
            "",
        ),
        (
            "document",
            Media(
                kind="document",
                provider_media_id="EXAMPLE-document",
                mime_type="application/pdf",
                file_name="fattura 2026-118.pdf",
                size_bytes=88_012,
            ),
            "",
        ),
        (
            "animation",
            Media(
                kind="video",
                provider_media_id="EXAMPLE-animation",
                mime_type="video/mp4",
                seconds=2,
            ),
            "",
        ),
    ],
)
def test_a_file_is_kept_once_by_the_provider_s_id_and_the_largest_photo_is_taken(
    case: str, media: Media, text: str
) -> None:
    assert (item(case).media, item(case).text) == ((media,), text)


def test_a_place_is_a_location_and_a_venue_has_its_name() -> None:
    assert item("location").location == Location(latitude=45.464194, longitude=9.189635)
    assert item("venue").location.name == "Piazza del Duomo, 20122 Milano"


def test_what_cannot_be_carried_is_shown_as_unsupported() -> None:
    assert isinstance(item("unknown_content"), Unsupported)
    assert item("unknown_content").provider_kind == "unknown"


def test_an_edit_names_its_original_and_is_dated_when_it_was_made() -> None:
    edit = item("edited")
    assert isinstance(edit, Edit)
    assert edit.original_message_id == item("text").provider_message_id
    assert edit.provider_item_id != item("text").provider_item_id
    assert edit.text == "Quanto ci mette ad arrivare un pacco in Sicilia?"
    assert edit.sent_at == datetime(2026, 11, 4, 10, 0, 30, tzinfo=UTC)


def test_reactions_come_and_go() -> None:
    assert isinstance(item("reaction"), Reaction)
    assert item("reaction").emoji == "👍"
    assert item("reaction").original_message_id == "500600701:47"
    assert item("reaction_removed").emoji == ""


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("group_message", "group_message"),
        ("bot_sender", "bot_message"),
        ("channel_post", "channel_post"),
        ("bot_blocked", "my_chat_member"),
        ("pinned_notice", "pinned_message"),
        ("reaction_custom", "custom_reaction"),
        ("unknown_kind", "telepathy"),
    ],
)
def test_what_needs_nothing_done_is_counted_by_its_kind(case: str, kind: str) -> None:
    assert parse(case) == Ignored(provider_kind=kind)


def test_a_part_nobody_knows_does_not_hide_the_message_beside_it() -> None:
    payload = {"update_id": 1, "telepathy": None} | recorded("telegram", "text")
    [result] = PROVIDERS["telegram"].inbound().parse(signed("telegram", payload))
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Message)


# What goes out


TAKEN = {"ok": True, "result": {"message_id": 48, "chat": {"id": 500600701}, "date": 1}}


def outbound(**changes: Any) -> OutboundMessage:
    fields = {"account_id": "7000000001", "to": GIULIA, "text": "1 < 2 & *così*", "tracker": "fx-1"}
    return OutboundMessage.model_validate(fields | changes)


def sent_for(message: OutboundMessage) -> Sent:
    sent: list[Sent] = []
    a_telegram(answering(TAKEN, sent=sent)).send(message)
    [request] = sent
    return request


def test_a_text_goes_out_plain_so_that_nothing_in_it_is_markup() -> None:
    url, document, _ = sent_for(outbound())
    assert url == f"https://telegram.example/bot{TELEGRAM_SECRET['bot_token']}/sendMessage"
    assert document == {"chat_id": 500600701, "text": "1 < 2 & *così*"}


def test_buttons_are_an_inline_keyboard_one_a_row() -> None:
    buttons = (Button(id="yes", title="Sì"), Button(id="no", title="No"))
    _, document, _ = sent_for(outbound(buttons=buttons))
    assert document["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Sì", "callback_data": "yes"}],
            [{"text": "No", "callback_data": "no"}],
        ]
    }


def test_an_accepted_message_has_the_id_that_replies_to_it_will_name() -> None:
    delivery = a_telegram(answering(TAKEN)).send(outbound())
    assert delivery.provider_message_id == "500600701:48"


def test_a_message_of_another_bot_is_held_without_a_call() -> None:
    sent: list[Sent] = []
    with pytest.raises(ConfigurationRefused) as raised:
        a_telegram(answering(TAKEN, sent=sent)).send(outbound(account_id="7000000002"))
    assert raised.value.fault == ChannelFault.ACCOUNT
    assert sent == []


@pytest.mark.parametrize("to", ["telegram:giulia", "whatsapp:393330000101"])
def test_a_handle_that_is_no_chat_is_refused(to: str) -> None:
    assert a_telegram(answering(TAKEN)).send(outbound(to=to)).refusal is Refusal.RECIPIENT


def failure(code: int, description: str = "words", **parameters: int) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description, "parameters": parameters}


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (failure(400, "Bad Request: can't parse entities"), Refusal.CONTENT),
        (failure(400, "Bad Request: message is too long"), Refusal.TOO_LONG),
        (failure(400, "Bad Request: PEER_ID_INVALID"), Refusal.RECIPIENT),
        (failure(400, "Bad Request: USER_IS_BLOCKED"), Refusal.BLOCKED),
        (failure(400, "Bad Request: chat not found"), Refusal.RECIPIENT),
        (failure(400, "Bad Request: group upgraded", migrate_to_chat_id=-1), Refusal.RECIPIENT),
        (failure(403, "Forbidden: bot was blocked by the user"), Refusal.BLOCKED),
        (failure(403, "Forbidden: user is deactivated"), Refusal.RECIPIENT),
        (failure(418), Refusal.CONTENT),
    ],
    ids=lambda value: str(value) if isinstance(value, Refusal) else value["description"],
)
def test_every_permanent_error_is_a_refusal_of_its_class(document: Any, refusal: Refusal) -> None:
    status = document["error_code"]
    delivery = a_telegram(answering(document, status)).send(outbound())
    assert (delivery.refusal, delivery.error_code) == (refusal, str(status))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (failure(401, "Unauthorized"), ChannelFault.TOKEN),
        (failure(404, "Not Found"), ChannelFault.TOKEN),
        (failure(400, "Logged out"), ChannelFault.ADDRESS),
        (failure(402, "Payment Required"), ChannelFault.PAYMENT),
        (failure(420, "FROZEN_METHOD_INVALID"), ChannelFault.RESTRICTED),
        (failure(403, "Forbidden: bot account is frozen"), ChannelFault.RESTRICTED),
    ],
    ids=lambda value: str(value) if isinstance(value, ChannelFault) else value["description"],
)
def test_every_error_that_an_operator_can_cure_is_a_fault_of_the_channel(
    document: Any, fault: ChannelFault
) -> None:
    with pytest.raises(ConfigurationRefused) as raised:
        a_telegram(answering(document, document["error_code"])).send(outbound())
    assert raised.value.fault == fault


def test_a_wait_that_telegram_asks_for_is_waited_whatever_the_number() -> None:
    document = failure(420, "FLOOD_WAIT_12", retry_after=12)
    with pytest.raises(ProviderUnavailable) as raised:
        a_telegram(answering(document, 420)).send(outbound())
    assert raised.value.retry_after_seconds == 12


def test_too_many_requests_wait_as_long_as_telegram_asks() -> None:
    document = failure(429, "Too Many Requests: retry after 34", retry_after=34)
    with pytest.raises(ProviderUnavailable) as raised:
        a_telegram(answering(document, 429)).send(outbound())
    assert raised.value.retry_after_seconds == 34


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_that_says_it_failed_was_not_taken(status: int) -> None:
    with pytest.raises(ProviderUnavailable):
        a_telegram(answering(failure(status), status)).send(outbound())


def test_a_redirect_is_a_wrong_address() -> None:
    with pytest.raises(ConfigurationRefused) as raised:
        a_telegram(answering(None, 302)).send(outbound())
    assert raised.value.fault == ChannelFault.ADDRESS


def test_an_ok_that_is_not_ok_is_not_believed() -> None:
    delivery = a_telegram(answering(failure(400))).send(outbound())
    assert delivery.status is DeliveryStatus.UNKNOWN


# The spinner on the button


def test_a_press_is_acknowledged_by_its_id() -> None:
    sent: list[Sent] = []
    a_telegram(answering({"ok": True, "result": True}, sent=sent)).acknowledge("4382")
    [(url, document, _)] = sent
    assert url.endswith("/answerCallbackQuery")
    assert document == {"callback_query_id": "4382"}


def test_an_acknowledgement_that_came_too_late_is_not_tried_again() -> None:
    with pytest.raises(Rejected):
        a_telegram(answering(failure(400, "query is too old"), 400)).acknowledge("4382")


@pytest.mark.parametrize(
    ("answer", "status"), [(failure(429), 429), (failure(500), 500), (NoAnswer("timeout"), 0)]
)
def test_an_acknowledgement_without_effect_may_be_tried_again(answer: Any, status: int) -> None:
    with pytest.raises(ProviderUnavailable):
        a_telegram(answering(answer, status)).acknowledge("4382")
