"""How AWS calls: proxy events, queue batches, workflow tasks, and what goes back."""

import base64
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError

from sportello.aws import retries
from sportello.aws.retries import delay_next_attempt, retry_delay_seconds
from sportello.entrypoints import runtime
from sportello.entrypoints.deliverer import deliverer
from sportello.entrypoints.notifier import notify_queue
from sportello.entrypoints.receiver import receiver, webhook_request
from sportello.entrypoints.task import task
from sportello.errors import NotAllowed, ProviderUnavailable, Retryable, StorageBusy
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery
from sportello.model import Model
from sportello.people.settings import AgentEndpointSettings
from sportello.table.compression import compress
from sportello.table.desk import Step
from support.agent_calls import LambdaContext
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    an_address,
    an_inbound_record,
    offer,
    receive,
    reply,
    request_human,
)
from support.clouds.quick_moto import aws
from support.clouds.table import TABLE_NAME, all_items
from support.clouds.working_desk import WorkingDesk, working_desk
from support.fakes import CAPABILITIES, SIGNATURE, FakeAdapter, RecordingNotifier

CONTEXT = LambdaContext()
QUEUE_ARN = "arn:aws:sqs:eu-south-1:123456789012:jobs.fifo"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkingDesk]:
    with aws(), working_desk() as empty:
        secret = boto3.client("secretsmanager").create_secret(
            Name="conversation-key", SecretString="a made-up key of the deployment"
        )
        monkeypatch.setenv("CONVERSATION_KEY_SECRET", secret["ARN"])
        monkeypatch.setenv("DESK_TABLE", TABLE_NAME)
        monkeypatch.setenv("SETTINGS_CACHE_SECONDS", "0")
        yield empty


@pytest.mark.parametrize(("publish", "effects"), [("true", ["PublishEvent"]), ("false", [])])
def test_a_desk_publishes_unless_the_deployment_says_no(
    office: WorkingDesk, monkeypatch: pytest.MonkeyPatch, publish: str, effects: list[str]
) -> None:
    monkeypatch.setenv("PUBLISH_EVENTS", publish)
    monkeypatch.setattr(runtime, "table", lambda: office.table)
    step = Step(command=receive(), terms=TERMS, address=an_address())
    committed = runtime.desk().act(CONVERSATION, lambda _: step, NOW)
    assert [effect.type for effect in committed.decision.effects] == effects


# --- webhooks ---------------------------------------------------------------------------------


def a_proxy_event(method: str = "POST", body: str = "", **changes: Any) -> dict[str, Any]:
    event = {
        "httpMethod": method,
        "headers": {"X-Fake-Signature": SIGNATURE},
        "queryStringParameters": None,
        "body": body or None,
        "isBase64Encoded": False,
    }
    return event | changes


def test_a_proxy_event_is_read_as_the_provider_sent_it() -> None:
    body = "è\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16").encode()
    encoded = base64.b64encode(b"\xff\x00" + body).decode()
    request = webhook_request(a_proxy_event(body=encoded, isBase64Encoded=True), NOW)
    assert request.body == b"\xff\x00" + body
    assert request.headers == {"x-fake-signature": SIGNATURE}
    assert (request.query, request.received_at) == ({}, NOW)
    assert webhook_request(a_proxy_event(body="è"), NOW).body == "è".encode()
    assert webhook_request(a_proxy_event(headers=None), NOW).headers == {}


def test_a_webhook_call_is_kept_under_the_conversations_secret_name(office: WorkingDesk) -> None:
    body = json.dumps([a_message().model_dump(mode="json")])
    answered = receiver(FakeAdapter())(a_proxy_event(body=body), CONTEXT)
    assert answered == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "",
    }
    (item,) = (item for item in all_items(office.table) if item["entity"]["S"] == "inbound")
    assert item["pk"]["S"] == f"CONV#{CONVERSATION}"


@pytest.mark.usefixtures("office")
def test_a_handshake_is_answered_with_the_challenge() -> None:
    query = {"token": SIGNATURE, "challenge": "42"}
    event = a_proxy_event("GET", queryStringParameters=query)
    assert receiver(FakeAdapter())(event, CONTEXT)["body"] == "42"


