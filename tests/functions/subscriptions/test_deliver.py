"""The queue's reader against a system that listens, which verifies with its own library."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from local.providers.providers import Providers
from sportello.entrypoints import runtime
from sportello.subscriptions.jobs import Job
from sportello.subscriptions.signing_keys import NewKey, renew
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore
from subscriptions.deliver import handler
from support.agent_calls import LambdaContext
from support.builders import seconds
from support.clouds.quick_moto import aws
from support.clouds.table import configure, table
from support.clouds.told_subscriber import settings_of
from support.published import an_event
from support.template import ROOT


class Deployed:
    def __init__(self, empty: DeskTable, providers: Providers) -> None:
        self.table = empty
        self.calls = providers.log
        self._sqs = boto3.client("sqs")
        self._url = self._sqs.create_queue(QueueName="subscriptions")["QueueUrl"]
        configure(empty, settings_of(crm={"url": f"{providers.url}/subscribers/crm"}))

    def deliver(self, job: Job) -> list[Any]:
        """Hand a message to the function; returns what it leaves in the queue."""
        record = {
            "messageId": "m-1",
            "receiptHandle": "r-1",
            "body": job.model_dump_json(exclude_defaults=True),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": str(int(job.since.timestamp() * 1_000)),
            },
            "eventSourceARN": "arn:aws:sqs:eu-south-1:123456789012:subscriptions",
        }
        answer = handler({"Records": [record]}, LambdaContext("subscriptions"))
        failures: list[Any] = answer["batchItemFailures"]
        return failures


@pytest.fixture
def deployed(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with aws(), table() as empty:
        ours = Deployed(empty, providers)
        monkeypatch.setenv("SUBSCRIPTION_SECRETS", "desk/subscriptions/")
        monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "true")
        monkeypatch.setattr(runtime, "table", lambda: empty)
        monkeypatch.setattr(runtime, "settings", lambda: SettingsStore(empty, 0))
        yield ours


@pytest.fixture
def key(deployed: Deployed) -> NewKey:
    assert deployed.calls.calls() == []
    return renew("crm", runtime.utc_now())


def a_job() -> Job:
    return Job(subscription="crm", since=runtime.utc_now(), event=an_event())


def test_a_subscriber_verifies_what_it_gets(deployed: Deployed, key: NewKey) -> None:
    assert deployed.deliver(a_job()) == []
    (call,) = deployed.calls.calls("subscribers")
    document = Webhook(key.text).verify(call.body, dict(call.headers))
    assert document == json.loads(call.body)
    assert document["type"] == "ConversationResolved"


def test_the_documented_way_to_verify_verifies(deployed: Deployed, key: NewKey) -> None:
    page = (ROOT / "docs" / "subscriptions.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 -- our own documentation
    deployed.deliver(a_job())
    (call,) = deployed.calls.calls("subscribers")
    event = names["event_in"](key.text, dict(call.headers), call.body.encode())
    assert event["data"]["agent_id"] == "anna"
    with pytest.raises(WebhookVerificationError):
        names["event_in"](key.text, dict(call.headers), call.body.encode() + b" ")


def test_a_forged_call_is_recognised(deployed: Deployed, key: NewKey) -> None:
    deployed.deliver(a_job())
    (call,) = deployed.calls.calls("subscribers")
    headers = dict(call.headers)
    stranger = renew("wall", runtime.utc_now())
    for verifier, body in (
        (Webhook(key.text), call.body.replace("anna", "anne")),
        (Webhook(stranger.text), call.body),
    ):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(body, headers)


def test_while_keys_change_both_receivers_verify(deployed: Deployed, key: NewKey) -> None:
    new = renew("crm", runtime.utc_now() - seconds(1))
    deployed.deliver(a_job())
    (call,) = deployed.calls.calls("subscribers")
    for each in (key, new):
        Webhook(each.text).verify(call.body, dict(call.headers))


@pytest.mark.usefixtures("key")
def test_what_fails_stays_in_the_queue(deployed: Deployed, providers: Providers) -> None:
    from local.providers.provider_calls import Fault  # noqa: PLC0415 -- of this test alone

    providers.log.inject(Fault("subscribers", 1, status=503))
    job = a_job()
    assert deployed.deliver(job) == [{"itemIdentifier": "m-1"}]
    assert deployed.deliver(job) == []
    first, second = deployed.calls.calls("subscribers")
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    attempts = list(deployed.table.subscriptions.attempts.newest_first("crm"))
    assert [attempt.status for attempt in attempts] == [204, 503]


@pytest.mark.usefixtures("key")
def test_a_private_address_is_not_called(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "false")
    assert deployed.deliver(a_job()) == [{"itemIdentifier": "m-1"}]
    assert deployed.calls.calls("subscribers") == []
    (attempt,) = deployed.table.subscriptions.attempts.newest_first("crm")
    assert attempt.error == "forbidden_address"
