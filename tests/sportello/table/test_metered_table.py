"""The meter counts what DynamoDB would bill, whatever the code reads of the answer."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from sportello.table.desk_table import DeskTable
from support.clouds.metered import item_bytes, metered
from support.clouds.table import TABLE_NAME, table


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


def key(sort_key: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": "p"}, "sk": {"S": sort_key}}


def keep(desk_table: DeskTable, sort_key: str, size: int) -> None:
    """Store an item of some size."""
    body = size - item_bytes(key(sort_key)) - len("body")
    item = {**key(sort_key), "body": {"S": "x" * body}}
    desk_table._client.put_item(TableName=TABLE_NAME, Item=item)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "perché"}, 7),
        ({"B": b"123"}, 3),
        ({"N": "0"}, 1),
        ({"N": "1700"}, 2),
        ({"N": "-123"}, 4),
    ],
)
def test_an_attribute_is_as_large_as_its_name_and_value(
    value: dict[str, str | bytes], size: int
) -> None:
    assert item_bytes({"città": value}) == len("città".encode()) + size


def test_a_get_costs_a_block_of_4_kb_begun_and_half_unless_consistent(
    desk_table: DeskTable,
) -> None:
    keep(desk_table, "a", 4_097)
    with metered(desk_table) as usage:
        desk_table._client.get_item(TableName=TABLE_NAME, Key=key("a"))
        assert usage.read_units == 1
        desk_table._client.get_item(TableName=TABLE_NAME, Key=key("a"), ConsistentRead=True)
        assert usage.read_units == 3
        desk_table._client.get_item(TableName=TABLE_NAME, Key=key("nothing"))
        assert usage.read_units == 3.5
    assert usage.calls == {"GetItem": 3}
    assert usage.write_units == 0


def test_a_query_costs_all_it_looks_at_rounded_once(desk_table: DeskTable) -> None:
    for name in "abcde":
        keep(desk_table, name, 1_000)
    with metered(desk_table) as usage:
        desk_table._client.query(
            TableName=TABLE_NAME,
            KeyConditionExpression="pk = :pk",
            ProjectionExpression="#sk",
            ExpressionAttributeNames={"#sk": "sk"},
            ExpressionAttributeValues={":pk": {"S": "p"}},
        )
    assert usage.read_units == 1


def test_each_page_is_a_call(desk_table: DeskTable) -> None:
    for name in "abc":
        keep(desk_table, name, 100)
    pages = desk_table._client.get_paginator("query").paginate(
        TableName=TABLE_NAME,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "p"}},
        PaginationConfig={"PageSize": 2},
    )
    with metered(desk_table) as usage:
        assert len(list(pages)) == 2
    assert usage.calls == {"Query": 2}
    assert usage.read_units == 1


def test_items_of_a_batch_are_rounded_one_by_one(desk_table: DeskTable) -> None:
    keep(desk_table, "a", 100)
    keys = [key("a"), key("nothing")]
    with metered(desk_table) as usage:
        desk_table._client.batch_get_item(
            RequestItems={TABLE_NAME: {"Keys": keys, "ConsistentRead": True}}
        )
    assert usage.read_units == 2


def test_a_write_costs_the_larger_of_before_and_after(desk_table: DeskTable) -> None:
    with metered(desk_table) as usage:
        keep(desk_table, "a", 2_049)
        assert usage.write_units == 3
        keep(desk_table, "a", 100)
        assert usage.write_units == 6
    assert usage.calls == {"PutItem": 2}
    assert usage.read_units == 0


def test_a_write_whose_condition_fails_is_not_free(desk_table: DeskTable) -> None:
    keep(desk_table, "a", 1_025)
    with metered(desk_table) as usage, pytest.raises(ClientError):
        desk_table._client.put_item(
            TableName=TABLE_NAME, Item=key("a"), ConditionExpression="attribute_not_exists(pk)"
        )
    assert usage.write_units == 2


def test_a_transaction_costs_twice(desk_table: DeskTable) -> None:
    puts = [{"Put": {"TableName": TABLE_NAME, "Item": key(name)}} for name in "ab"]
    with metered(desk_table) as usage:
        desk_table._client.transact_write_items(TransactItems=puts)  # type: ignore[arg-type] # built as plain dicts
    assert usage.calls == {"TransactWriteItems": 1}
    assert usage.write_units == 4
