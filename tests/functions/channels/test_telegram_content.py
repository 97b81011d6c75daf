"""What Telegram's customers send besides words, and what nobody said."""

import copy
from operator import attrgetter
from typing import Any

import pytest

from channels.telegram.notices import is_notice
from sportello.messaging.attachments import (
    Card,
    Choices,
    Dice,
    Form,
    FormAnswer,
    Forwarding,
    Origin,
    Quote,
    SharedContact,
    Unavailable,
)
from sportello.messaging.items import Edit, Ignored, Message, Parsed, Unsupported, wants_answer
from support.webhooks import PROVIDERS, recorded, signed


def parse(payload: dict[str, Any]) -> Any:
    (result,) = PROVIDERS["telegram"].inbound().parse(signed("telegram", payload))
    return result.item if isinstance(result, Parsed) else result


def item(case: str) -> Any:
    return parse(recorded("telegram", case))


def holding(**content: Any) -> Any:
    """The item of a private message that holds this."""
    return _holding("message", content)


def edited_to(**content: Any) -> Any:
    return _holding("edited_message", content)


def _holding(kind: str, content: dict[str, Any]) -> Any:
    document = copy.deepcopy(recorded("telegram", "text"))
    message = document.pop("message")
    del message["text"]
    return parse(document | {kind: message | content})


RECORDED: dict[str, dict[str, Any]] = {
    "start_with_reference": {
        "platform_sign": "start",
        "text": "",
        "origin.reference": "promo-ott24",
    },
    "help": {"platform_sign": "help", "text": ""},
    "text_quoting_a_part": {"quote.text": "martedì", "in_reply_to": "500600701:45"},
    "text_replying_elsewhere": {"quote.text": "Offerta di dicembre", "quote.elsewhere": True},
    "text_in_a_topic": {"text": "E il mio ordine?", "quote": None},
    "forwarded": {"forwarding.author": "Marco Provetti"},
    "rich_message": {"text": "Buongiorno, vorrei una sedia"},
    "caption_without_file": {"text": "Ecco la foto", "media": ()},
    "sticker": {"sticker_emoji": "👍"},
    "live_location": {"live_location": True, "location.latitude": 41.9},
    "edited_photo": {"kind": "edit", "text": "Due graffi"},
    "gift": {"provider_kind": "gift"},
}


@pytest.mark.parametrize("case", RECORDED)
def test_what_was_recorded_is_read_as_the_customer_sees_it(case: str) -> None:
    for path, expected in RECORDED[case].items():
        assert attrgetter(path)(item(case)) == expected


# What is shown of a message


def test_a_pressed_button_says_its_title() -> None:
    press = item("callback_query_with_title")
    assert (press.text, press.button_id) == ("Parla con una persona", "talk_to_person")
    assert press.quote == Quote(text="Altro?")
    assert item("callback_query").quote.author == "business"
    assert item("callback_query_message_gone").text == ""


