"""What only a later version knows is neither dropped nor guessed at: it waits for that version."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from sportello.conversation.effects import is_known
from sportello.dispatch.backlog import GRACE, LONGEST_PAUSE
from sportello.dispatch.dispatcher import DispatchEnvironment, Dispatcher
from sportello.dispatch.stream import StreamReader
from sportello.dispatch.sweep import LATER_VERSION_GRACE, Sweeping
from sportello.errors import LaterVersionNeeded
from sportello.messaging.items import wants_answer
from sportello.people.notifying.ringing import Ringing
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes, pending_attributes, stamp
from support.builders import CHANNEL, CONVERSATION, HANDLE, NOW, a_message, an_inbound_record
from support.clouds.working_desk import RAW, WorkingDesk, working_desk
from support.fakes import RecordingNotifier

QUESTION = "Quanto tempo ci vuole per la consegna?"
SURVEY = {"type": "SendSurvey", "key": "survey:1", "questions": [{"text": "Com'è andata?"}]}
ROBOT = {"type": "StartWorkflow", "key": "robot:1", "machine": "robot", "input": {"arm": "left"}}
each_effect = pytest.mark.parametrize("document", [SURVEY, ROBOT], ids=["type", "machine"])


def an_effect(document: dict[str, Any], **attributes: Any) -> Attributes:
    return {
        "pk": {"S": f"CONV#{CONVERSATION}"},
        "sk": {"S": f"FX#{document['key']}"},
        "entity": {"S": "effect"},
        "channel": {"S": CHANNEL},
        "decided_at": {"S": stamp(NOW)},
        "effect": {"S": json.dumps(document)},
        "delivery": {"S": "queued"},
        **pending_attributes(CONVERSATION, NOW),
        **attributes,
    }


def a_call(**fields: Any) -> Attributes:
    """An inbound item of a kind that a later version's channels bring."""
    item = an_inbound_record(a_message("")).to_attributes(RAW)
    document = json.loads(item["item"]["S"]) | {"seconds": 12} | fields
    return item | {"kind": {"S": "call"}, "item": {"S": json.dumps(document)}}


class Office:
    """A desk with the real dispatcher; nothing that it calls of AWS is there."""

    def __init__(self, desk: WorkingDesk) -> None:
        self.desk, self.table = desk, desk.table
        environment = DispatchEnvironment(
            queue_url_base="https://sqs.example/desk-",
            triage_machine="triage",
            sla_timer_machine="sla_timer",
            escalation_machine="escalation",
            bus_name="bus",
            fit_clocks_queue="fit-clocks",
            routing_queue="routing",
            settings_cache_seconds=30,
        )
        self.dispatcher = Dispatcher(environment, desk.table, desk.settings, lambda: desk.now)
        self.triaged: list[list[str]] = []
        self.dispatcher.start_triage = self._start_triage  # type: ignore[method-assign] # stands in for the state machine

    def _start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        assert conversation_id == CONVERSATION
        self.triaged.append(item_ids)
        self.desk.triage(*item_ids, turn_id=name)

    def put(self, item: Attributes) -> Attributes:
        self.table._client.put_item(TableName=self.table._name, Item=item)
        return item

    def read_stream(self, *items: Attributes) -> list[Any]:
        """Hand items to the stream's reader; returns what it set aside."""
        set_aside = Mock()
        self.dispatcher.set_aside = set_aside  # type: ignore[method-assign] # nothing is to come
        reader = StreamReader(self.dispatcher, self.desk.applying, "set-aside", Mock())
        records = [
            {
                "eventID": f"event-{number}",
                "dynamodb": {"SequenceNumber": str(number), "NewImage": item, "Keys": {}},
            }
            for number, item in enumerate(items, 1)
        ]
        assert reader.read(records, self.desk.now) is None
        return set_aside.mock_calls

    def sweep(self, after: timedelta) -> int:
        sweeping = Sweeping(
            self.table,
            self.desk.settings,
            self.dispatcher,
            self.desk.applying,
            self.desk.escalating,
            self.desk.ticking,
        )
        return sweeping.sweep(self.desk.pass_time(after))


@pytest.fixture
def office() -> Iterator[Office]:
    with working_desk() as desk:
        yield Office(desk)


# --- effects -------------------------------------------------------------------------------------


