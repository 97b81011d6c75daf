"""Queues that are taken out of the settings, and who waits in them."""

from typing import Any

import pytest

from sportello.conversation.commands import Command
from sportello.entrypoints import runtime
from sportello.priorities import Priority
from sportello.queues.settings import Queue, QueueSettings
from sportello.table.agents.queue_table import QueueTable
from sportello.table.desk import Desk, Step
from sportello.table.items import StoredSettings
from support import builders
from support.agent_calls import Answer, call
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    an_address,
    an_inbound_record,
    seconds,
)
from support.clouds.table import configure
from support.waits import somebody_waiting

BOTH: dict[str, Any] = {"queues": {"default": {}, "sales": {}}}
WITHOUT_SALES: dict[str, Any] = {"queues": {"default": {}}}


@pytest.fixture
def sales(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A customer waits in the queue `sales`."""
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    configure(counter.table, QueueSettings.model_validate(BOTH))
    record = an_inbound_record(a_message("Vorrei una persona"))
    counter.table.put_inbound(record, b"")
    act(counter, builders.receive(builders.an_item(record.item_id)))
    act(counter, builders.request_human().model_copy(update={"queue": "sales"}))
    return counter


def act(desk: Desk, command: Command) -> None:
    address = an_address()

    def step(seen: Any) -> Step:
        terms = runtime.settings().terms(seen, address)
        return Step(command=command, terms=terms, address=address)

    desk.act(CONVERSATION, step, NOW)


def put(document: Any) -> Answer:
    return call("PUT", "/settings/queues", document, groups="supervisor")


def version() -> Any:
    return call("GET", "/settings/queues").document["version"]


@pytest.mark.usefixtures("sales")
def test_a_queue_in_which_somebody_waits_stays() -> None:
    answer = put(WITHOUT_SALES)
    assert (answer.status, answer.problem) == (422, "queue-in-use")
    assert answer.document["errors"] == [{"pointer": "/queues", "detail": "sales: 1 waiting"}]
    assert version() == 1


@pytest.mark.usefixtures("sales")
def test_a_queue_may_go_when_nobody_waits_in_it_any_more() -> None:
    assert call("POST", f"/conversations/{CONVERSATION}/accept", {}).status == 200
    assert put(WITHOUT_SALES).status == 200
    assert call("GET", "/queues/sales/waiting").problem == "unknown-queue"


@pytest.mark.usefixtures("sales")
def test_a_queue_that_was_empty_may_go_while_somebody_waits_in_another() -> None:
    assert put({"queues": {"sales": {}}, "handoff_queue": "sales"}).status == 200


def test_queues_that_fit_no_more_are_in_use_all_the_same(sales: Desk) -> None:
    outgrown = StoredSettings(version=2, document={"queues": {"sales": {"ring": "of old"}}})
    sales.table.put_settings("queues", outgrown, "anna", NOW)
    assert put(WITHOUT_SALES).problem == "queue-in-use"
    assert put(BOTH).status == 200


@pytest.mark.usefixtures("sales")
def test_a_write_that_removes_no_queue_asks_nobody_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(QueueTable, "length")
    assert put(BOTH | {"handoff_queue": "sales"}).status == 200


def test_who_waits_in_a_queue_that_is_gone_is_still_listed(sales: Desk) -> None:
    configure(sales.table, QueueSettings(queues={"default": Queue()}))
    runtime.settings().forget()
    listed = call("GET", "/queues/sales/waiting").document
    assert (listed["queue"], listed["total"]) == ("sales", 1)
    assert [known["conversation_id"] for known in listed["conversations"]] == [CONVERSATION]


def test_the_most_urgent_is_listed_first_however_late_and_many_there_are(counter: Desk) -> None:
    for number in range(30):
        priority = Priority.URGENT if number == 29 else Priority.NORMAL
        item = somebody_waiting(f"c{number:02}", NOW + seconds(number), priority)
        counter.table._client.put_item(TableName=counter.table._name, Item=item)
    listed = call("GET", "/queues/default/waiting", query={"limit": "3"}).document
    assert listed["total"] == 30
    assert [known["conversation_id"] for known in listed["conversations"]] == ["c29", "c00", "c01"]


@pytest.mark.usefixtures("sales")
def test_a_name_longer_than_any_queue_has_is_unknown() -> None:
    assert call("GET", f"/queues/{'s' * 2_000}/waiting").problem == "unknown-queue"
