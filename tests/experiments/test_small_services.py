"""The small services of crash experiments do as AWS's: the table as moto's, the queues by fact."""

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from support.builders import NOW, seconds
from support.clouds.moto_table import table_in_moto
from support.clouds.one_process.cloud import Cloud
from support.clouds.one_process.experiment import calls_of
from support.clouds.one_process.moto_dynamodb import as_named
from support.clouds.one_process.numbered_calls import KILLS, Fault
from support.clouds.one_process.people import Told
from support.clouds.one_process.stories import SETTINGS, STORIES
from support.clouds.small.sqs import Queue, SmallSqs
from support.clouds.table import configure

type Measured = Callable[[str], None]
type Heard = tuple[str, Mapping[str, Any], Any]

# --- the table ----------------------------------------------------------------------------------


def heard_in(
    story: str, seed: int, plan: Mapping[int, Fault], *, shuffled: bool = True
) -> list[Heard]:
    """Return every call that a story makes to the table, and what it was answered."""
    heard: list[Heard] = []
    cloud = Cloud(STORIES[story].start, seed, plan, shuffled=shuffled)
    cloud.configure(*SETTINGS)
    Told(cloud, STORIES[story].script)
    call = cloud.table.call

    def listen(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = call(operation, request)
        except ClientError as refused:
            heard.append((operation, request, _refusal(refused)))
            raise
        heard.append((operation, request, _comparable(operation, request, answer)))
        return answer

    cloud._services = {**cloud._services, "dynamodb": listen}
    # Agents who come and go write by a client of their own.
    own_clients = patch.object(cloud.table, "call", listen)
    with redirect_stdout(io.StringIO()), cloud.in_place(), own_clients:
        cloud.world.run()
    return heard


def _refusal(refused: ClientError) -> Any:
    reasons = refused.response.get("CancellationReasons", [])
    return refused.response["Error"]["Code"], [reason["Code"] for reason in reasons]


def _comparable(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    match operation:
        case "GetItem":
            return _without_writer(answer.get("Item", {}))
        case "Query":
            items = answer.get("Items")
            if items and "IndexName" in request:
                # Those of the same instant come in any order.
                since = f"{request['IndexName']}_since"
                items = sorted(items, key=lambda item: (item[since]["S"], item["sk"]["S"]))
            return answer["Count"] if items is None else items
        case "BatchGetItem":
            (items,) = answer["Responses"].values()
            in_order = sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
            return list(map(_without_writer, in_order))
    return None


def _without_writer(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who wrote settings and when is not the story's."""
    if item.get("entity") != {"S": "settings"}:
        return item
    return {name: item[name] for name in item.keys() - {"author", "written_at"}}


_METHODS = {
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "TransactWriteItems": "transact_write_items",
    "GetItem": "get_item",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "Query": "query",
}


def differing_in_moto(heard: list[Heard]) -> list[str]:
    differing = []
    with table_in_moto() as desk_table:
        for document in SETTINGS:
            configure(desk_table, document)
        for operation, request, answer in heard:
            try:
                given = getattr(desk_table._client, _METHODS[operation])(
                    **as_named(request, desk_table._name)
                )
                moto = _comparable(operation, request, given)
            except ClientError as refused:
                moto = _refusal(refused)
            if moto != answer:
                differing.append(f"{operation} {request}: {answer}, but in moto {moto}")
    return differing


def test_the_small_table_answers_a_story_as_moto_does() -> None:
    heard = heard_in("overtaken by a person", 1, {}, shuffled=False)
    assert len(heard) > 20
    assert differing_in_moto(heard) == []


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_the_small_table_answers_every_story_as_moto_does(story: str, measured: Measured) -> None:
    heard = 0
    for number in range(5, len(calls_of(story, 1)), 70):
        calls = heard_in(story, number, {number: KILLS[number % 2], number + 7: Fault.HELD_UP})
        assert differing_in_moto(calls) == []
        heard += len(calls)
    measured(f"{story}: {heard:,} calls of the table answered as moto answers them")


# --- the queues ---------------------------------------------------------------------------------


class Polled:
    """One queue under a clock that a test moves."""

    def __init__(self, *, fifo: bool) -> None:
        self.now = NOW
        self.dead = Queue("dead", fifo=fifo, visibility=seconds(30))
        self.queue = Queue("work", fifo, seconds(180), max_receive_count=3, dead_letters=self.dead)
        self.sqs = SmallSqs({"work": self.queue}, lambda: self.now)

    def send(self, body: str, group: str = "g", name: str = "") -> None:
        named = {"MessageGroupId": group, "MessageDeduplicationId": name or body}
        request = {"QueueUrl": "work", "MessageBody": body}
        self.sqs.call("SendMessage", {**request, **(named if self.queue.fifo else {})})

    def poll(self) -> list[str]:
        """Receive all there is to receive, and delete nothing."""
        found = self.queue.receivable(self.now)
        return [message.body for message in found if self.queue.receive(message, self.now)]

    def delete(self, body: str) -> None:
        self.queue.delete(next(each for each in self.queue.messages if each.body == body))


def test_a_repeated_name_is_dropped_for_five_minutes_even_when_handled() -> None:
    polled = Polled(fifo=True)
    polled.send("first", name="same")
    polled.poll()
    polled.delete("first")
    polled.now += timedelta(minutes=5) - seconds(1)
    polled.send("second", name="same")
    assert polled.poll() == []
    polled.now += seconds(1)
    polled.send("third", name="same")
    assert polled.poll() == ["third"]


def test_a_group_waits_for_its_oldest_message_and_no_other_group() -> None:
    polled = Polled(fifo=True)
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        polled.send(body, group)
    assert polled.poll() == ["a1", "b1"]
    assert polled.poll() == []
    polled.delete("a1")
    assert polled.poll() == ["a2"]


def test_what_nobody_deletes_comes_back_and_ends_as_a_dead_letter() -> None:
    polled = Polled(fifo=False)
    polled.send("work")
    for _ in range(3):
        assert polled.poll() == ["work"]
        assert polled.poll() == []
        polled.now += seconds(180)
    assert polled.poll() == []
    assert [message.body for message in polled.dead.messages] == ["work"]


def test_only_who_holds_a_message_can_hide_it_for_longer() -> None:
    polled = Polled(fifo=False)
    polled.send("work")
    polled.poll()
    (message,) = polled.queue.messages
    for handle, wish in ((message.receipt_handle, 600), ("1.99", 0)):
        request = {"QueueUrl": "work", "ReceiptHandle": handle, "VisibilityTimeout": wish}
        polled.sqs.call("ChangeMessageVisibility", request)
    polled.now += seconds(599)
    assert polled.poll() == []
    polled.now += seconds(1)
    assert polled.poll() == ["work"]


# --- the stream ---------------------------------------------------------------------------------


def test_a_batch_that_fails_is_split_until_only_the_bad_record_is_given_up() -> None:
    cloud = Cloud(NOW, seed=0, shuffled=False)
    read: list[str] = []

    def dispatch(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        keys = [record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]]
        if "IN#bad" in keys:
            raise ValueError("killed by a record")
        read.extend(keys)
        return {"batchItemFailures": []}

    cloud.world.handlers = {"DispatchFunction": dispatch}
    for name in ("IN#1", "IN#2", "IN#bad", "IN#3"):
        item = {"pk": {"S": "CONV#c"}, "sk": {"S": name}, "entity": {"S": "inbound"}}
        cloud.stream.write("INSERT", item)
    cloud.stream.write("MODIFY", {**item, "sk": {"S": "IN#changed"}})
    cloud.stream.write("INSERT", {**item, "sk": {"S": "STATE"}, "entity": {"S": "state"}})
    cloud.world.run()
    assert read == ["IN#1", "IN#2", "IN#3"]
    assert [each["dynamodb"]["Keys"]["sk"]["S"] for each in cloud.stream.dead_letters] == ["IN#bad"]


# --- the workflows ------------------------------------------------------------------------------


def start(cloud: Cloud, machine: str, document: str = "{}") -> None:
    request = {"stateMachineArn": machine, "name": "same", "input": document}
    cloud.workflows.call("StartExecution", request)


def test_a_standard_workflow_takes_a_name_once_and_an_express_one_every_time() -> None:
    cloud = Cloud(NOW, seed=0, shuffled=False)
    start(cloud, "EscalationStateMachine")
    start(cloud, "EscalationStateMachine")  # the same while it runs is the same start
    assert len(cloud.workflows.started) == 1
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(cloud, "EscalationStateMachine", '{"other": 1}')
    start(cloud, "TriageStateMachine")
    start(cloud, "TriageStateMachine")
    assert len(cloud.workflows.started) == 3


def test_a_task_token_that_nobody_waits_for_is_refused() -> None:
    cloud = Cloud(NOW, seed=0)
    answer = {"taskToken": "escalation/x/OfferConversation/1", "output": "{}"}
    with pytest.raises(ClientError, match="TaskTimedOut"):
        cloud.workflows.call("SendTaskSuccess", answer)
