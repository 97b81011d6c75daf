"""A conversation as people read it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

import pytest

from sportello.conversation.events import (
    EVENT_LOG,
    Author,
    KnownEvent,
    MessageQueued,
    MessageReceived,
)
from sportello.messaging.items import (
    DeliveryStatus,
    Echo,
    Edit,
    Location,
    Reaction,
    Unsupported,
    Visibility,
)
from sportello.table.items import LogEntry
from sportello.table.stories.timeline import Timeline, read_timeline
from sportello.table.stories.timeline_entries import in_order, placed
from support.builders import (
    ACCOUNT,
    CONVERSATION,
    HANDLE,
    NOW,
    a_clock,
    a_receipt,
    reply,
    seconds,
)
from support.clouds.working_desk import WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def read(office: WorkingDesk, limit: int = 100, before: int | None = None) -> Timeline:
    return read_timeline(office.table, CONVERSATION, limit, before)


def said(office: WorkingDesk) -> list[tuple[str, str]]:
    return [(entry.author, entry.text) for entry in read(office).entries if entry.author]


def test_what_was_said_is_read_with_its_authors(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.pass_time(seconds(5))
    office.ask(reply("anna", text="Eccomi."))
    authors = [author for author, _ in said(office)]
    assert authors == ["customer", "bot", "agent"]
    assert said(office)[0][1] == QUESTION
    assert said(office)[2][1] == "Eccomi."


def test_messages_stand_in_the_order_they_were_sent_not_in_which_they_came(
    office: WorkingDesk,
) -> None:
    second = office.write("due", sent_at=NOW + timedelta(milliseconds=200))
    first = office.write("uno", sent_at=NOW + timedelta(milliseconds=100))
    office.pass_time(seconds(1))
    office.receive(second)
    office.receive(first, turn_id="turn-2")
    assert [text for _, text in said(office)] == ["uno", "due"]


def test_messages_of_the_same_instant_stand_the_same_way_in_whatever_order_they_came() -> None:
    orders = []
    for arrival in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        with working_desk() as office:
            item_ids = [office.write(f"{n}", sent_at=NOW) for n in range(3)]
            for n in arrival:
                office.receive(item_ids[n], turn_id=f"turn-{n}")
            orders.append([text for _, text in said(office)])
    assert orders[0] == orders[1] == orders[2]


def test_an_outbound_message_shows_what_became_of_it(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.deliver()
    (entry,) = [entry for entry in read(office).entries if entry.author == "bot"]
    assert entry.detail["status"] is DeliveryStatus.ACCEPTED
    assert entry.detail["automatic"] is True


OFFER: dict[str, Any] = {"offer_id": "offer-1", "expires_at": NOW, "task_token": "token-1"}
AGENT_OFFER: dict[str, Any] = {"offer_id": "offer-2", "agent_id": "anna"}
HANDOFF = {"handoff_id": "handoff-1", "queue": "default"}
AN_ITEM: dict[str, Any] = {"item_id": "item-1", "sent_at": NOW}
CLOCK_NAME = {"kind": "first_response", "due_at": NOW}

SHOWN: Mapping[str, dict[str, Any]] = {
    "EpisodeOpened": {"number": 1, "reopened": False},
    "MessageReceived": AN_ITEM
    | {"kind": "message", "visibility": "private", "received_at": NOW, "counted_from": NOW},
    "ItemNoted": AN_ITEM | {"kind": "reaction"},
    "OwnerChanged": {"kind": "bot", "version": 1},
    "MessageQueued": {
        "effect_key": "bot:1",
        "author": "bot",
        "visibility": "private",
        "automatic": True,
    },
    "AnswerLost": {
        "effect_key": "bot:1",
        "author": "bot",
        "reason": "blocked",
        "items": [],
        "answered_by_person": False,
        "answered_in_episode": False,
        "people_since": None,
    },
    "OutOfHoursTold": {"closed_since": NOW},
    "ReplyBudgetExhausted": {},
    "HandoffRequested": HANDOFF | {"reason": "asked_for_person"},
    "LadderPostponed": HANDOFF,
    "ConversationOffered": OFFER
    | {"handoff_id": "handoff-1", "tier": 0, "tier_name": "", "agents": [], "endpoints": []},
    "OfferDeclined": {"offer_id": "offer-1", "agent_id": "anna"},
    "OfferEnded": {"offer_id": "offer-1", "outcome": "expired"},
    "LadderExhausted": {"handoff_id": "handoff-1"},
    "LadderRestarted": HANDOFF | {"reason": "customer_wrote", "rings_at": NOW},
    "AgentOffered": AGENT_OFFER | {"handoff_id": "handoff-1", "units": 2, "expires_at": NOW},
    "AgentOfferEnded": AGENT_OFFER | {"outcome": "declined"},
    "AgentAssigned": {"handoff_id": "handoff-1", "agent_id": "anna"},
    "ConversationTransferred": {"agent_id": "anna", "queue": "default"},
    "ConversationTakenOver": {"agent_id": "anna"},
    "ConsultRequested": {"agent_id": "anna", "colleague": "bruno"},
    "NoteWritten": {"effect_key": "note:1", "author": "agent", "agent_id": "anna"},
    "ColleaguesMentioned": {
        "agent_id": "anna",
        "colleagues": ["bruno"],
        "effect_key": "note:1",
    },
    "UndeliveredAcknowledged": {"agent_id": "anna", "effect_keys": ["reply:1"]},
    "TagsChanged": {"agent_id": "anna", "tags": ["complaint"]},
    "MacroCarriedOut": {"agent_id": "anna", "macro": "close", "effect_key": "macro:1"},
    "ChannelChangePromised": {
        "agent_id": "anna",
        "effect_key": "reply:1",
        "way": "call",
        "within_seconds": 600,
    },
    "ClockStarted": {"clock": a_clock()},
    "ClockChanged": {"clock": a_clock(), "reason": "policy"},
    "ClockAdvanced": CLOCK_NAME | {"state": "breaching"},
    "ClockEnded": CLOCK_NAME | {"state": "achieved", "counted_seconds": 1, "ending": "answered"},
    "ClockReopened": {"clock": a_clock(), "stopped_at": NOW, "queue": "default"},
    "ConversationSnoozed": {"agent_id": "anna", "until": NOW},
    "SnoozeEnded": {},
    "ConversationClassified": {"priority": "high", "segment": ""},
    "WaitAnnounced": {"wait": None},
    "ConversationResolved": {"agent_id": "anna"},
    "ConversationReturned": {"agent_id": "anna"},
    "ConversationMoved": {"moved_to": "0" * 32},
    "ConversationJoined": {"conversation_id": "0" * 32},
}
BOOKKEEPING: Mapping[str, dict[str, Any]] = {
    "TurnLeased": {"turn_id": "turn-1", "expires_at": NOW, "attempt": 1},
    "TurnAnswered": {"item_ids": ["item-1"]},
    "TurnEnded": {},
    "DeliveryRecorded": {"effect_key": "bot:1", "status": "accepted"},
    "OfferRenewed": OFFER,
    "FileAskedFor": {"item_id": "item-1", "number": 0, "agent_id": "anna"},
    "OfferNotNeeded": {"handoff_id": "handoff-1"},
    "HandlesLinked": {"aliases": ["fake_user:0123456789abcdef"]},
    "HandlePointed": {"moved_to": "0" * 32},
    "WakePlanned": {"wake_at": None},
}


def shown(kind: str, fields: dict[str, Any]) -> list[str]:
    """The types of the entries that an event of a kind becomes."""
    log = EVENT_LOG.validate_python([{"type": kind, "at": NOW, **fields}])
    return [
        entry.type for entry in in_order(placed(LogEntry(sequence=0, at=NOW, events=log), {}, {}))
    ]


def test_every_kind_of_event_has_its_example_here() -> None:
    kinds = {event.__name__ for event in get_args(get_args(KnownEvent.__value__)[0])}
    assert kinds == SHOWN.keys() | BOOKKEEPING.keys()


@pytest.mark.parametrize("kind", SHOWN)
def test_what_people_did_or_must_know_is_shown(kind: str) -> None:
    assert shown(kind, SHOWN[kind]) == [kind]


@pytest.mark.parametrize("kind", BOOKKEEPING)
def test_bookkeeping_is_not_shown(kind: str) -> None:
    assert shown(kind, BOOKKEEPING[kind]) == []


def test_a_receipt_is_not_shown() -> None:
    assert shown("ItemNoted", AN_ITEM | {"kind": "receipt"}) == []


def test_pages_follow_one_another_without_gap_or_overlap(office: WorkingDesk) -> None:
    for number in range(7):
        office.pass_time(seconds(1))
        office.say(QUESTION, turn_id=f"turn-{number}")
    everything = read(office)
    assert everything.older is None
    pages, before = [], None
    while True:
        page = read(office, 4, before)
        pages.append(page.entries)
        before = page.older
        if before is None:
            break
    assert [entry for page in reversed(pages) for entry in page] == list(everything.entries)


def test_an_edit_shows_what_it_changed_to(office: WorkingDesk) -> None:
    office.say(QUESTION)
    edit = Edit(
        account_id=ACCOUNT,
        provider_item_id="edit-1",
        sent_at=office.pass_time(seconds(2)),
        handle=HANDLE,
        reply_to=HANDLE,
        original_message_id="message-1",
        text="E quanto costa?",
    )
    office.note(edit)
    assert said(office)[-1] == ("customer", "E quanto costa?")


def test_reactions_and_unsupported_messages_show_what_is_known_of_them(
    office: WorkingDesk,
) -> None:
    common = {"account_id": ACCOUNT, "sent_at": NOW, "handle": HANDLE, "reply_to": HANDLE}
    reaction = Reaction.model_validate(
        common | {"provider_item_id": "r", "original_message_id": "m", "emoji": "👍"}
    )
    poll = Unsupported.model_validate(
        common | {"provider_item_id": "p", "provider_message_id": "p", "provider_kind": "poll"}
    )
    office.receive(office.keep(reaction), office.keep(poll))
    shown = {entry.detail["kind"]: entry for entry in read(office).entries if entry.author}
    assert shown["reaction"].text == "👍"
    assert shown["unsupported"].detail["provider_kind"] == "poll"


def test_what_the_business_wrote_elsewhere_is_not_the_customers(office: WorkingDesk) -> None:
    office.say(QUESTION)
    echo = Echo(
        account_id=ACCOUNT,
        provider_item_id="echo-1",
        provider_message_id="echo-1",
        sent_at=office.pass_time(seconds(2)),
        handle=HANDLE,
        reply_to=HANDLE,
        text="Le rispondo io.",
    )
    office.note(echo)
    assert said(office)[-1] == ("business", "Le rispondo io.")


def test_a_strangers_receipt_is_nothing_anybody_said(office: WorkingDesk) -> None:
    office.say(QUESTION)
    receipt = a_receipt(DeliveryStatus.READ, "somebody else's", handle=HANDLE)
    office.note(receipt)
    assert [author for author, _ in said(office)] == ["customer", "bot"]


def test_a_location_and_a_button_are_shown(office: WorkingDesk) -> None:
    place = Location(latitude=45.0, longitude=9.0)
    office.receive(office.write("", location=place.model_dump(), button_id="b"))
    (entry,) = [entry for entry in read(office).entries if entry.author == "customer"]
    assert entry.text == "b"
    assert entry.detail["location"]["latitude"] == 45.0


def test_an_unknown_conversation_has_no_story(office: WorkingDesk) -> None:
    assert read(office) == Timeline(entries=(), older=None)


def test_a_question_asked_right_after_an_answer_stands_below_it() -> None:
    """WhatsApp's whole seconds would put it above an answer given within the same second."""
    asked = NOW
    answered_at = NOW + timedelta(milliseconds=300)
    received_at = NOW + timedelta(milliseconds=700)
    question = MessageReceived(
        at=received_at,
        item_id="item-1",
        kind="message",
        visibility=Visibility.PRIVATE,
        sent_at=asked,
        received_at=received_at,
        counted_from=asked,
    )
    answer = MessageQueued(
        at=answered_at,
        effect_key="bot:1",
        author=Author.BOT,
        visibility=Visibility.PRIVATE,
        automatic=True,
    )
    commit = LogEntry(sequence=0, at=received_at, events=(question, answer))
    entries = in_order(placed(commit, {}, {}))
    assert [entry.type for entry in entries] == ["MessageQueued", "MessageReceived"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_put_together_by_place_are_the_whole_story(limit: int) -> None:
    """What was sent first may be taken in last, and then comes with a later page."""
    with working_desk() as office:
        item_ids = [office.write(f"{n}", sent_at=NOW + timedelta(seconds=n // 2)) for n in range(6)]
        for n in (3, 0, 5, 1, 4, 2):
            office.receive(item_ids[n], turn_id=f"turn-{n}")
        pages, before = [read(office, limit)], None
        while (before := pages[-1].older) is not None:
            pages.append(read(office, limit, before))
        together = sorted((e for page in pages for e in page.entries), key=lambda e: e.place)
        assert [e.text for e in together] == [e.text for e in read(office).entries]
