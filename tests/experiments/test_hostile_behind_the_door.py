"""What damaged calls leave in the table is taken on behind it: by the stream, the bot, people."""

import itertools
import json
import os
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from sportello.aws import environment
from sportello.aws.clients import aws_client
from sportello.dispatch.named_queues import delivery_queue
from sportello.entrypoints import runtime
from sportello.intake.applying import Applying
from sportello.messaging.items import MAX_TEXT
from sportello.table.desk import Desk
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.keys import Attributes
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import LambdaContext, call
from support.builders import CONVERSATION, a_message, an_inbound_record
from support.clouds.quick_moto import aws
from support.clouds.table import desk
from support.experiments.bridges import BRIDGES
from support.experiments.hostile import KINDS_OF_ELEMENTS, bodies
from support.experiments.two_desks import Instance
from support.front_door import MODULES, front_door
from support.webhooks import RECEIVED_AT, cases, recorded
from workflow import dispatch

every_channel = pytest.mark.parametrize("channel", sorted(MODULES))
extents = pytest.mark.parametrize(
    "each",
    [
        pytest.param(0, id="slice"),
        pytest.param(5, id="all", marks=pytest.mark.experiment),
    ],
)
THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

LAMBDA_ANSWER_LIMIT = 6_291_456
WAITS = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}

type Measured = Callable[[str], None]


def stored(channel: str, chosen: Iterable[str], seeds: range) -> list[Attributes]:
    """Return what the door keeps of damaged calls that still hold an item, each item once."""
    kept: dict[tuple[str, str], Attributes] = {}
    with front_door() as door:
        for case, seed in itertools.product(chosen, seeds):
            picks = random.Random(f"{case} {seed}")  # noqa: S311 -- repeatable, no secret
            damage = [(picks.choice(KINDS_OF_ELEMENTS), picks.randrange(2**48)) for _ in range(3)]
            for body in bodies(recorded(channel, case), damage):
                assert door.post(channel, body).status == 200
                kept = {**door.shelf.items, **kept}
    return [item for item in kept.values() if item["entity"]["S"] == "inbound"]


class Backroom:
    """The table, and the services behind it in moto, with the stream's reader as deployed."""

    def __init__(self, empty: Desk) -> None:
        self.desk = empty
        sqs, machines = aws_client("sqs"), aws_client("stepfunctions")
        self.set_aside = sqs.create_queue(QueueName="set-aside")["QueueUrl"]
        for channel in MODULES:
            name = f"desk-{delivery_queue(channel)}"
            url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
        arn = machines.create_state_machine(
            name="machine",
            definition=json.dumps(WAITS),
            roleArn="arn:aws:iam::123456789012:role/made-up",
        )["stateMachineArn"]
        self.variables = {
            "QUEUE_URL_BASE": url.removesuffix(delivery_queue(channel)),
            "SET_ASIDE_QUEUE": self.set_aside,
            "FIT_CLOCKS_QUEUE": sqs.create_queue(QueueName="fit-clocks")["QueueUrl"],
            "ROUTING_QUEUE": sqs.create_queue(QueueName="routing")["QueueUrl"],
            "LIVE_PUSH_FUNCTION": "push",
            "WORDS_QUEUE": sqs.create_queue(QueueName="words")["QueueUrl"],
            "BUS_NAME": "bus",
            "TRIAGE_MACHINE": arn,
            "SLA_TIMER_MACHINE": arn,
            "ESCALATION_MACHINE": arn,
            "SETTINGS_CACHE_SECONDS": "60",
        }

    def dispatch(self, item: Attributes) -> None:
        """Let the stream's reader see a stored item: it must fail nothing and set nothing aside."""
        keys = {"pk": item["pk"], "sk": item["sk"]}
        image = {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}
        event = {"Records": [{"eventID": "1", "eventName": "INSERT", "dynamodb": image}]}
        assert dispatch.handler(event, LambdaContext()) == {"batchItemFailures": []}
        waiting = aws_client("sqs").get_queue_attributes(
            QueueUrl=self.set_aside, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert waiting["Attributes"]["ApproximateNumberOfMessages"] == "0"


@pytest.fixture
def backroom() -> Iterator[Backroom]:
    with aws(), desk() as empty:
        room = Backroom(empty)
        with (
            patch.dict(os.environ, room.variables),
            patch.object(runtime, "desk", lambda: empty),
            patch.object(runtime, "table", lambda: empty.table),
            patch.object(runtime, "utc_now", lambda: RECEIVED_AT),
        ):
            environment._loaded.clear()
            yield room
            environment._loaded.clear()


@extents
@every_channel
def test_whatever_is_stored_is_taken_on_and_can_be_shown(
    channel: str, each: int, backroom: Backroom, measured: Measured
) -> None:
    chosen = cases(channel) if each else cases(channel)[::12]
    instance = Instance(channel, "the desk", BRIDGES[channel], backroom.desk)
    instance.now = RECEIVED_AT
    client: Any = backroom.desk.table._client
    items = stored(channel, chosen, range(each * THOROUGH or 1))
    for item in items:
        client.put_item(TableName=backroom.desk.table._name, Item=item)
        backroom.dispatch(item)
        record = InboundRecord.from_attributes(item)
        instance.take_on(record)
        loaded = backroom.desk.table.load(record.conversation_id, item_ids=[record.item_id])
        assert [kept.applied for kept in loaded.inbound] == [True]
        shown = call("GET", f"/conversations/{record.conversation_id}")
        assert shown.status == 200
        assert len(shown.body.encode()) < LAMBDA_ANSWER_LIMIT
    assert items
    measured(f"taken on behind the door, {channel}: {len(items)} damaged items")


@pytest.mark.experiment
@pytest.mark.parametrize("text", ["\U0001f600" * MAX_TEXT, "\x00" * 50_000], ids=["emoji", "NUL"])
def test_a_flood_of_long_messages_can_still_be_shown(text: str, backroom: Backroom) -> None:
    """A page as large as an agent may ask for fits what a function may answer."""
    records = [an_inbound_record(a_message(text, number)) for number in range(40)]
    for record in records:
        backroom.desk.table.put_inbound(record, b"")
    settings = SettingsStore(backroom.desk.table, 60)
    applying = Applying(backroom.desk, settings)
    applying.receive(CONVERSATION, [record.item_id for record in records], "turn-1", RECEIVED_AT)
    shown = call("GET", f"/conversations/{CONVERSATION}", query={"limit": "100"})
    assert shown.status == 200
    answered = json.dumps(shown.body, ensure_ascii=False).encode()  # as Lambda's runtime does
    assert len(answered) < LAMBDA_ANSWER_LIMIT
