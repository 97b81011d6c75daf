"""What whoever plays people at work needs of the deployed desk: accounts, and its table."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloud import first_day
from local.cloud.first_day import agent_id_in, put
from local.cloud.laptop import Laptop, Stack
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


def deployed_table(stack: Stack) -> DeskTable:
    """Read the deployed table with the code of the functions."""
    os.environ["AWS_ENDPOINT_URL"] = stack.aws_endpoint
    os.environ["AWS_DEFAULT_REGION"] = stack.region
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    return DeskTable(stack.table)
