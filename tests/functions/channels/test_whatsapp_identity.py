"""Who is writing on WhatsApp, whatever the payload calls them."""

import copy
from typing import Any

import pytest

from channels.whatsapp.phone_numbers import as_digits, spellings
from sportello.messaging.items import (
    Echo,
    HandleChange,
    Ignored,
    Message,
    Parsed,
    Receipt,
    wants_answer,
)
from sportello.messaging.outbound_channel import OutboundMessage
from sportello.messaging.outbound_http import Reply
from support.webhooks import PROVIDERS, a_whatsapp, recorded, signed

GIULIA = "whatsapp:393330000101"
ACCOUNT_NUMBER = "390200000000"
USER_ID = "US.13491208655302741918"


def items(payload: dict[str, Any]) -> list[Any]:
    results = PROVIDERS["whatsapp"].inbound().parse(signed("whatsapp", payload))
    return [result.item if isinstance(result, Parsed) else result for result in results]


def changed(case: str, element: dict[str, Any], **beside: Any) -> Any:
    """The item of a recorded case whose element, and what stands beside it, is another."""
    payload = copy.deepcopy(recorded("whatsapp", case))
    value = payload["entry"][0]["changes"][0]["value"]
    value.update(beside)
    (elements,) = (value[key] for key in ("messages", "statuses", "message_echoes") if key in value)
    elements[0].update(element)
    elements[0] = {key: part for key, part in elements[0].items() if part is not None}
    (item,) = items(payload)
    return item


# A user id where the number was


def test_a_user_id_in_the_sender_s_place_is_not_read_as_digits() -> None:
    (message,) = items(recorded("whatsapp", "user_id_in_from"))
    assert message.handle == message.reply_to == f"whatsapp_user:{USER_ID}"
    assert message.other_handles == ()


@pytest.mark.parametrize(
    ("sender", "others"),
    [
        (USER_ID, ()),
        ("IT.aB3dE5fG7", ()),
        ("US.ENT.11815799212886844830", ()),
        # As some write it; the same id in capitals may have named an older conversation.
        ("us.13491208655302741918", (f"whatsapp_user:{USER_ID}",)),
    ],
)
def test_a_user_id_is_known_by_its_shape_and_left_as_it_is(
    sender: str, others: tuple[str, ...]
) -> None:
    message = changed("text", {"from": sender}, contacts=[])
    assert isinstance(message, Message)
    assert message.handle == message.reply_to == f"whatsapp_user:{sender}"
    assert message.other_handles == others


@pytest.mark.parametrize("handle", [USER_ID, "us.1349", "IT.ENT.1181579921288684"])
def test_a_reply_goes_out_to_a_user_id_untouched(handle: str) -> None:
    documents: list[Any] = []

    def post(_: str, document: Any, __: Any) -> Reply:
        documents.append(document)
        return Reply(status=200, headers={}, body=b'{"messages": [{"id": "wamid.EXAMPLE"}]}')

    a_whatsapp(post).send(
        OutboundMessage(to=f"whatsapp_user:{handle}", account_id="1", text="Hello", tracker="")
    )
    assert documents[0]["recipient"] == handle
    assert "to" not in documents[0]


def test_a_parent_id_in_the_sender_s_place_names_the_conversation() -> None:
    message = changed(
        "text", {"from": "IT.ENT.118", "from_user_id": "IT.208"}, contacts=[{"wa_id": "IT.208"}]
    )
    assert message.handle == "whatsapp_user:IT.ENT.118"
    assert message.other_handles == ("whatsapp_user:IT.208",)
    assert message.reply_to == "whatsapp_user:IT.208"


def test_a_contact_whose_number_is_a_user_id_is_found_by_it() -> None:
    contact = {"wa_id": USER_ID, "profile": {"name": "Sole"}}
    message = changed("text", {"from": USER_ID}, contacts=[contact, {"wa_id": "393330000102"}])
    assert (message.handle, message.display_name) == (f"whatsapp_user:{USER_ID}", "Sole")


def test_a_user_id_that_repeats_the_number_is_the_number() -> None:
    message = changed("text", {"from_user_id": "393330000101"})
    assert (message.handle, message.other_handles) == (GIULIA, ())


def test_a_user_id_in_an_echo_s_or_a_status_s_recipient_is_not_read_as_digits() -> None:
    echo = changed("echo", {"to": USER_ID}, contacts=[])
    assert isinstance(echo, Echo)
    assert echo.handle == echo.reply_to == f"whatsapp_user:{USER_ID}"
    receipt = changed("status_sent", {"recipient_id": USER_ID}, contacts=[])
    assert isinstance(receipt, Receipt)
    assert receipt.handle == f"whatsapp_user:{USER_ID}"


