import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.errors import MalformedPayload
from sportello.messaging.items import (
    DeliveryStatus,
    Echo,
    Edit,
    Ignored,
    Location,
    Media,
    Message,
    Parsed,
    ParseResult,
    Reaction,
    Receipt,
    Revoke,
    Unreadable,
    Unsupported,
)
from sportello.messaging.outbound_http import Reply
from support.webhooks import PROVIDERS, recorded, signed

GIULIA = "whatsapp:393330000101"


def no_network(*_: Any) -> Reply:
    raise AssertionError("parsing and checking make no call")


def parse(payload: dict[str, Any]) -> list[ParseResult]:
    return list(PROVIDERS["whatsapp"].inbound().parse(signed("whatsapp", payload)))


def items(case: str) -> list[Any]:
    return [
        result.item for result in parse(recorded("whatsapp", case)) if isinstance(result, Parsed)
    ]


def item(case: str) -> Any:
    [found] = items(case)
    return found


def test_a_text_is_a_message_of_its_sender_on_the_number_it_was_sent_to() -> None:
    assert item("text") == Message(
        account_id="200300400500601",
        provider_item_id="wamid.EXAMPLE00000001",
        provider_message_id="wamid.EXAMPLE00000001",
        sent_at=datetime(2026, 11, 4, 10, 0, 1, tzinfo=UTC),
        handle=GIULIA,
        reply_to=GIULIA,
        text="Buongiorno, quanto ci mette ad arrivare un pacco in Sardegna? Ho ordinato ieri 📦",
        display_name="Giulia Esempi",
    )


def test_a_reply_names_what_it_replies_to() -> None:
    assert item("text_reply_to_ours").in_reply_to == "wamid.EXAMPLE00009001"


@pytest.mark.parametrize(
    ("case", "text", "button_id"),
    [
        ("button_reply", "Stato dell'ordine", "order_status"),
        ("list_reply", "Resi", "returns"),
        ("template_button", "Confermo", "confirm_appointment"),
    ],
)
def test_every_kind_of_button_says_its_title_and_its_id(
    case: str, text: str, button_id: str
) -> None:
    assert (item(case).text, item(case).button_id) == (text, button_id)


@pytest.mark.parametrize(
    ("case", "media", "text"),
    [
        (
            "image",
            Media(kind="image", provider_media_id="900000000000020", mime_type="image/jpeg"),
            "Il tavolo è arrivato così, con un graffio",
        ),
        (
            "voice",
            Media(
                kind="audio",
                provider_media_id="900000000000021",
                mime_type="audio/ogg; codecs=opus",
            ),
            "",
        ),
        (
            "document",
            Media(
                kind="document",
                provider_media_id="900000000000022",
                mime_type="application/pdf",
                file_name="fattura 2026-118.pdf",
            ),
            "",
        ),
        (
            "sticker",
            Media(kind="sticker", provider_media_id="900000000000023", mime_type="image/webp"),
            "",
        ),
    ],
)
def test_a_file_is_kept_by_the_provider_s_id_with_its_caption(
    case: str, media: Media, text: str
) -> None:
    assert (item(case).media, item(case).text) == ((media,), text)


def test_a_place_is_a_location_with_its_name() -> None:
    assert item("location").location == Location(
        latitude=45.4641943, longitude=9.1896346, name="Piazza del Duomo, 20122 Milano"
    )


@pytest.mark.parametrize(
    ("case", "provider_kind"),
    [
        ("image_not_fetched", "image"),
        ("interactive_missing_with_error", "interactive"),
        ("unsupported", "poll_creation"),
        ("unknown_kind", "hologram"),
    ],
)
def test_what_cannot_be_carried_is_shown_as_unsupported_by_its_kind(
    case: str, provider_kind: str
) -> None:
    assert isinstance(item(case), Unsupported)
    assert item(case).provider_kind == provider_kind


def test_reactions_come_and_go() -> None:
    assert isinstance(item("reaction"), Reaction)
    assert item("reaction").emoji == "👍"
    assert item("reaction_removed").emoji == ""
    assert item("reaction_removed").original_message_id == "wamid.EXAMPLE00009003"


@pytest.mark.parametrize(
    ("case", "original", "text"),
    [
        ("edit", "wamid.EXAMPLE00000001", "Quanto ci mette ad arrivare un pacco in Sicilia?"),
        ("edit_caption", "wamid.EXAMPLE00000020", "Il tavolo è arrivato con due graffi"),
    ],
)
def test_an_edit_names_its_original_and_has_an_id_of_its_own(
    case: str, original: str, text: str
) -> None:
    edit = item(case)
    assert isinstance(edit, Edit)
    assert (edit.original_message_id, edit.text) == (original, text)
    assert edit.provider_item_id != original


