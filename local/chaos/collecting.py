"""Looks at the deployed stack from outside: its bus while it works, all it holds in the end."""

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from subprocess import run
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

from local.chaos.customers import Outlook
from local.chaos.evidence import Collected
from local.chaos.webhooks import Acknowledgements
from local.cloud.emulator import ROOT
from local.cloud.laptop import Laptop
from local.cloud.web import call_json
from sportello.dispatch.named_queues import notifier_queue
from sportello.table.desk_table import DeskTable
from sportello.table.keys import Attributes

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

LOOK_EVERY_SECONDS = 1.0
DELIVERY_VISIBILITY_SECONDS = 40
"""Longer than a delivery may take, and much shorter than six times that, as it is on AWS."""

NOTICE_RECEIVES = 2
"""After so many failures a notice is a dead letter here; on AWS it is after hours."""

TIMELINES = 40
LISTENER = "chaos-listener"
"""The queue that catches what the bus carries."""


class Listener:
    """Keeps the ids of everything that Sportello publishes, while it is open."""

    def __init__(self, laptop: Laptop) -> None:
        self.heard: list[str] = []
        self._bus = laptop.stack.bus
        self._sqs, self._events = laptop.client("sqs"), laptop.client("events")
        self._stopping = Event()
        self._thread = Thread(target=self._listen, name="listener")

    def __enter__(self) -> Self:
        self._url = self._sqs.create_queue(QueueName=LISTENER)["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        pattern = json.dumps({"source": ["sportello"]})
        self._events.put_rule(Name=LISTENER, EventPattern=pattern, EventBusName=self._bus)
        self._events.put_targets(
            Rule=LISTENER, EventBusName=self._bus, Targets=[{"Id": "queue", "Arn": arn}]
        )
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stopping.is_set() or self._depth():
            if not self._take():
                self._stopping.wait(LOOK_EVERY_SECONDS)
                # What was received in an answer that got lost is shown again, a little later.
                time.sleep(LOOK_EVERY_SECONDS if self._stopping.is_set() else 0)

    def _depth(self) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])
        attributes = answer["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(
            attributes["ApproximateNumberOfMessagesNotVisible"]
        )

    def _take(self) -> int:
        answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        if messages:
            self.heard += [json.loads(message["Body"])["detail"]["id"] for message in messages]
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return len(messages)


class Queues:
    """The stack's queues by name; those for dead letters apart."""

    def __init__(self, sqs: "SQSClient", stack_name: str) -> None:
        self._sqs = sqs
        prefix = f"{stack_name}-"
        urls = self._sqs.list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
        self._urls = {url.rpartition("/")[2].removeprefix(prefix): url for url in urls}

    def hurry(self) -> None:
        """Shorten the times that would outlast a run of some minutes."""
        for name, url in self._urls.items():
            policy = self._attributes(url).get("RedrivePolicy")
            if policy is None:
                continue
            changes: dict[QueueAttributeNameType, str] = {
                "VisibilityTimeout": str(DELIVERY_VISIBILITY_SECONDS)
            }
            if name.startswith(notifier_queue("")):
                changes["RedrivePolicy"] = json.dumps(
                    {**json.loads(policy), "maxReceiveCount": NOTICE_RECEIVES}
                )
            self._sqs.set_queue_attributes(QueueUrl=url, Attributes=changes)

    def depths(self, *, dead: bool) -> dict[str, int]:
        """Return how many messages each queue holds, in flight or not."""
        depths = {}
        for name, url in self._urls.items():
            attributes = self._attributes(url)
            if ("RedrivePolicy" not in attributes) is dead:
                depths[name] = sum(
                    int(attributes[f"ApproximateNumberOfMessages{kind}"])
                    for kind in ("", "NotVisible", "Delayed")
                )
        return depths

    def _attributes(self, url: str) -> dict[str, str]:
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return {str(name): value for name, value in answer["Attributes"].items()}


