"""How MiniStack's IAM differs: it does not know which partitions of a table a call names.

A policy that opens some partitions alone (`dynamodb:LeadingKeys`) would open them all: a condition
of all values holds where there is none. Queries still name none here.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, Self

# Imported by name: these packages live in the emulator's virtual environment only.
iam_actions: Any = import_module("ministack.core.iam_actions")
iam_evaluator: Any = import_module("ministack.core.iam_evaluator")

LEADING_KEYS = "dynamodb:LeadingKeys"
PARTITION_KEY = "pk"
"""Of the one table."""


class TableWithKey(str):
    """The ARN of a table, with the partition that one item of a transaction is in."""

    __slots__ = ("leading_key",)
    leading_key: str

    @classmethod
    def of(cls, arn: str, leading_key: str) -> Self:
        with_key = cls(arn)
        with_key.leading_key = leading_key
        return with_key


def install() -> None:
    iam_actions.dynamodb_service_context = with_keys_of_call(iam_actions.dynamodb_service_context)
    iam_actions.dynamodb_transaction_checks = with_key_of_each(
        iam_actions.dynamodb_transaction_checks
    )
    iam_evaluator.enforce = by_its_key(iam_evaluator.enforce)


def with_keys_of_call(context: Callable[[bytes], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(context)
    def with_keys(body: bytes) -> dict[str, Any]:
        keys = list(dict.fromkeys(keys_in(_call_in(body))))
        return {**context(body), **({LEADING_KEYS: keys} if keys else {})}

    return with_keys


def with_key_of_each(checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., Any]:
    """Give each item of a transaction its own key: it is authorized on its own."""

    @wraps(checks)
    def with_keys(action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
        found = checks(action, body, region, account_id)
        keys = list(keys_in_transaction(_call_in(body)))
        if len(keys) != len(found):
            return found
        return [
            (each, TableWithKey.of(arn, key)) for (each, arn), key in zip(found, keys, strict=True)
        ]

    return with_keys


def by_its_key(enforce: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(enforce)
    def enforced(*arguments: Any, **others: Any) -> Any:
        arn = others.get("resource_arn")
        if isinstance(arn, TableWithKey):
            context = {**(others.get("service_context") or {}), LEADING_KEYS: [arn.leading_key]}
            others = {**others, "resource_arn": str(arn), "service_context": context}
        return enforce(*arguments, **others)

    return enforced


def keys_in(call: Mapping[str, Any]) -> Iterator[str]:
    """Return the partitions that a call names which is no transaction."""
    yield from _key_of(call)
    for requests in _mapping(call.get("RequestItems")).values():
        keys: Iterable[Any] = _mapping(requests).get("Keys", ())
        for key in keys:
            yield from _key_of({"Key": key})


def keys_in_transaction(call: Mapping[str, Any]) -> Iterator[str]:
    for item in call.get("TransactItems", ()):
        for what in _mapping(item).values():
            yield from _key_of(_mapping(what))


def _call_in(body: bytes) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(body or b"{}"))
    except ValueError:
        return {}


def _key_of(what: Mapping[str, Any]) -> Iterator[str]:
    for name in ("Key", "Item"):
        value = _mapping(_mapping(what.get(name)).get(PARTITION_KEY)).get("S")
        if isinstance(value, str):
            yield value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
