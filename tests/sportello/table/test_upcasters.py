"""Documents of earlier schemas become those of today, and later ones keep their number."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sportello.table import upcasters
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import (
    Address,
    LogEntry,
    StoredSettings,
    read_state,
    state_attributes,
    wait_attributes,
)
from sportello.table.keys import Attributes
from sportello.table.upcasters import DOCUMENTS, schema_of, upcast
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    an_address,
    an_inbound_record,
    queued,
    receive,
    reply,
    with_agent,
)
from support.clouds.working_desk import RAW, working_desk
from support.golden_stories import QUESTION
from support.waits import a_wait

type Document = dict[str, Any]


def renamed(old: str, new: str) -> upcasters.Upcaster:
    def rename(document: Document) -> Document:
        return {new if name == old else name: value for name, value in document.items()}

    return rename


def with_schema(monkeypatch: pytest.MonkeyPatch, entity: str, *steps: upcasters.Upcaster) -> None:
    monkeypatch.setattr(upcasters, "UPCASTERS", {entity: steps})


def with_document(item: Attributes, document: Any, **attributes: Any) -> Attributes:
    name = DOCUMENTS[item["entity"]["S"]]
    return item | {name: {"S": json.dumps(document)}} | attributes


def document_of(item: Attributes) -> Any:
    return json.loads(item[DOCUMENTS[item["entity"]["S"]]]["S"])


def test_whatever_could_be_upcast_has_its_document_named() -> None:
    modules = Path(upcasters.__file__).parent.rglob("*.py")
    read = {name for each in modules for name in re.findall(r'upcast\("(\w+)"', each.read_text())}
    assert read == set(DOCUMENTS)


def test_the_first_schema_is_not_written_down() -> None:
    assert all(schema_of(entity) == 1 for entity in DOCUMENTS if entity not in upcasters.UPCASTERS)
    assert "schema_number" not in an_address().to_attributes(CONVERSATION)


def test_a_document_climbs_from_its_own_schema_to_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = renamed("line", "row"), renamed("row", "queue")
    with_schema(monkeypatch, "state", *steps)
    now = state_attributes(CONVERSATION, queued())
    assert now["schema_number"] == {"N": "3"}
    for number, name in ((1, "line"), (2, "row"), (3, "queue")):
        document = renamed("queue", name)(document_of(now))
        stored = with_document(now, document, schema_number={"N": str(number)})
        assert read_state(stored) == queued()
    unnumbered = with_document(now, renamed("queue", "line")(document_of(now)))
    del unnumbered["schema_number"]
    assert read_state(unnumbered) == queued()


def test_a_query_that_shows_waits_shows_their_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(document: Document) -> Document:
        assert "line" in document, "a wait of today is not upcast"
        return {"queue" if name == "line" else name: value for name, value in document.items()}

    item = wait_attributes(a_wait())
    former = with_document(item, renamed("queue", "line")(document_of(item)))
    current = item | {"schema_number": {"N": "2"}, "sk": {"S": f"{item['sk']['S']}-2"}}
    with_schema(monkeypatch, "wait", once)
    with working_desk() as desk:
        for each in (former, current):
            desk.table._client.put_item(TableName=desk.table._name, Item=each)
        ended = a_wait().ended_at
        waits = list(desk.table.queues.waits("default", ended, ended + timedelta(seconds=1)))
    assert waits == [a_wait(), a_wait()]


def test_every_kind_of_document_is_upcast(monkeypatch: pytest.MonkeyPatch) -> None:
    with_schema(monkeypatch, "address", renamed("to", "reply_to"))
    item = an_address().to_attributes(CONVERSATION)
    former = with_document(item, renamed("reply_to", "to")(document_of(item)))
    del former["schema_number"]
    assert Address.from_attributes(former) == an_address()

    record = an_inbound_record(a_message(QUESTION))
    with_schema(monkeypatch, "inbound", renamed("words", "text"))
    item = record.to_attributes(RAW)
    former = with_document(item, renamed("text", "words")(document_of(item)))
    del former["schema_number"]
    assert InboundRecord.from_attributes(former) == record

    item = StoredSettings(version=1, document={"on": True}).to_attributes("bot", "V#1", "anna", NOW)
    with_schema(monkeypatch, "settings", renamed("on", "enabled"))
    assert StoredSettings.from_attributes(item).document == {"enabled": True}


def test_events_are_upcast_as_the_list_that_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    story = [{"type": "Resolved", "at": NOW.isoformat(), "agent_id": "anna"}]
    item = with_document(LogEntry(sequence=0, at=NOW, events=()).to_attributes(CONVERSATION), story)
    with_schema(
        monkeypatch,
        "events",
        lambda log: [event | {"type": "ConversationResolved"} for event in log],
    )
    assert [event.type for event in LogEntry.from_attributes(item).events] == [
        "ConversationResolved"
    ]


def test_an_event_nobody_here_knows_is_kept_whatever_its_fields_are_called() -> None:
    story = [{"type": "Packed", "at": NOW.isoformat(), "stored": {"stored": 1}}]
    item = with_document(LogEntry(sequence=0, at=NOW, events=()).to_attributes(CONVERSATION), story)
    entry = LogEntry.from_attributes(item)
    assert document_of(entry.to_attributes(CONVERSATION)) == story


def test_what_a_projection_left_out_is_not_missed() -> None:
    assert upcast("quarantine", {"pk": {"S": "QUARANTINE#1"}}) == {"pk": {"S": "QUARANTINE#1"}}


def test_a_later_schema_keeps_its_number_and_an_earlier_one_gets_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_schema(monkeypatch, "state", dict)
    with working_desk() as desk:
        desk.ask(receive())
        client, name = desk.table._client, desk.table._name
        key = {"pk": {"S": f"CONV#{CONVERSATION}"}, "sk": {"S": "STATE"}}
        for stored, expected in (("1", "2"), ("2", "2"), ("9", "9")):
            item: Any = client.get_item(TableName=name, Key=key)["Item"]
            client.put_item(TableName=name, Item=item | {"schema_number": {"N": stored}})
            desk.ask(reply(key=stored))
            written = client.get_item(TableName=name, Key=key)["Item"]
            assert written["schema_number"] == {"N": expected}


def test_a_state_read_and_written_by_this_version_is_as_it_was() -> None:
    item = state_attributes(CONVERSATION, with_agent())
    assert state_attributes(CONVERSATION, read_state(item)) == item
