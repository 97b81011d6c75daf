"""What WhatsApp's customers send besides words, and what nobody said."""

import copy
import json
from operator import attrgetter
from typing import Any

import pytest

from sportello.messaging.attachments import (
    Card,
    Form,
    FormAnswer,
    Forwarding,
    Order,
    OrderLine,
    Origin,
    Quote,
    SharedContact,
    Unavailable,
)
from sportello.messaging.items import (
    Echo,
    Edit,
    Ignored,
    Message,
    Parsed,
    Reaction,
    Revoke,
    Unsupported,
    wants_answer,
)
from support.webhooks import PROVIDERS, recorded, signed


def parse(payload: dict[str, Any]) -> Any:
    (result,) = PROVIDERS["whatsapp"].inbound().parse(signed("whatsapp", payload))
    return result.item if isinstance(result, Parsed) else result


def item(case: str) -> Any:
    return parse(recorded("whatsapp", case))


def element_of(case: str, **changes: Any) -> Any:
    """The item of a recorded case whose one element has these fields."""
    payload = copy.deepcopy(recorded("whatsapp", case))
    value = payload["entry"][0]["changes"][0]["value"]
    (elements,) = (value[key] for key in ("messages", "message_echoes") if key in value)
    if changes.get("type", "text") != "text":
        del elements[0]["text"]
    elements[0].update(changes)
    return parse(payload)


def holding(kind: str, content: Any, **beside: Any) -> Any:
    """The item of a message of a kind."""
    return element_of("text", type=kind, **{kind: content}, **beside)


def filled_in(document: Any, **changes: Any) -> Form:
    reply = {"name": "flow", "body": "Sent", "response_json": document} | changes
    (form,) = holding("interactive", {"type": "nfm_reply", "nfm_reply": reply}).attachments
    assert isinstance(form, Form)
    return form


RECORDED: dict[str, dict[str, Any]] = {
    "forwarded": {"forwarding.many_times": False, "quote": None},
    "forwarded_many_times": {"forwarding.many_times": True},
    "text_about_a_product": {"quote.author": "business", "in_reply_to": "wamid.EXAMPLE00009001"},
    "document_not_fetched_with_caption": {"kind": "message", "text": "La fattura", "media": ()},
    "pinned_unseen": {"provider_kind": "unsupported_pin"},
    "user_id_in_lower_case": {"reply_to": "whatsapp_user:us.13491208655302741918"},
    "number_with_two_spellings": {
        "handle": "whatsapp:558599990001",
        "other_handles": ("whatsapp:5585999990001",),
    },
    "system_number_and_user_id_changed": {
        "handle": "whatsapp_user:IT.ENT.1181579921288684",
        "reply_to": "whatsapp:393330000111",
    },
    "system_identity_changed": {"provider_kind": "system_customer_identity_changed"},
    "echo_addressed_to_the_account": {"kind": "echo", "handle": "whatsapp:393330000101"},
    "echo_dialled_otherwise": {"handle": "whatsapp:558599990001"},
    "echo_image": {"kind": "echo", "text": "È questa?"},
}


@pytest.mark.parametrize("case", RECORDED)
def test_what_was_recorded_is_read_as_the_customer_sees_it(case: str) -> None:
    for path, expected in RECORDED[case].items():
        assert attrgetter(path)(item(case)) == expected


# What is shown of a message


def test_a_flow_s_answers_are_read_by_people() -> None:
    message = item("flow_reply_with_a_date")
    assert message.attachments == (
        Form(
            kind="form",
            name="flow",
            body="Sent",
            answers=(FormAnswer(field="date", value="2026-12-01"),),
        ),
    )
    assert wants_answer(message)


def test_answers_in_groups_and_lists_are_read() -> None:
    form = filled_in('{"values": {"name": "Ada", "floor": 3}, "days": ["lun", "mar"], "x": null}')
    assert [(answer.field, answer.value) for answer in form.answers] == [
        ("values.name", "Ada"),
        ("values.floor", "3"),
        ("days", "lun, mar"),
    ]


