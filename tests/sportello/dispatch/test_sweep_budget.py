"""The sweep with more to do than it can, and with what cannot be done at all."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sportello.dispatch.backlog import GRACE
from sportello.errors import Retryable
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus
from sportello.table.items import EffectRecord
from support.builders import CONVERSATION, a_message, a_receipt, an_inbound_record, seconds
from support.clouds.small.dynamodb import error
from support.clouds.swept_desk import RecordingDispatcher, Sweep
from support.clouds.working_desk import RAW, WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
MINUTE = timedelta(minutes=1)


class SlowDispatcher(RecordingDispatcher):
    """Takes some time for everything; of its triages nothing comes."""

    def __init__(self, office: WorkingDesk) -> None:
        super().__init__(office)
        self.order: list[str] = []
        self.time_taken = timedelta(0)

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        assert len(conversation_id) == len(CONVERSATION)
        self.order.append("triage")
        self.triaged.append((item_ids, name))
        self.office.pass_time(self.time_taken)

    def carry_out(self, record: EffectRecord) -> None:
        self.order.append(record.effect.key)
        self.office.pass_time(self.time_taken)
        super().carry_out(record)


@pytest.fixture
def sweep() -> Iterator[Sweep]:
    with working_desk() as office:
        yield Sweep(office)


@pytest.fixture
def slow(sweep: Sweep) -> SlowDispatcher:
    dispatcher = SlowDispatcher(sweep.office)
    sweep.dispatch_by(dispatcher)
    return dispatcher


def customers_write(office: WorkingDesk, amount: int) -> None:
    """Let so many customers write once, each in a conversation of their own."""
    for number in range(amount):
        record = an_inbound_record(a_message(UNKNOWN, number), received_at=office.now)
        elsewhere = record.model_copy(update={"conversation_id": f"{number:032x}"})
        office.table.put_inbound(elsewhere, RAW)


def handed_over(office: WorkingDesk) -> set[str]:
    """Have effects that nobody carries out; returns their keys."""
    office.say(UNKNOWN)
    return {record.effect.key for record in office.effects()}


def one_effect(sweep: Sweep) -> str:
    """Have one effect that nobody carries out; returns its key."""
    handed_over(sweep.office)
    sweep.nothing_left()
    return sweep.office.pend_again(sweep.office.messages()[0].key)


def counted(capsys: pytest.CaptureFixture[str], metric: str) -> float:
    """Return what a metric was counted since last asked."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return sum(sum(line.get(metric, [])) for line in lines)


# --- order and budget -----------------------------------------------------------------------------


def test_customers_messages_come_before_effects_that_are_older(
    sweep: Sweep, slow: SlowDispatcher
) -> None:
    effects = handed_over(sweep.office)
    sweep.office.pass_time(timedelta(minutes=10))
    customers_write(sweep.office, 2)
    sweep.after(GRACE)
    assert slow.order[:2] == ["triage", "triage"]
    assert set(slow.order[2:]) == effects


def test_messages_leave_half_of_the_budget_to_their_answers(
    sweep: Sweep, slow: SlowDispatcher
) -> None:
    effects = handed_over(sweep.office)
    customers_write(sweep.office, 20)
    sweep.after(GRACE, things=2 * len(effects))
    assert slow.order.count("triage") == len(effects)
    assert set(slow.order) == {"triage", *effects}


def test_what_effects_do_not_need_is_for_messages_again(sweep: Sweep, slow: SlowDispatcher) -> None:
    effects = handed_over(sweep.office)
    customers_write(sweep.office, 20)
    sweep.after(GRACE, things=20)
    assert slow.order.count("triage") == 20 - len(effects)


def test_a_run_ends_in_time_and_the_next_one_goes_on(sweep: Sweep, slow: SlowDispatcher) -> None:
    slow.time_taken = seconds(11)
    customers_write(sweep.office, 6)
    sweep.after(GRACE)
    assert len(slow.triaged) == 4  # begun at 0, 11, 22 and 33 of 40 seconds
    sweep.after(seconds(0))
    assert len({item_id for item_ids, _ in slow.triaged[:6] for item_id in item_ids}) == 6


def test_what_the_budget_leaves_is_logged(sweep: Sweep, caplog: pytest.LogCaptureFixture) -> None:
    customers_write(sweep.office, 5)
    sweep.dispatch_by(SlowDispatcher(sweep.office))
    sweep.after(GRACE, things=3)
    assert "the budget of the sweep is used up" in caplog.messages


# --- what cannot be done --------------------------------------------------------------------------


def test_an_effect_that_fails_for_ever_is_tried_ever_less_often(sweep: Sweep) -> None:
    poison = one_effect(sweep)
    sweep.dispatcher.broken.add(poison)
    sweep.every_minute(60)
    in_the_first_hour = sweep.dispatcher.attempts.count(poison)
    sweep.every_minute(60)
    assert (in_the_first_hour, sweep.dispatcher.attempts.count(poison)) == (10, 14)
    sweep.dispatcher.broken.clear()
    sweep.every_minute(15)
    assert poison in sweep.dispatcher.carried_out


def test_a_message_whose_triage_fails_for_ever_is_tried_ever_less_often(
    sweep: Sweep, slow: SlowDispatcher
) -> None:
    customers_write(sweep.office, 1)
    sweep.every_minute(60)
    in_the_first_hour = len(slow.order)
    sweep.every_minute(60)
    assert (in_the_first_hour, len(slow.order)) == (10, 14)