def test_a_revoke_names_its_original() -> None:
    assert isinstance(item("revoke"), Revoke)
    assert item("revoke").original_message_id == "wamid.EXAMPLE00000001"


@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        ("chat_opened", ["request_welcome"]),
        ("group_message", ["group_message"]),
        ("account_error", ["error_130429"]),
        ("user_actions_link_click", ["user_action_marketing_messages_link_click"]),
        ("unknown_field", ["phone_number_quality_update"]),
        ("nothing_inside", ["empty_change"]),
    ],
)
def test_what_needs_nothing_done_is_counted_by_its_kind(case: str, kinds: list[str]) -> None:
    assert parse(recorded("whatsapp", case)) == [Ignored(provider_kind=kind) for kind in kinds]


def test_what_staff_wrote_on_the_phone_is_an_echo_in_the_customer_s_conversation() -> None:
    echo = item("echo")
    assert isinstance(echo, Echo)
    assert echo.handle == GIULIA  # dialled as "+39 333 000 0101"
    assert echo.text == "Buongiorno Giulia, le rispondo io dal negozio."
    assert item("echo_edited").text == "Buongiorno Giulia, le rispondo io."


@pytest.mark.parametrize(
    "body",
    [{"object": "page", "entry": []}, {"object": "whatsapp_business_account"}, {"entry": []}],
    ids=str,
)
def test_an_envelope_that_is_not_whatsapp_s_is_malformed(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedPayload):
        parse(body)


# Who is writing


def test_a_person_with_a_username_only_is_known_by_the_scoped_id() -> None:
    message = item("user_id_only")
    assert message.handle == message.reply_to == "whatsapp_user:IT.1349120865530274"
    assert message.other_handles == ()
    assert message.display_name == "Sole"


def test_with_both_the_scoped_id_names_the_conversation_and_the_phone_gets_the_reply() -> None:
    message = item("phone_and_user_id")
    assert message.handle == "whatsapp_user:IT.2081978709342942"
    assert message.other_handles == (GIULIA,)
    assert message.reply_to == GIULIA


def test_the_parent_id_comes_first_where_there_is_one() -> None:
    message = item("parent_user_id")
    assert message.handle == "whatsapp_user:IT.ENT.1181579921288684"
    assert message.other_handles == ("whatsapp_user:IT.2081978709342942", GIULIA)


def test_without_a_phone_replies_go_to_the_id_scoped_to_this_account() -> None:
    payload = recorded("whatsapp", "parent_user_id")
    value = payload["entry"][0]["changes"][0]["value"]
    del value["messages"][0]["from"], value["contacts"][0]["wa_id"]
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Message)
    assert result.item.reply_to == "whatsapp_user:IT.2081978709342942"


def test_a_contact_s_scoped_id_counts_even_when_the_message_has_only_the_phone() -> None:
    payload = recorded("whatsapp", "phone_and_user_id")
    del payload["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Message)
    assert result.item.handle == "whatsapp_user:IT.2081978709342942"


def test_contacts_are_matched_by_id_and_not_by_position() -> None:
    messages = [found for found in items("batch") if isinstance(found, Message)]
    assert [(found.handle, found.display_name) for found in messages] == [
        (GIULIA, "Giulia Esempi"),
        ("whatsapp:393330000102", "Marco Provetti"),
        (GIULIA, "Giulia Esempi"),
        ("whatsapp:393330000103", "Emma Sample"),
    ]


def test_an_item_s_raw_fragment_holds_nobody_else_s_name_or_number() -> None:
    for result in parse(recorded("whatsapp", "batch")):
        assert isinstance(result, Parsed)
        kept = json.dumps(result.raw)
        assert isinstance(result.item, Message | Receipt)
        assert result.item.handle
        others = {"393330000101", "393330000102", "393330000103"}
        others.discard(result.item.handle.removeprefix("whatsapp:"))
        assert not [number for number in others if number in kept]


def test_a_message_from_nobody_is_set_aside() -> None:
    payload = recorded("whatsapp", "text")
    value = payload["entry"][0]["changes"][0]["value"]
    del value["messages"][0]["from"], value["contacts"]
    [result] = parse(payload)
    assert isinstance(result, Unreadable)
    assert result.reason == "no phone number and no user id"


def test_a_batch_spans_numbers_and_mixes_messages_with_receipts() -> None:
    found = [(type(each).__name__, each.account_id[-3:]) for each in items("batch")]
    assert found == [
        ("Message", "601"),
        ("Message", "601"),
        ("Message", "601"),
        ("Receipt", "601"),
        ("Message", "602"),
        ("Receipt", "602"),
    ]


any_value = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2)