@pytest.mark.parametrize(
    ("content", "attachment"),
    [
        (
            {"contact": {"phone_number": "+3906000", "first_name": "Studio", "last_name": "Rossi"}},
            SharedContact(kind="contact", name="Studio Rossi", phones=("+3906000",)),
        ),
        (
            {
                "contact": {
                    "phone_number": "+3906000",
                    "first_name": "Ada",
                    "vcard": "BEGIN:VCARD\r\nFN:Ada\r\nTEL;TYPE=CELL:+39 06-000\r\n"
                    "TEL;VALUE=uri:tel:+3902000\r\n"
                    "item1.EMAIL;TYPE=INTERNET:ada@neri.example\r\nORG:Neri srl;Vendite\r\n"
                    "ADR;TYPE=WORK:;;Via Roma 3;Milano;MI;20121;Italia\r\n"
                    "URL:https\\://neri.example\r\nNOTE\r\nEND:VCARD",
                }
            },
            SharedContact(
                kind="contact",
                name="Ada",
                organization="Neri srl, Vendite",
                phones=("+3906000", "+3902000"),
                emails=("ada@neri.example",),
                addresses=("Via Roma 3, Milano, MI, 20121, Italia",),
                urls=("https://neri.example",),
            ),
        ),
        (
            {"contact": {"phone_number": "+3906000", "vcard": "no card"}},
            SharedContact(kind="contact", phones=("+3906000",)),
        ),
        (
            {"poll": {"question": "Quando?", "options": [{"text": "Oggi"}, {"text": "Domani"}]}},
            Choices(kind="poll", title="Quando?", options=("Oggi", "Domani")),
        ),
        (
            {"checklist": {"title": "Spesa", "tasks": [{"id": 1, "text": "Pane"}]}},
            Choices(kind="checklist", title="Spesa", options=("Pane",)),
        ),
        ({"dice": {"emoji": "🎯", "value": 6}}, Dice(kind="dice", emoji="🎯", value=6)),
        (
            {"story": {"id": 7, "chat": {"id": 1, "title": "Negozio"}}},
            Card(kind="story", title="Negozio"),
        ),
        (
            {"game": {"title": "Memory", "description": "Coppie", "photo": []}},
            Card(kind="game", title="Memory", description="Coppie"),
        ),
        (
            {"invoice": {"title": "Sedia", "description": "Una sedia", "currency": "EUR"}},
            Card(kind="invoice", title="Sedia", description="Una sedia"),
        ),
        (
            {"web_app_data": {"button_text": "Prenota", "data": '{"day": "lunedì"}'}},
            Form(
                kind="form",
                name="web_app_data",
                body="Prenota",
                answers=(FormAnswer(field="day", value="lunedì"),),
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_no_text_and_no_file_is_attached(content: dict[str, Any], attachment: Any) -> None:
    message = holding(**content)
    assert isinstance(message, Message)
    assert message.attachments == (attachment,)
    assert wants_answer(message)


@pytest.mark.parametrize(
    ("name", "form"),
    [("voice", "voice_note"), ("video_note", "video_note"), ("animation", "animation")],
)
def test_a_recording_is_a_file_in_its_form(name: str, form: str) -> None:
    message = holding(**{name: {"file_id": "f"}})
    assert (message.media_form, len(message.media)) == (form, 1)


def test_a_sticker_tells_which_emoji_it_stands_for() -> None:
    assert holding(sticker={"file_id": "f", "emoji": "👍"}).sticker_emoji == "👍"


def test_a_venue_is_a_place_with_its_name() -> None:
    place = {"latitude": 45.0, "longitude": 9.0}
    message = holding(location=place, venue={"location": place, "title": "Bar", "address": "Via 1"})
    assert message.location.name == "Bar, Via 1"


def test_a_live_photo_is_its_picture() -> None:
    photo = [{"file_id": "p", "width": 1, "height": 1}]
    message = holding(live_photo={"file_id": "v", "photo": photo}, photo=photo, caption="Ecco")
    assert (message.media[0].provider_media_id, message.text) == ("p", "Ecco")


@pytest.mark.parametrize(
    ("content", "provider_kind"),
    [({"paid_media": {"star_count": 1}}, "paid_media"), ({"hologram": {}}, "unknown")],
)
def test_a_caption_is_not_lost_with_what_it_stands_under(
    content: dict[str, Any], provider_kind: str
) -> None:
    message = holding(**content, caption="È arrivato così")
    assert isinstance(message, Message)
    assert message.text == "È arrivato così"
    assert message.attachments == (Unavailable(kind="unavailable", provider_kind=provider_kind),)


def test_a_rich_message_says_its_words() -> None:
    blocks = [
        {"type": "paragraph", "text": ["Buongiorno, ", {"type": "bold", "text": "vorrei"}]},
        {"type": "list", "items": [{"blocks": [{"type": "paragraph", "text": "una sedia"}]}]},
    ]
    assert holding(rich_message={"blocks": blocks}).text == "Buongiorno, vorrei\nuna sedia"


@pytest.mark.parametrize("shape", [None, [], {"blocks": None}, {"blocks": [{"text": 1}]}])
def test_a_rich_message_without_words_is_shown_as_unsupported(shape: Any) -> None:
    assert isinstance(holding(rich_message=shape), Unsupported)


@pytest.mark.parametrize(
    "content", [{"contact": 1}, {"poll": {"options": 1}}, {"dice": {}}, {"story": None}]
)
def test_a_misshapen_attachment_is_shown_as_unsupported(content: dict[str, Any]) -> None:
    message = holding(**content)
    assert isinstance(message, Unsupported)
    assert message.provider_kind == next(iter(content))


# What a message refers to


def test_a_reply_shows_what_it_replies_to_and_whose_it_is() -> None:
    assert item("text_reply_to_ours").quote == Quote(
        author="business", text="Intende l'ordine di ieri?"
    )
    own = {"message_id": 40, "from": {"id": 1, "is_bot": False}, "caption": "La sedia"}
    message = holding(text="Questa", reply_to_message=own)
    assert message.quote == Quote(author="customer", text="La sedia")


def test_the_part_that_was_chosen_to_quote_is_what_is_quoted() -> None:
    replied = {"message_id": 40, "from": {"id": 7, "is_bot": True}, "text": "Lunedì o martedì?"}
    message = holding(text="Sì", reply_to_message=replied, quote={"text": "martedì", "position": 9})
    assert message.quote == Quote(author="business", text="martedì")


@pytest.mark.parametrize(
    "content",
    [
        {"external_reply": {"origin": {"type": "channel"}}, "quote": {"text": "Offerta"}},
        {"reply_to_story": {"id": 1, "chat": {"id": 2}}, "quote": {"text": "Offerta"}},
    ],
)
def test_a_reply_to_another_chat_says_so(content: dict[str, Any]) -> None:
    message = holding(text="È ancora valida?", **content)
    assert message.quote == Quote(text="Offerta", elsewhere=True)
    assert message.in_reply_to == ""


def test_in_a_topic_a_message_quotes_nothing_by_being_there() -> None:
    topic = {"message_id": 40, "forum_topic_created": {"name": "Ordine 12"}}
    message = holding(text="Ciao", reply_to_message=topic, is_topic_message=True)
    assert (message.in_reply_to, message.quote) == ("", None)


@pytest.mark.parametrize(
    ("origin", "author"),
    [
        ({"type": "user", "sender_user": {"first_name": "Ada", "last_name": "Neri"}}, "Ada Neri"),
        ({"type": "hidden_user", "sender_user_name": "Chi sa"}, "Chi sa"),
        ({"type": "chat", "sender_chat": {"id": 1, "title": "Vicini"}}, "Vicini"),
        ({"type": "channel", "chat": {"id": 1, "title": "Sconti"}, "message_id": 3}, "Sconti"),
        ({"type": "something_new"}, ""),
    ],
)
def test_a_forwarded_message_says_whose_it_was(origin: dict[str, Any], author: str) -> None:
    message = holding(text="Guardi", forward_origin=origin)
    assert message.forwarding == Forwarding(author=author)


# What changes


def test_a_live_location_that_moves_is_a_new_place() -> None:
    edit = item("live_location_moves")
    assert isinstance(edit, Edit)
    assert edit.location is not None
    assert (edit.location.latitude, edit.location.longitude) == (41.9, 12.5)
    assert edit.live_location
    assert not wants_answer(edit)


def test_a_live_location_is_kept_once_in_five_minutes_and_where_it_stopped() -> None:
    def moved(seconds: int, **place: Any) -> str:
        document = recorded("telegram", "live_location_moves")
        message = document["edited_message"]
        message["edit_date"] += seconds
        message["location"] = {"latitude": 41.9, "longitude": 12.5} | place
        document["update_id"] += seconds
        return str(parse(document).provider_item_id)

    steps = {moved(seconds, live_period=900) for seconds in range(0, 600, 5)}
    assert len(steps) == 3
    assert moved(300) not in steps


def test_an_edit_of_what_nobody_can_read_is_counted() -> None:
    assert edited_to(hologram={}) == Ignored(provider_kind="edited_message")


def test_an_edited_picture_keeps_its_file_and_an_edited_poll_its_options() -> None:
    photo = [{"file_id": "p", "width": 1, "height": 1}]
    edit = edited_to(photo=photo, caption="Due graffi")
    assert (edit.text, edit.media[0].provider_media_id) == ("Due graffi", "p")
    edit = edited_to(checklist={"title": "Spesa", "tasks": [{"text": "Pane"}]})
    assert edit.attachments[0].title == "Spesa"


def test_all_emoji_of_a_reaction_are_shown() -> None:
    document = recorded("telegram", "reaction")
    document["message_reaction"]["new_reaction"] = [
        {"type": "emoji", "emoji": "👍"},
        {"type": "custom_emoji", "custom_emoji_id": "1"},
        {"type": "emoji", "emoji": "🔥"},
    ]
    assert parse(document).emoji == "👍🔥"


def test_a_picture_in_an_emoji_s_place_takes_the_emoji_back() -> None:
    document = recorded("telegram", "reaction_custom")
    document["message_reaction"]["old_reaction"] = [{"type": "emoji", "emoji": "👍"}]
    assert parse(document).emoji == ""


# What nobody said

SERVICE_MESSAGES = """
    new_chat_members left_chat_member chat_owner_left chat_owner_changed new_chat_title
    new_chat_photo delete_chat_photo group_chat_created supergroup_chat_created
    channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id
    migrate_from_chat_id pinned_message successful_payment refunded_payment users_shared
    user_shared chat_shared gift unique_gift gift_upgrade_sent connected_website
    write_access_allowed proximity_alert_triggered boost_added chat_background_set
    checklist_tasks_done checklist_tasks_added direct_message_price_changed
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway
    giveaway_winners giveaway_completed managed_bot_created paid_message_price_changed
    poll_option_added poll_option_deleted suggested_post_approved
    suggested_post_approval_failed suggested_post_declined suggested_post_paid
    suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended
    video_chat_participants_invited community_chat_added community_chat_removed
    community_chat_joined
""".split()
"""Of the fields of Message, Bot API 10, those that are notes of Telegram's own."""

OTHER_FIELDS = """
    message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count
    sender_business_bot sender_tag date guest_query_id business_connection_id chat forward_origin
    is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story
    reply_to_checklist_task_id reply_to_poll_option_id via_bot guest_bot_caller_user
    guest_bot_caller_chat edit_date has_protected_content is_from_offline is_paid_post
    media_group_id author_signature paid_star_count text entities link_preview_options
    suggested_post_info effect_id animation audio document live_photo paid_media photo sticker
    story video video_note voice caption caption_entities show_caption_above_media
    has_media_spoiler checklist contact dice game poll venue location invoice passport_data
    web_app_data reply_markup rich_message receiver_user ephemeral_message_id
""".split()


@pytest.mark.parametrize("name", SERVICE_MESSAGES)
def test_a_note_of_telegram_s_own_is_counted_by_its_kind(name: str) -> None:
    assert holding(**{name: {"name": "Ordine 12"}}) == Ignored(provider_kind=name)


def test_a_topic_that_was_created_is_nothing_anybody_said() -> None:
    assert item("topic_created") == Ignored(provider_kind="forum_topic_created")


@pytest.mark.parametrize("name", ["stream_started", "chat_theme_changed", "loyalty_card_updated"])
def test_a_note_that_is_still_to_come_is_known_by_its_name(name: str) -> None:
    assert holding(**{name: {}}) == Ignored(provider_kind=name)


@pytest.mark.parametrize("name", OTHER_FIELDS)
def test_no_other_field_of_a_message_makes_a_note_of_it(name: str) -> None:
    assert not is_notice(name)


@pytest.mark.parametrize(
    "kind",
    """
    channel_post edited_channel_post business_connection business_message
    edited_business_message deleted_business_messages guest_message message_reaction_count
    inline_query chosen_inline_result shipping_query pre_checkout_query purchased_paid_media poll
    poll_answer my_chat_member chat_member chat_join_request chat_boost removed_chat_boost
    managed_bot subscription stopped_message_generation
    """.split(),
)
def test_an_update_that_is_no_message_of_a_customer_s_is_counted_by_its_kind(kind: str) -> None:
    assert parse({"update_id": 1, kind: {}}) == Ignored(provider_kind=kind)


# What the platform writes in a customer's name


@pytest.mark.parametrize(
    ("text", "sign", "reference"),
    [
        ("/start", "start", None),
        ("/start promo-ott24", "start", "promo-ott24"),
        ("/start YT0xMjMmYj1mb28", "start", "YT0xMjMmYj1mb28"),
        ("/start@negozio_bot", "start", None),
        ("/start@negozio_bot qr_7", "start", "qr_7"),
        ("/START", "start", None),
        ("/help", "help", None),
        ("/help@negozio_bot", "help", None),
        ("/settings", "settings", None),
        ("/stop ", "stop", None),
    ],
)
def test_a_sign_is_no_word_of_the_customer_s(text: str, sign: str, reference: str | None) -> None:
    message = holding(text=text)
    assert (message.text, message.platform_sign) == ("", sign)
    assert message.origin == (Origin(kind="link", reference=reference) if reference else None)
    assert message.is_only_a_sign
    assert message.language_hint == "it"


@pytest.mark.parametrize(
    ("text", "sign", "words"),
    [
        ("/start Buongiorno, vorrei parlare", "start", "Buongiorno, vorrei parlare"),
        ("/help spedizione", "help", "spedizione"),
        ("/orari", "", "/orari"),
        ("/startup", "", "/startup"),
        ("Come si usa /start?", "", "Come si usa /start?"),
        (f"/start {'x' * 65}", "start", "x" * 65),
    ],
)
def test_what_was_typed_beside_a_sign_is_said(text: str, sign: str, words: str) -> None:
    message = holding(text=text)
    assert (message.text, message.platform_sign) == (words, sign)
    assert not message.is_only_a_sign


def test_a_forwarded_sign_is_what_somebody_wrote() -> None:
    message = holding(text="/start", forward_origin={"type": "hidden_user"})
    assert (message.text, message.platform_sign) == ("/start", "")


def test_a_picture_captioned_like_a_sign_is_sent_by_the_customer() -> None:
    photo = [{"file_id": "p", "width": 1, "height": 1}]
    assert holding(photo=photo, caption="/start").text == "/start"


def test_a_link_under_words_is_written_behind_them() -> None:
    link = {"type": "text_link", "offset": 3, "length": 6, "url": "https://example.com/a"}
    told = "👍 questo (https://example.com/a) va?"
    assert holding(text="👍 questo va?", entities=[link]).text == told
    photo = [{"file_id": "f", "width": 1, "height": 1}]
    shown = holding(photo=photo, caption="👍 questo va?", caption_entities=[link])
    assert shown.text == told
    assert edited_to(text="👍 questo va?", entities=[link]).text == told


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "text_link", "offset": 900, "length": 6, "url": "https://example.com"},
        {"type": "text_link", "offset": 0, "length": 3, "url": None},
        {"type": "text_link", "offset": -1, "length": "x", "url": "https://example.com"},
        {"type": "url", "offset": 0, "length": 3},
        {"type": "text_link", "offset": 0, "length": 3, "url": "abc/"},
        {"type": "text_link", "offset": 0, "length": 3, "url": "a" * 70_000},
    ],
)
def test_an_entity_without_a_link_under_words_changes_no_text(entity: dict[str, Any]) -> None:
    assert holding(text="abc d", entities=[entity]).text == "abc d"
