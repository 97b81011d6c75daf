"""What was said last is kept beside the state by the commit that records it."""

from datetime import timedelta
from typing import Any

from sportello.conversation.effects import SendMessage
from sportello.conversation.events import Author
from sportello.inbox.row import inbox_row
from sportello.messaging.items import Echo, Edit, Media, Revoke, Visibility
from sportello.table.desk import Step
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Conversation
from sportello.table.stories.last_words import MAX_LAST_WORDS, KeptWords, last_words
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    an_address,
    an_inbound_record,
    an_item,
    queued,
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
    assert words == KeptWords(at=LATER, author="agent", text="Arriva domani")


def test_what_comes_late_does_not_stand_after_what_was_said_since() -> None:
    before = KeptWords(at=LATER, author="agent", text="Arriva domani")
    assert last_words(before, [an_inbound_record(a_message())], [], LATER) == before


def test_a_commit_in_which_nobody_speaks_leaves_them() -> None:
    before = KeptWords(at=NOW, author="customer", text="Pronto?")
    assert last_words(before, [], [], LATER) == before


BEFORE = last_words(None, [an_inbound_record(a_message("Il codice è 1234"))], [], NOW)


def of_the_customer[T: Edit | Revoke](
    kind: type[T], original: str = "message-1", **fields: Any
) -> InboundRecord:
    common = a_message().model_dump(include={"account_id", "handle", "reply_to"})
    names = {"provider_item_id": "change-1", "original_message_id": original, "sent_at": LATER}
    return an_inbound_record(kind.model_validate(common | names | fields))


def test_what_its_writer_takes_back_is_shown_no_more() -> None:
    assert BEFORE
    words = last_words(BEFORE, [of_the_customer(Revoke)], [], LATER)
    assert words
    assert (words.at, words.author, words.text) == (BEFORE.at, "customer", "")
    assert last_words(words, [of_the_customer(Edit, text="1234")], [], LATER) == words


def test_what_its_writer_changes_is_shown_as_it_is_now() -> None:
    assert BEFORE
    words = last_words(BEFORE, [of_the_customer(Edit, text="Il codice è 5678")], [], LATER)
    assert words == BEFORE.model_copy(update={"text": "Il codice è 5678"})


def test_a_change_in_the_commit_that_applies_the_message_counts() -> None:
    records = [of_the_customer(Revoke), an_inbound_record(a_message("Il codice è 1234"))]
    words = last_words(None, records, [], LATER)
    assert words
    assert words.text == ""


def test_changes_of_what_no_longer_stands_last_leave_what_does() -> None:
    earlier = of_the_customer(Revoke, original="message-0")
    assert last_words(BEFORE, [earlier], [], LATER) == BEFORE
    ours = last_words(BEFORE, [], [a_reply()], LATER)
    assert last_words(ours, [of_the_customer(Revoke)], [], LATER) == ours


def test_an_echo_in_place_of_another_stands_where_that_did() -> None:
    common = a_message().model_dump(include={"account_id", "handle", "reply_to"})
    names = {"provider_item_id": "e-1", "provider_message_id": "e-1", "sent_at": NOW}
    echo = Echo.model_validate(common | names | {"text": "Alle 9"})
    spoken = last_words(None, [an_inbound_record(echo)], [], NOW)
    assert spoken
    new = Echo.model_validate(
        {**dict(echo), "provider_message_id": "e-2", "edits": "e-1", "text": "Alle 10"}
    )
    record = an_inbound_record(new)
    expected = spoken.model_copy(update={"text": "Alle 10"})
    assert last_words(spoken, [record], [], LATER) == expected
    assert last_words(BEFORE, [record], [], LATER) == BEFORE


def test_what_the_provider_calls_a_message_is_shown_to_nobody() -> None:
    loaded = Conversation(
        conversation_id=CONVERSATION, state=queued(), address=None, last_words=BEFORE
    )
    assert BEFORE
    assert BEFORE.provider_message_id
    assert BEFORE.provider_message_id not in inbox_row(loaded).model_dump_json()


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
