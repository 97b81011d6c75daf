"""What is counted, and what the environment and the secrets must hold."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from pydantic import BaseModel, SecretStr, ValidationError

from sportello.aws.clients import aws_client
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, count, count_events
from sportello.conversation.events import (
    Author,
    ClockAdvanced,
    ClockEnded,
    ClockEnding,
    ConversationEvent,
    DeliveryRecorded,
    HandoffRequested,
    MessageQueued,
    TurnEnded,
)
from sportello.errors import NotConfigured, SecretsUnavailable
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.sla.clocks import ClockKind, ClockState
from support.builders import NOW


def printed_metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# --- metrics ----------------------------------------------------------------------------------


def test_a_count_is_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.RECEIVED, "fake", 3)
    (line,) = printed_metrics(capsys)
    (block,) = line["_aws"]["CloudWatchMetrics"]
    assert block["Namespace"] == "Sportello"
    assert [sorted(names) for names in block["Dimensions"]] == [["channel", "service"]]
    assert block["Metrics"] == [{"Name": "Received", "Unit": "Count"}]
    assert (line["channel"], line["service"], line["Received"]) == ("fake", "sportello", [3.0])


def test_nothing_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.RECEIVED, "fake", 0)
    assert printed_metrics(capsys) == []


def test_what_has_no_channel_is_counted_under_none(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric.SET_ASIDE, "")
    assert printed_metrics(capsys)[0]["channel"] == "none"


def delivered(status: DeliveryStatus) -> DeliveryRecorded:
    return DeliveryRecorded(at=NOW, effect_key="reply:1", status=status)


def advanced(state: ClockState, kind: ClockKind = ClockKind.FIRST_RESPONSE) -> ClockAdvanced:
    return ClockAdvanced(at=NOW, kind=kind, state=state, due_at=NOW)


def ended(state: ClockState, kind: ClockKind = ClockKind.PROMISE) -> ClockEnded:
    return ClockEnded(
        at=NOW, kind=kind, state=state, due_at=NOW, counted_seconds=1, ending=ClockEnding.KEPT
    )


@pytest.mark.parametrize(
    ("event", "metric"),
    [
        (
            MessageQueued(
                at=NOW,
                effect_key="reply:1",
                author=Author.AGENT,
                visibility=Visibility.PRIVATE,
                automatic=False,
            ),
            "Replied",
        ),
        (HandoffRequested(at=NOW, handoff_id="h", queue="q", reason="r"), "Escalated"),
        (advanced(ClockState.BREACHING), "Breached"),
        (advanced(ClockState.IMMINENT), None),
        (advanced(ClockState.BREACHING, ClockKind.PROMISE), "Breached"),
        (advanced(ClockState.IMMINENT, ClockKind.PROMISE), None),
        (ended(ClockState.ACHIEVED), "PromisesKept"),
        (ended(ClockState.BREACHED), "PromisesBroken"),
        (ended(ClockState.BREACHED, ClockKind.FIRST_RESPONSE), None),
        (ended(ClockState.ACHIEVED, ClockKind.FIRST_RESPONSE), None),
        (ended(ClockState.CANCELLED), None),
        (delivered(DeliveryStatus.ACCEPTED), "Delivered"),
        (delivered(DeliveryStatus.REFUSED), "Refused"),
        (delivered(DeliveryStatus.UNKNOWN), "Unknown"),
        (delivered(DeliveryStatus.WITHDRAWN), "Withdrawn"),
        (delivered(DeliveryStatus.READ), None),
        (TurnEnded(at=NOW), None),
    ],
)
def test_a_fact_is_counted_under_its_name(
    event: ConversationEvent, metric: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    count_events([event], "fake")
    names = [
        line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"]
        for line in printed_metrics(capsys)
    ]
    assert names == ([metric] if metric else [])


# --- the environment --------------------------------------------------------------------------


class MadeUpEnvironment(Environment):
    made_up_name: str
    made_up_number: int = 7


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADE_UP_NAME", "first")
    first = MadeUpEnvironment.load()
    monkeypatch.setenv("MADE_UP_NAME", "second")
    assert MadeUpEnvironment.load() is first
    assert (first.made_up_name, first.made_up_number) == ("first", 7)


def test_a_missing_variable_is_named_and_no_other_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MADE_UP_NUMBER", "a secret")
    with pytest.raises(ValidationError) as raised:
        MadeUpEnvironment.load()
    assert "made_up_name" in str(raised.value)
    assert "a secret" not in str(raised.value)


# --- secrets ----------------------------------------------------------------------------------


class MadeUpSecret(BaseModel):
    token: SecretStr
    length: int


def a_secret(value: str) -> str:
    client = boto3.client("secretsmanager")
    return client.create_secret(Name="made-up", SecretString=value)["ARN"]


@mock_aws
def test_a_secret_is_read_as_its_shape() -> None:
    secret = read_secret(a_secret('{"token": "t0ken", "length": 5}'), MadeUpSecret)
    assert (secret.token.get_secret_value(), secret.length) == ("t0ken", 5)


@mock_aws
@pytest.mark.parametrize(
    "value", ['{"token": "t0ken", "length": "t0ken"}', '{"token": "t0ken"}', "t0ken", '["t0ken"]']
)
def test_a_wrong_secret_says_where_it_is_wrong_and_never_what_it_holds(value: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        read_secret(a_secret(value), MadeUpSecret)
    assert "t0ken" not in str(raised.value)
    assert raised.value.__cause__ is None


@mock_aws
def test_a_missing_secret_is_a_fault_of_configuration() -> None:
    with pytest.raises(NotConfigured, match="made-up"):
        read_secret("made-up", MadeUpSecret)


@mock_aws
def test_a_secret_that_could_not_be_asked_for_is_asked_for_again() -> None:
    name = a_secret('{"token": "t0ken", "length": 5}')
    with Stubber(aws_client("secretsmanager")) as busy:
        busy.add_client_error("get_secret_value", "ThrottlingException", http_status_code=400)
        with pytest.raises(SecretsUnavailable, match="ThrottlingException"):
            read_secret(name, MadeUpSecret)
    assert read_secret(name, MadeUpSecret).length == 5
