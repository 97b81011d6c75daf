"""The write path under rivals: load, decide, commit, and again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest

from sportello.conversation.commands import RecordDelivery
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.errors import NotAllowed, StorageBusy
from sportello.intake.applying import SLICE, Applying
from sportello.messaging.items import DeliveryStatus
from sportello.table.compression import compress
from sportello.table.desk import MAX_ATTEMPTS, Desk, Step
from sportello.table.desk_table import EffectExists
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    accept,
    an_address,
    an_inbound_record,
    an_item,
    answer,
    receive,
    record_delivery,
    reply,
    request_human,
    seconds,
)
from support.clouds.metered import metered
from support.clouds.table import desk, one_call_at_a_time

RAW = compress({})
TOGETHER = 5
"""How many messages the stream hands over at once, under such load."""


@pytest.fixture
def empty_desk() -> Iterator[Desk]:
    with desk() as empty:
        yield empty


def test_a_planned_command_is_committed(empty_desk: Desk) -> None:
    step = Step(command=receive(), terms=TERMS, address=an_address())
    committed = empty_desk.act(CONVERSATION, lambda _: step, NOW)
    loaded = empty_desk.table.load(CONVERSATION)
    assert committed.before.state == ConversationState()
    assert committed.state == loaded.state == fold(committed.decision.events)


def test_a_desk_that_publishes_nothing_commits_the_same_and_writes_less(empty_desk: Desk) -> None:
    silent = Desk(empty_desk.table, publishes=False)
    step = Step(command=receive(), terms=TERMS, address=an_address())
    with metered(empty_desk.table) as usage:
        heard = empty_desk.act("heard", lambda _: step, NOW)
    with metered(empty_desk.table) as usage_in_silence:
        unheard = silent.act("unheard", lambda _: step, NOW)
    assert heard.state == unheard.state
    assert [effect.type for effect in heard.decision.effects] == ["PublishEvent"]
    assert unheard.decision.effects == ()
    assert usage_in_silence.write_units <= usage.write_units - 2


def test_what_was_decided_before_the_bus_was_switched_off_is_still_to_be_published(
    empty_desk: Desk,
) -> None:
    step = Step(command=receive(), terms=TERMS, address=an_address())
    empty_desk.act(CONVERSATION, lambda _: step, NOW)
    silent = Desk(empty_desk.table, publishes=False)
    silent.act(CONVERSATION, lambda _: Step(command=request_human(), terms=TERMS), NOW)
    left = {entry.sort_key for entry in empty_desk.table.overdue(NOW + seconds(1))}
    assert "FX#publish:0" in left
    assert not any(name.startswith("FX#publish:") for name in left - {"FX#publish:0"})


def test_nothing_planned_is_nothing_written(empty_desk: Desk) -> None:
    committed = empty_desk.act(CONVERSATION, lambda _: None, NOW)
    assert (committed.decision.events, committed.state) == ((), ConversationState())


def test_a_rivals_commit_makes_the_desk_decide_again(empty_desk: Desk) -> None:
    empty_desk.act(CONVERSATION, lambda _: Step(command=receive(), terms=TERMS), NOW)
    seen: list[int] = []

    def plan(conversation: Conversation) -> Step:
        seen.append(conversation.state.owner.version)
        if len(seen) == 1:
            rival = Desk(empty_desk.table)
            rival.act(CONVERSATION, lambda _: Step(command=request_human(), terms=TERMS), NOW)
        return Step(command=answer(), terms=TERMS)

    committed = empty_desk.act(CONVERSATION, plan, NOW)
    assert seen == [1, 2]
    assert committed.decision.events == ()  # the owner changed, the answer is dropped


def test_a_conversation_that_changed_since_it_was_loaded_is_decided_on_anew(
    empty_desk: Desk,
) -> None:
    record = an_inbound_record(a_message())
    empty_desk.table.put_inbound(record, RAW)
    empty_desk.act(CONVERSATION, lambda _: Step(command=receive(), terms=TERMS), NOW)
    before = empty_desk.table.load(CONVERSATION, item_ids=[record.item_id])
    empty_desk.act(CONVERSATION, lambda _: Step(command=request_human(), terms=TERMS), NOW)
    seen: list[Conversation] = []

    def plan(conversation: Conversation) -> Step:
        seen.append(conversation)
        return Step(command=answer(), terms=TERMS)

    committed = empty_desk.act(CONVERSATION, plan, NOW, item_ids=[record.item_id], start=before)
    assert [each.state.owner.version for each in seen] == [1, 2]
    assert [each.inbound for each in seen] == [(record,), (record,)]
    assert committed.decision.events == ()


@pytest.mark.parametrize(
    ("outcome", "provider_id"),
    [
        (record_delivery("bot:1", DeliveryStatus.ACCEPTED), "provider-1"),
        (record_delivery("bot:1", DeliveryStatus.REFUSED, error_code="recipient:1"), ""),
        (record_delivery("bot:1", DeliveryStatus.QUEUED), "provider-2"),
    ],
)
def test_after_commits_a_conversation_is_as_it_would_be_loaded(
    empty_desk: Desk, outcome: RecordDelivery, provider_id: str
) -> None:
    record = an_inbound_record(a_message())
    empty_desk.table.put_inbound(record, RAW)
    steps = [
        Step(command=receive(), terms=TERMS, address=an_address(), applied=(record.item_id,)),
        Step(command=answer(key="bot:1"), terms=TERMS),
        Step(
            command=outcome,
            terms=TERMS,
            address=an_address(reply_to="fake:new"),
            provider_message_ids={"bot:1": provider_id},
        ),
    ]
    items, messages = [record.item_id], ["bot:1"]
    for step in steps:
        after = empty_desk.act(
            CONVERSATION,
            lambda _, step=step: step,  # type: ignore[misc] # bound at once
            NOW,
            item_ids=items,
            effect_keys=messages,
        ).after
    assert [effect.effect.key for effect in after.effects] == messages
    assert after == empty_desk.table.load(CONVERSATION, item_ids=items, effect_keys=messages)


def test_too_many_rivals_are_an_error_to_try_again() -> None:
    pauses: list[float] = []
    with desk() as empty:
        busy = Desk(empty.table, pause=pauses.append)
        names = iter(range(1_000))

        def plan(_: Conversation) -> Step:
            rival = Step(command=receive(an_item(f"rival-{next(names)}")), terms=TERMS)
            empty.act(CONVERSATION, lambda _: rival, NOW)
            return Step(command=receive(an_item("mine")), terms=TERMS)

        with pytest.raises(StorageBusy):
            busy.act(CONVERSATION, plan, NOW)
    assert len(pauses) == MAX_ATTEMPTS - 1
    assert all(0 <= pause <= 1 for pause in pauses)


def test_a_refusal_and_a_repeated_key_reach_the_caller(empty_desk: Desk) -> None:
    empty_desk.act(CONVERSATION, lambda _: Step(command=receive(), terms=TERMS), NOW)
    with pytest.raises(NotAllowed):
        empty_desk.act(CONVERSATION, lambda _: Step(command=accept(), terms=TERMS), NOW)
    empty_desk.act(CONVERSATION, lambda _: Step(command=reply(), terms=TERMS), NOW)
    with pytest.raises(EffectExists):
        empty_desk.act(CONVERSATION, lambda _: Step(command=reply(), terms=TERMS), NOW)


def test_a_hundred_first_messages_at_once_make_one_conversation() -> None:
    records = [
        an_inbound_record(a_message(f"{n}", number=n, sent_at=NOW + seconds(n))) for n in range(100)
    ]
    with desk() as empty, one_call_at_a_time(empty.table):
        table = empty.table
        applying = Applying(Desk(table), SettingsStore(table, 60))
        barrier = threading.Barrier(4)

        def take_in(worker: int) -> None:
            barrier.wait()
            for start in range(worker, len(records), 4 * TOGETHER):
                batch = records[start : start + 4 * TOGETHER : 4]
                for record in batch:
                    table.put_inbound(record, RAW)
                item_ids = [record.item_id for record in batch]
                receive_until_done(applying, item_ids, f"turn-{item_ids[0]}")

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(take_in, range(4)))
        state = table.load(CONVERSATION).state
        log = list(reversed(table.log_page(CONVERSATION, 1_000)))
        undone = [left.sort_key for left in table.overdue(NOW + seconds(10_000))]
    events = [event for entry in log for event in entry.events]
    received = [event.item_id for event in events if event.type == "MessageReceived"]
    assert sorted(received) == sorted(record.item_id for record in records)
    assert [event.number for event in events if event.type == "EpisodeOpened"] == [1]
    assert [event.version for event in events if event.type == "OwnerChanged"] == [1]
    assert fold(events) == state
    assert not [key for key in undone if key.startswith("IN#")]


def receive_until_done(applying: Applying, item_ids: list[str], turn_id: str) -> None:
    """What the state machine does with a Retryable: try again."""
    for _ in range(50):
        try:
            applying.receive(CONVERSATION, item_ids, turn_id, NOW)
        except StorageBusy:
            continue
        return
    raise AssertionError("never got through")


def test_a_burst_beyond_one_transaction_is_applied_in_slices(empty_desk: Desk) -> None:
    records = [an_inbound_record(a_message(number=n)) for n in range(SLICE + 5)]
    for record in records:
        empty_desk.table.put_inbound(record, RAW)
    writes: list[int] = []
    client = empty_desk.table._client
    write = client.transact_write_items

    def write_counted(**request: Any) -> Any:
        writes.append(len(request["TransactItems"]))
        return write(**request)

    applying = Applying(empty_desk, SettingsStore(empty_desk.table, 60))
    with patch.object(client, "transact_write_items", write_counted):
        taken = applying.receive(
            CONVERSATION, [record.item_id for record in records], "turn-1", NOW
        )
    assert taken.turn_started
    assert len(writes) == 2
    assert max(writes) <= 100
    assert not [
        left for left in empty_desk.table.overdue(NOW + seconds(10_000)) if left.entity == "inbound"
    ]
