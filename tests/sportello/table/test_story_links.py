"""In a story everything names what it speaks of and shows what became of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from sportello.messaging.attachments import Quote, SharedContact
from sportello.messaging.items import (
    Echo,
    Edit,
    HandleChange,
    InboundItem,
    Location,
    Reaction,
    Revoke,
)
from sportello.table.stories.timeline import LOOKED_AROUND, read_timeline
from sportello.table.stories.timeline_entries import TimelineEntry
from support.builders import ACCOUNT, CONVERSATION, HANDLE, reply, seconds
from support.clouds.working_desk import WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def entries(
    office: WorkingDesk, limit: int = 100, before: int | None = None
) -> list[TimelineEntry]:
    story = read_timeline(office.table, CONVERSATION, limit, before)
    return [entry for entry in story.entries if entry.author]


def note[T: InboundItem](office: WorkingDesk, kind: type[T], **fields: Any) -> str:
    """Something that nobody answers comes in a second later; returns its name."""
    at = office.pass_time(seconds(1))
    item = kind.model_validate(
        {
            "account_id": ACCOUNT,
            "provider_item_id": f"{kind.__name__}-{at.timestamp()}",
            "sent_at": at,
            "handle": HANDLE,
            "reply_to": HANDLE,
            **fields,
        }
    )
    office.note(item)
    return item.provider_item_id


def revoke(office: WorkingDesk, original: str, **fields: Any) -> None:
    note(office, Revoke, original_message_id=original, **fields)


def react(office: WorkingDesk, original: str, emoji: str, **fields: Any) -> None:
    note(office, Reaction, original_message_id=original, emoji=emoji, **fields)


def edit(office: WorkingDesk, original: str, text: str, **fields: Any) -> None:
    note(office, Edit, original_message_id=original, text=text, **fields)


def answered(office: WorkingDesk) -> None:
    """A question, which the bot has answered and the channel taken."""
    office.say(QUESTION)
    office.pass_time(seconds(1))
    office.deliver()


def test_a_reply_names_the_customer_s_own_message_that_it_means(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.pass_time(seconds(1))
    office.say("E questa?", "turn-2", in_reply_to="message-1", quote={"author": "customer"})
    first, *_, last = [entry for entry in entries(office) if entry.author == "customer"]
    assert last.detail["refers_to"] == {
        "item_id": first.detail["item_id"],
        "author": "customer",
        "text": QUESTION,
    }


def test_a_reply_to_ours_names_our_message_and_a_few_of_its_words(office: WorkingDesk) -> None:
    answered(office)
    (ours,) = [record for record in office.effects() if record.provider_message_id]
    office.say("Questo?", "turn-2", in_reply_to=ours.provider_message_id)
    (meant,) = [entry for entry in entries(office) if entry.author == "bot"][:1]
    (said,) = [entry for entry in entries(office) if entry.text == "Questo?"]
    reference = said.detail["refers_to"]
    assert reference["effect_key"] == meant.detail["effect_key"]
    assert reference["author"] == "bot"
    assert meant.text.startswith(reference["text"])
    assert len(reference["text"]) == 120


def test_the_part_that_was_quoted_is_shown_rather_than_the_whole(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.pass_time(seconds(1))
    quote = Quote(author="customer", text="la consegna").model_dump()
    office.say("Questa", "turn-2", in_reply_to="message-1", quote=quote)
    (said,) = [entry for entry in entries(office) if entry.text == "Questa"]
    assert said.detail["refers_to"]["text"] == "la consegna"


def test_a_quote_of_what_is_not_in_the_story_shows_what_the_provider_tells(
    office: WorkingDesk,
) -> None:
    quote = Quote(text="Offerta", elsewhere=True).model_dump()
    office.say("È valida?", quote=quote)
    assert entries(office)[0].detail["refers_to"] == {"text": "Offerta", "elsewhere": True}


def test_an_edited_message_shows_both(office: WorkingDesk) -> None:
    office.say(QUESTION)
    edit(office, "message-1", "E quanto costa?")
    original, *_, changed = entries(office)
    assert original.text == QUESTION
    assert [each["text"] for each in original.detail["edits"]] == ["E quanto costa?"]
    assert changed.text == "E quanto costa?"
    assert changed.detail["refers_to"] == {
        "item_id": original.detail["item_id"],
        "author": "customer",
        "text": QUESTION,
    }


def test_a_revoked_message_shows_that_it_was_and_no_longer_what_it_said(
    office: WorkingDesk,
) -> None:
    office.say(QUESTION)
    edit(office, "message-1", "E quanto costa?")
    revoke(office, "message-1")
    story = entries(office)
    assert story[0].text == ""
    assert story[0].detail["withdrawn_at"]
    assert "quanto" not in str([entry for entry in story if entry.author == "customer"]).lower()


def test_reactions_stand_beside_the_message_they_mean(office: WorkingDesk) -> None:
    answered(office)
    (ours,) = [record for record in office.effects() if record.provider_message_id]
    react(office, ours.provider_message_id, "👍")
    react(office, "message-1", "❤️", by_business=True)
    story = {entry.author: entry for entry in entries(office) if entry.detail.get("reactions")}
    assert [each["emoji"] for each in story["bot"].detail["reactions"]] == ["👍"]
    assert story["customer"].detail["reactions"][0]["author"] == "business"


def test_of_one_s_reactions_the_last_is_shown_and_none_once_it_was_taken_back(
    office: WorkingDesk,
) -> None:
    office.say(QUESTION)
    react(office, "message-1", "👍")
    react(office, "message-1", "😀")
    assert [each["emoji"] for each in entries(office)[0].detail["reactions"]] == ["😀"]
    react(office, "message-1", "")
    assert "reactions" not in entries(office)[0].detail


def test_what_staff_wrote_and_changed_on_the_phone_is_linked_too(office: WorkingDesk) -> None:
    office.say(QUESTION)
    note(office, Echo, provider_message_id="e-1", text="Arriva lunedì")
    note(office, Echo, provider_message_id="e-2", text="Arriva martedì", edits="e-1")
    echo = next(entry for entry in entries(office) if entry.text == "Arriva lunedì")
    assert echo.author == "business"
    assert [each["text"] for each in echo.detail["edits"]] == ["Arriva martedì"]
    revoke(office, "e-1", by_business=True)
    assert "Arriva" not in str(entries(office))
    assert entries(office)[-1].author == "business"


def test_a_live_location_shows_where_it_went(office: WorkingDesk) -> None:
    place = Location(latitude=45.0, longitude=9.0).model_dump()
    office.receive(office.write("", location=place, live_location=True))
    edit(office, "message-1", "", location={"latitude": 45.1, "longitude": 9.0})
    assert entries(office)[0].detail["live_location"]
    assert entries(office)[-1].detail["location"]["latitude"] == 45.1
    assert (
        entries(office)[-1].detail["refers_to"]["item_id"] == entries(office)[0].detail["item_id"]
    )


def test_what_a_message_holds_is_shown(office: WorkingDesk) -> None:
    office.receive(
        office.write(
            "",
            attachments=[
                SharedContact(
                    kind="contact", name="Studio", phones=("+39 06 0000000",)
                ).model_dump()
            ],
            forwarding={"author": "Sconti"},
            origin={"kind": "link", "reference": "promo"},
        )
    )
    detail = entries(office)[0].detail
    assert detail["attachments"][0]["phones"] == ["+39 06 0000000"]
    assert detail["forwarding"] == {"author": "Sconti"}
    assert detail["origin"]["reference"] == "promo"


def test_a_changed_number_is_nothing_that_anybody_said(office: WorkingDesk) -> None:
    office.say(QUESTION)
    said = len(entries(office))
    note(office, HandleChange, other_handles=("c:2",))
    assert len(entries(office)) == said


def talk(office: WorkingDesk, messages: int) -> None:
    for number in range(messages):
        office.pass_time(seconds(1))
        office.ask(reply("anna", text=f"Risposta {number}", key=f"reply:{number}"))


def test_a_reply_names_a_message_of_an_earlier_page(office: WorkingDesk) -> None:
    office.say(QUESTION)
    talk(office, 10)
    office.say("E questa?", "turn-2", in_reply_to="message-1")
    page = entries(office, 2)
    (said,) = [entry for entry in page if entry.text == "E questa?"]
    assert QUESTION not in [entry.text for entry in page]
    assert said.detail["refers_to"]["text"] == QUESTION


def test_a_reply_to_a_message_long_ago_is_shown_without_it(office: WorkingDesk) -> None:
    office.say(QUESTION)
    talk(office, LOOKED_AROUND + 5)
    office.say("E questa?", "turn-2", in_reply_to="message-1")
    (said,) = [entry for entry in entries(office, 2) if entry.text == "E questa?"]
    assert "refers_to" not in said.detail


def test_an_earlier_page_shows_what_was_revoked_later(office: WorkingDesk) -> None:
    office.say(QUESTION)
    talk(office, 10)
    revoke(office, "message-1")
    newest = read_timeline(office.table, CONVERSATION, 5)
    earlier = entries(office, 100, newest.older)
    assert QUESTION not in [entry.text for entry in earlier]
    assert earlier[0].detail["withdrawn_at"]