class Rest:
    """Tells when all is quiet: nothing pending, nothing queued, no receipt still to come."""

    def __init__(self, laptop: Laptop, queues: Queues, outlook: Outlook) -> None:
        self._laptop = laptop
        self._queues = queues
        self._outlook = outlook
        self._table = DeskTable(laptop.stack.table, laptop.client("dynamodb"))

    def wait(self, until: float) -> list[str]:
        """Wait until all is quiet, or the time is up; returns what is left to do."""
        while True:
            backlog = self.backlog()
            if not backlog or time.monotonic() >= until:
                return backlog
            time.sleep(LOOK_EVERY_SECONDS)

    def backlog(self) -> list[str]:
        backlog = [] if self._outlook.quiet else ["receipts to be delivered"]
        backlog += [f"{n} in {queue}" for queue, n in self._queues.depths(dead=False).items() if n]
        backlog += self._pending()
        return backlog or self._running()

    def _pending(self) -> list[str]:
        ever = datetime.now(UTC) + timedelta(days=1)
        names = []
        for item in self._table.overdue(ever):
            # A snapshot is pending while a clock runs, too: what counts is a turn under way.
            if item.entity == "state":
                turn = self._table.load(item.conversation_id).state.turn
                if turn is None or not turn.leased_to:
                    continue
            names.append(f"{item.conversation_id} {item.sort_key}")
        return names

    def _running(self) -> list[str]:
        return [
            f"execution {name}"
            for machine, name in executions(self._laptop, "RUNNING")
            if "SlaTimer" not in machine
        ]


def executions(laptop: Laptop, status: str = "") -> Iterator[tuple[str, str]]:
    """Yield the machine and the name of each execution; the emulator lists Express ones too."""
    states = laptop.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        condition = {"statusFilter": status} if status else {}
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=machine["stateMachineArn"], **condition
        )
        for page in pages:
            for execution in page["executions"]:
                yield machine["name"], execution["name"]


def redrive(laptop: Laptop) -> int:
    """Run the documented command, and return how many dead letters it moved."""
    done = run(
        [sys.executable, "-m", "recovery", "--laptop", "redrive", "--wait", "60"],
        cwd=ROOT,
        env=laptop.emulator.environment_for_tools(),
        capture_output=True,
        text=True,
        check=False,
    )
    return sum(int(count) for count in re.findall(r"moved (\d+)", done.stdout))


def look(laptop: Laptop, noted: Acknowledgements) -> Collected:
    """Return what the desk holds now. Clocks run on, so it may be deciding things already."""
    items = list(_items(laptop))
    states = [item["pk"]["S"] for item in items if item["entity"]["S"] == "state"]
    conversations = sorted(name.removeprefix("CONV#") for name in states)[:TIMELINES]
    return Collected(
        sent=frozenset(noted.sent),
        acknowledged=frozenset(noted.acknowledged),
        items=items,
        stream=_changes(laptop),
        timelines={name: _timeline(laptop, name) for name in conversations},
    )


def look_outside(evidence: Collected, laptop: Laptop, heard: list[str]) -> Collected:
    """Add what came of it, once that has had the time to come about."""
    return replace(
        evidence,
        calls=laptop.calls.calls(),
        heard=heard,
        executions=[name for _, name in executions(laptop)],
        running=[name for _, name in executions(laptop, "RUNNING")],
    )


def _items(laptop: Laptop) -> Iterator[Attributes]:
    pages = laptop.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=laptop.stack.table, ConsistentRead=True):
        yield from page["Items"]


def _changes(laptop: Laptop) -> list[Attributes]:
    """Return each new image of the table's items, in the order of the changes."""
    streams = laptop.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=laptop.stack.table)["Streams"]
    described = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    images = []
    for shard in described["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=stream["StreamArn"],
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            records = page["Records"]
            if not records:
                break
            changed = (record["dynamodb"].get("NewImage") for record in records)
            images += [image for image in changed if image]
            iterator = page.get("NextShardIterator")
    return images


def _timeline(laptop: Laptop, conversation_id: str) -> list[dict[str, Any]]:
    """Return a conversation's entries as people see them, oldest first."""
    stack = laptop.stack
    entries: list[dict[str, Any]] = []
    cursor = ""
    while True:
        url = f"{stack.agent_api_base}/conversations/{conversation_id}?limit=100{cursor}"
        answer = call_json("GET", url, None, {"Authorization": stack.tokens["agent"]})
        page = answer.expect(200).document()["timeline"]
        entries = page["entries"] + entries
        if page["older"] is None:
            return entries
        cursor = f"&before={page['older']}"