@settings(max_examples=80, deadline=None)
@given(field=st.sampled_from(["from", "id", "timestamp", "type", "text"]), wrong=any_value)
def test_a_misshapen_message_never_changes_what_its_neighbours_become(
    field: str, wrong: Any
) -> None:
    payload = recorded("whatsapp", "batch")
    before = parse(payload)
    poisoned = copy.deepcopy(payload)
    poisoned["entry"][0]["changes"][0]["value"]["messages"][1][field] = wrong
    after = parse(poisoned)
    assert len(after) == len(before)
    assert after[:1] + after[2:] == before[:1] + before[2:]


@pytest.mark.parametrize(
    ("timestamp", "sent_at"),
    [
        ("1793786401", datetime(2026, 11, 4, 10, 0, 1, tzinfo=UTC)),
        (1793786401, datetime(2026, 11, 4, 10, 0, 1, tzinfo=UTC)),
        ("1793786401500", datetime(2026, 11, 4, 10, 0, 1, 500_000, tzinfo=UTC)),
        ("2026-11-04T11:00:01+0100", datetime(2026, 11, 4, 10, 0, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_seconds_milliseconds_or_iso(timestamp: Any, sent_at: datetime) -> None:
    payload = recorded("whatsapp", "text")
    payload["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = timestamp
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert result.item.sent_at == sent_at


@pytest.mark.parametrize(
    "timestamp", ["0", 0, "-1", "2026-11-04T11:00:01", True, 1.5, "9" * 30, "²"]
)
def test_what_is_no_time_is_not_guessed(timestamp: Any) -> None:
    payload = recorded("whatsapp", "text")
    payload["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = timestamp
    [result] = parse(payload)
    assert isinstance(result, Unreadable)


def test_half_an_emoji_costs_a_character_and_not_the_message() -> None:
    payload = recorded("whatsapp", "text")
    payload["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = "ok \ud83d"
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Message)
    assert result.item.text == "ok \ufffd"


# What became of ours


@pytest.mark.parametrize(
    ("case", "status", "error_code"),
    [
        ("status_sent", DeliveryStatus.SENT, ""),
        ("status_delivered", DeliveryStatus.DELIVERED, ""),
        ("status_read", DeliveryStatus.READ, ""),
        ("status_played", DeliveryStatus.READ, ""),
        ("status_failed", DeliveryStatus.REFUSED, "window_closed:131047"),
    ],
)
def test_a_status_is_a_receipt_with_our_own_key(
    case: str, status: DeliveryStatus, error_code: str
) -> None:
    receipt = item(case)
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.error_code) == (status, error_code)
    assert receipt.tracker == "fx-7d1c2a90"
    assert receipt.handle == GIULIA


def test_each_status_of_a_message_is_an_item_of_its_own() -> None:
    ids = [receipt.provider_item_id for receipt in items("status_out_of_order")]
    assert ids == [f"wamid.EXAMPLE00009001:{status}" for status in ("read", "delivered", "sent")]


def test_a_failure_without_a_phone_is_found_by_the_scoped_id() -> None:
    receipt = item("status_failed_user_id_only")
    assert receipt.handle == "whatsapp_user:IT.1349120865530274"
    assert receipt.error_code == "recipient:131026"


@pytest.mark.parametrize("name", ["recipient_parent_user_id", "parent_recipient_user_id"])
def test_both_spellings_of_a_recipient_s_parent_id_are_read(name: str) -> None:
    payload = recorded("whatsapp", "status_failed_user_id_only")
    status = payload["entry"][0]["changes"][0]["value"]["statuses"][0]
    status[name] = "IT.ENT.1"
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Receipt)
    assert result.item.handle == "whatsapp_user:IT.ENT.1"


def test_a_receipt_that_names_nobody_is_kept_for_its_tracker() -> None:
    payload = recorded("whatsapp", "status_sent")
    del payload["entry"][0]["changes"][0]["value"]["statuses"][0]["recipient_id"]
    [result] = parse(payload)
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Receipt)
    assert (result.item.handle, result.item.tracker) == (None, "fx-7d1c2a90")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"recipient_type": "group"}, "group_status"), ({"status": "warming"}, "status_warming")],
)
def test_statuses_of_groups_and_of_no_known_kind_are_counted(
    changes: dict[str, str], kind: str
) -> None:
    payload = recorded("whatsapp", "status_sent")
    payload["entry"][0]["changes"][0]["value"]["statuses"][0].update(changes)
    assert parse(payload) == [Ignored(provider_kind=kind)]
