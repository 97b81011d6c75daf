"""The desk table as `template.yaml` declares it, in moto."""

import copy
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from sportello.settings_document import SettingsDocument
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings
from support.builders import NOW
from support.template import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE_NAME = "desk"


def create_desk_table(client: "DynamoDBClient") -> str:
    """Create the table and return its name."""
    declared = template()["Resources"]["DeskTable"]["Properties"]
    client.create_table(
        TableName=TABLE_NAME,
        AttributeDefinitions=declared["AttributeDefinitions"],
        KeySchema=declared["KeySchema"],
        BillingMode=declared["BillingMode"],
        GlobalSecondaryIndexes=declared["GlobalSecondaryIndexes"],
        StreamSpecification={
            "StreamEnabled": True,
            "StreamViewType": declared["StreamSpecification"]["StreamViewType"],
        },
    )
    return TABLE_NAME


class _QuickCopies:
    """moto copies the whole table for each write of a transaction, most of a test's time.

    Only the items are copied here, which is all that an undone transaction has changed.
    """

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        if not isinstance(value, Table):
            return copy.deepcopy(value)
        kept = copy.copy(value)
        kept.items = defaultdict(dict)
        for partition, items in value.items.items():
            kept.items[partition] = {sort: _copied(item) for sort, item in items.items()}
        return kept


def _copied(item: Item) -> Item:
    """An item apart from its original; single attributes are replaced, never changed."""
    attributes = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(attributes, item.attrs)
    kept = copy.copy(item)
    kept.attrs = attributes
    return kept


@cache
def _client() -> "DynamoDBClient":
    """One for all tests: a client takes longer to make than most tests take."""
    return boto3.client("dynamodb")


@contextmanager
def table() -> Iterator[DeskTable]:
    """An empty desk table in an empty AWS of its own."""
    with mock_aws(), patch("moto.dynamodb.models.copy", _QuickCopies):
        yield DeskTable(create_desk_table(_client()), _client())


@contextmanager
def desk() -> Iterator[Desk]:
    with table() as empty:
        yield Desk(empty, pause=no_pause)


@contextmanager
def one_call_at_a_time(desk_table: DeskTable) -> Iterator[None]:
    """Let threads use the table.

    DynamoDB isolates transactions; moto writes one while it checks the conditions of another.
    """
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
