"""The large table answers what the small one does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.clouds.small.dynamodb import SmallDynamoDB
from tools.bench.assignments.large_table import LargeDynamoDB

NAMES = ("a", "b", "c", "d")

requests = st.tuples(
    st.sampled_from(("PutItem", "DeleteItem", "Query")),
    st.sampled_from(NAMES[:2]),
    st.sampled_from(NAMES),
)


def request(operation: str, part: str, sort_key: str) -> dict[str, Any]:
    key = {"pk": {"S": part}, "sk": {"S": sort_key}}
    match operation:
        case "PutItem":
            return {"TableName": "DeskTable", "Item": key}
        case "DeleteItem":
            return {"TableName": "DeskTable", "Key": key}
    return {
        "TableName": "DeskTable",
        "KeyConditionExpression": "pk = :pk AND sk < :sk",
        "ExpressionAttributeValues": {":pk": {"S": part}, ":sk": {"S": sort_key}},
        "Limit": 2,
    }


@given(drawn=st.lists(requests, max_size=30))
def test_every_answer_is_that_of_the_small_table(drawn: list[tuple[str, str, str]]) -> None:
    small, large = SmallDynamoDB(), LargeDynamoDB()
    for operation, *key in drawn:
        asked = request(operation, *key)
        assert large.call(operation, asked) == small.call(operation, asked)
    held = LargeDynamoDB()
    held.hold(large.items)
    for part in NAMES[:2]:
        asked = request("Query", part, "z")
        assert held.call("Query", asked) == small.call("Query", asked)