@pytest.mark.usefixtures("office")
def test_a_forged_call_is_turned_away() -> None:
    event = a_proxy_event(body="[]", headers={"X-Fake-Signature": "forged"})
    assert receiver(FakeAdapter())(event, CONTEXT)["statusCode"] == 403


# --- queues -----------------------------------------------------------------------------------


def a_job(number: int, body: dict[str, str], *, group: str = CONVERSATION) -> dict[str, Any]:
    return {
        "messageId": f"job-{number}",
        "receiptHandle": f"handle-{number}",
        "body": json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1772618400000",
            "MessageGroupId": group,
        },
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE_ARN,
        "awsRegion": "eu-south-1",
    }


def failed(answered: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answered["batchItemFailures"]]


def queue_messages(office: WorkingDesk, *texts: str) -> list[str]:
    """Have agents say something; returns the keys of their messages."""
    office.desk.act(
        CONVERSATION,
        lambda _: Step(command=receive(), terms=TERMS, address=an_address()),
        office.now,
    )
    for number, text in enumerate(texts):
        office.ask(reply("anna", f"{number}", text=text))
    return [known.effect_key for known in office.state.recent_deliveries]


def jobs_of(keys: list[str]) -> dict[str, Any]:
    bodies = [{"conversation_id": CONVERSATION, "effect_key": key} for key in keys]
    return {"Records": [a_job(number, body) for number, body in enumerate(bodies)]}


def test_a_batch_of_messages_leaves_in_order(office: WorkingDesk) -> None:
    adapter = FakeAdapter(unlimited_window())
    keys = queue_messages(office, "uno", "due", "tre")
    assert failed(deliverer(adapter)(jobs_of(keys), CONTEXT)) == []
    assert [message.text for message in adapter.sent] == ["uno", "due", "tre"]


def unlimited_window() -> Capabilities:
    return CAPABILITIES.model_copy(update={"reply_window_seconds": None})


def test_a_failure_holds_back_what_follows_it_in_its_conversation(office: WorkingDesk) -> None:
    adapter = FakeAdapter(unlimited_window())
    adapter.outcomes.extend([Delivery.accepted("p1"), ProviderUnavailable("busy")])
    keys = queue_messages(office, "uno", "due", "tre")
    assert failed(deliverer(adapter)(jobs_of(keys), CONTEXT)) == ["job-1", "job-2"]
    assert [message.text for message in adapter.sent] == ["uno", "due"]
    statuses = [office.state.status_of(key) for key in keys]
    assert statuses == [DeliveryStatus.ACCEPTED, DeliveryStatus.QUEUED, DeliveryStatus.QUEUED]


def test_a_whole_batch_that_fails_is_reported_job_by_job(office: WorkingDesk) -> None:
    adapter = FakeAdapter(unlimited_window())
    adapter.outcomes.append(ProviderUnavailable("busy"))
    keys = queue_messages(office, "uno")
    assert failed(deliverer(adapter)(jobs_of(keys), CONTEXT)) == ["job-0"]


def test_a_button_press_is_acknowledged_from_the_same_queue(office: WorkingDesk) -> None:
    adapter = FakeAdapter()
    record = an_inbound_record(a_message(callback_id="callback-1"))
    office.table.put_inbound(record, compress({}))
    job = a_job(1, {"conversation_id": CONVERSATION, "acknowledge": record.item_id})
    assert failed(deliverer(adapter)({"Records": [job]}, CONTEXT)) == []
    assert adapter.acknowledged == ["callback-1"]


def test_a_job_that_cannot_be_read_fails_alone(office: WorkingDesk) -> None:
    adapter = FakeAdapter(unlimited_window())
    (key,) = queue_messages(office, "uno")
    broken = a_job(1, {}, group="another")
    good = a_job(2, {"conversation_id": CONVERSATION, "effect_key": key})
    assert failed(deliverer(adapter)({"Records": [broken, good]}, CONTEXT)) == ["job-1"]
    assert len(adapter.sent) == 1


