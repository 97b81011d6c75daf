"""The desk table in memory: what it is asked for goes to the small table instead of to AWS."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from sportello.settings_document import SettingsDocument
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.inbound import inbound_table as production
from sportello.table.items import StoredSettings
from support.builders import NOW
from support.clouds.small.dynamodb import SmallDynamoDB

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE_NAME = "desk"


@cache
def _boto3_client() -> "DynamoDBClient":
    """Made once: it takes longer than most tests take."""
    return boto3.client("dynamodb")


def client_of(small: SmallDynamoDB) -> "DynamoDBClient":
    """boto3's own client, paginators and all, whose calls the small table answers."""
    original = _boto3_client()
    client: DynamoDBClient = object.__new__(type(original))
    vars(client).update(vars(original), _make_api_call=small.call)  # every method ends there
    return client


@contextmanager
def table() -> Iterator[DeskTable]:
    """An empty desk table; it is also what the code gets that asks AWS for one."""
    client = client_of(SmallDynamoDB(name=TABLE_NAME))
    with patch.object(production, "aws_client", {"dynamodb": client}.__getitem__):
        yield DeskTable(TABLE_NAME, client)


@contextmanager
def desk() -> Iterator[Desk]:
    with table() as empty:
        yield Desk(empty, pause=no_pause)


@contextmanager
def one_call_at_a_time(desk_table: DeskTable) -> Iterator[None]:
    """Let threads use the table: DynamoDB isolates one write from another, this is how it does."""
    client, lock = desk_table._client, threading.Lock()
    make_call = client._make_api_call  # type: ignore[attr-defined] # every method ends there

    def make_call_alone(operation: str, arguments: dict[str, Any]) -> Any:
        with lock:
            return make_call(operation, arguments)

    with patch.object(client, "_make_api_call", make_call_alone):
        yield


def no_pause(_seconds: float) -> None:
    """Conflicts in one process are over by the time they are noticed."""


def configure(desk_table: DeskTable, document: SettingsDocument, now: datetime = NOW) -> None:
    """Put a settings document in force."""
    current = desk_table.settings(document.kind)
    version = current.version + 1 if current else 1
    stored = StoredSettings(version=version, document=document.model_dump(mode="json"))
    desk_table.put_settings(document.kind, stored, "anna", now)


def all_items(desk_table: DeskTable) -> list[dict[str, Any]]:
    """Everything in the table, as the DynamoDB client gives it."""
    pages = desk_table._client.get_paginator("scan").paginate(TableName=desk_table._name)
    return [dict(item) for page in pages for item in page["Items"]]


def unaudited_items(desk_table: DeskTable) -> list[dict[str, Any]]:
    """Everything in the table but that somebody asked for it."""
    return [item for item in all_items(desk_table) if item["entity"]["S"] != "audit"]
