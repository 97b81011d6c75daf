"""Customers on the command line: the same name is the same one, and each message is new."""

import json
from typing import Any

import pytest

from local.cloud.laptop import Stack
from local.cloud.web import Answer
from local.providers import customers
from local.write import write

STACK = Stack(
    aws_endpoint="http://127.0.0.1:1",
    region="eu-south-1",
    stack_name="sportello",
    table="t",
    bus="b",
    webhook_base="http://127.0.0.1:1/hooks",
    agent_api_base="http://127.0.0.1:1/agents",
    tokens={},
    secrets={"telegram": {"secret_token": "s"}, "whatsapp": {"app_secret": "s"}},
    provider_base="http://127.0.0.1:1",
)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    def take(_method: str, _url: str, body: bytes, _headers: Any) -> Answer:
        bodies.append(json.loads(body))
        return Answer(200, b"")

    monkeypatch.setattr(customers, "call", take)
    return bodies


def test_on_telegram_a_name_is_one_person_whose_messages_go_up(
    posted: list[dict[str, Any]],
) -> None:
    for name in ("Bruno", "Bruno", "Harriet"):
        write(STACK, "telegram", "Buongiorno", name)
    first, second, other = (update["message"] for update in posted)
    assert first["from"]["id"] == second["from"]["id"] != other["from"]["id"]
    assert first["message_id"] <= second["message_id"]
    assert len({update["update_id"] for update in posted}) == 3


@pytest.mark.parametrize("photo", [False, True])
def test_on_whatsapp_too(posted: list[dict[str, Any]], *, photo: bool) -> None:
    for _ in range(2):
        write(STACK, "whatsapp", "Good morning", "Harriet", photo=photo)
    values = [body["entry"][0]["changes"][0]["value"] for body in posted]
    messages = [value["messages"][0] for value in values]
    assert len({message["from"] for message in messages}) == 1
    assert len({message["id"] for message in messages}) == 2
    assert {message["type"] for message in messages} == {"image" if photo else "text"}
    assert "Good morning" in str(messages[0])
    assert values[0]["contacts"][0]["profile"]["name"] == "Harriet"
