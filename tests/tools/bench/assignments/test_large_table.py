"""A table that takes over what another one has answers as it does, and leaves it as it is."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.bench.assignments.large_table import LargeDynamoDB

NAMES = ("a", "b", "c", "d")

writes = st.tuples(
    st.sampled_from(("PutItem", "DeleteItem")), st.sampled_from(NAMES[:2]), st.sampled_from(NAMES)
)


def written(operation: str, part: str, sort_key: str) -> dict[str, Any]:
    key = {"pk": {"S": part}, "sk": {"S": sort_key}}
    if operation == "DeleteItem":
        return {"TableName": "DeskTable", "Key": key}
    due = {"pending": {"S": part}, "pending_since": {"S": sort_key}}
    return {"TableName": "DeskTable", "Item": key | due}


def answers(table: LargeDynamoDB) -> list[Any]:
    """Return every partition from its end, by the table's keys and by an index."""
    found = []
    for part in NAMES[:2]:
        asked = {
            "TableName": "DeskTable",
            "ExpressionAttributeValues": {":part": {"S": part}},
            "ScanIndexForward": False,
        }
        found.append(table.call("Query", asked | {"KeyConditionExpression": "pk = :part"}))
        pending = {"IndexName": "pending", "KeyConditionExpression": "pending = :part"}
        found.append(table.call("Query", asked | pending))
    return found


@given(before=st.lists(writes, max_size=20), after=st.lists(writes, max_size=5))
def test_what_is_taken_over_is_answered_from_and_changed_apart(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]]
) -> None:
    first, second = LargeDynamoDB(), LargeDynamoDB()
    for operation, *key in before:
        first.call(operation, written(operation, *key))
    had = answers(first)
    second.hold(dict(first.items))
    assert answers(second) == had
    for operation, *key in after:
        second.call(operation, written(operation, *key))
    assert answers(first) == had


def test_partitions_are_found_by_how_their_keys_begin() -> None:
    table = LargeDynamoDB()
    for part in ("a#1", "a#2", "b#1"):
        table.call("PutItem", written("PutItem", part, "x"))
    assert {rest: len(items) for rest, items in table.partitions("a#")} == {"1": 1, "2": 1}
