"""The desk table on moto and on the small table: conditions, transactions, the pending index."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from sportello.conversation.commands import Command
from sportello.conversation.effects import SendMessage
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.errors import StorageBusy
from sportello.messaging.items import DeliveryStatus
from sportello.table.compression import MAX_RAW_BYTES, compress, decompress
from sportello.table.desk_table import Conflict, DeskTable, EffectExists
from sportello.table.items import Address, Conversation, EffectRecord, StoredSettings
from sportello.table.writes import Commit
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    accept,
    an_address,
    an_inbound_record,
    an_item,
    answer,
    decide,
    messages,
    offer,
    queued,
    receive,
    record_delivery,
    reply,
    request_human,
    seconds,
)
from support.clouds.moto_table import TABLES
from support.clouds.table import all_items

RAW = compress({"made": "up"})


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def commit(
    desk_table: DeskTable,
    command: Command,
    now: datetime = NOW,
    *,
    seen: Conversation | None = None,
    address: Address | None = None,
    **rest: Any,
) -> ConversationState:
    """Load, decide and commit once, or commit upon something loaded earlier."""
    loaded = seen or desk_table.load(CONVERSATION)
    decision = decide(loaded.state, command, now)
    state = fold(decision.events, loaded.state)
    desk_table.commit(loaded, Commit(decision=decision, address=address, **rest), state, now)
    return state


def effect(desk_table: DeskTable, effect_key: str) -> EffectRecord:
    (record,) = desk_table.load(CONVERSATION, effect_keys=[effect_key]).effects
    return record


def left(desk_table: DeskTable, older_than: datetime = NOW + timedelta(days=9)) -> list[str]:
    return [found.sort_key for found in desk_table.overdue(older_than)]


def ready_to_send(desk_table: DeskTable) -> SendMessage:
    commit(desk_table, receive(), address=an_address())
    commit(desk_table, answer(key="bot:1"))
    return effect(desk_table, "bot:1").message


# --- ingest -----------------------------------------------------------------------------------


def test_an_item_delivered_twice_is_kept_once(desk_table: DeskTable) -> None:
    first = an_inbound_record(a_message("uno"))
    again = an_inbound_record(a_message("due"), received_at=NOW + seconds(9))
    assert desk_table.put_inbound(first, RAW)
    assert not desk_table.put_inbound(again, RAW)
    (kept,) = desk_table.load(CONVERSATION, item_ids=[first.item_id]).inbound
    assert kept == first


def test_an_item_applied_already_is_still_a_duplicate(desk_table: DeskTable) -> None:
    record = an_inbound_record(a_message())
    desk_table.put_inbound(record, RAW)
    commit(desk_table, receive(an_item(record.item_id)), applied=(record.item_id,))
    assert not desk_table.put_inbound(record, RAW)
    (kept,) = desk_table.load(CONVERSATION, item_ids=[record.item_id]).inbound
    assert kept.applied


def test_a_body_of_five_megabytes_is_kept_in_quarantine_in_parts(desk_table: DeskTable) -> None:
    body = random.Random(7).randbytes(5 * 1024 * 1024)  # noqa: S311 -- incompressible, no secret
    name = desk_table.quarantine("fake", "larger than any known payload", body, NOW)
    parts = sorted(all_items(desk_table), key=lambda item: item["sk"]["S"])
    assert {part["pk"]["S"] for part in parts} == {f"QUARANTINE#{name}"}
    assert [part["parts"]["N"] for part in parts] == [str(len(parts))] * len(parts)
    assert decompress(b"".join(part["raw"]["B"] for part in parts)) == body
    assert max(len(part["raw"]["B"]) for part in parts) <= MAX_RAW_BYTES


def test_an_empty_body_is_kept_in_quarantine_too(desk_table: DeskTable) -> None:
    desk_table.quarantine("fake", "", b"", NOW)
    (part,) = all_items(desk_table)
    assert decompress(part["raw"]["B"]) == b""
    assert int(part["expires_at"]["N"]) == int((NOW + timedelta(days=90)).timestamp())


# --- load and commit --------------------------------------------------------------------------


def test_an_unknown_conversation_is_unborn(desk_table: DeskTable) -> None:
    loaded = desk_table.load(CONVERSATION)
    assert (loaded.state, loaded.address, loaded.inbound) == (ConversationState(), None, ())


def test_a_commit_writes_state_log_and_effects_together(desk_table: DeskTable) -> None:
    state = commit(desk_table, receive(), address=an_address())
    loaded = desk_table.load(CONVERSATION)
    assert loaded.state == state
    assert loaded.address == an_address()
    (entry,) = desk_table.log_page(CONVERSATION, 10)
    assert fold(entry.events) == state
    assert sorted(item["sk"]["S"] for item in all_items(desk_table)) == [
        "ADDRESS",
        "EVT#000000000000",
        "FX#publish:0",
        "STATE",
    ]


def test_the_log_makes_the_state_again(desk_table: DeskTable) -> None:
    for command in (receive(), request_human(), offer(), accept(), reply()):
        state = commit(desk_table, command, address=an_address())
    log = list(reversed(desk_table.log_page(CONVERSATION, 100)))
    assert fold(event for entry in log for event in entry.events) == state
    assert desk_table.load(CONVERSATION).state == state


def test_a_commit_upon_an_older_state_is_a_conflict_and_writes_nothing(
    desk_table: DeskTable,
) -> None:
    commit(desk_table, receive())
    seen = desk_table.load(CONVERSATION)
    commit(desk_table, request_human())
    before = all_items(desk_table)
    with pytest.raises(Conflict):
        commit(desk_table, answer(), seen=seen)
    assert all_items(desk_table) == before


def test_two_first_commits_are_a_conflict(desk_table: DeskTable) -> None:
    unborn = desk_table.load(CONVERSATION)
    commit(desk_table, receive(), seen=unborn)
    with pytest.raises(Conflict):
        commit(desk_table, receive(an_item("item-2")), seen=unborn)


def test_an_item_applied_by_somebody_else_is_a_conflict(desk_table: DeskTable) -> None:
    record = an_inbound_record(a_message())
    desk_table.put_inbound(record, RAW)
    commit(desk_table, receive(an_item(record.item_id)), applied=(record.item_id,))
    with pytest.raises(Conflict):
        commit(desk_table, receive(an_item("item-2")), applied=(record.item_id,))
    with pytest.raises(Conflict):  # without events, too
        commit(desk_table, receive(an_item(record.item_id)), applied=(record.item_id,))


def test_a_key_decided_before_is_an_effect_that_exists(desk_table: DeskTable) -> None:
    commit(desk_table, receive())
    commit(desk_table, reply(key="1"))
    before = all_items(desk_table)
    with pytest.raises(EffectExists):
        commit(desk_table, reply(key="1"))
    assert all_items(desk_table) == before


def test_an_older_state_with_a_key_decided_before_is_a_conflict_first(
    desk_table: DeskTable,
) -> None:
    commit(desk_table, receive())
    seen = desk_table.load(CONVERSATION)
    commit(desk_table, reply(key="1"))
    with pytest.raises(Conflict):
        commit(desk_table, reply(key="1"), seen=seen)


def test_any_other_refusal_of_the_table_leaves_as_it_is(desk_table: DeskTable) -> None:
    gone = DeskTable("no-such-table", desk_table._client)
    with pytest.raises(ClientError):
        gone.put_inbound(an_inbound_record(a_message()), RAW)
    with pytest.raises(ClientError):
        commit(gone, receive(), seen=desk_table.load(CONVERSATION))


def test_more_than_a_hundred_items_are_read_in_order(desk_table: DeskTable) -> None:
    records = [an_inbound_record(a_message(number=n)) for n in range(130)]
    for record in records:
        desk_table.put_inbound(record, RAW)
    wanted = [record.item_id for record in reversed(records)]
    loaded = desk_table.load(CONVERSATION, item_ids=[*wanted, "no-such-item", wanted[0]])
    assert [record.item_id for record in loaded.inbound] == wanted


def test_keys_the_table_left_unread_are_asked_for_again(desk_table: DeskTable) -> None:
    record = an_inbound_record(a_message())
    desk_table.put_inbound(record, RAW)
    client, left_unread = desk_table._client, [True, True]
    read = client.batch_get_item

    def read_half(**request: Any) -> Any:
        if not left_unread:
            return read(**request)
        left_unread.pop()
        return {"Responses": {"desk": []}, "UnprocessedKeys": request["RequestItems"]}

    with patch.object(client, "batch_get_item", read_half), patch("time.sleep"):
        assert desk_table.load(CONVERSATION, item_ids=[record.item_id]).inbound == (record,)
        left_unread.extend([True] * 99)
        with pytest.raises(StorageBusy):
            desk_table.load(CONVERSATION)


def test_a_delivery_is_recorded_with_the_message(desk_table: DeskTable) -> None:
    ready_to_send(desk_table)
    command = record_delivery("bot:1", DeliveryStatus.ACCEPTED)
    commit(desk_table, command, provider_message_ids={"bot:1": "provider-1"})
    commit(desk_table, record_delivery("bot:1", DeliveryStatus.READ, DeliveryStatus.ACCEPTED))
    record = effect(desk_table, "bot:1")
    assert (record.status, record.provider_message_id) == (DeliveryStatus.READ, "provider-1")


def test_the_log_is_read_in_pages_newest_first(desk_table: DeskTable) -> None:
    for number in range(5):
        commit(desk_table, receive(an_item(f"item-{number}")))
    sequences = [entry.sequence for entry in desk_table.log_page(CONVERSATION, 100)]
    assert sequences == sorted(sequences, reverse=True)
    first = desk_table.log_page(CONVERSATION, 2)
    rest = desk_table.log_page(CONVERSATION, 100, before=first[-1].sequence)
    assert [entry.sequence for entry in [*first, *rest]] == sequences
    assert desk_table.log_page(CONVERSATION, 9, before=0) == []


# --- outbound messages ------------------------------------------------------------------------


def test_a_message_is_claimed_once(desk_table: DeskTable) -> None:
    message = ready_to_send(desk_table)
    assert desk_table.claim_message(CONVERSATION, message, NOW)
    assert not desk_table.claim_message(CONVERSATION, message, NOW)
    assert effect(desk_table, "bot:1").status is DeliveryStatus.SENDING


def test_a_claim_given_back_is_queued_and_claimed_again(desk_table: DeskTable) -> None:
    message = ready_to_send(desk_table)
    desk_table.claim_message(CONVERSATION, message, NOW)
    desk_table.release_message(CONVERSATION, "bot:1")
    assert effect(desk_table, "bot:1").status is DeliveryStatus.QUEUED
    assert desk_table.claim_message(CONVERSATION, message, NOW)


def test_what_was_not_claimed_cannot_be_given_back(desk_table: DeskTable) -> None:
    ready_to_send(desk_table)
    with pytest.raises(ClientError):
        desk_table.release_message(CONVERSATION, "bot:1")


def test_an_automatic_message_is_not_claimed_after_the_owner_changed(
    desk_table: DeskTable,
) -> None:
    message = ready_to_send(desk_table)
    commit(desk_table, receive(an_item("item-2")))
    commit(desk_table, request_human())
    assert not desk_table.claim_message(CONVERSATION, message, NOW)
    assert effect(desk_table, "bot:1").status is DeliveryStatus.QUEUED


def test_a_persons_message_is_claimed_whoever_owns_the_conversation(
    desk_table: DeskTable,
) -> None:
    commit(desk_table, receive(), address=an_address())
    state = commit(desk_table, reply("anna", "1"))
    key = state.recent_deliveries[0].effect_key
    for command in (reply("bruno", "2", supervisor=True),):
        commit(desk_table, command)
    assert desk_table.claim_message(CONVERSATION, effect(desk_table, key).message, NOW)


def test_a_settled_message_is_not_claimed(desk_table: DeskTable) -> None:
    message = ready_to_send(desk_table)
    commit(desk_table, record_delivery("bot:1", DeliveryStatus.REFUSED, DeliveryStatus.QUEUED))
    assert not desk_table.claim_message(CONVERSATION, message, NOW)


# --- what is left undone ----------------------------------------------------------------------


def test_an_item_is_pending_until_it_is_applied(desk_table: DeskTable) -> None:
    record = an_inbound_record(a_message())
    desk_table.put_inbound(record, RAW)
    assert left(desk_table) == [f"IN#{record.item_id}"]
    commit(desk_table, receive(kind_of_nothing(record.item_id)), applied=(record.item_id,))
    assert f"IN#{record.item_id}" not in left(desk_table)


def kind_of_nothing(item_id: str) -> Any:
    return an_item(item_id, kind="reaction")


def test_a_message_is_pending_until_it_is_claimed(desk_table: DeskTable) -> None:
    message = ready_to_send(desk_table)
    assert "FX#bot:1" in left(desk_table)
    desk_table.claim_message(CONVERSATION, message, NOW)
    assert "FX#bot:1" not in left(desk_table)


def test_another_effect_is_pending_until_it_is_carried_out(desk_table: DeskTable) -> None:
    commit(desk_table, receive())
    assert "FX#publish:0" in left(desk_table)
    for _ in range(2):
        desk_table.mark_carried_out(CONVERSATION, "publish:0")
    assert "FX#publish:0" not in left(desk_table)


def test_a_state_is_pending_while_a_turn_is_leased_or_a_clock_runs(desk_table: DeskTable) -> None:
    commit(desk_table, receive())
    assert "STATE" in left(desk_table)
    commit(desk_table, answer())
    assert "STATE" not in left(desk_table)
    commit(desk_table, receive(an_item("item-2")))
    commit(desk_table, request_human())
    assert "STATE" in left(desk_table)


def test_the_oldest_is_found_first_and_the_young_not_at_all(desk_table: DeskTable) -> None:
    for number in (3, 1, 2):
        record = an_inbound_record(a_message(number=number), received_at=NOW + seconds(number))
        desk_table.put_inbound(record, RAW)
    found = list(desk_table.overdue(NOW + seconds(3)))
    assert [left.pending_since for left in found] == [NOW + seconds(1), NOW + seconds(2)]
    assert {left.entity for left in found} == {"inbound"}
    assert {left.conversation_id for left in found} == {CONVERSATION}


# --- settings ---------------------------------------------------------------------------------


def test_settings_are_written_in_versions_and_none_is_lost(desk_table: DeskTable) -> None:
    assert desk_table.settings("bot") is None
    for version in (1, 2):
        stored = StoredSettings(version=version, document={"enabled": version == 2})
        desk_table.put_settings("bot", stored, "anna", NOW)
    assert desk_table.settings("bot") == stored
    assert sorted(item["sk"]["S"] for item in all_items(desk_table)) == [
        "CURRENT",
        "V#000001",
        "V#000002",
    ]


@pytest.mark.parametrize("version", [1, 3])
def test_only_the_next_version_is_written(desk_table: DeskTable, version: int) -> None:
    desk_table.put_settings("bot", StoredSettings(version=1, document={}), "anna", NOW)
    with pytest.raises(Conflict):
        desk_table.put_settings("bot", StoredSettings(version=version, document={}), "bruno", NOW)


# --- what DynamoDB minds ----------------------------------------------------------------------


def test_empty_and_odd_values_are_stored(desk_table: DeskTable) -> None:
    odd = a_message("\x00\u2028 #:{}'\"", display_name="")
    record = an_inbound_record(odd)
    assert desk_table.put_inbound(record, b"")
    (kept,) = desk_table.load(CONVERSATION, item_ids=[record.item_id]).inbound
    assert kept.item == odd
    commit(desk_table, receive(), address=an_address(display_name="", language=""))
    assert messages(decide(queued(), reply(), NOW))
