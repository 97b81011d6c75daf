"""What whoever plays people at work needs of the deployed desk: accounts, and its table."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloud import first_day
from local.cloud.laptop import Laptop, Stack
from local.cloud.web import call_json
from sportello.table.desk_table import DeskTable


def say(line: str) -> None:
    print(line, flush=True)


@dataclass(frozen=True)
class Account:
    """How an agent's tool signs in at the agent API."""

    agent_id: str
    token: str


def engage(
    laptop: Laptop, name: str, profile: Mapping[str, Any], bell: Mapping[str, Any]
) -> Account:
    """Give an agent an account, a profile and a bell of their own."""
    base = laptop.stack.agent_api_base
    token = laptop.engage(first_day.Person(f"{name}@example.org", ("agent",)))
    agent_id = agent_id_in(token)
    put(f"{base}/agents/{agent_id}", profile, laptop.stack.tokens["supervisor"])
    put(f"{base}/agents/me/endpoints/desk", bell, token)
    return Account(agent_id, token)


def put(url: str, document: Any, token: str) -> None:
    """Write a document through the agent API, or raise Unexpected."""
    call_json("PUT", url, document, {"Authorization": token}).expect(200, 201, 204)


def agent_id_in(token: str) -> str:
    """Return whose token it is."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def deployed_table(stack: Stack) -> DeskTable:
    """Read the deployed table with the code of the functions."""
    os.environ["AWS_ENDPOINT_URL"] = stack.aws_endpoint
    os.environ["AWS_DEFAULT_REGION"] = stack.region
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    return DeskTable(stack.table)
