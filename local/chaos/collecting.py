"""Watches the deployed stack from outside: its bus, its queues, and whether it is at rest."""

import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from subprocess import run
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from local.chaos.customers import Outlook
from local.cloud.emulator import ROOT
from local.cloud.laptop import Laptop
from local.cloud.observing import wait_until
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.dispatch.named_queues import notifier_queue
from sportello.model import Instant
from sportello.table.desk_table import DeskTable
from sportello.table.items import PendingEntry

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

LOOK_EVERY_SECONDS = 1.0
DELIVERY_VISIBILITY_SECONDS = 40
"""Longer than a delivery may take, and much shorter than six times that, as it is on AWS."""

NOTICE_RECEIVES = 2
"""After so many failures a notice is a dead letter here; on AWS it is after hours."""

TICK_SECONDS = timedelta(seconds=3)
"""How long a timer may take to wake up and act before it is waited for."""

CATCHING_UP_SECONDS = 60.0
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

    def catch_up(self) -> None:
        """Wait until everything that the bus has carried so far is heard."""
        wait_until(
            lambda: not self._depth(), seconds=CATCHING_UP_SECONDS, what="silence on the bus"
        )

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
    """Tells when all is quiet: nothing pending, queued, under way or overdue, nothing to come."""

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
        now = datetime.now(UTC)
        return [
            f"{item.conversation_id or item.agent_id} {item.sort_key}"
            for item in self._table.overdue(now + timedelta(days=1))
            if self._is_under_way(item, now)
        ]

    def _is_under_way(self, item: PendingEntry, now: Instant) -> bool:
        """Whether something is to be done by now; an agent is listed for as long as they work."""
        match item.entity:
            case "state":
                return under_way(self._table.load(item.conversation_id).state, now)
            case "agent":
                return item.pending_since <= now
        return True

    def _running(self) -> list[str]:
        return [
            f"execution {name}"
            for machine, name in executions(self._laptop, "RUNNING")
            if "SlaTimer" not in machine and not self._goes_round(machine, name)
        ]

    def _goes_round(self, machine: str, execution: str) -> bool:
        """Tell whether it is a ladder climbed once, which goes on while its customer waits."""
        if "Escalation" not in machine:
            return False
        state = self._table.load(execution.partition("-")[0]).state
        return state.owner.kind is OwnerKind.QUEUE and state.ladder_exhausted


def under_way(state: ConversationState, now: Instant) -> bool:
    """Whether somebody is at work on a conversation, or should be: a clock only runs in it."""
    leased = state.turn is not None and bool(state.turn.leased_to)
    return leased or (state.wake_at is not None and state.wake_at + TICK_SECONDS <= now)


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
