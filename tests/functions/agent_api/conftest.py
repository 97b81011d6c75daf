import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from sportello.entrypoints import runtime
from sportello.messaging import public_urls
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.settings_store import SettingsStore
from support.clouds.table import create_desk_table, no_pause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="module")
def dynamodb() -> Iterator["DynamoDBClient"]:
    """One client for a module: making it takes longer than most tests."""
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up no host name: what is out there is nothing to these tests."""

    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    monkeypatch.setattr(public_urls, "resolve_host", resolve)


@pytest.fixture
def counter(dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the agent API works on; what a test does here, the API sees."""
    # A new table for each test: moto copies a table's whole past with every transaction.
    name = create_desk_table(dynamodb)
    ours = Desk(DeskTable(name, dynamodb), pause=no_pause)
    monkeypatch.setattr(runtime, "desk", lambda: ours)
    monkeypatch.setattr(runtime, "table", lambda: ours.table)
    settings = SettingsStore(ours.table, math.inf)
    monkeypatch.setattr(runtime, "settings", lambda: settings)
    yield ours
    dynamodb.delete_table(TableName=name)
