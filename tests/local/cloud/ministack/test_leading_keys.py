"""Which partitions a call names, for policies that open some of them."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest


@pytest.fixture
def leading_keys() -> Iterator[Any]:
    """The module as the emulator's interpreter has it, with MiniStack's own left empty."""
    nothing = {name: ModuleType(name) for name in ("ministack.core", "ministack")}
    names = ("ministack.core.iam_actions", "ministack.core.iam_evaluator")
    nothing |= {name: ModuleType(name) for name in names}
    with patch.dict(sys.modules, nothing):
        sys.modules.pop("local.cloud.ministack.leading_keys", None)
        from local.cloud.ministack import leading_keys  # noqa: PLC0415 -- what it needs is here now

        yield leading_keys
    sys.modules.pop("local.cloud.ministack.leading_keys", None)


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "WORK"}}


def test_a_call_names_the_partition_of_its_key_or_item(leading_keys: Any) -> None:
    assert list(leading_keys.keys_in({"Key": key("AGENT#anna")})) == ["AGENT#anna"]
    assert list(leading_keys.keys_in({"Item": key("AGENT#anna")})) == ["AGENT#anna"]
    batch = {"RequestItems": {"desk": {"Keys": [key("CONV#1"), key("CONV#2")]}}}
    assert list(leading_keys.keys_in(batch)) == ["CONV#1", "CONV#2"]
    assert list(leading_keys.keys_in({"KeyConditionExpression": "pk = :pk"})) == []


def test_each_item_of_a_transaction_is_judged_by_its_own_key(leading_keys: Any) -> None:
    def checks(_action: str, _body: bytes, _region: str, _account: str) -> list[tuple[str, str]]:
        return [("dynamodb:UpdateItem", "table"), ("dynamodb:PutItem", "table")]

    def enforce(*_arguments: Any, **others: Any) -> Any:
        return others["resource_arn"], others["service_context"]

    body = (
        b'{"TransactItems": [{"Update": {"Key": {"pk": {"S": "AGENT#anna"}}}},'
        b' {"Put": {"Item": {"pk": {"S": "CONV#1"}}}}]}'
    )
    found = leading_keys.with_key_of_each(checks)("dynamodb:TransactWriteItems", body, "eu", "1")
    judged = [
        leading_keys.by_its_key(enforce)("key", action, resource_arn=arn, service_context={"a": 1})
        for action, arn in found
    ]
    assert judged == [
        ("table", {"a": 1, "dynamodb:LeadingKeys": ["AGENT#anna"]}),
        ("table", {"a": 1, "dynamodb:LeadingKeys": ["CONV#1"]}),
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"TransactItems": [1, {"Put": 2}]}'])
def test_what_is_no_call_names_nothing(leading_keys: Any, body: bytes) -> None:
    def context(_body: bytes) -> dict[str, Any]:
        return {"dynamodb:Select": "ALL_ATTRIBUTES"}

    assert leading_keys.with_keys_of_call(context)(body) == context(body)
