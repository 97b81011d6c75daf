"""What was said last is kept beside the state by the commit that records it."""

from datetime import timedelta

from sportello.conversation.effects import SendMessage
from sportello.conversation.events import Author
from sportello.messaging.items import Media, Visibility
from sportello.table.desk import Step
from sportello.table.last_words import MAX_LAST_WORDS, LastWords, last_words
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    an_address,
    an_inbound_record,
    an_item,
    receive,
    request_human,
)
from support.clouds.table import desk

LATER = NOW + timedelta(minutes=1)


def a_reply(text: str = "Arriva domani") -> SendMessage:
    return SendMessage(
        key="reply:1",
        text=text,
        author=Author.AGENT,
        visibility=Visibility.PRIVATE,
        automatic=False,
        owner_version=1,
    )


def test_the_customers_words_stand_last_when_they_are_applied() -> None:
    words = last_words(None, [an_inbound_record(a_message("Dov'è\n il   pacco?"))], [], LATER)
    assert words is not None
    assert (words.author, words.text) == ("customer", "Dov'è il pacco?")
    assert words.at == a_message().sent_at


def test_an_answer_stands_last_after_a_question_of_the_same_commit() -> None:
    words = last_words(None, [an_inbound_record(a_message())], [a_reply()], LATER)
    assert words == LastWords(at=LATER, author="agent", text="Arriva domani")


def test_what_comes_late_does_not_stand_after_what_was_said_since() -> None:
    before = LastWords(at=LATER, author="agent", text="Arriva domani")
    assert last_words(before, [an_inbound_record(a_message())], [], LATER) == before


def test_a_commit_in_which_nobody_speaks_leaves_them() -> None:
    before = LastWords(at=NOW, author="customer", text="Pronto?")
    assert last_words(before, [], [], LATER) == before


def test_a_picture_without_words_is_named() -> None:
    picture = Media(kind="image", provider_media_id="m-1")
    words = last_words(None, [an_inbound_record(a_message("", media=(picture,)))], [], NOW)
    assert words is not None
    assert (words.text, words.media) == ("", ("image",))


def test_long_words_are_cut() -> None:
    words = last_words(None, [an_inbound_record(a_message("a" * 5_000))], [], NOW)
    assert words is not None
    assert len(words.text) == MAX_LAST_WORDS
    assert words.text.endswith("…")


def test_the_commit_that_applies_a_message_keeps_its_words_and_the_next_ones_leave_them() -> None:
    record = an_inbound_record(a_message("Dov'è il mio pacco?"))
    arrived = Step(
        command=receive(an_item(record.item_id)),
        terms=TERMS,
        address=an_address(display_name="Giulia"),
        applied=(record.item_id,),
    )
    with desk() as empty:
        empty.table.put_inbound(record, b"")
        empty.act(CONVERSATION, lambda _: arrived, NOW, item_ids=[record.item_id])
        handed_over = Step(command=request_human(), terms=TERMS)
        committed = empty.act(CONVERSATION, lambda _: handed_over, LATER)
        loaded = empty.table.load(CONVERSATION)
    assert loaded.last_words == committed.after.last_words
    assert loaded.last_words is not None
    assert loaded.last_words.text == "Dov'è il mio pacco?"
