import json
from collections.abc import Iterator

import boto3
import pytest

from notifiers.push.ciphers import public_key
from support.agent_calls import call
from support.browser import decoded
from support.clouds.quick_moto import aws

SEED = "a" * 64


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUSH_SECRET", "push")
    with aws():
        document = json.dumps({"key_seed": SEED})
        boto3.client("secretsmanager").create_secret(Name="push", SecretString=document)
        yield


@pytest.mark.usefixtures("deployed")
def test_a_browser_is_told_the_public_key_and_never_what_it_is_made_of() -> None:
    answer = call("GET", "/push/public-key")
    assert answer.status == 200
    key = decoded(answer.document["public_key"])
    assert key == public_key(SEED)
    assert (len(key), key[0]) == (65, 4)
    assert list(answer.document) == ["public_key"]
    assert SEED not in answer.body


def test_without_push_there_is_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_SECRET", "")
    answer = call("GET", "/push/public-key")
    assert (answer.status, answer.problem) == (404, "unknown-path")