@each_effect
def test_an_unknown_effect_stays_pending_and_is_counted(
    office: Office, document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    item = office.put(an_effect(document))
    assert office.read_stream(item) == []
    assert office.desk.undone() == [f"FX#{document['key']}"]
    assert '"OfALaterVersion":[1.0]' in capsys.readouterr().out


@each_effect
def test_an_unknown_effect_is_looked_at_ever_less_often_and_soon_again(
    office: Office, document: dict[str, Any]
) -> None:
    office.put(an_effect(document))
    assert office.sweep(GRACE + timedelta(seconds=1)) == 1
    assert office.sweep(timedelta(seconds=30)) == 0
    assert office.sweep(timedelta(days=1)) == 1
    assert office.sweep(LONGEST_PAUSE - timedelta(seconds=1)) == 0
    assert office.sweep(timedelta(seconds=1) + GRACE) == 1
    (left,) = office.table.content(CONVERSATION, effect_keys=[document["key"]]).effects
    assert json.loads(left.effect.model_dump_json()) == document


def test_an_effect_of_ours_that_is_damaged_is_set_aside(office: Office) -> None:
    damaged = {"type": "SendMessage", "key": "bot:1"}
    assert len(office.read_stream(an_effect(damaged))) == 1


def test_what_this_version_can_do_is_known() -> None:
    record = EffectRecord.from_attributes(an_effect(ROBOT | {"machine": "triage", "extra": 1}))
    assert is_known(record.effect)


@pytest.mark.parametrize(
    "item",
    [
        an_effect(SURVEY),
        an_effect(
            {"type": "NotifyAgents", "key": "n:1", "endpoint": "desk", "notice": "x", "data": {}},
            delivery={"S": "held"},
        ),
    ],
    ids=["type", "status"],
)
def test_a_queue_asks_again_for_what_a_notifier_or_channel_does_not_know(
    office: Office, item: Attributes
) -> None:
    office.desk.say(QUESTION)
    key = office.put(item)["sk"]["S"].removeprefix("FX#")
    with pytest.raises(LaterVersionNeeded):
        office.desk.delivering.deliver(CONVERSATION, key)
    ringing = Ringing(RecordingNotifier(), office.table, office.desk.settings, lambda: NOW)
    with pytest.raises(LaterVersionNeeded):
        ringing.notify(CONVERSATION, key)


# --- inbound items -------------------------------------------------------------------------------


def test_an_unknown_item_is_left_to_the_version_that_stored_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    item = office.put(a_call())
    assert office.read_stream(item) == []
    office.sweep(LATER_VERSION_GRACE - timedelta(seconds=1))
    assert office.triaged == []
    assert office.desk.undone() == [item["sk"]["S"]]
    assert '"OfALaterVersion":[1.0]' in capsys.readouterr().out


def test_a_customers_unknown_item_is_shown_to_people_if_nobody_came_for_it(office: Office) -> None:
    office.put(a_call())
    office.sweep(LATER_VERSION_GRACE)
    assert office.desk.state.owner.kind == "queue"
    assert office.desk.state.handoff_reason == "nothing_to_read"
    assert not [left for left in office.desk.undone() if left.startswith("IN#")]


def test_an_unknown_item_of_nobody_is_noted_if_nobody_came_for_it(office: Office) -> None:
    office.put(a_call(handle=""))
    office.sweep(LATER_VERSION_GRACE)
    assert (office.desk.state.sequence, office.desk.state.turn) == (1, None)
    assert office.desk.undone() == []


def test_a_triage_that_is_handed_an_unknown_item_applies_it(office: Office) -> None:
    """The later version's dispatcher has judged that it wants an answer."""
    item = office.put(a_call())
    outcome = office.desk.triage(item["sk"]["S"].removeprefix("IN#"))
    assert outcome
    assert outcome.outcome == "handoff"


def test_an_unknown_item_is_read_whole() -> None:
    record = InboundRecord.from_attributes(a_call())
    assert wants_answer(record.item)
    assert record.item.kind == "call"
    assert json.loads(record.item.model_dump_json())["seconds"] == 12
    assert json.loads(record.item.model_dump_json())["handle"] == HANDLE


# --- entities ------------------------------------------------------------------------------------


def test_a_pending_entity_nobody_knows_is_left_alone_and_keeps_nothing_else(office: Office) -> None:
    office.put(
        {
            "pk": {"S": f"CONV#{CONVERSATION}"},
            "sk": {"S": "SURVEY#1"},
            "entity": {"S": "survey"},
            **pending_attributes(CONVERSATION, NOW),
        }
    )
    office.desk.write(QUESTION)
    office.sweep(GRACE + timedelta(seconds=1))
    assert len(office.triaged) == 1
    assert "SURVEY#1" in office.desk.undone()