def test_a_notice_is_rung_from_its_queue(office: WorkingDesk) -> None:
    endpoint = {"notifier": "recording", "topic": "desk"}
    office.configure(AgentEndpointSettings, endpoints={"desk": endpoint})
    for command in (receive(), request_human(), offer()):
        office.ask(command)
    (notice,) = office.notices()
    notifier = RecordingNotifier()
    notifier.failures.append(ProviderUnavailable("the endpoint answered 500"))
    job = {"Records": [a_job(1, {"conversation_id": CONVERSATION, "effect_key": notice.key})]}
    handle = notify_queue(notifier)
    assert failed(handle(job, CONTEXT)) == ["job-1"]
    assert failed(handle(job, CONTEXT)) == []
    assert len(notifier.notified) == 1


def test_a_failed_attempt_says_nothing_of_what_was_written(
    office: WorkingDesk, logged: StringIO
) -> None:
    adapter = FakeAdapter(unlimited_window())
    adapter.outcomes.append(ValueError("il mio codice segreto"))
    deliverer(adapter)(jobs_of(queue_messages(office, "il mio codice segreto")), CONTEXT)
    assert "attempt failed" in logged.getvalue()
    assert "codice segreto" not in logged.getvalue()


# --- retries ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "wish", "delay"),
    [
        (1, None, 1),
        (2, None, 2),
        (5, None, 16),
        (9, None, 256),
        (10, None, 300),
        (1_000, None, 300),
        (1, 30, 30),
        (9, 30, 256),
        (1, 99_999, 43_200),
    ],
)
def test_attempts_come_less_and_less_often(attempt: int, wish: int | None, delay: int) -> None:
    assert retry_delay_seconds(attempt, wish) == delay


@pytest.mark.usefixtures("office")
def test_a_failed_job_is_shown_again_after_its_delay() -> None:
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="jobs.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sqs.send_message(
        QueueUrl=queue, MessageBody="{}", MessageGroupId="g", MessageDeduplicationId="d"
    )
    (message,) = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=600)["Messages"]
    record = SQSRecord(a_job(1, {}) | {"receiptHandle": message["ReceiptHandle"]})
    with (
        patch.object(retries, "aws_client", lambda _service: sqs),
        patch.object(
            sqs, "change_message_visibility", wraps=sqs.change_message_visibility
        ) as change,
    ):
        delay_next_attempt(record, wish=7)
    assert change.call_args.kwargs["VisibilityTimeout"] == 7
    assert change.call_args.kwargs["QueueUrl"] == queue


@pytest.mark.usefixtures("office")
def test_without_its_queue_a_failed_job_keeps_the_queues_own_delay(
    logged: StringIO,
) -> None:
    delay_next_attempt(SQSRecord(a_job(1, {})))
    assert "retry keeps the queue's own delay" in logged.getvalue()


# --- tasks ------------------------------------------------------------------------------------


class Question(Model):
    conversation_id: str


class Reply(Model):
    text: str


def test_a_task_is_a_function_of_models() -> None:
    handle = task(Question)(lambda asked: Reply(text=asked.conversation_id))
    assert handle({"conversation_id": "c"}, CONTEXT) == {"text": "c"}
    assert task(Question)(lambda _: None)({"conversation_id": "c"}, CONTEXT) == {}


def test_a_task_ignores_what_a_machine_of_another_version_passes_besides() -> None:
    handle = task(Question)(lambda asked: Reply(text=asked.conversation_id))
    assert handle({"conversation_id": "c", "mood": "good"}, CONTEXT) == {"text": "c"}


@pytest.mark.parametrize(
    "error",
    [StorageBusy("12 writers"), ClientError({"Error": {"Code": "Throttled"}}, "PutItem")],
)
def test_what_another_attempt_may_cure_leaves_under_one_name(error: Exception) -> None:
    def fail(_: Question) -> None:
        raise error

    with pytest.raises(Retryable) as raised:
        task(Question)(fail)({"conversation_id": "c"}, CONTEXT)
    assert type(raised.value) is Retryable


def test_other_failures_of_a_task_leave_as_they_are() -> None:
    def fail(_: Question) -> None:
        raise NotAllowed("no")

    with pytest.raises(NotAllowed):
        task(Question)(fail)({"conversation_id": "c"}, CONTEXT)
