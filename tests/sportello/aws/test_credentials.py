"""What secrets must hold, and what is told of one that does not."""

import json

import boto3
import pytest
from botocore.stub import Stubber
from pydantic import BaseModel, SecretStr

from sportello.aws import credentials
from sportello.aws.clients import aws_client
from sportello.aws.credentials import UNFINISHED_MAX_AGE_SECONDS, Token, read_secret
from sportello.errors import NotConfigured, SecretsUnavailable
from support.clouds.quick_moto import aws


class MadeUpSecret(BaseModel):
    token: SecretStr
    length: int


class MadeUpToken(BaseModel):
    token: Token


def a_secret(value: str) -> str:
    client = boto3.client("secretsmanager")
    return client.create_secret(Name="made-up", SecretString=value)["ARN"]


@aws()
def test_a_secret_is_read_as_its_shape() -> None:
    secret = read_secret(a_secret('{"token": "t0ken", "length": 5}'), MadeUpSecret)
    assert (secret.token.get_secret_value(), secret.length) == ("t0ken", 5)


@aws()
@pytest.mark.parametrize(
    "value", ['{"token": "t0ken", "length": "t0ken"}', '{"token": "t0ken"}', "t0ken", '["t0ken"]']
)
def test_a_wrong_secret_says_where_it_is_wrong_and_never_what_it_holds(value: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        read_secret(a_secret(value), MadeUpSecret)
    assert "t0ken" not in str(raised.value)
    assert raised.value.__cause__ is None


@aws()
def test_a_missing_secret_is_a_fault_of_configuration() -> None:
    with pytest.raises(NotConfigured, match="made-up"):
        read_secret("made-up", MadeUpSecret)


@aws()
@pytest.mark.parametrize(
    "value", ["t0ken", "t0ken\n", "\r\nt0ken", "  t0ken\t", "\u00a0t0ken\u2028"]
)
def test_a_token_is_read_without_the_white_space_that_was_copied_with_it(value: str) -> None:
    secret = read_secret(a_secret(json.dumps({"token": value})), MadeUpToken)
    assert secret.token.get_secret_value() == "t0ken"


@aws()
@pytest.mark.parametrize(
    "value", ["", "\n", "t0k\nen", "t0 ken", "\u200bt0ken", "\u201ct0ken\u201d"]
)
def test_a_token_that_fits_into_no_request_is_a_fault_of_configuration(value: str) -> None:
    with pytest.raises(NotConfigured, match="token") as raised:
        read_secret(a_secret(json.dumps({"token": value})), MadeUpToken)
    assert "t0k" not in str(raised.value)


class Clock:
    """Stands in for `time`."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@aws()
def test_a_secret_that_is_being_filled_in_is_read_again_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(credentials, "time", clock)
    name = a_secret('{"token": "t0ken"}')
    with pytest.raises(NotConfigured):
        read_secret(name, MadeUpSecret)
    boto3.client("secretsmanager").put_secret_value(
        SecretId=name, SecretString='{"token": "t0ken", "length": 5}'
    )
    clock.now = UNFINISHED_MAX_AGE_SECONDS - 1
    with pytest.raises(NotConfigured):
        read_secret(name, MadeUpSecret)
    clock.now = UNFINISHED_MAX_AGE_SECONDS
    assert read_secret(name, MadeUpSecret).length == 5


@aws()
def test_calls_for_what_is_missing_do_not_put_off_the_next_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(credentials, "time", clock)
    name = a_secret('{"token": "t0ken"}')
    for clock.now in range(UNFINISHED_MAX_AGE_SECONDS):
        with pytest.raises(NotConfigured):
            read_secret(name, MadeUpSecret)
    boto3.client("secretsmanager").put_secret_value(
        SecretId=name, SecretString='{"token": "t0ken", "length": 5}'
    )
    clock.now = UNFINISHED_MAX_AGE_SECONDS
    assert read_secret(name, MadeUpSecret).length == 5


@aws()
def test_a_secret_that_could_not_be_asked_for_is_asked_for_again() -> None:
    name = a_secret('{"token": "t0ken", "length": 5}')
    with Stubber(aws_client("secretsmanager")) as busy:
        busy.add_client_error("get_secret_value", "ThrottlingException", http_status_code=400)
        with pytest.raises(SecretsUnavailable, match="ThrottlingException"):
            read_secret(name, MadeUpSecret)
    assert read_secret(name, MadeUpSecret).length == 5
