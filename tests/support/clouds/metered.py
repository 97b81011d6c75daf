"""What a step asks of the desk table, in the units that DynamoDB bills.

    with metered(table) as usage:
        step()
    assert usage.read_units < 10

A read costs what it looks at, not what it returns: the meter asks once more for all of it, before
any projection. A write costs the larger of the item before and after, also where its condition
fails. What a write costs in the indexes is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from unittest.mock import patch

from sportello.table.desk_table import DeskTable
from support.clouds.small.expressions import Item, NotSpoken, Request

_READ_BLOCK, _WRITE_BLOCK = 4096, 1024
_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


@dataclass
class Usage:
    """`calls` are counted by operation, each page of a query as one."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0


class _MakeCall(Protocol):
    def __call__(self, operation: str, request: Request, /) -> Any: ...


@contextmanager
def metered(desk_table: DeskTable) -> Iterator[Usage]:
    """Count what is asked of a table, by whoever uses it, until the block ends."""
    client, usage = desk_table._client, Usage()
    make_call: _MakeCall = client._make_api_call  # type: ignore[attr-defined] # every method ends there

    def make_metered_call(operation: str, request: Request) -> Any:
        usage.calls[operation] += 1
        writes = _writes(operation, request)
        before = _sizes(writes, make_call)
        try:
            answer = make_call(operation, request)
        finally:
            each = 2 if operation == "TransactWriteItems" else 1
            for sizes in zip(before, _sizes(writes, make_call), strict=True):
                usage.write_units += each * _blocks(max(sizes), _WRITE_BLOCK)
        if not writes:
            usage.read_units += _read_units(operation, request, make_call)
        return answer

    with patch.object(client, "_make_api_call", make_metered_call):
        yield usage


def item_bytes(item: Item) -> int:
    """Return how large DynamoDB counts an item: the names of its attributes and their values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(attribute: Item) -> int:
    match attribute:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(number)}:
            # A byte for two significant digits, one for the exponent, one for a sign.
            digits = number.lstrip("-").replace(".", "").strip("0")
            return (len(digits) + 1) // 2 + 1 + number.startswith("-")
        case {"B": bytes(data)}:
            return len(data)
    raise NotSpoken(f"an attribute {attribute}")


def _blocks(size: int, block: int) -> int:
    return max(-(-size // block), 1)


# --- writes -------------------------------------------------------------------------------------


def _writes(operation: str, request: Request) -> list[tuple[str, Request]]:
    """Return the kind and request of each write of a call; a check in a transaction is one."""
    if operation == "TransactWriteItems":
        return [next(iter(write.items())) for write in request["TransactItems"]]
    if operation == "BatchWriteItem":
        ((table, writes),) = request["RequestItems"].items()
        return [
            (name.removesuffix("Request"), {"TableName": table, **one})
            for write in writes
            for name, one in write.items()
        ]
    kind = _WRITES.get(operation)
    return [(kind, request)] if kind else []


def _sizes(writes: Iterable[tuple[str, Request]], make_call: _MakeCall) -> list[int]:
    sizes = []
    for kind, request in writes:
        key = request["Item" if kind == "Put" else "Key"]
        stored = {"TableName": request["TableName"], "Key": {"pk": key["pk"], "sk": key["sk"]}}
        answer = make_call("GetItem", stored | {"ConsistentRead": True})
        sizes.append(item_bytes(answer.get("Item", {})))
    return sizes


# --- reads --------------------------------------------------------------------------------------


def _read_units(operation: str, request: Request, make_call: _MakeCall) -> float:
    match operation:
        case "GetItem":
            answer = make_call(operation, _unprojected(request))
            return _units(request, [item_bytes(answer.get("Item", {}))])
        case "Query" | "Scan":
            answer = make_call(operation, _unprojected(request))
            return _units(request, [sum(map(item_bytes, answer["Items"]))])
        case "BatchGetItem":
            ((table, keys),) = request["RequestItems"].items()
            whole = {"RequestItems": {table: _unprojected(keys)}}
            items = make_call(operation, whole)["Responses"][table]
            missing = len(keys["Keys"]) - len(items)
            return _units(keys, [*map(item_bytes, items), *[0] * missing])
    raise NotSpoken(f"the price of {operation}")


def _units(request: Request, sizes: Iterable[int]) -> float:
    """Return what sizes cost that are rounded up one by one; nothing there costs as little."""
    each = 1.0 if request.get("ConsistentRead") else 0.5
    return sum(each * _blocks(size, _READ_BLOCK) for size in sizes)


def _unprojected(request: Request) -> dict[str, Any]:
    """Return a read of the whole items; a name that only the projection used would be refused."""
    whole = {
        name: value
        for name, value in request.items()
        if name not in {"ProjectionExpression", "Select"}
    }
    conditions = whole.get("KeyConditionExpression", "")
    names = whole.pop("ExpressionAttributeNames", {})
    if used := {word: name for word, name in names.items() if word in conditions}:
        whole["ExpressionAttributeNames"] = used
    return whole