def test_a_receipt_carries_every_handle_of_its_recipient() -> None:
    receipt = changed(
        "status_sent", {"recipient_user_id": "IT.208", "recipient_parent_user_id": "IT.ENT.118"}
    )
    assert receipt.handle == "whatsapp_user:IT.ENT.118"
    assert receipt.other_handles == ("whatsapp_user:IT.208", GIULIA)


def test_an_echo_carries_every_handle_of_its_recipient() -> None:
    echo = changed("echo", {"to_user_id": "IT.208"})
    assert echo.handle == "whatsapp_user:IT.208"
    assert echo.other_handles == (GIULIA,)
    assert echo.reply_to == GIULIA


# Somebody has another number or id now


def test_a_changed_user_id_without_a_sender_says_that_both_are_one_person() -> None:
    (change,) = items(recorded("whatsapp", "system_user_id_changed_without_sender"))
    assert isinstance(change, HandleChange)
    assert change.handle == "whatsapp_user:US.1"
    assert change.other_handles == ("whatsapp_user:US.2",)
    assert change.reply_to == "whatsapp_user:US.2"
    assert not wants_answer(change)


def test_a_changed_number_says_that_both_are_one_person() -> None:
    (change,) = items(recorded("whatsapp", "system_number_changed"))
    assert isinstance(change, HandleChange)
    assert change.handle == GIULIA
    assert change.other_handles == ("whatsapp:393330000111",)
    assert change.reply_to == "whatsapp:393330000111"


def a_system(system: dict[str, Any], **element: Any) -> Any:
    return changed("system_number_changed", {"system": system, **element})


def test_a_changed_number_comes_with_a_changed_user_id() -> None:
    change = a_system(
        {
            "type": "user_changed_number",
            "wa_id": "393330000111",
            "user_id": "IT.2",
            "parent_user_id": "IT.ENT.2",
            "previous_user_id": "IT.1",
            "previous_parent_user_id": "IT.ENT.1",
        },
        from_user_id="IT.2",
        from_parent_user_id="IT.ENT.2",
    )
    assert change.handle == "whatsapp_user:IT.ENT.1"
    assert change.other_handles == (
        *("whatsapp_user:IT.ENT.2", "whatsapp_user:IT.2", "whatsapp:393330000111"),
        *("whatsapp_user:IT.1", GIULIA),
    )
    assert change.reply_to == "whatsapp:393330000111"


@pytest.mark.parametrize(
    "system",
    [
        {"type": "customer_changed_number", "new_wa_id": "393330000111"},
        {"wa_id": "393330000111"},
        {"type": "user_changed_number", "wa_id": "+39 333 0000111"},
    ],
)
def test_a_changed_number_is_read_as_earlier_versions_of_the_api_write_it(
    system: dict[str, str],
) -> None:
    change = a_system(system)
    assert (change.handle, change.reply_to) == (GIULIA, "whatsapp:393330000111")


@pytest.mark.parametrize(
    ("system", "sender", "kind"),
    [
        ({"type": "customer_identity_changed", "customer": "3933"}, "3933", "system_customer_"),
        ({"type": "user_changed_number", "wa_id": "393330000111"}, None, "system_user_changed_"),
        ({"type": "user_changed_user_id", "user_id": "IT.2"}, None, "system_user_changed_"),
        ({"type": "user_changed_user_id", "user_id": "I.2" * 999}, None, "system_user_changed_"),
        ({"type": "user_changed_number", "wa_id": "3933"}, "3933", "system_user_changed_"),
        ({"type": "something_new"}, None, "system_something_new"),
        ({}, None, "system"),
    ],
)
def test_a_notice_that_does_not_say_who_became_whom_is_counted(
    system: dict[str, str], sender: str | None, kind: str
) -> None:
    notice = a_system(system, **{"from": sender})
    assert isinstance(notice, Ignored)
    assert notice.provider_kind.startswith(kind)


# One number, written in several ways


@pytest.mark.parametrize(
    "ways",
    [
        ("5511987654321", "551187654321"),
        ("558581234567", "5585981234567"),
        ("5215512345678", "525512345678"),
        ("5491123456789", "541123456789"),
        ("5492614123456", "542614123456"),
    ],
)
def test_every_spelling_of_a_number_is_found_from_any_of_them(ways: tuple[str, ...]) -> None:
    for way in ways:
        assert spellings(way) == ways


