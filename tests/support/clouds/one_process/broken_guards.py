"""Guards of the core, broken one at a time, so that an experiment shows that it would notice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from sportello.delivery import delivering
from sportello.dispatch import dispatcher
from sportello.dispatch.stream import StreamReader
from sportello.messaging import identifiers
from sportello.messaging.outbound_channel import Delivery
from sportello.people import escalation
from sportello.table import writes as table_writes
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation, EffectRecord, state_attributes
from support.clouds.one_process import asl


@contextmanager
def an_interrupted_send_is_sent_again() -> Iterator[None]:
    settle = delivering.Delivering._settle

    def send_again(self: delivering.Delivering, start: Conversation, found: Delivery) -> None:
        if found.error_code == "interrupted":
            assert isinstance(start.address, Address)
            found = self._send(start.effects[0], start.address)
        settle(self, start, found)

    with patch.object(delivering.Delivering, "_settle", send_again):
        yield


@contextmanager
def items_are_not_known_again() -> Iterator[None]:
    name = identifiers.item_id
    times = iter(range(1_000_000))

    def ever_new(key: bytes, channel: str, account: str, item: str) -> str:
        return name(key, channel, account, f"{item}.{next(times)}")

    with patch("sportello.intake.receiving.item_id", ever_new):
        yield


@contextmanager
def the_dispatcher_forgets() -> Iterator[None]:
    """Marked before it is carried out, and not said when it failed."""
    carry_out, read = dispatcher.Dispatcher.carry_out, StreamReader.read

    def mark_first(self: dispatcher.Dispatcher, record: EffectRecord) -> None:
        self._table.mark_carried_out(record.conversation_id, record.effect.key)
        carry_out(self, record)

    def say_nothing(self: StreamReader, records: Any, now: datetime) -> None:
        read(self, records, now)

    with (
        patch.object(dispatcher.Dispatcher, "carry_out", mark_first),
        patch.object(StreamReader, "read", say_nothing),
    ):
        yield


@contextmanager
def workflows_have_no_name_of_their_own() -> Iterator[None]:
    times = iter(range(1_000_000))
    with patch.object(dispatcher, "execution_name", lambda text: f"{text[:60]}-{next(times)}"):
        yield


@contextmanager
def commits_check_nothing() -> Iterator[None]:
    """Neither the version of the state nor that nobody wrote the same place of the log."""
    with (
        patch.object(table_writes, "put_state", _put_whatever_was_there),
        patch.object(table_writes, "put_new", table_writes.put),
    ):
        yield


def _put_whatever_was_there(table: str, conversation: Any, after: Any, words: Any) -> Any:
    return table_writes.put(table, state_attributes(conversation.conversation_id, after, words))


@contextmanager
def a_killed_task_is_not_tried_again() -> Iterator[None]:
    definition = asl.definition

    def without_retry(machine: str) -> asl.Json:
        states = {
            name: {key: value for key, value in state.items() if key != "Retry"}
            for name, state in definition(machine)["States"].items()
        }
        return {**definition(machine), "States": states}

    with patch.object(asl, "definition", without_retry):
        yield


@contextmanager
def claims_ignore_the_owner() -> Iterator[None]:
    claim = DeskTable.claim_message

    def claim_anyway(self: DeskTable, name: str, message: Any, now: datetime) -> bool:
        return claim(self, name, message.model_copy(update={"automatic": False}), now)

    with patch.object(DeskTable, "claim_message", claim_anyway):
        yield


@contextmanager
def a_ladder_goes_round_no_more() -> Iterator[None]:
    exhaust = escalation.Escalating.exhaust

    def say_nobody_waits(self: escalation.Escalating, *round_in_vain: Any) -> escalation.Round:
        exhaust(self, *round_in_vain)
        return escalation.Round()

    with patch.object(escalation.Escalating, "exhaust", say_nobody_waits):
        yield