@pytest.mark.parametrize("document", ['{"date": ', "[1]", "", "null", "{" * 5_000])
def test_answers_that_are_no_document_are_shown_as_they_came(document: str) -> None:
    assert filled_in(document).unread == document[:2_000]
    assert item("flow_reply").attachments[0].unread.startswith('{"flow_token"')


@pytest.mark.parametrize("document", [{"date": "2026-12-01"}, '{"date": "2026-12-01"}'])
def test_answers_may_come_as_the_document_itself(document: Any) -> None:
    assert filled_in(document).answers[0].value == "2026-12-01"
    assert filled_in(None, name=None, body=None) == Form(kind="form")


def test_answers_are_bounded() -> None:
    form = filled_in({f"field {number}": "x" * 5_000 for number in range(500)})
    assert len(form.answers) == 100
    assert len(form.answers[0].value) == 2_000


def test_half_an_emoji_in_an_answer_costs_a_character() -> None:
    assert filled_in('{"note": "ok \\ud83d"}').answers[0].value == "ok \ufffd"


def test_a_choice_of_a_kind_not_known_here_is_shown_with_what_it_says() -> None:
    choice = {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}
    message = holding("interactive", choice)
    assert message.attachments == (
        Form(
            kind="form",
            name="call_permission_reply",
            answers=(FormAnswer(field="response", value="accept"),),
        ),
    )
    assert isinstance(holding("interactive", {"type": "hologram"}), Unsupported)


def test_a_list_row_has_its_description_beside_its_title() -> None:
    message = item("list_reply_with_description")
    assert (message.text, message.button_description) == ("Martedi", "dalle 9 alle 12")


def test_an_order_is_its_words_and_its_lines() -> None:
    message = item("order_with_words")
    assert message.text == "E la consegna?"
    assert message.attachments == (
        Order(
            kind="order",
            catalog_id="1",
            lines=(OrderLine(product_id="SKU1", quantity=1, price=30, currency="EUR"),),
        ),
    )


@pytest.mark.parametrize(
    ("order", "lines"),
    [
        ({"product_items": [{}]}, (OrderLine(),)),
        ({"product_items": [{"quantity": "molti", "item_price": None}]}, (OrderLine(),)),
        ({"product_items": "x", "text": "Ciao"}, ()),
        ({}, ()),
    ],
)
def test_a_misshapen_order_is_shown_as_far_as_it_can_be_read(order: Any, lines: Any) -> None:
    assert holding("order", order).attachments[0].lines == lines


def test_a_price_beyond_all_numbers_costs_no_order() -> None:
    body = json.dumps(recorded("whatsapp", "order_with_words")).replace(
        '"item_price": 30', '"item_price": 1e999'
    )
    (result,) = PROVIDERS["whatsapp"].inbound().parse(signed("whatsapp", body.encode()))
    assert isinstance(result, Parsed)
    assert isinstance(result.item, Message)
    assert result.item.text == "E la consegna?"


def test_a_shared_contact_is_all_that_its_card_says() -> None:
    assert item("shared_contact_of_a_business").attachments == (
        SharedContact(kind="contact", name="Studio Esempio", phones=("+39 06 0000000",)),
    )
    whole = {
        "name": {"first_name": "Ada", "last_name": "Neri"},
        "org": {"company": "Neri srl"},
        "phones": [{"wa_id": "393330000199"}],
        "emails": [{"email": "ada@neri.example"}],
        "addresses": [{"street": "Via Roma 3", "zip": "20121", "city": "Milano"}, {}],
        "urls": [{"url": "https://neri.example"}, {"url": None}],
    }
    assert holding("contacts", [whole]).attachments == (
        SharedContact(
            kind="contact",
            name="Ada Neri",
            organization="Neri srl",
            phones=("393330000199",),
            emails=("ada@neri.example",),
            addresses=("Via Roma 3, 20121 Milano",),
            urls=("https://neri.example",),
        ),
    )


