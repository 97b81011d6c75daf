"""People are told in words what was sent, in the language in which they are rung."""

from typing import Any

import pytest
from hypothesis import given

from sportello.messaging.items import Media
from sportello.people.notifying.notice_facts import facts_of
from sportello.people.notifying.notice_texts import notice_languages, notice_texts
from sportello.people.notifying.notice_words import Reader, in_words
from sportello.people.notifying.sent_files import files_in, read_files
from sportello.people.story_packets import story_packet
from sportello.table.stories.last_words import KeptWords
from support.builders import CONVERSATION
from support.clouds.working_desk import working_desk
from support.notices import OFFERED, json_values, notice

PHOTO = {"kind": "image", "provider_media_id": "p"}
VOICE = {"kind": "audio", "provider_media_id": "v", "seconds": 12}
INVOICE = {"kind": "document", "provider_media_id": "d", "file_name": "fattura.pdf"}


def said(detail: dict[str, Any], text: str = "", language: str = "it", **line: Any) -> str:
    entry = {"author": "customer", "text": text, "detail": detail, **line}
    notification = notice(data=OFFERED | {"transcript": [entry]})
    (spoken,) = facts_of(notification).lines
    return spoken.in_words(notice_texts(language))


@pytest.mark.parametrize(
    ("detail", "italian", "english"),
    [
        ({"media": [PHOTO]}, "[foto]", "[photo]"),
        ({"media": [PHOTO, PHOTO]}, "[foto, foto]", "[photo, photo]"),
        (
            {"media": [VOICE], "media_form": "voice_note"},
            "[messaggio vocale 0:12]",
            "[voice note 0:12]",
        ),
        ({"media": [{**VOICE, "seconds": 754}]}, "[audio 12:34]", "[audio 12:34]"),
        ({"media": [INVOICE]}, "[file fattura.pdf]", "[file fattura.pdf]"),
        ({"media": [{"kind": "hologram"}]}, "[file]", "[file]"),
        ({"location": {"latitude": 1, "longitude": 2}}, "[posizione]", "[location]"),
    ],
)
def test_a_line_says_what_was_sent(detail: dict[str, Any], italian: str, english: str) -> None:
    assert said(detail) == italian
    assert said(detail, language="en") == english


def test_words_stand_behind_what_was_sent() -> None:
    assert said({"media": [PHOTO]}, "È arrivato così") == "[foto] È arrivato così"


def test_of_many_files_some_are_named() -> None:
    assert said({"media": [PHOTO] * 30}).count("foto") == 5


def test_a_name_of_a_strangers_is_one_short_line() -> None:
    name = "a\nb\u202e" + "x" * 500
    line = said({"media": [{**INVOICE, "file_name": name}]})
    assert line.startswith("[file a bx")
    assert len(line) < 90


def test_a_packet_whose_details_had_no_room_says_it_all_the_same() -> None:
    files = [{"kind": "voice_note", "seconds": 12, "words": "messaggio vocale 0:12"}]
    assert said({}, files=files) == "[messaggio vocale 0:12]"


def test_a_notice_shows_a_picture_in_place_of_an_empty_line() -> None:
    entry = {"author": "customer", "text": "", "detail": {"media": [PHOTO]}}
    words = in_words(
        notice(data=OFFERED | {"transcript": [entry]}), Reader(language="en"), show_words=True
    )
    assert [str(line) for line in words.customer] == ["Customer: Niccolò “[photo]”"]


@pytest.mark.parametrize("language", notice_languages())
def test_every_language_has_a_word_for_each_kind_of_file(language: str) -> None:
    texts = notice_texts(language)
    assert texts.other_file
    assert texts.files.keys() == notice_texts("en").files.keys()


@given(json_values)
def test_whatever_some_version_wrote_is_read_or_passed_over(value: Any) -> None:
    files_in(value)
    read_files(value)
    files_in({"media": value, "media_form": value, "location": value})
    facts_of(notice(data=OFFERED | {"transcript": [{"text": "x", "files": value}]}))


def test_who_is_rung_gets_the_files_with_the_story() -> None:
    with working_desk() as office:
        voice = Media(kind="audio", provider_media_id="v", seconds=12)
        office.receive(office.write("", media=(voice,), media_form="voice_note"))
        conversation = office.table.load(CONVERSATION)
        (line,) = story_packet(office.table, conversation)["transcript"]
        assert line["files"] == [
            {"kind": "voice_note", "seconds": 12, "words": "messaggio vocale 0:12"}
        ]
        words = conversation.last_words
        assert isinstance(words, KeptWords)
        assert words.media == ("voice_note",)
