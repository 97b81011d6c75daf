"""What is published is recorded and put before subscribers, page by page once more if asked."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from sportello.aws.clients import aws_client
from sportello.errors import Retryable
from sportello.subscriptions import replaying
from sportello.subscriptions.jobs import Job, Replay
from sportello.subscriptions.publishing import Publishing
from sportello.subscriptions.replaying import Replaying
from sportello.table.desk_table import DeskTable
from sportello.table.keys import stamp
from sportello.table.settings.settings_store import SettingsStore
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.quick_moto import aws
from support.clouds.table import all_items, configure, table
from support.clouds.told_subscriber import settings_of
from support.published import some_events


class Published:
    """A desk with a queue of subscriptions in moto."""

    def __init__(self, empty: DeskTable) -> None:
        self.table = empty
        self._sqs = boto3.client("sqs")
        self.queue = self._sqs.create_queue(QueueName="subscriptions")["QueueUrl"]
        self.settings = SettingsStore(empty, 0)

    def subscribed(self, **subscriptions: Mapping[str, Any]) -> None:
        configure(self.table, settings_of(**subscriptions))

    def publish(self, *types: str, number: int = 0) -> None:
        events = some_events(*types, first=number)
        cause = f"{CONVERSATION}#publish:{number}"
        Publishing(self.table, self.settings).publish(cause, events, NOW + seconds(number))

    def queued(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, VisibilityTimeout=600
        ).get("Messages"):
            jobs += [json.loads(message["Body"]) for message in messages]
        return jobs

    def told_of(self) -> list[tuple[str, str]]:
        return sorted((job["subscription"], job["event"]["type"]) for job in self.queued())


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    with aws(), table() as empty:
        ours = Published(empty)
        monkeypatch.setenv("SUBSCRIPTIONS_QUEUE", ours.queue)
        monkeypatch.setenv("EVENT_RETENTION_DAYS", "7")
        yield ours


def test_without_subscriptions_nothing_is_recorded_or_queued(desk: Published) -> None:
    desk.publish("ConversationResolved")
    assert all_items(desk.table) == []
    assert desk.queued() == []


def test_each_subscriber_gets_a_message_of_its_own_for_what_it_asked_for(desk: Published) -> None:
    desk.subscribed(crm={}, wall={"events": ["Clock*"]}, care={"queues": ["default"]})
    desk.publish("ConversationResolved", "ClockEnded")
    assert desk.told_of() == [
        ("crm", "ClockEnded"),
        ("crm", "ConversationResolved"),
        ("wall", "ClockEnded"),
    ]


def test_what_nobody_wants_just_now_is_recorded_all_the_same(desk: Published) -> None:
    desk.subscribed(crm={"enabled": False})
    desk.publish("ConversationResolved")
    assert desk.queued() == []
    (recorded,) = desk.table.subscriptions.feed.after(stamp(NOW), NOW + timedelta(days=1))
    assert [event.type for event in recorded.events] == ["ConversationResolved"]


def test_more_than_a_batch_leaves_in_several(desk: Published) -> None:
    desk.subscribed(crm={}, wall={}, bi={})
    desk.publish(*["ConversationResolved"] * 9)
    assert len(desk.queued()) == 27


@pytest.mark.usefixtures("desk")
def test_what_the_queue_refuses_is_tried_again(desk: Published) -> None:
    desk.subscribed(crm={})
    refused = {"Id": "0", "SenderFault": False, "Code": "InternalError"}
    with Stubber(aws_client("sqs")) as stub:
        stub.add_response("send_message_batch", {"Successful": [], "Failed": [refused]})
        with pytest.raises(Retryable):
            desk.publish("ConversationResolved")


# --- replays ----------------------------------------------------------------------------------


def replay(desk: Published, after: str, until: Any) -> list[dict[str, Any]]:
    """Replay to the last page; returns what was put before the subscriber."""
    stretch: Replay | None = Replay(after=after, until=until)
    events: list[dict[str, Any]] = []
    while stretch:
        job = Job(subscription="crm", since=NOW, replay=stretch)
        Replaying(desk.table, desk.settings, lambda: NOW).replay(job, stretch)
        queued = desk.queued()
        events += [each["event"] for each in queued if "event" in each]
        rest = [each["replay"] for each in queued if "replay" in each]
        stretch = Replay.model_validate(rest[0]) if rest else None
    return events


def test_a_stretch_is_told_once_more_under_the_same_ids(desk: Published) -> None:
    desk.subscribed(crm={"events": ["Conversation*"]}, wall={})
    for number in range(4):
        desk.publish("ConversationResolved", "ClockEnded", number=number)
    before = [job["event"]["id"] for job in desk.queued() if job["subscription"] == "crm"]
    events = replay(desk, stamp(NOW + seconds(1)), NOW + seconds(3))
    assert [event["id"] for event in events] == before[1:3]
    assert {event["type"] for event in events} == {"ConversationResolved"}


def test_a_long_stretch_goes_on_page_by_page(
    desk: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "COMMITS", 3)
    desk.subscribed(crm={})
    for number in range(8):
        desk.publish("ConversationResolved", number=number)
    desk.queued()
    events = replay(desk, stamp(NOW), NOW + seconds(60))
    assert [event["data"]["sequence"] for event in events] == list(range(8))
