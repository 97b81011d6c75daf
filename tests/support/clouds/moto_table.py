"""The desk table as `template.yaml` declares it, in moto: the measure of the small one."""

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from sportello.table.desk_table import DeskTable
from support.clouds.quick_moto import aws
from support.clouds.table import TABLE_NAME, table
from support.template import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@contextmanager
def table_in_moto() -> Iterator[DeskTable]:
    """An empty desk table in an empty AWS of its own."""
    with aws(), patch("moto.dynamodb.models.copy", _QuickCopies):
        _create_desk_table(_client())
        yield DeskTable(TABLE_NAME, _client())


TABLES: Mapping[str, Callable[[], AbstractContextManager[DeskTable]]] = {
    "small": table,
    "moto": table_in_moto,
}
"""Both, for the tests that hold for either: they keep the small one to the truth."""


@cache
def _client() -> "DynamoDBClient":
    """One for all tests: a client takes longer to make than most tests take."""
    return boto3.client("dynamodb")


def _create_desk_table(client: "DynamoDBClient") -> None:
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
