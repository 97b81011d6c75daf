"""What is newer in a story: read on from any sequence, everything is met, and once."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.conversation.people_commands import WriteDown
from sportello.media.names import MediaName
from sportello.messaging.items import DeliveryStatus, Media
from sportello.table.stories.later_story import read_since
from sportello.table.stories.timeline import Timeline, read_timeline
from sportello.table.stories.timeline_entries import TimelineEntry
from support.builders import (
    CONVERSATION,
    a_message,
    a_receipt,
    accept,
    offer,
    record_delivery,
    reply,
    seconds,
)
from support.clouds.working_desk import WorkingDesk, working_desk

UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
ALL = 100


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    """A customer waits for Anna, who has the conversation."""
    with working_desk() as desk:
        begin(desk)
        yield desk


def begin(desk: WorkingDesk) -> None:
    desk.say(UNKNOWN)
    desk.ask(offer(handoff_id=desk.state.handoff_id))
    desk.ask(accept())


def whole(desk: WorkingDesk) -> Timeline:
    return read_timeline(desk.table, CONVERSATION, ALL)


def newer(desk: WorkingDesk, after: int, limit: int = ALL) -> Timeline:
    return read_since(desk.table, CONVERSATION, limit, after)


def texts(page: Timeline) -> list[str]:
    return [entry.text for entry in page.entries if entry.text]


def test_the_newest_page_says_how_far_it_reaches(office: WorkingDesk) -> None:
    assert whole(office).sequence == office.state.sequence
    assert newer(office, whole(office).sequence) == Timeline(
        entries=(), older=office.state.sequence, sequence=office.state.sequence
    )


def test_what_is_said_after_a_page_is_newer_than_it(office: WorkingDesk) -> None:
    seen_up_to = whole(office).sequence
    office.receive(office.write("E allora?"), turn_id="turn-2")
    office.ask(reply(text="Eccomi."))
    page = newer(office, seen_up_to)
    assert texts(page) == ["E allora?", "Eccomi."]
    assert page.sequence == office.state.sequence
    assert page.newer is None


def test_a_page_that_does_not_hold_all_names_the_next(office: WorkingDesk) -> None:
    start = whole(office).sequence
    for number in range(5):
        office.pass_time(seconds(1))
        office.ask(reply(key=str(number), text=f"Parte {number}"))
    first = newer(office, start, 3)
    assert texts(first) == ["Parte 0", "Parte 1", "Parte 2"]
    assert first.newer == first.sequence
    second = newer(office, first.sequence, 3)
    assert texts(second) == ["Parte 3", "Parte 4"]
    assert second.newer is None


def test_an_older_page_reaches_to_where_the_one_after_it_begins(office: WorkingDesk) -> None:
    page = read_timeline(office.table, CONVERSATION, 2)
    assert page.older is not None
    older = read_timeline(office.table, CONVERSATION, 2, page.older)
    assert older.sequence == page.older
    assert newer(office, older.sequence, 2).entries == page.entries


def test_what_became_of_a_message_on_an_earlier_page_is_told(office: WorkingDesk) -> None:
    office.ask(reply())
    seen_up_to = whole(office).sequence
    (key,) = [message.key for message in office.messages() if message.key.startswith("reply:")]
    office.ask(record_delivery(key, DeliveryStatus.REFUSED, error_code="blocked:131026"))
    page = newer(office, seen_up_to)
    (changed,) = page.changed
    assert changed.effect_key == key
    assert changed.detail["status"] is DeliveryStatus.REFUSED
    assert changed.detail["reason"] == "blocked"
    assert "other_channel" in changed.detail["possible"]
    assert newer(office, page.sequence).changed == ()


def test_of_a_message_of_nobody_s_certainty_it_is_told_that_it_is_doubtful(
    office: WorkingDesk,
) -> None:
    office.ask(reply())
    seen_up_to = whole(office).sequence
    (key,) = [message.key for message in office.messages() if message.key.startswith("reply:")]
    office.ask(record_delivery(key, DeliveryStatus.UNKNOWN))
    (changed,) = newer(office, seen_up_to).changed
    assert changed.detail["doubtful"] is True


def test_a_message_on_the_page_itself_has_not_changed(office: WorkingDesk) -> None:
    seen_up_to = whole(office).sequence
    office.ask(reply())
    (key,) = [message.key for message in office.messages() if message.key.startswith("reply:")]
    office.ask(record_delivery(key, DeliveryStatus.ACCEPTED))
    page = newer(office, seen_up_to)
    assert page.changed == ()
    (entry,) = [entry for entry in page.entries if entry.author == "agent"]
    assert entry.detail["status"] is DeliveryStatus.ACCEPTED


def test_a_quotation_of_something_before_the_page_is_shown(office: WorkingDesk) -> None:
    seen_up_to = whole(office).sequence
    item_id = office.keep(a_message("Questo!", 9, in_reply_to="message-1", sent_at=office.now))
    office.receive(item_id, turn_id="turn-2")
    (entry,) = [entry for entry in newer(office, seen_up_to).entries if entry.text == "Questo!"]
    assert entry.detail["refers_to"]["text"] == UNKNOWN


# --- whoever reads while others write ---------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.sampled_from(["customer", "agent", "note", "receipt", "delivered"]),
        st.integers(min_value=1, max_value=4),
    ),
    min_size=1,
    max_size=14,
)
"""Somebody writes, or the reader reads a page of so many steps."""


def name(entry: TimelineEntry) -> tuple[str, ...]:
    named = entry.detail.get("item_id") or entry.detail.get("effect_key") or ""
    return entry.type, str(entry.at), str(named), entry.text


@given(steps=STEPS)
@settings(max_examples=80, deadline=None)
def test_whoever_reads_on_meets_everything_once_whatever_is_written_meanwhile(
    steps: list[str | int],
) -> None:
    with working_desk() as desk:
        begin(desk)
        first = read_timeline(desk.table, CONVERSATION, 3)
        cursor = first.sequence
        met: list[TimelineEntry] = list(first.entries)
        for number, step in enumerate([*steps, ALL]):
            if isinstance(step, int):
                page = newer(desk, cursor, step)
                assert page.sequence >= cursor
                assert (page.newer is None) == (page.sequence == desk.state.sequence)
                met += page.entries
                cursor = page.sequence
            else:
                write(desk, step, number)
        older = read_timeline(desk.table, CONVERSATION, ALL, first.older) if first.older else None
        before = list(older.entries) if older else []
        assert sorted(map(name, before + met)) == sorted(map(name, whole(desk).entries))


def write(desk: WorkingDesk, step: str, number: int) -> None:
    desk.pass_time(seconds(1))
    replies = [message.key for message in desk.messages() if message.key.startswith("reply:")]
    match step:
        case "customer":
            desk.receive(desk.write(f"Messaggio {number}"), turn_id=f"turn-{number}")
        case "agent":
            desk.ask(reply(key=str(number), text=f"Risposta {number}"))
        case "note":
            desk.ask(WriteDown(agent_id="anna", text=f"Nota {number}"))
        case "receipt":
            desk.note(a_receipt(DeliveryStatus.READ, "", number, provider_message_id="nobody's"))
        case _ if replies:
            desk.ask(record_delivery(replies[-1], DeliveryStatus.DELIVERED))


def test_what_is_read_on_says_what_became_of_its_files(office: WorkingDesk) -> None:
    before = whole(office).sequence
    photo = Media(kind="image", provider_media_id="photo-1", mime_type="image/png")
    item_id = office.write("Ecco", media=(photo,))
    office.receive(item_id, turn_id="turn-2")
    page = newer(office, before)
    (media,) = [entry.detail["media"] for entry in page.entries if "media" in entry.detail]
    assert [(each["media_id"], each["state"]) for each in media] == [
        (MediaName(CONVERSATION, item_id, 0).media_id, "pending")
    ]
