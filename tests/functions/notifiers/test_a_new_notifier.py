"""A notifier that nobody has heard of is one file: settings, dispatch and ringing take it on."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import notifiers
from sportello.aws.clients import aws_client
from sportello.conversation.commands import Command
from sportello.dispatch.dispatcher import DispatchEnvironment, Dispatcher
from sportello.entrypoints import runtime
from sportello.table.desk import Desk, Step
from sportello.table.items import EffectRecord
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import Answer, LambdaContext, call
from support.builders import CONVERSATION, NOW, TERMS, an_address, offer, receive, request_human
from support.clouds.quick_moto import aws
from support.clouds.table import desk

PAGER = """
from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints

from sportello.entrypoints.notifier import notify_queue
from sportello.model import Model
from sportello.people.notifying.notifier import AddressFault, Notification


class PagerAddress(Model):
    topic: Annotated[str, StringConstraints(pattern="^[a-z-]+$")]
    loud: bool = False


class Pager:
    name = "pager"
    address = PagerAddress
    notices: frozenset[str] | None = None

    def __init__(self) -> None:
        self.rung: list[tuple[str, bool, str]] = []

    def faults(self, address: PagerAddress) -> Sequence[AddressFault]:
        if address.topic == "everybody":
            return [AddressFault(field="topic", detail="nobody's own")]
        return []

    def notify(self, notification: Notification) -> str:
        address = PagerAddress.model_validate(notification.address)
        self.rung.append((address.topic, address.loud, notification.notice))
        return ""


notifier = Pager()
notify = notify_queue(notifier)
"""


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the file beside the notifiers that there are."""
    (tmp_path / "pager.py").write_text(PAGER)
    monkeypatch.setattr(notifiers, "__path__", [*notifiers.__path__, str(tmp_path)])
    yield
    sys.modules.pop("notifiers.pager", None)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with aws(), desk() as empty:
        settings = SettingsStore(empty.table, 0)
        monkeypatch.setattr(runtime, "desk", lambda: empty)
        monkeypatch.setattr(runtime, "table", lambda: empty.table)
        monkeypatch.setattr(runtime, "settings", lambda: settings)
        yield empty


def put(**fields: Any) -> Answer:
    document = {"endpoints": {"desk": {"notifier": "pager", **fields}}}
    return call("PUT", "/settings/agent_endpoints", document, groups="supervisor")


def commit(counter: Desk, command: Command) -> list[EffectRecord]:
    step = Step(command=command, terms=TERMS, address=an_address())
    decision = counter.act(CONVERSATION, lambda _: step, NOW).decision
    keys = [effect.key for effect in decision.effects]
    return list(counter.table.load(CONVERSATION, effect_keys=keys).effects)


def a_dispatcher(counter: Desk, url_base: str) -> Dispatcher:
    environment = DispatchEnvironment(
        queue_url_base=url_base,
        triage_machine="triage",
        sla_timer_machine="sla_timer",
        escalation_machine="escalation",
        bus_name="bus",
        routing_queue="routing",
        fit_clocks_queue="fit-clocks",
        settings_cache_seconds=0,
    )
    return Dispatcher(environment, counter.table, runtime.settings(), runtime.utc_now)


@pytest.mark.usefixtures("pager", "counter")
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "topic"),
        ({"topic": "Anna & Bruno"}, "topic"),
        ({"topic": "sales", "url": "https://desk.example"}, "url"),
        ({"topic": "everybody"}, "topic"),
    ],
)
def test_it_judges_its_own_address(fields: dict[str, Any], place: str) -> None:
    answer = put(**fields)
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["pointer"] for fault in answer.document["errors"]] == [f"/endpoints/desk/{place}"]


@pytest.mark.usefixtures("pager")
def test_its_endpoints_are_rung_through_its_own_queue(counter: Desk) -> None:
    assert put(topic="sales", loud=True).status == 200
    sqs = aws_client("sqs")
    queue = sqs.create_queue(QueueName="desk-notify-pager")["QueueUrl"]
    for command in (receive(), request_human()):
        commit(counter, command)
    decided = commit(counter, offer(endpoints=("desk",)))
    (notice,) = (record for record in decided if record.effect.type == "NotifyAgents")
    a_dispatcher(counter, queue.removesuffix("notify-pager")).carry_out(notice)

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1772618400000"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-south-1:123456789012:desk-notify-pager",
    }
    module = importlib.import_module("notifiers.pager")
    answer = module.notify({"Records": [record]}, LambdaContext())
    assert answer == {"batchItemFailures": []}
    assert module.notifier.rung == [("sales", True, "conversation.offered")]


@pytest.mark.usefixtures("counter")
def test_without_its_file_nobody_can_name_it() -> None:
    (fault,) = put(topic="sales").document["errors"]
    assert fault["pointer"] == "/endpoints/desk/notifier"
    assert "pager" not in fault["detail"]
