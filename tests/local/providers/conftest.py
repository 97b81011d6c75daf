from typing import Any

import pytest

from local.cloud.laptop import Stack
from local.cloud.web import Answer
from local.providers import colleagues, customers


@pytest.fixture
def stack() -> Stack:
    """A stack that nobody runs, with the secrets that customers and colleagues sign with."""
    return Stack(
        aws_endpoint="http://127.0.0.1:1",
        region="eu-south-1",
        stack_name="sportello",
        table="table",
        bus="bus",
        webhook_base="http://127.0.0.1:1/webhooks",
        agent_api_base="http://127.0.0.1:1/agents",
        tokens={},
        secrets={
            "whatsapp": {"app_secret": "app secret"},
            "telegram": {"secret_token": "secret-token"},
            "slack": {"signing_secret": "made-up-signing-secret"},
        },
        provider_base="http://127.0.0.1:2",
    )


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What customers and colleagues call, which goes nowhere."""
    calls: list[Any] = []

    def call(*arguments: Any) -> Answer:
        calls.append(arguments)
        return Answer(200, b"")

    for module in (colleagues, customers):
        monkeypatch.setattr(module, "call", call)
    return calls