@pytest.mark.parametrize("contacts", [[], None, "x", [1]])
def test_a_shared_contact_that_nobody_can_read_is_unsupported(contacts: Any) -> None:
    assert isinstance(holding("contacts", contacts), Unsupported)


def test_many_shared_contacts_are_bounded() -> None:
    assert len(holding("contacts", [{"name": {"formatted_name": "Ada"}}] * 90).attachments) == 20


def test_a_voice_message_is_audio_under_either_type() -> None:
    message = item("voice_by_its_own_type")
    assert (message.media[0].kind, message.media[0].provider_media_id) == ("audio", "900800700")
    assert message.media_form == "voice_note"
    assert item("voice").media_form == "voice_note"
    assert holding("audio", {"id": "1"}).media_form == ""


@pytest.mark.parametrize("beside", [{}, {"errors": [{"code": 131052}]}])
def test_a_caption_is_not_lost_with_its_file(beside: dict[str, Any]) -> None:
    file = {"caption": "La fattura", "filename": "fattura.pdf"} | ({"id": "1"} if beside else {})
    message = holding("document", file, **beside)
    assert isinstance(message, Message)
    assert message.text == "La fattura"
    assert message.attachments == (
        Unavailable(kind="unavailable", provider_kind="document", file_name="fattura.pdf"),
    )


# What a message refers to


def test_a_reply_says_whose_message_it_replies_to() -> None:
    assert item("text_reply_to_ours").quote == Quote(author="business")
    own = {"from": "393330000101", "id": "wamid.EXAMPLE00000001"}
    assert element_of("text", context=own).quote == Quote(author="customer")
    assert element_of("text", context={"id": "wamid.EXAMPLE00000001"}).quote == Quote()


@pytest.mark.parametrize(
    ("context", "many_times"),
    [({"forwarded": True}, False), ({"frequently_forwarded": True}, True)],
)
def test_a_forwarded_message_says_so(context: dict[str, Any], many_times: bool) -> None:  # noqa: FBT001 -- a case
    message = element_of("text", context=context)
    assert message.forwarding == Forwarding(many_times=many_times)
    assert message.quote is None


def test_a_question_about_a_product_names_it() -> None:
    product = {"catalog_id": "300", "product_retailer_id": "SEDIA-01"}
    message = element_of("text", context={"referred_product": product})
    assert message.attachments == (Card(kind="product", title="SEDIA-01", reference="300"),)


def test_an_ad_is_where_the_customer_came_from() -> None:
    assert item("text_after_an_ad").origin == Origin(
        kind="ad",
        reference="1",
        headline="Offerta di dicembre",
        text="-20%",
        url="https://fb.example/1",
    )


def test_an_ad_that_cannot_be_read_costs_no_message() -> None:
    assert element_of("text", referral={"headline": 7}).origin is None
    assert element_of("text", referral={}).origin == Origin(kind="ad")
    long = element_of("text", referral={"body": "x" * 9_000, "source_url": "u" * 9_000}).origin
    assert (len(long.text), len(long.url)) == (2_000, 2_048)


@pytest.mark.parametrize("sign", ["start", "help"])
def test_a_sign_of_the_chat_s_menu_is_no_word_of_the_customer_s(sign: str) -> None:
    message = holding("text", {"body": f"/{sign}"})
    assert (message.text, message.platform_sign) == ("", sign)


# What changes


def test_an_edited_caption_keeps_its_picture() -> None:
    edit = item("edit_caption")
    assert isinstance(edit, Edit)
    assert edit.media[0].provider_media_id == "900000000000020"


def test_an_edit_of_what_nobody_can_read_is_counted() -> None:
    edit = {"original_message_id": "wamid.EXAMPLE1", "message": {"type": "hologram"}}
    assert holding("edit", edit) == Ignored(provider_kind="edit_of_hologram")


