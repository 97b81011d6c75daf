"""The small table that most tests run on says yes, no and how much as moto's DynamoDB does.

The desk table's own tests run on both; here is what they do not come to: refusals, projections,
pages. Where moto lets pass what AWS refuses, the small table does as AWS.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from sportello.table.desk_table import DeskTable
from support.clouds.moto_table import TABLES
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import NotSpoken
from support.clouds.table import TABLE_NAME, client_of, table

type Request = dict[str, Any]
type Step = tuple[str, Request]

ABSENT = "attribute_not_exists(pk)"


def text(value: str) -> dict[str, str]:
    return {"S": value}


def key(sort_key: str, partition: str = "p") -> Request:
    return {"pk": text(partition), "sk": text(sort_key)}


def item(sort_key: str, **texts: str) -> Request:
    return key(sort_key) | {name: text(value) for name, value in texts.items()}


def put(sort_key: str, condition: str = "", **texts: str) -> Step:
    conditions = {"ConditionExpression": condition} if condition else {}
    return "put_item", {"Item": item(sort_key, **texts), **conditions}


def update(sort_key: str, expression: str, condition: str = "", **values: str) -> Step:
    request: Request = {"Key": key(sort_key), "UpdateExpression": expression}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": text(v) for name, v in values.items()}
    return "update_item", request


def grow(sort_key: str, also: str = "") -> Step:
    request: Request = {
        "Key": key(sort_key),
        "UpdateExpression": f"{f'SET {also} ' if also else ''}ADD a :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}, **({":b": text("x")} if also else {})},
    }
    return "update_item", request


def delete_telling(sort_key: str) -> Step:
    return "delete_item", {"Key": key(sort_key), "ReturnValues": "ALL_OLD"}


def get(sort_key: str, projection: str = "") -> Step:
    projections = {"ProjectionExpression": projection} if projection else {}
    return "get_item", {"Key": key(sort_key), **projections}


def batch(*sort_keys: str) -> Step:
    keys = [key(sort_key) for sort_key in sort_keys]
    return "batch_get_item", {"RequestItems": {TABLE_NAME: {"Keys": keys}}}


def batch_write(*writes: Request) -> Step:
    return "batch_write_item", {"RequestItems": {TABLE_NAME: list(writes)}}


def query(condition: str, values: Mapping[str, str], **more: Any) -> Step:
    named = {f":{name}": text(value) for name, value in values.items()}
    return "query", {
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": named,
        **more,
    }


def transaction(*writes: tuple[str, Step]) -> Step:
    items = [{kind: {"TableName": TABLE_NAME, **request}} for kind, (_, request) in writes]
    return "transact_write_items", {"TransactItems": items}


def check(sort_key: str, condition: str) -> Step:
    return "condition_check", {"Key": key(sort_key), "ConditionExpression": condition}


SORTED = [put(f"{number}", pending="s", pending_since=f"{9 - number}") for number in range(4)]
LARGE = [put(f"{number}", body="x" * 300_000) for number in range(5)]
NAMED = {"ExpressionAttributeNames": {"#state": "state"}}

SAME: Mapping[str, list[Step]] = {
    "an item is replaced": [put("1", a="x", b="x"), put("1", a="y"), get("1")],
    "an item that is there is not put": [put("1"), put("1", ABSENT, a="x"), get("1")],
    "an update makes an item": [update("1", "SET a = :a", a="x"), get("1")],
    "an update of nothing": [update("1", "REMOVE a", "attribute_exists(pk)"), get("1")],
    "one of two conditions": [
        put("1", a="x"),
        update("1", "SET a = :a", "a = :b OR b = :b", a="y", b="x"),
        update("1", "SET a = :a", "a = :b OR b = :b", a="z", b="x"),
        get("1"),
    ],
    "both of two conditions": [
        put("1", a="x", b="y"),
        update("1", "SET a = :a", "a = :x AND b = :y", a="1", x="x", y="x"),
        update("1", "SET a = :a", "a = :x AND b = :y", a="2", x="x", y="y"),
        get("1"),
    ],
    "many writes at once": [
        put("1", a="x"),
        put("2"),
        batch_write(
            {"PutRequest": {"Item": item("1", a="y")}},
            {"DeleteRequest": {"Key": key("2")}},
            {"PutRequest": {"Item": item("3")}},
        ),
        batch("1", "2", "3"),
    ],
    "what is set already stays": [
        update("1", "SET a = if_not_exists(a, :a), b = :b REMOVE c", a="x", b="1"),
        update("1", "SET a = if_not_exists(a, :a), b = :b REMOVE c", a="y", b="2"),
        get("1"),
    ],
    "what is set and removed at once is asked of the item as it was": [
        put("1", a="x", c="z"),
        update("1", "SET b = if_not_exists(a, :b) REMOVE a, c", b="y"),
        get("1"),
    ],
    "a number grows": [grow("1"), grow("1"), grow("1", "b = :b"), get("1")],
    "what is no number does not grow": [put("1", a="x"), grow("1"), get("1")],
    "an update of the key": [put("1"), update("1", "SET sk = :a", a="2")],
    "a value that is not given": [update("1", "SET a = :a, b = :b", a="x")],
    "a value that is not used": [update("1", "SET a = :a", a="x", b="y")],
    "a name that is not used": [("get_item", {"Key": key("1"), **NAMED})],
    "a reserved word set": [update("1", "SET state = :a", a="x")],
    "a reserved word read": [put("1"), get("1", "pk, state")],
    "a reserved word by another name": [
        put("1", state="x"),
        ("get_item", {"Key": key("1"), "ProjectionExpression": "#state, sk", **NAMED}),
    ],
    "a deleted item": [put("1"), put("2"), ("delete_item", {"Key": key("1")}), batch("1", "2")],
    "what a deleted item was": [
        put("1", a="x"),
        delete_telling("1"),
        delete_telling("1"),
        get("1"),
    ],
    "an item of 390 KB": [put("1", a="x" * 390_000), get("1")],
    "an item of 420 KB": [put("1", a="x" * 420_000), get("1")],
    "an update beyond 400 KB": [
        put("1", a="x" * 250_000),
        update("1", "SET b = :b", b="y" * 250_000),
        get("1", "sk"),
    ],
    "an empty sort key": [put("")],
    "no sort key": [("put_item", {"Item": {"pk": text("p")}})],
    "a sort key that is a number": [("put_item", {"Item": key("1") | {"sk": {"N": "1"}}})],
    "a sort key of 1,025 bytes": [put("x" * 1_025)],
    "an empty key of an index": [put("1", pending="", pending_since="1"), get("1")],
    "an item of a hundred": [put("100"), batch(*(f"{n}" for n in range(100, 200)))],
    "more than a hundred at once": [batch(*(f"{number}" for number in range(101)))],
    "the same key twice": [put("1"), batch("1", "1")],
    "another table": [("get_item", {"TableName": "no-such-table", "Key": key("1")})],
    "a transaction": [
        put("1", a="x"),
        transaction(
            ("ConditionCheck", check("1", "attribute_exists(a)")),
            ("Put", put("2", ABSENT)),
            ("Update", update("3", "SET a = :a", a="x")),
            ("Delete", ("", {"Key": key("4")})),
        ),
        batch("1", "2", "3", "4"),
    ],
    "a transaction with two reasons against it": [
        put("1"),
        transaction(
            ("Put", put("1", ABSENT)),
            ("Put", put("2", ABSENT)),
            ("ConditionCheck", check("3", "attribute_exists(pk)")),
        ),
        batch("1", "2", "3"),
    ],
    "one item twice in a transaction": [
        transaction(("Put", put("1")), ("Update", update("1", "REMOVE a"))),
        get("1"),
    ],
    "a hundred writes": [transaction(*(("Put", put(f"{number}")) for number in range(100)))],
    "a hundred and one writes": [
        transaction(*(("Put", put(f"{number}")) for number in range(101)))
    ],
    "a range": [*SORTED, query("pk = :p AND sk BETWEEN :a AND :b", {"p": "p", "a": "1", "b": "2"})],
    "a range backwards": [
        *SORTED,
        query(
            "pk = :p AND sk BETWEEN :a AND :b",
            {"p": "p", "a": "1", "b": "3"},
            Limit=2,
            ScanIndexForward=False,
        ),
    ],
    "a beginning": [
        *SORTED,
        put("10"),
        query("pk = :p AND begins_with(sk, :a)", {"p": "p", "a": "1"}, ProjectionExpression="sk"),
    ],
    "an index by age": [
        *SORTED,
        put("not-in-it"),
        put("half-in-it", pending="s"),
        query("pending = :s AND pending_since < :a", {"s": "s", "a": "8"}, IndexName="pending"),
        query("pending = :s AND pending_since >= :a", {"s": "s", "a": "8"}, IndexName="pending"),
        query("pending = :s", {"s": "s"}, IndexName="pending", Limit=3),
        query("pending = :s", {"s": "other"}, IndexName="pending"),
    ],
    "an index goes on after a key": [
        *SORTED,
        query(
            "pending = :s",
            {"s": "s"},
            IndexName="pending",
            ExclusiveStartKey=item("2", pending="s", pending_since="7"),
        ),
    ],
    "an index that is asked for the last word": [
        query("pending = :s", {"s": "s"}, IndexName="pending", ConsistentRead=True)
    ],
    "a partition is asked for by another attribute": [query("a = :a", {"a": "x"})],
    "a count": [*SORTED, query("pk = :p", {"p": "p"}, Select="COUNT")],
    "a count as far as it matters": [
        *SORTED,
        query("pk = :p", {"p": "p"}, Select="COUNT", Limit=2),
    ],
    "more than a megabyte": [
        *LARGE,
        query("pk = :p", {"p": "p"}),
        ("scan", {}),
    ],
}
"""Steps that are answered alike, each story on a table of its own."""


def answers(desk_table: DeskTable, steps: list[Step]) -> Iterator[Any]:
    for method, request in steps:
        named = (
            {}
            if method in {"transact_write_items", "batch_get_item", "batch_write_item"}
            else {"TableName": TABLE_NAME}
        )
        try:
            answer = getattr(desk_table._client, method)(**named | request)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", [])
            yield error.response["Error"]["Code"], [reason["Code"] for reason in reasons]
        else:
            yield in_one_order(answer) if method == "batch_get_item" else without_costs(answer)


def without_costs(answer: Any) -> dict[str, Any]:
    costs = {"ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics"}
    return {name: value for name, value in answer.items() if name not in costs}


def in_one_order(answer: Any) -> Any:
    """A batch comes in any order."""
    return sorted(answer["Responses"][TABLE_NAME], key=lambda found: str(found["sk"]["S"]))


@pytest.mark.parametrize("story", SAME)
def test_the_small_table_answers_as_moto_does(story: str) -> None:
    answered = {}
    for name, open_table in TABLES.items():
        with open_table() as desk_table:
            answered[name] = list(answers(desk_table, SAME[story]))
    assert answered["small"] == answered["moto"]


REFUSED_BY_AWS: Mapping[str, Step] = {
    "a range that ends before it begins": query(
        "pk = :p AND sk BETWEEN :a AND :b", {"p": "p", "a": "2", "b": "1"}
    ),
    "half an emoji": put("1", a="\ud83d"),
    "more than 25 writes at once": batch_write(
        *({"PutRequest": {"Item": item(f"{number}")}} for number in range(26))
    ),
    "one item twice among many writes": batch_write(*[{"PutRequest": {"Item": item("1")}}] * 2),
}


@pytest.mark.parametrize("step", REFUSED_BY_AWS.values(), ids=REFUSED_BY_AWS)
def test_what_aws_refuses_and_moto_does_not_is_refused(step: Step) -> None:
    with table() as desk_table:
        assert list(answers(desk_table, [step])) == [("ValidationException", [])]


@pytest.mark.parametrize("value", [{"S": 7}, {"S": b"x"}, {"N": 7}, {"B": "x"}])
def test_a_value_of_the_wrong_type_is_refused_as_boto3_does(value: dict[str, Any]) -> None:
    with table() as desk_table, pytest.raises(ParamValidationError):
        desk_table._client.put_item(TableName=TABLE_NAME, Item=key("1") | {"a": value})


def test_what_comes_back_is_nobodys_to_change_the_table_by() -> None:
    with table() as desk_table:
        desk_table._client.put_item(TableName=TABLE_NAME, Item=item("1", a="x"))
        for _ in range(2):
            read = desk_table._client.get_item(TableName=TABLE_NAME, Key=key("1"))["Item"]
            assert read == item("1", a="x")
            read["a"]["S"] = "y"


UNKNOWN: Mapping[str, Step] = {
    "operation": ("describe_table", {}),
    "condition": put("1", "attribute_type(pk, :s)"),
    "update": update("1", "DELETE a :a", a="1"),
    "assignment": update("1", "SET a = a + :a", a="1"),
    "key condition": query("pk = :p AND sk > :s", {"p": "p", "s": "s"}),
    "parameter": ("scan", {"FilterExpression": "a = :a"}),
    "type": ("put_item", {"Item": key("1") | {"a": {"L": []}}}),
}


@pytest.mark.parametrize("step", UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_small_table_does_not_know_stops_the_run(step: Step) -> None:
    method, request = step
    given = {"S": "s"}
    if "attribute_type" in request.get("ConditionExpression", ""):
        request = request | {"ExpressionAttributeValues": {":s": given}}
    with pytest.raises(NotSpoken):
        getattr(client_of(SmallDynamoDB(name=TABLE_NAME)), method)(TableName=TABLE_NAME, **request)


def test_what_is_held_or_let_go_of_beside_the_calls_is_found_in_its_partition_or_not() -> None:
    small, request = SmallDynamoDB(), {"TableName": "DeskTable"}
    query = request | {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": text("p")},
    }
    small.items.update({("p", name): item(name) for name in "ab"})
    assert small.call("Query", query)["Items"] == [item("a"), item("b")]
    small.items.pop(("p", "a"))
    assert small.call("Query", query)["Items"] == [item("b")]