@pytest.mark.parametrize(
    ("dialled", "written"),
    [
        ("+54 11 15 2345-6789", "5491123456789"),
        ("+54 261 15 412-3456", "5492614123456"),
        ("+54 9 2966 15 123456", "5492966123456"),
        ("0052 1 55 1234 5678", "5215512345678"),
        ("+55 (85) 9 8123-4567", "558581234567"),
        ("+39 333 000 0101", "393330000101"),
    ],
)
def test_a_dialled_number_is_written_as_whatsapp_does(dialled: str, written: str) -> None:
    assert spellings(as_digits(dialled))[0] == written


@pytest.mark.parametrize(
    "number",
    [
        "393330000101",
        "551133334444",  # a landline in Sao Paulo
        "5511933334444",  # without its 9 it would be that landline
        "521234",
        "54911",
        "",
    ],
)
def test_other_numbers_are_written_in_one_way(number: str) -> None:
    assert spellings(number) == (number,)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("5511987654321", "551187654321"),
        ("5585981234567", "558581234567"),
        ("525512345678", "5215512345678"),
        ("5491123456789", "541123456789"),
    ],
)
def test_a_number_names_the_conversation_as_meta_gives_it_and_lists_the_other_spelling(
    written: str, otherwise: str
) -> None:
    message = changed("text", {"from": written}, contacts=[{"wa_id": written}])
    assert message.handle == message.reply_to == f"whatsapp:{written}"
    assert message.other_handles == (f"whatsapp:{otherwise}",)


def test_an_echo_as_dialled_derives_the_conversation_that_meta_s_spelling_names() -> None:
    echo = changed("echo", {"to": "+55 85 98123-4567"}, contacts=[])
    assert echo.handle == echo.reply_to == "whatsapp:558581234567"
    assert echo.other_handles == ("whatsapp:5585981234567",)


def test_an_echo_s_number_is_what_its_contact_says_in_another_spelling() -> None:
    contact = {"wa_id": "5585981234567", "profile": {"name": "Rita"}}
    echo = changed("echo", {"to": "+55 85 8123-4567"}, contacts=[contact, {"wa_id": "1"}])
    assert echo.handle == echo.reply_to == "whatsapp:5585981234567"
    assert echo.other_handles == ("whatsapp:558581234567",)


# The account in the customer's place


@pytest.mark.parametrize("account", [ACCOUNT_NUMBER, "+39 02 0000 0000", "200300400500601"])
def test_an_echo_addressed_to_the_account_itself_is_its_sender_s(account: str) -> None:
    echo = changed("echo", {"to": account, "from": "393330000101"}, contacts=[])
    assert isinstance(echo, Echo)
    assert echo.handle == echo.reply_to == GIULIA


def test_an_echo_between_the_account_and_a_user_id_is_the_user_s() -> None:
    echo = changed("echo", {"to": ACCOUNT_NUMBER, "from": USER_ID}, contacts=[])
    assert echo.handle == f"whatsapp_user:{USER_ID}"


def test_an_echo_with_the_account_on_both_sides_is_its_contact_s() -> None:
    echo = changed("echo", {"to": ACCOUNT_NUMBER})
    assert echo.handle == GIULIA


def test_an_account_without_a_number_is_nobody_s_place() -> None:
    payload = recorded("whatsapp", "echo")
    value = payload["entry"][0]["changes"][0]["value"]
    value["metadata"]["display_phone_number"] = "+"
    (echo,) = items(payload)
    assert echo.handle == GIULIA


def test_a_receipt_of_the_account_itself_names_nobody() -> None:
    receipt = changed("status_sent", {"recipient_id": ACCOUNT_NUMBER}, contacts=[])
    assert receipt.handle is None


@pytest.mark.parametrize(
    ("written_as", "beside"),
    [
        (USER_ID, {"user_id": USER_ID}),
        ("US.ENT.9", {"user_id": USER_ID, "parent_user_id": "US.ENT.9"}),
    ],
)
def test_a_number_that_only_the_contact_tells_is_theirs_beside_the_user_id(
    written_as: str, beside: dict[str, str]
) -> None:
    contacts = [{"wa_id": "393330000101", "profile": {"name": "Giulia"}, **beside}]
    message = changed("user_id_in_from", {"from": written_as}, contacts=contacts)
    handles = {message.handle, *message.other_handles}
    assert handles == {GIULIA, *(f"whatsapp_user:{each}" for each in beside.values())}
    assert message.reply_to == GIULIA
