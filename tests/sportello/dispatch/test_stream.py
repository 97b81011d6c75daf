import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sportello.conversation.effects import Machine, StartWorkflow
from sportello.dispatch.stream import StreamReader
from sportello.table.agents.agent_items import DUE, WORK, agent_key
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, StoredSettings, settings_sort_key
from sportello.table.keys import Attributes
from support.builders import CHANNEL, NOW


class Door:
    """Writes down what left; `closed_to` names effects it is refused. No item comes in here."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.closed_to: set[str] = set()
        self.at_fault: set[str] = set()
        self.set_asides: list[Any] = []
        self.fittings = 0
        self.settled: list[str] = []

    def carry_out(self, record: EffectRecord) -> None:
        if record.effect.key in self.closed_to:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessage")
        if record.effect.key in self.at_fault:
            raise AttributeError(record.effect.key)
        self.left.append(record.effect.key)

    def set_aside(self, queue_url: str, body: str) -> None:
        assert queue_url == "set-aside"
        self.set_asides.append(json.loads(body))

    def have_clocks_fitted(self) -> None:
        self.fittings += 1

    def have_agent_settled(self, agent_id: str) -> None:
        if agent_id in self.closed_to:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessage")
        self.settled.append(agent_id)

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        raise AssertionError(f"{name}: triage of {item_ids} in {conversation_id}")

    def acknowledge(self, channel: str, conversation_id: str, item_id: str) -> None:
        raise AssertionError(f"{channel}: {item_id} in {conversation_id}")

    def note(self, conversation_id: str, records: Sequence[InboundRecord], now: datetime) -> None:
        raise AssertionError(f"{now}: note of {records} in {conversation_id}")

    def reader(self) -> StreamReader:
        return StreamReader(self, self, "set-aside", self)

    def show(self, *changes: object) -> None:
        """What agents are shown is another test's matter."""


def an_effect(conversation_id: str, key: str) -> Attributes:
    start = StartWorkflow(key=key, machine=Machine.TRIAGE, input={})
    return EffectRecord(
        conversation_id=conversation_id, channel=CHANNEL, decided_at=NOW, effect=start
    ).to_attributes()


def a_settings_item(kind: str, version: int | None) -> Attributes:
    stored = StoredSettings(version=version or 1, document={})
    return stored.to_attributes(kind, settings_sort_key(version), "anna", NOW)


def a_batch(*images: Attributes) -> list[dict[str, Any]]:
    """Stream records with the sequence numbers 1, 2, 3 ..."""
    return [
        {
            "eventID": f"event-{number}",
            "dynamodb": {
                "SequenceNumber": str(number),
                "Keys": {"pk": image["pk"], "sk": image["sk"]},
                "NewImage": image,
            },
        }
        for number, image in enumerate(images, 1)
    ]


def test_behind_a_failed_effect_those_of_its_conversation_wait() -> None:
    door = Door()
    door.closed_to = {"first"}
    batch = a_batch(an_effect("a", "first"), an_effect("b", "other"), an_effect("a", "second"))
    assert door.reader().read(batch, NOW) == "1"
    assert door.left == ["other"]
    door.closed_to = set()
    assert door.reader().read(batch, NOW) is None
    assert door.left == ["other", "first", "other", "second"]


def test_a_record_that_cannot_be_read_holds_nothing_back() -> None:
    door = Door()
    unreadable = an_effect("a", "first") | {"effect": {"S": "{}"}}
    assert door.reader().read(a_batch(unreadable, an_effect("a", "second")), NOW) is None
    assert door.left == ["second"]
    assert [letter["keys"]["sk"] for letter in door.set_asides] == [{"S": "FX#first"}]


def test_a_fault_that_nobody_foresaw_holds_no_shard_back() -> None:
    door = Door()
    door.at_fault = {"first"}
    assert door.reader().read(a_batch(an_effect("a", "first"), an_effect("b", "b")), NOW) is None
    assert door.left == ["b"]
    assert [letter["error"] for letter in door.set_asides] == ["AttributeError"]


@pytest.mark.parametrize(
    ("kind", "fittings"),
    [
        ("sla_policies", 1),
        ("opening_hours", 1),
        ("queues", 1),
        ("routing", 1),
        ("texts", 0),
        ("faq", 0),
    ],
)
def test_settings_that_clocks_count_by_have_them_fitted_once(kind: str, fittings: int) -> None:
    door = Door()
    written = a_batch(a_settings_item(kind, None), a_settings_item(kind, 3))
    assert door.reader().read(written, NOW) is None
    assert (door.fittings, door.set_asides) == (fittings, [])


def an_agent(agent_id: str) -> Attributes:
    return {
        **agent_key(agent_id, WORK),
        "entity": {"S": "agent"},
        "settle": {"S": DUE},
        "version": {"N": "1"},
    }


def test_an_agent_is_settled_once_however_often_they_changed() -> None:
    door = Door()
    batch = a_batch(an_agent("anna"), an_effect("a", "first"), an_agent("bruno"), an_agent("anna"))
    assert door.reader().read(batch, NOW) is None
    assert (door.settled, door.left, door.set_asides) == (["anna", "bruno"], ["first"], [])


def test_an_agent_whose_queue_is_closed_is_tried_again() -> None:
    door = Door()
    door.closed_to = {"anna"}
    batch = a_batch(an_agent("bruno"), an_agent("anna"), an_effect("a", "first"))
    assert door.reader().read(batch, NOW) == "2"
    assert (door.settled, door.left) == (["bruno"], ["first"])