def test_what_kills_the_sweep_is_not_what_the_next_one_begins_with(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(record: EffectRecord) -> None:
        killers.append(record.effect.key)
        raise Killed

    killers: list[str] = []
    effects = handed_over(sweep.office)
    sweep.office.pass_time(timedelta(minutes=5))
    with monkeypatch.context() as dying:
        dying.setattr(sweep.dispatcher, "carry_out", kill)
        with pytest.raises(Killed):
            sweep.after(timedelta(0))
    sweep.after(MINUTE)
    assert effects - set(sweep.dispatcher.carried_out) == set(killers)
    sweep.every_minute(3)
    assert effects <= set(sweep.dispatcher.carried_out)


def test_an_item_that_cannot_be_read_keeps_no_other_of_its_conversation(sweep: Sweep) -> None:
    broken = sweep.office.write(UNKNOWN)
    sweep.office.spoil(f"IN#{broken}", item={"S": '{"not": "an item"}'})
    sweep.office.pass_time(seconds(1))
    readable = sweep.office.write(QUESTION)
    sweep.after(GRACE)
    assert [item_ids for item_ids, _ in sweep.dispatcher.triaged] == [[readable]]
    assert f"IN#{broken}" in sweep.office.undone()


def test_a_receipt_that_cannot_be_applied_keeps_no_other_of_its_conversation(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep.office.say(QUESTION)
    message_key = sweep.office.messages()[0].key
    note = sweep.office.applying.note

    def note_all_but_one(conversation_id: str, records: Any, now: Any) -> None:
        if any(record.item.provider_item_id == "receipt-1" for record in records):
            raise KeyError("receipt-1")
        note(conversation_id, records, now)

    for number, status in enumerate((DeliveryStatus.DELIVERED, DeliveryStatus.READ), 1):
        sweep.office.keep(a_receipt(status, tracker(CONVERSATION, message_key), number))
    monkeypatch.setattr(sweep.office.applying, "note", note_all_but_one)
    sweep.after(GRACE)
    assert sweep.office.state.status_of(message_key) is DeliveryStatus.READ


@pytest.mark.parametrize("sort_key", ["IN#", "FX#", "STATE"])
def test_what_cannot_be_read_comes_again_every_quarter_of_an_hour(
    sweep: Sweep, sort_key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    item_id = sweep.office.write(QUESTION)
    if sort_key == "STATE":
        sweep.office.receive(item_id)
    elif sort_key == "FX#":
        sweep.office.triage(item_id)
    sweep.nothing_left()
    if sort_key == "FX#":
        sweep.office.pend_again(sweep.office.messages()[0].key)
    (name,) = (name for name in sweep.office.undone() if name.startswith(sort_key))
    sweep.office.spoil(name, item={"S": "{"}, effect={"S": "{"}, state={"S": "{"})
    sweep.every_minute(3)
    assert counted(capsys, "NotSwept") == 1
    sweep.every_minute(60)
    assert counted(capsys, "NotSwept") in {3, 4}  # the sweep comes at whole minutes


def test_a_table_that_takes_nothing_for_a_moment_ends_no_sweep(
    sweep: Sweep, slow: SlowDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers_write(sweep.office, 3)
    table, refusals = sweep.office.table, [1]
    postpone = table.postpone

    def refuse_once(*given: Any) -> bool:
        if refusals:
            refusals.pop()
            raise error("ThrottlingException", "slow down", "UpdateItem")
        return postpone(*given)

    monkeypatch.setattr(table, "postpone", refuse_once)
    sweep.after(GRACE)
    assert len(slow.triaged) == 2
    sweep.after(seconds(0))
    assert len(slow.triaged) == 3


def test_an_entity_of_another_version_is_put_off(
    sweep: Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep.office.write(QUESTION)
    (item,) = sweep.office.undone()
    sweep.office.spoil(item, entity={"S": "hologram"})
    sweep.every_minute(60)
    assert counted(capsys, "OfALaterVersion") == 4
    assert sweep.office.undone() == [item]


def test_an_outage_of_the_moment_is_over_when_it_is_over(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep.office.write(QUESTION)
    start, failures = sweep.dispatcher.start_triage, [Retryable("down"), Retryable("down")]

    def start_when_up(*given: Any) -> None:
        if failures:
            raise failures.pop()
        start(*given)

    monkeypatch.setattr(sweep.dispatcher, "start_triage", start_when_up)
    sweep.every_minute(4)
    assert [message.author for message in sweep.office.messages()] == ["bot"]


def test_somebody_who_was_faster_is_left_to_it(sweep: Sweep) -> None:
    effect_key = one_effect(sweep)
    (listed,) = (e for e in sweep.office.table.overdue(sweep.office.now + MINUTE))
    assert sweep.office.table.postpone(listed, sweep.office.now + MINUTE)
    assert not sweep.office.table.postpone(listed, sweep.office.now + 2 * MINUTE)
    sweep.office.table.mark_carried_out(CONVERSATION, effect_key)
    assert not sweep.office.table.postpone(listed, sweep.office.now + MINUTE)


# --- what is counted ------------------------------------------------------------------------------


def test_every_failure_is_counted(sweep: Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    sweep.dispatcher.broken |= handed_over(sweep.office)
    sweep.after(GRACE)
    assert counted(capsys, "NotSwept") == len(sweep.dispatcher.broken)


def test_customers_messages_are_counted_apart(
    sweep: Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    handed_over(sweep.office)
    sweep.office.write(QUESTION)
    sweep.after(GRACE)
    assert counted(capsys, "MessagesSwept") == 1