# What staff do on the business's phone


def test_staff_take_back_and_react_without_writing_anything() -> None:
    revoke = item("echo_revoked")
    assert isinstance(revoke, Revoke)
    assert revoke.by_business
    assert revoke.original_message_id == "wamid.EXAMPLE00000080"
    reaction = {"message_id": "wamid.EXAMPLE00000001", "emoji": "👍"}
    reacted = element_of("echo", type="reaction", reaction=reaction)
    assert isinstance(reacted, Reaction)
    assert (reacted.by_business, reacted.emoji) == (True, "👍")


def test_an_echo_is_shown_whole() -> None:
    place = {"latitude": 45.0, "longitude": 9.0, "name": "Negozio"}
    assert element_of("echo", type="location", location=place).location.name == "Negozio"
    picture = element_of("echo", type="image", image={"id": "1", "caption": "Ecco"})
    assert (picture.text, picture.media[0].provider_media_id) == ("Ecco", "1")
    unseen = element_of("echo", type="template")
    assert isinstance(unseen, Echo)
    assert unseen.attachments == (Unavailable(kind="unavailable", provider_kind="template"),)


def test_an_edited_echo_names_what_it_takes_the_place_of() -> None:
    echo = item("echo_edited")
    assert isinstance(echo, Echo)
    assert (echo.text, echo.edits) == (
        "Buongiorno Giulia, le rispondo io.",
        "wamid.EXAMPLE00000080",
    )


# What nobody said


@pytest.mark.parametrize("kind", ["edit", "keep_in_chat", "pin", "poll_update", "reaction"])
def test_what_was_done_to_a_message_unseen_is_counted(kind: str) -> None:
    notice = holding("unsupported", {"type": kind}, errors=[{"code": 131051}])
    assert notice == Ignored(provider_kind=f"unsupported_{kind}")


@pytest.mark.parametrize("kind", ["group_invite", "gif", "media_placeholder", "errors"])
def test_what_was_sent_unseen_is_shown_by_its_kind(kind: str) -> None:
    message = holding("unsupported", {"type": kind}, errors=[{"code": 131051}])
    assert isinstance(message, Unsupported)
    assert message.provider_kind == kind


@pytest.mark.parametrize("kind", ["request_welcome", "ephemeral"])
def test_a_note_of_whatsapp_s_own_is_counted_by_its_kind(kind: str) -> None:
    assert element_of("text", type=kind) == Ignored(provider_kind=kind)


@pytest.mark.parametrize("action", [{"action_type": "other_click"}, {}])
def test_no_click_in_a_campaign_is_set_aside(action: dict[str, str]) -> None:
    payload = recorded("whatsapp", "user_actions_link_click")
    payload["entry"][0]["changes"][0]["value"]["user_actions"] = [action]
    assert isinstance(parse(payload), Ignored)


def test_no_wish_about_marketing_is_set_aside() -> None:
    payload = recorded("whatsapp", "user_actions_link_click")
    value = payload["entry"][0]["changes"][0]["value"]
    del value["user_actions"]
    value["user_preferences"] = [{"category": "marketing_messages", "value": "stop"}]
    assert parse(payload) == Ignored(provider_kind="user_preference")


@pytest.mark.parametrize(
    "field",
    """
    account_alerts account_review_update account_update automatic_events
    business_capability_update calls group_lifecycle_update history messaging_handovers
    message_template_components_update message_template_quality_update
    message_template_status_update partner_solutions payment_configuration_update
    phone_number_name_update phone_number_quality_update security smb_app_state_sync standby
    template_category_update template_correct_category_detection user_id_update user_preferences
    """.split(),
)
def test_a_field_that_holds_no_message_is_counted_by_its_name(field: str) -> None:
    payload = recorded("whatsapp", "text")
    payload["entry"][0]["changes"][0]["field"] = field
    assert parse(payload) == Ignored(provider_kind=field)
