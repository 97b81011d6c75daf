"""Which canned replies a conversation is offered, in what language and order."""

from typing import Any

import pytest
from pydantic import ValidationError

from sportello.channel_kinds import ChannelKind, Tone
from sportello.composing.canned_replies import OfferedReply, has_words, offered_replies
from sportello.composing.placeholders import values_for
from sportello.composing.settings import CannedReplySettings, Place

HERE = Place(
    channel="whatsapp", channel_kind=ChannelKind.MESSAGING, tone=Tone.NEUTRAL, queue="default"
)
VALUES = values_for("Giulia", "Anna", "Rossi")


def settings_with(**replies: Any) -> CannedReplySettings:
    return CannedReplySettings.model_validate({"replies": replies})


def a_reply(title: str = "Pacco", text: str = "È in viaggio.", **where: Any) -> dict[str, Any]:
    return {"title": title, "text": {"it": text}, **where}


def offers(settings: CannedReplySettings, words: str = "", place: Place = HERE) -> list[str]:
    return [reply.name for reply in offered_replies(settings, place, ("it",), VALUES, words)]


def test_a_reply_is_offered_in_the_customers_language_with_its_names() -> None:
    text = {"it": "Gentile {customer_name}", "en": "Dear {customer_name}"}
    settings = settings_with(hello={"title": "Saluto", "text": text})
    (offered,) = offered_replies(settings, HERE, ("en", "it"), VALUES)
    assert offered == OfferedReply(
        name="hello", title="Saluto", language="en", text="Dear Giulia", missing=()
    )


def test_without_the_customers_language_it_is_the_next_that_there_is() -> None:
    settings = settings_with(hello=a_reply())
    (offered,) = offered_replies(settings, HERE, ("en",), VALUES)
    assert offered.language == "it"


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({}, True),
        ({"channels": ["whatsapp", "telegram"]}, True),
        ({"channels": ["telegram"]}, False),
        ({"channel_kinds": ["messaging"]}, True),
        ({"channel_kinds": ["email"]}, False),
        ({"tones": ["neutral"]}, True),
        ({"tones": ["formal"]}, False),
        ({"queues": ["default"]}, True),
        ({"queues": ["sales"]}, False),
        ({"channels": ["whatsapp"], "queues": ["sales"]}, False),
    ],
)
def test_it_is_offered_where_it_fits(where: dict[str, Any], fits: bool) -> None:  # noqa: FBT001 -- a table
    assert bool(offers(settings_with(hello=a_reply(**where)))) is fits


SHELF = settings_with(
    tracking=a_reply("Dov'è il pacco", "La spedizione è partita."),
    late=a_reply("Spedizione in ritardo", "Ci scusiamo: il pacco è in ritardo."),
    refund=a_reply("Rimborso", "Il rimborso è partito. Perché? Vedi le condizioni."),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["tracking", "refund", "late"]),
        ("pacco", ["tracking", "late"]),
        ("SPEDIZIONE", ["late", "tracking"]),
        ("ritardo pacco", ["late"]),
        ("perche", ["refund"]),
        ("rimb", ["refund"]),
        ("refund", ["refund"]),
        ("bicicletta", []),
    ],
)
def test_it_is_found_by_words_of_title_and_text(words: str, expected: list[str]) -> None:
    assert offers(SHELF, words) == expected


def a_macro(*steps: dict[str, Any], **where: Any) -> dict[str, Any]:
    return {"macros": {"close": {"title": "Chiudi così", "steps": list(steps), **where}}}


RESOLVE = {"do": "resolve"}
SAYS = {"do": "reply", "text": {"it": "Fatto."}}


@pytest.mark.parametrize(
    "document",
    [
        a_macro(),
        a_macro(RESOLVE, SAYS),
        a_macro(SAYS, SAYS),
        a_macro({"do": "reply"}),
        a_macro({"do": "reply", "canned": "nothing"}),
        a_macro({"do": "reply", "canned": "nothing", "text": {"it": "Fatto."}}),
        a_macro({"do": "dance"}),
        a_macro({"do": "snooze", "seconds": 1}),
        a_macro(*[{"do": "note", "text": "x"}] * 11),
        a_macro({"do": "note", "text": "{nome}"}),
        {"replies": {"hello": a_reply(text="Gentile {nome}")}},
        {"replies": {"hello": {"title": "Saluto", "text": {}}}},
        {"replies": {"hello": {"title": "Saluto", "text": {"xx": "?"}}}},
    ],
)
def test_what_could_not_be_said_or_done_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CannedReplySettings.model_validate(document)


def test_a_macro_ends_with_what_lets_go_of_the_conversation() -> None:
    steps = (SAYS, {"do": "tag", "adds": ["order"]}, {"do": "transfer", "queue": "sales"})
    settings = CannedReplySettings.model_validate(a_macro(*steps, queues=["default"]))
    assert [queue for _, queue in settings.queues_named()] == ["default", "sales"]
    assert list(settings.tags_named()) == [(("macros", "close", "steps", 1, "adds", 0), "order")]


def test_a_macro_is_found_by_its_name_and_title() -> None:
    macro = CannedReplySettings.model_validate(a_macro(RESOLVE)).macros["close"]
    assert has_words("close", macro, "cosi")
    assert has_words("close", macro, "CLO")
    assert not has_words("close", macro, "apri")
