"""Stored items enter their conversation: each once, whatever comes twice or late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.bot.settings import BotSettings
from sportello.channel_kinds import ChannelKind, Tone
from sportello.conversation.effects import FetchMedia
from sportello.conversation.events import OwnerKind
from sportello.conversation.evolution import fold
from sportello.conversation.state import MAX_RECENT_DELIVERIES, Lifecycle
from sportello.hours.settings import OpeningHoursSettings
from sportello.intake.applying import SLICE, address_from
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus, Echo, Edit, InboundItem, Media, Reaction
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import MAX_RUNG, QueueSettings
from sportello.routing.presence import Presence
from sportello.sla.clocks import ClockState
from sportello.sla.settings import SlaSettings
from sportello.table.compression import compress
from sportello.table.items import EffectRecord
from sportello.table.keys import key as table_key
from sportello.table.stories.timeline import read_timeline
from support.builders import (
    ACCOUNT,
    CHANNEL,
    CONVERSATION,
    HANDLE,
    NIGHT,
    NOW,
    a_message,
    a_receipt,
    accept,
    an_address,
    an_inbound_record,
    reply,
    resolve,
    return_to_bot,
    seconds,
)
from support.clouds.table import all_items
from support.clouds.working_desk import ONE_TARGET, WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def from_customer(number: int, *, sent_at: object = NOW) -> dict[str, object]:
    return {
        "account_id": ACCOUNT,
        "provider_item_id": f"other-{number}",
        "sent_at": sent_at,
        "handle": HANDLE,
        "reply_to": HANDLE,
    }


# --- applying ---------------------------------------------------------------------------------


def test_the_run_that_brings_the_first_message_takes_the_turn(office: WorkingDesk) -> None:
    taken = office.receive(office.write("Ciao"), turn_id="turn-1")
    assert (taken.turn_started, taken.collect_seconds) == (True, 1)


def test_a_second_message_joins_the_turn_of_the_first(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"), turn_id="turn-1")
    assert not office.receive(office.write("Ci siete?"), turn_id="turn-2").turn_started
    turn = office.state.turn
    assert turn is not None
    assert len(turn.items) == 2


def test_applying_again_changes_nothing_and_tells_the_same(office: WorkingDesk) -> None:
    item_id = office.write("Ciao")
    first = office.receive(item_id)
    before = all_items(office.table)
    assert office.receive(item_id, item_id) == first
    assert all_items(office.table) == before


def test_an_item_that_nobody_stored_is_nobodys(office: WorkingDesk) -> None:
    before = all_items(office.table)
    assert not office.receive("no-such-item").turn_started
    assert all_items(office.table) == before


def test_a_turn_is_taken_over_only_when_it_was_left_behind(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"), turn_id="turn-1")
    assert not office.receive(turn_id="turn-2").turn_started
    office.pass_time(seconds(90))
    taken = office.receive(turn_id="turn-2")
    assert (taken.turn_started, taken.collect_seconds) == (True, 0)


def test_a_long_burst_is_one_turn(office: WorkingDesk) -> None:
    item_ids = [office.write(f"{n}") for n in range(SLICE + 3)]
    assert office.receive(*item_ids).turn_started
    turn = office.state.turn
    assert turn is not None
    assert {item.item_id for item in turn.items} == set(item_ids)
    assert [item for item in office.undone() if item.startswith("IN#")] == []


def test_how_to_reach_the_customer_is_known_from_their_items(office: WorkingDesk) -> None:
    office.receive(office.write("Good morning, where is my order?", display_name="Anna"))
    address = office.table.load(CONVERSATION).address
    assert address == an_address(display_name="Anna", language="en", as_of=NOW)


def test_a_language_that_nothing_tells_stays_unknown(office: WorkingDesk) -> None:
    office.receive(office.write("12345"))
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert address.language == ""


def test_a_later_hint_tells_a_language_that_was_unknown() -> None:
    first = address_from([an_inbound_record(a_message("12345", number=1))], None)
    hinted = a_message("ok", number=2, language_hint="en-GB", sent_at=NOW + seconds(1))
    address = address_from([an_inbound_record(hinted)], first)
    assert address is not None
    assert address.language == "en"


def test_an_older_item_that_arrives_later_does_not_say_where_to_write_to() -> None:
    new = an_inbound_record(a_message(number=2, reply_to="fake:new", sent_at=NOW + seconds(1)))
    old = an_inbound_record(a_message(number=1, reply_to="fake:old"))
    assert address_from([old], address_from([new], None)) == address_from([new], None)


def test_the_newest_item_says_where_to_write_to() -> None:
    new = an_inbound_record(a_message(number=2, reply_to="fake:new", sent_at=NOW + seconds(1)))
    old = an_inbound_record(a_message(number=1, reply_to="fake:old"))
    address = address_from([new, old], None)
    assert address is not None
    assert address.reply_to == "fake:new"


def test_edits_reactions_and_other_peoples_receipts_are_noted(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"))
    items: list[InboundItem] = [
        Edit.model_validate(from_customer(1) | {"original_message_id": "m", "text": "Ciao!"}),
        Reaction.model_validate(from_customer(2) | {"original_message_id": "m", "emoji": "x"}),
        a_receipt(DeliveryStatus.READ, "somebody else's", handle=HANDLE),
    ]
    before = office.state
    office.note(*items)
    assert office.state.owner == before.owner
    assert office.state.turn == before.turn
    assert not [key for key in office.undone() if key.startswith("IN#")]


@settings(max_examples=4)
@given(st.permutations(range(5)), st.sets(st.integers(1, 4)), st.booleans())
def test_the_order_of_arrival_does_not_matter_to_the_table(
    order: list[int],
    cuts: set[int],
    repeat: bool,  # noqa: FBT001 -- hypothesis names it
) -> None:
    with working_desk() as office:
        office.configure(SlaSettings, **ONE_TARGET)
        office.receive(office.write(UNKNOWN))
        office.hand_over()
        office.pass_time(seconds(20))
        item_ids = [office.write(f"{n}", sent_at=NOW + seconds(5 * (n // 2) - 5)) for n in range(5)]
        office.pass_time(seconds(1))
        arrived = [item_ids[n] for n in order]
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 5], strict=True):
            for _ in range(2 if repeat else 1):
                office.receive(*arrived[start:end], turn_id=f"turn-{start}")
        state = office.state
        log = reversed(office.table.log_page(CONVERSATION, 1_000))
        assert fold(event for entry in log for event in entry.events) == state
    assert state.turn is not None
    sent = [(item.sent_at, item.item_id) for item in state.turn.items]
    assert sent == sorted(sent)
    assert len(sent) == 6
    assert [clock.started_at for clock in state.clocks] == [NOW - seconds(5)]
    assert state.owner.version == 2


# --- while a customer waits -------------------------------------------------------------------


def test_a_customer_who_writes_into_a_closed_queue_is_told_once(office: WorkingDesk) -> None:
    office.now = NIGHT
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    for number in range(3):
        office.receive(office.write("Ci siete?"), turn_id=f"turn-{number}")
    told = [message for message in office.messages() if message.key.startswith("out_of_hours")]
    assert len(told) == len(office.messages()) == 1
    assert "9" in told[0].text


def test_the_next_night_is_told_again(office: WorkingDesk) -> None:
    office.now = NIGHT
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    office.pass_time(timedelta(days=1))
    office.receive(office.write("Ci siete?"), turn_id="turn-2")
    assert len({message.key for message in office.messages()}) == 2


def test_over_an_agent_or_the_bot_nobody_is_told_of_closing_hours(office: WorkingDesk) -> None:
    office.now = NIGHT
    office.receive(office.write(QUESTION))
    assert office.run().outcome == "answered"
    office.receive(office.write("Ci siete?"), turn_id="turn-2")
    office.ask(reply())
    office.receive(office.write("E adesso?"), turn_id="turn-3")
    assert office.state.owner.kind is OwnerKind.AGENT
    assert not [sent for sent in office.messages() if sent.key.startswith("out_of_hours")]


@pytest.mark.parametrize(("now", "told"), [(NOW, 1), (NIGHT, 0)])
def test_a_channel_account_keeps_its_own_hours_whatever_those_of_the_queue(
    office: WorkingDesk, now: datetime, told: int
) -> None:
    # The queue is open at NOW and closed at NIGHT; the account's own people work at night.
    calendars = OpeningHoursSettings().model_dump(mode="json")["calendars"]
    night = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["20:00", "24:00"]]}}
    office.configure(
        OpeningHoursSettings,
        calendars=calendars | {"night": night},
        accounts={f"{CHANNEL}:{ACCOUNT}": "night"},
    )
    office.now = now
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    office.receive(office.write("Ci siete?"), turn_id="turn-2")
    keys = [sent.key for sent in office.messages() if sent.key.startswith("out_of_hours")]
    assert len(keys) == told
    clocks = {clock.calendar for clock in office.state.clocks}
    assert clocks == {"night"}


def test_a_late_message_moves_the_clock_of_a_waiting_customer_back(office: WorkingDesk) -> None:
    office.configure(SlaSettings, **ONE_TARGET)
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    (clock,) = office.state.clocks
    office.receive(office.write("Prima!", sent_at=NOW - seconds(30)), turn_id="turn-2")
    (moved,) = office.state.clocks
    assert clock.due_at == NOW + seconds(300)
    assert moved.due_at == NOW + seconds(270)


# --- receipts ---------------------------------------------------------------------------------


def sent_message(office: WorkingDesk) -> str:
    office.receive(office.write("Ciao"))
    office.ask(reply())
    office.deliver()
    return office.messages()[-1].key


def status(office: WorkingDesk, key: str) -> DeliveryStatus:
    return office.table.load(CONVERSATION, effect_keys=[key]).effects[0].status


@settings(max_examples=4)
@given(st.permutations(["sent", "delivered", "read"]), st.booleans())
def test_receipts_in_any_order_leave_the_furthest_status(
    order: list[str],
    together: bool,  # noqa: FBT001 -- hypothesis names it
) -> None:
    with working_desk() as office:
        key = sent_message(office)
        records = [
            office.store(a_receipt(DeliveryStatus(name), tracker(CONVERSATION, key), number))
            for number, name in enumerate(order)
        ]
        for batch in [records] if together else [[record] for record in records]:
            office.applying.note(CONVERSATION, batch, NOW)
            office.applying.note(CONVERSATION, batch, NOW)
        assert status(office, key) is DeliveryStatus.READ
        assert office.state.status_of(key) is DeliveryStatus.READ
        assert [item for item in office.undone() if item.startswith("IN#")] == []


def test_a_receipt_settles_an_unknown_outcome(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"))
    office.ask(reply())
    office.adapter.outcomes.append(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        office.deliver()
    office.deliver()
    (message,) = office.messages()
    assert status(office, message.key) is DeliveryStatus.UNKNOWN
    office.note(a_receipt(DeliveryStatus.DELIVERED, tracker(CONVERSATION, message.key)))
    assert status(office, message.key) is DeliveryStatus.DELIVERED


def test_a_receipt_for_a_message_that_is_gone_is_done_with(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"))
    office.note(a_receipt(DeliveryStatus.READ, tracker(CONVERSATION, "reply:gone")))
    assert not [key for key in office.undone() if key.startswith("IN#")]


def receipts_for(key: str, *statuses: DeliveryStatus) -> list[InboundItem]:
    return [
        a_receipt(status, tracker(CONVERSATION, key), number)
        for number, status in enumerate(statuses)
    ]


def test_of_receipts_that_come_together_the_furthest_counts_however_old_their_message(
    office: WorkingDesk,
) -> None:
    key = sent_message(office)
    for number in range(MAX_RECENT_DELIVERIES):
        office.ask(reply(key=f"later-{number}"))
    assert office.state.status_of(key) is None
    office.note(*receipts_for(key, DeliveryStatus.READ, DeliveryStatus.DELIVERED))
    assert status(office, key) is DeliveryStatus.READ


def test_a_message_that_cannot_be_read_holds_no_receipt_before_it_back(office: WorkingDesk) -> None:
    key = sent_message(office)
    office.ask(reply(key="later"))
    unread = office.messages()[-1].key
    office.table._client.update_item(
        TableName=office.table._name,
        Key=table_key(CONVERSATION, EffectRecord.sort_key(unread)),
        UpdateExpression="SET effect = :effect",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":effect": {"S": '{"type": "OfALaterVersion"}'}},
    )
    records = [
        office.store(a_receipt(DeliveryStatus.READ, tracker(CONVERSATION, of), number))
        for number, of in enumerate([key, unread])
    ]
    with pytest.raises(ValidationError):
        office.applying.note(CONVERSATION, records, NOW)
    assert status(office, key) is DeliveryStatus.READ


@pytest.mark.parametrize("rivals", [["customer"], ["reader"], ["customer", "reader"]])
def test_items_that_come_together_are_each_noted_once_among_rivals(
    office: WorkingDesk, rivals: list[str]
) -> None:
    key = sent_message(office)
    edit = Edit.model_validate(from_customer(1) | {"original_message_id": "m", "text": "Ciao!"})
    together = [*receipts_for(key, DeliveryStatus.SENT, DeliveryStatus.READ), edit]
    records = [office.store(item) for item in together]
    commit, coming = office.table.commit, list(rivals)

    def commit_after_a_rival(*arguments: Any) -> None:
        with patch.object(office.table, "commit", commit):
            match coming and coming.pop(0):
                case "customer":
                    office.receive(office.write("Ci siete?"), turn_id="turn-2")
                case "reader":
                    office.applying.note(CONVERSATION, records, NOW)
        commit(*arguments)

    with patch.object(office.table, "commit", commit_after_a_rival):
        office.applying.note(CONVERSATION, records, NOW)
    log = [e for entry in office.table.log_page(CONVERSATION, 1_000) for e in entry.events]
    reports = [e.status for e in log if e.type == "DeliveryRecorded" and e.status != "accepted"]
    assert sorted(reports) == ["read", "sent"]
    assert [e.item_id for e in log if e.type == "ItemNoted"] == [records[2].item_id]
    assert status(office, key) is DeliveryStatus.READ
    assert (office.state.turn is not None) == ("customer" in rivals)
    assert [item for item in office.undone() if item.startswith("IN#")] == []


# --- what the business said elsewhere ---------------------------------------------------------


def an_echo(number: int, *, sent_at: object = NOW) -> Echo:
    said = {"provider_message_id": f"echo-{number}", "text": "Le rispondo io."}
    return Echo.model_validate(from_customer(number, sent_at=sent_at) | said)


def test_what_was_answered_elsewhere_needs_no_answer_here(office: WorkingDesk) -> None:
    office.configure(SlaSettings, **ONE_TARGET)
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    later = office.pass_time(seconds(5))
    office.note(an_echo(1, sent_at=later))
    assert office.state.turn is None
    assert [clock.state for clock in office.state.clocks] == [ClockState.ACHIEVED]


def test_an_answer_from_elsewhere_counts_for_a_question_stored_after_it(
    office: WorkingDesk,
) -> None:
    question = office.write(UNKNOWN)
    later = office.pass_time(seconds(5))
    echo = office.keep(an_echo(1, sent_at=later))
    office.applying.receive(CONVERSATION, [echo, question], "turn-1", later)
    assert office.state.turn is None


# --- what a machine of theirs wrote -----------------------------------------------------------


def test_what_a_machine_wrote_is_shown_and_answered_by_nobody(office: WorkingDesk) -> None:
    office.note(a_message("Sono in ferie fino a lunedì.", auto_submitted=True))
    assert (office.state.turn, office.state.owner.kind) == (None, OwnerKind.NOBODY)
    assert office.effects() == []
    (entry,) = read_timeline(office.table, CONVERSATION, 10).entries
    assert (entry.text, entry.detail["auto_submitted"]) == ("Sono in ferie fino a lunedì.", True)


def test_a_machine_that_writes_to_a_queue_hears_no_opening_hours(office: WorkingDesk) -> None:
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    office.now = NIGHT
    told = len(office.messages())
    office.note(a_message("Fuori sede", number=2, auto_submitted=True))
    assert len(office.messages()) == told


# --- after a matter is closed -----------------------------------------------------------------


def test_a_resolved_matter_goes_to_the_bot_when_the_customer_writes_again(
    office: WorkingDesk,
) -> None:
    office.receive(office.write("Ciao"))
    office.ask(reply())
    office.ask(resolve())
    office.pass_time(timedelta(hours=73))
    assert office.receive(office.write("Ancora io"), turn_id="turn-2").turn_started
    assert (office.state.owner.kind, office.state.episode) == (OwnerKind.BOT, 2)


@pytest.mark.parametrize(
    ("text", "lifecycle"),
    [("Grazie mille!", Lifecycle.RESOLVED), ("Grazie, ma il pacco?", Lifecycle.OPEN)],
)
def test_a_thank_you_after_resolution_reopens_nothing(
    office: WorkingDesk, text: str, lifecycle: Lifecycle
) -> None:
    office.receive(office.write(UNKNOWN))
    office.ask(reply())
    office.ask(resolve())
    office.pass_time(seconds(60))
    started = office.receive(office.write(text), turn_id="turn-2").turn_started
    assert office.state.lifecycle is lifecycle
    assert started is (lifecycle is Lifecycle.OPEN)
    assert not [key for key in office.undone() if key.startswith("IN#")]


@pytest.mark.parametrize("text", ["Grazie mille!", "Thanks, bye", "risolto, grazie"])
def test_a_thank_you_for_an_answer_starts_no_clock_and_rings_nobody(
    office: WorkingDesk, text: str
) -> None:
    office.receive(office.write(UNKNOWN))
    office.ask(reply())
    before = office.state
    notices = len(office.notices())
    office.pass_time(seconds(60))
    assert not office.receive(office.write(text), turn_id="turn-2").turn_started
    after = office.state
    assert (after.lifecycle, after.turn, after.clocks) == (before.lifecycle, None, before.clocks)
    assert len(office.notices()) == notices
    assert not [key for key in office.undone() if key.startswith("IN#")]


@pytest.mark.parametrize(
    ("text", "media", "lifecycle"),
    [
        ("ok", (), Lifecycle.AWAITING_CUSTOMER),
        ("🙏", (), Lifecycle.AWAITING_CUSTOMER),
        ("", ("sticker",), Lifecycle.AWAITING_CUSTOMER),
        ("", ("image",), Lifecycle.OPEN),
        ("grazie", ("sticker", "image"), Lifecycle.OPEN),
        ("grazie, e la fattura?", (), Lifecycle.OPEN),
        ("👎", (), Lifecycle.OPEN),
    ],
)
def test_what_more_is_said_than_thanks_is_owed_an_answer(
    office: WorkingDesk, text: str, media: tuple[Any, ...], lifecycle: Lifecycle
) -> None:
    office.receive(office.write(UNKNOWN))
    office.ask(reply())
    files = tuple(Media(kind=kind, provider_media_id="m") for kind in media)
    office.receive(office.write(text, media=files), turn_id="turn-2")
    assert office.state.lifecycle is lifecycle


def test_the_bot_does_not_answer_thanks_for_its_answer(office: WorkingDesk) -> None:
    office.say("Quanto tempo ci vuole per la consegna?")
    office.pass_time(seconds(5))
    assert office.say("Grazie mille!", turn_id="turn-2") is None
    assert len(office.messages()) == 1


def test_a_business_may_have_a_thank_you_reopen_its_matters(office: WorkingDesk) -> None:
    office.configure(BotSettings, thanks_reopen=True)
    office.receive(office.write(UNKNOWN))
    office.ask(reply())
    office.ask(resolve())
    assert office.receive(office.write("Grazie!"), turn_id="turn-2").turn_started


def test_a_conversation_given_back_is_the_bots_from_the_next_message_on(
    office: WorkingDesk,
) -> None:
    office.receive(office.write("Ciao"))
    office.ask(reply())
    office.ask(return_to_bot())
    assert office.receive(office.write("Ancora io"), turn_id="turn-2").turn_started


def test_a_customer_is_verified_as_far_as_their_last_message_is(office: WorkingDesk) -> None:
    for number, verified in enumerate((True, False, True)):
        item = a_message(number=number, sent_at=NOW + seconds(number))
        record = an_inbound_record(item).model_copy(update={"verified": verified})
        office.table.put_inbound(record, compress({}))
        office.receive(record.item_id)
        address = office.table.load(CONVERSATION).address
        assert address is not None
        assert address.verified is verified


def test_a_conversation_is_held_to_the_policy_of_its_kind_of_channel(office: WorkingDesk) -> None:
    live = {"channel_kind": ChannelKind.LIVE_CHAT, "tone": Tone.INFORMAL}
    record = an_inbound_record(a_message("Operatore")).model_copy(update=live)
    office.table.put_inbound(record, compress({}))
    office.triage(record.item_id)
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert (address.channel_kind, address.tone) == (ChannelKind.LIVE_CHAT, Tone.INFORMAL)
    assert {clock.policy for clock in office.state.clocks} == {"live_chat"}
    assert office.messages()[0].text.startswith("Ti metto in contatto")


def test_a_burst_to_an_agent_who_has_left_fits_into_its_transactions(office: WorkingDesk) -> None:
    names = [f"desk-{number}" for number in range(MAX_RUNG)]
    bell = {"notifier": "webhook", "url": "https://desk.example/rung"}
    office.configure(AgentEndpointSettings, endpoints=dict.fromkeys(names, bell))
    tiers = [
        {"name": "first_line", "endpoints": names[:20]},
        {"name": "second_line", "endpoints": names[20:]},
    ]
    office.configure(QueueSettings, queues={"default": {"tiers": tiers}})
    office.say(UNKNOWN)
    office.ask(accept("anna"))
    office.ask(reply("anna"))
    agents = office.table.agents
    agents.set_presence("anna", Presence.AVAILABLE, office.now + seconds(60), office.now)
    office.pass_time(seconds(120))
    office.receive(*(office.write(f"{number}") for number in range(SLICE + 3)), turn_id="turn-2")
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_what_an_agent_takes_after_leaving_stays_theirs(office: WorkingDesk) -> None:
    until = office.now + seconds(30)
    office.table.agents.set_presence("anna", Presence.AVAILABLE, until, office.now)
    office.say(UNKNOWN)
    office.pass_time(seconds(60))
    office.ask(accept("anna"))
    office.ask(reply("anna"))
    office.receive(office.write("E quando arriva?"), turn_id="turn-2")
    assert office.state.owner.name == "anna"


def fetches(office: WorkingDesk) -> dict[str, list[tuple[str, int]]]:
    return {
        record.effect.key: [(file.item_id, file.number) for file in record.effect.files]
        for record in office.effects()
        if isinstance(record.effect, FetchMedia)
    }


PHOTOS = tuple(Media(kind="image", provider_media_id=f"photo-{number}") for number in range(2))


def test_the_files_of_a_message_are_fetched_once_it_is_recorded(office: WorkingDesk) -> None:
    name = office.write("Ecco", media=PHOTOS)
    for turn in ("turn-1", "turn-2"):
        office.receive(name, turn_id=turn)
    assert fetches(office) == {f"fetch:{name}": [(name, 0), (name, 1)]}


@pytest.mark.parametrize(
    ("kind", "rest"),
    [(Edit, {"original_message_id": "message-1"}), (Echo, {"provider_message_id": "echo-1"})],
)
def test_so_are_those_of_edits_and_of_what_staff_sent_on_the_phone(
    office: WorkingDesk, kind: type[Edit | Echo], rest: dict[str, str]
) -> None:
    office.receive(office.write("Ciao"))
    message = a_message("", 7, media=PHOTOS[:1])
    item = kind.model_validate(
        {name: getattr(message, name) for name in kind.model_fields if hasattr(message, name)}
        | {"kind": kind.model_fields["kind"].default}
        | rest
    )
    office.note(item)
    (files,) = fetches(office).values()
    assert [number for _, number in files] == [0]
