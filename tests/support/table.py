"""The desk table as `template.yaml` declares it, in moto."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from sportello.desk import Desk
from sportello.desk_table import DeskTable
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


@contextmanager
def table() -> Iterator[DeskTable]:
    """An empty desk table in an empty AWS of its own."""
    with mock_aws():
        client = boto3.client("dynamodb")
        yield DeskTable(create_desk_table(client), client)


@contextmanager
def desk() -> Iterator[Desk]:
    with table() as empty:
        yield Desk(empty, pause=no_pause)


def serialized(desk_table: DeskTable) -> DeskTable:
    """The same table for threads, its transactions one after the other.

    DynamoDB isolates transactions; moto checks the conditions of one while another writes.
    """
    client, one_at_a_time = desk_table._client, threading.Lock()
    transact = client.transact_write_items

    def transact_alone(**request: Any) -> Any:
        with one_at_a_time:
            return transact(**request)

    client.transact_write_items = transact_alone  # type: ignore[method-assign] # that is the point
    return desk_table


def no_pause(_seconds: float) -> None:
    """Conflicts in one process are over by the time they are noticed."""


def all_items(desk_table: DeskTable) -> list[dict[str, Any]]:
    """Everything in the table, as the DynamoDB client gives it."""
    pages = desk_table._client.get_paginator("scan").paginate(TableName=desk_table._name)
    return [dict(item) for page in pages for item in page["Items"]]
