"""Units of the table by its calls, those of its indexes included."""

import pytest
from botocore.exceptions import ClientError

from support.clouds.small.expressions import Item
from tools.bench.recorded.metering import MeteredDynamoDB, Units, index_units

KEYS = frozenset({"waiting", "waiting_since"})


def an_entry(since: str = "2026", size: int = 1) -> Item:
    return {"waiting": {"S": "q"}, "waiting_since": {"S": since}, "pk": {"S": "x" * size}}


def an_item(**attributes: str) -> Item:
    keys = {"pk": {"S": "CONV#1"}, "sk": {"S": "STATE"}}
    return keys | {name: {"S": value} for name, value in attributes.items()}


@pytest.mark.parametrize(
    ("was", "became", "units"),
    [
        ({}, {}, 0),
        (an_entry(), an_entry(), 0),
        ({}, an_entry(), 1),
        (an_entry(), {}, 1),
        (an_entry(), an_entry(size=2), 1),
        (an_entry(), an_entry(since="2027"), 2),
        (an_entry(size=1_500), an_entry(since="2027"), 3),
    ],
)
def test_an_index_is_paid_for_what_changes_in_it(was: Item, became: Item, units: int) -> None:
    assert index_units(was, became, KEYS) == units


def test_a_write_pays_for_the_item_and_for_each_index_it_is_in() -> None:
    table = MeteredDynamoDB(name="desk")
    item = an_item(pending="PENDING#1", pending_since="2026", text="x" * 1_500)
    table.call("PutItem", {"TableName": "desk", "Item": item})
    assert table.units == Units(reads=0, writes=2, index_writes=1)


def test_a_transaction_pays_twice_for_its_writes_and_once_for_the_index() -> None:
    table = MeteredDynamoDB(name="desk")
    item = an_item(pending="PENDING#1", pending_since="2026")
    put = {"Put": {"TableName": "desk", "Item": item}}
    table.call("TransactWriteItems", {"TransactItems": [put]})
    assert table.units == Units(reads=0, writes=2, index_writes=1)


def test_a_write_that_is_refused_costs_as_much_and_leaves_the_index_alone() -> None:
    table = MeteredDynamoDB(name="desk")
    item = an_item(pending="PENDING#1", pending_since="2026")
    table.keep(item)
    once = {"TableName": "desk", "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(ClientError):
        table.call("PutItem", once)
    assert table.units == Units(writes=1)
