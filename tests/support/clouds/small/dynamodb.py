"""As much of DynamoDB as the desk table asks for, a hundred times faster than moto.

The desk table's own tests run against it as they run against moto, and a test replays whole stories
against moto and compares every answer, so this is no second truth. What DynamoDB would refuse is
refused, and what is not known here stops the run: it never guesses.
"""

from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from sortedcontainers import SortedDict

from sportello.table.items import UNTIL_SETTINGS_CHANGE
from sportello.table.keys import stamp
from support.clouds.small.expressions import (
    Item,
    NotSpoken,
    Refused,
    Request,
    asked_for,
    check_words,
    holds,
    key_condition,
    projected,
    updated,
)
from support.template import resources

MAX_ITEM_BYTES = 409_600
MAX_PAGE_BYTES = 1_048_576
MAX_KEYS_AT_ONCE = 100
MAX_WRITES_AT_ONCE = 100
MAX_PUTS_AT_ONCE = 25
_MAX_KEY_BYTES = {"pk": 2_048, "sk": 1_024}

_WRITE = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
}
_READ = {"TableName", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}
_PAGE = {"TableName", "ExclusiveStartKey", "Limit"}
_PARAMETERS: Mapping[str, set[str]] = {
    "Put": _WRITE | {"Item"},
    "Update": _WRITE | {"Key", "UpdateExpression"},
    "Delete": _WRITE | {"Key", "ReturnValues"},
    "ConditionCheck": _WRITE | {"Key"},
    "GetItem": _READ | {"Key"},
    "Query": _READ
    | _PAGE
    | {
        "ExpressionAttributeValues",
        "IndexName",
        "KeyConditionExpression",
        "ScanIndexForward",
        "Select",
    },
    "Scan": _PAGE,
    "BatchGetItem": {"TableName", "ConsistentRead", "Keys"},
}


def _nobody(_event: str, _item: Item) -> None:
    """Whom a table tells of its changes that has no stream."""


class SmallDynamoDB:
    """One table, `pk` and `sk`, with the sparse indexes of the template.

    `written` is called for every item that a call has put or changed, once the whole call took
    effect.
    """

    def __init__(
        self, written: Callable[[str, Item], None] = _nobody, name: str = "DeskTable"
    ) -> None:
        self.name = name
        self._written = written
        (table,) = resources("AWS::DynamoDB::Table").values()
        self._indexes = {
            each["IndexName"]: _index(each) for each in table["GlobalSecondaryIndexes"]
        }
        self._index_keys = {name for index in self._indexes.values() for name in index.keys}
        self.items = _Items((_TABLE, *self._indexes.values()))

    def call(self, operation: str, request: Request) -> Item:
        try:
            return self._answer(operation, request)
        except Refused as refused:
            raise error("ValidationException", str(refused), operation) from None

    def _answer(self, operation: str, request: Request) -> Item:  # noqa: PLR0911 -- one arm for each operation, flat
        match operation:
            case "PutItem" | "UpdateItem" | "DeleteItem":
                return self._write_alone(operation.removesuffix("Item"), request)
            case "TransactWriteItems":
                return self._transact(request["TransactItems"])
            case "BatchWriteItem":
                return self._batch_write(request["RequestItems"])
            case "GetItem":
                return self._get(request)
            case "BatchGetItem":
                return self._batch_get(request["RequestItems"])
            case "Query":
                return self._query(request)
            case "Scan":
                return self._scan(request)
        raise NotSpoken(f"DynamoDB {operation}")

    def keep(self, item: Item) -> None:
        """Hold an item that was there before anything happened."""
        self.items[_key(item)] = item

    def pending(self) -> list[Item]:
        """What somebody will have to act on, settings being what they are."""
        nobody = {"S": stamp(UNTIL_SETTINGS_CHANGE)}
        items = [item for item in self.items.values() if "pending" in item]
        return [item for item in items if item["pending_since"] != nobody]

    def conversation(self, conversation_id: str, prefix: str = "") -> list[Item]:
        """Return a conversation's items in the order of their sort keys."""
        items = self.items.partition(_TABLE, f"CONV#{conversation_id}")
        return [item for item in items if item["sk"]["S"].startswith(prefix)]

    def _check_request(self, kind: str, request: Request) -> None:
        unknown = request.keys() - _PARAMETERS[kind]
        if unknown:
            raise NotSpoken(f"{kind} with {unknown}")
        self._check_name(request["TableName"])
        check_words(request)

    def _check_name(self, name: str) -> None:
        if name != self.name:
            raise error("ResourceNotFoundException", f"no table {name}", "any")

    # --- writing ------------------------------------------------------------------------------

    def _write_alone(self, kind: str, request: Request) -> Item:
        ((key, after),) = self._prepared([(kind, request)])
        if not holds(request, self.items.get(key, {})):
            raise error("ConditionalCheckFailedException", "The conditional request failed", kind)
        wanted = request.get("ReturnValues", "NONE")
        if wanted not in {"NONE", "ALL_OLD"}:
            raise NotSpoken(f"{kind} that returns {wanted}")
        before = self.items.get(key) if wanted == "ALL_OLD" else None
        self._apply(kind, key, after)
        return {"Attributes": _copied(before)} if before else {}

    def _transact(self, writes: list[Mapping[str, Request]]) -> Item:
        requests = [(kind, request) for write in writes for kind, request in write.items()]
        if len(requests) > MAX_WRITES_AT_ONCE:
            raise Refused(f"{len(requests)} writes in a transaction")
        prepared = self._prepared(requests)
        if len({key for key, _ in prepared}) != len(prepared):
            raise Refused("one item twice in a transaction")
        allowed = [
            holds(request, self.items.get(key, {}))
            for (_, request), (key, _) in zip(requests, prepared, strict=True)
        ]
        if not all(allowed):
            codes = ["None" if fits else "ConditionalCheckFailed" for fits in allowed]
            raise error(
                "TransactionCanceledException",
                "cancelled",
                "TransactWriteItems",
                CancellationReasons=[{"Code": code} for code in codes],
            )
        for (kind, _), (key, after) in zip(requests, prepared, strict=True):
            self._apply(kind, key, after)
        return {}

    def _batch_write(self, tables: Mapping[str, list[Mapping[str, Request]]]) -> Item:
        ((table, writes),) = tables.items()
        requests = [
            (name.removesuffix("Request"), {"TableName": table, **request})
            for write in writes
            for name, request in write.items()
        ]
        prepared = self._prepared(requests)
        if not 0 < len(writes) <= MAX_PUTS_AT_ONCE or len(dict(prepared)) != len(writes):
            raise Refused(f"{len(writes)} writes, none may come twice")
        for (kind, _), (key, after) in zip(requests, prepared, strict=True):
            self._apply(kind, key, after)
        return {"UnprocessedItems": {}}

    def _prepared(
        self, requests: Iterable[tuple[str, Request]]
    ) -> list[tuple[tuple[str, str], Item]]:
        """Return the key of each write and the item it would leave, all of them allowed ones."""
        prepared = []
        for kind, request in requests:
            self._check_request(kind, request)
            key = _key(request["Item"] if kind == "Put" else request["Key"])
            after: Item = {}
            if kind == "Put":
                after = _copied(request["Item"])
            elif kind == "Update":
                before = self.items.get(key) or _copied(request["Key"])
                after = _copied(updated(request, before))
            if after:
                self._check_item(after)
            prepared.append((key, after))
        return prepared

    def _check_item(self, item: Item) -> None:
        if sum(_size(name, attribute) for name, attribute in item.items()) > MAX_ITEM_BYTES:
            raise Refused("Item size has exceeded the maximum allowed size")
        for name in self._index_keys & item.keys():
            if not item[name].get("S"):
                raise Refused(f"the key {name} of an index is no text")

    def _apply(self, kind: str, key: tuple[str, str], after: Item) -> None:
        if kind == "Delete":
            if key in self.items:
                del self.items[key]
        elif kind != "ConditionCheck":
            event = "MODIFY" if key in self.items else "INSERT"
            self.items[key] = after
            self._written(event, after)

    # --- reading ------------------------------------------------------------------------------

    def _get(self, request: Request) -> Item:
        self._check_request("GetItem", request)
        item = self.items.get(_key(request["Key"]))
        return {"Item": _copied(projected(request, item))} if item else {}

    def _scan(self, request: Request) -> Item:
        self._check_request("Scan", request)
        return _page(request, sorted(self.items.values(), key=_TABLE.place), _TABLE)

    def _batch_get(self, tables: Mapping[str, Request]) -> Item:
        ((table, request),) = tables.items()
        self._check_request("BatchGetItem", {"TableName": table, **request})
        keys = [_key(key) for key in request["Keys"]]
        if not 0 < len(keys) <= MAX_KEYS_AT_ONCE or len(set(keys)) != len(keys):
            raise Refused(f"{len(keys)} keys, none may come twice")
        items = [self.items.get(key) for key in keys]
        return {"Responses": {table: [_copied(i) for i in items if i]}, "UnprocessedKeys": {}}

    def _query(self, request: Request) -> Item:
        self._check_request("Query", request)
        index = self._indexes[request["IndexName"]] if "IndexName" in request else _TABLE
        if index is not _TABLE and request.get("ConsistentRead"):
            raise Refused("an index is read as it was a moment ago")
        items = self._queried(request, index)
        if "Limit" in request and "ExclusiveStartKey" not in request:
            items = islice(items, request["Limit"] + 1)
        return _page(request, list(items), index)

    def _queried(self, request: Request, index: "_Index") -> Iterator[Item]:
        fits = key_condition(request, index.partition, index.sort_key)
        wanted = asked_for(request, index.partition)
        forward = request.get("ScanIndexForward", True)
        members = self.items.partition(index, wanted)
        for item in members if forward else reversed(members):
            if fits(item):
                yield index.projected(item)


@dataclass(frozen=True)
class _Index:
    """`projection` names the attributes it has, None for all; it has no item without its keys."""

    partition: str
    sort_key: str
    projection: frozenset[str] | None

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({self.partition, self.sort_key})

    def projected(self, item: Item) -> Item:
        names = item.keys() if self.projection is None else self.projection
        return {name: value for name, value in item.items() if name in names}

    def place(self, item: Item) -> tuple[str, str, str]:
        """Return what to sort an item by; those alike in the first come in any order on AWS."""
        return item[self.sort_key]["S"], item["pk"]["S"], item["sk"]["S"]


_TABLE = _Index(partition="pk", sort_key="sk", projection=None)


class _Items(UserDict[tuple[str, str], Item]):
    """The items by key, and in order in each partition of the table and of its indexes.

    In a plain dict's child `update` and `pop` would leave the partitions as they were.
    """

    def __init__(self, indexes: Iterable[_Index]) -> None:
        super().__init__()
        self._indexes = tuple(indexes)
        self._partitions: dict[tuple[str, str], SortedDict] = {}

    def partition(self, index: _Index, value: str) -> Sequence[Item]:
        members: Sequence[Item] = self._partitions.get(
            (index.partition, value), SortedDict()
        ).values()
        return members

    def partitions(self) -> Iterator[tuple[str, Sequence[Item]]]:
        """Yield the table's own, by their keys."""
        for (attribute, value), members in self._partitions.items():
            if attribute == _TABLE.partition:
                yield value, members.values()

    def __setitem__(self, key: tuple[str, str], item: Item) -> None:
        self._leave(key)
        super().__setitem__(key, item)
        for index in self._indexes:
            if index.keys <= item.keys():
                name = index.partition, item[index.partition]["S"]
                self._partitions.setdefault(name, SortedDict())[index.place(item)] = item

    def __delitem__(self, key: tuple[str, str]) -> None:
        self._leave(key)
        super().__delitem__(key)

    def _leave(self, key: tuple[str, str]) -> None:
        item = self.get(key, {})
        for index in self._indexes:
            if index.keys <= item.keys():
                self._partitions[index.partition, item[index.partition]["S"]].pop(index.place(item))


def _index(declared: Item) -> _Index:
    part, sort = (key["AttributeName"] for key in declared["KeySchema"])
    others = declared["Projection"].get("NonKeyAttributes", ())
    return _Index(part, sort, frozenset({"pk", "sk", part, sort, *others}))


def _page(request: Request, items: list[Item], index: _Index) -> Item:
    """Return what one answer holds of the items, and where the next one goes on."""
    if start := request.get("ExclusiveStartKey"):
        items = items[1 + [index.place(item) for item in items].index(index.place(start)) :]
    page: list[Item] = []
    limit, size = request.get("Limit"), 0
    for item in items:
        size += sum(_size(name, attribute) for name, attribute in item.items())
        if len(page) == limit or (page and size > MAX_PAGE_BYTES):
            break
        page.append(item)
    answer: Item = {"Count": len(page), "ScannedCount": len(page)}
    if page and (len(page) == limit or len(page) < len(items)):
        answer["LastEvaluatedKey"] = {name: page[-1][name] for name in (*index.keys, "pk", "sk")}
    if request.get("Select") == "COUNT":
        return answer
    return {"Items": [_copied(projected(request, item)) for item in page], **answer}


def error(code: str, message: str, operation: str, **more: Any) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, **more}
    return ClientError(response, operation)  # type: ignore[arg-type] # the stub wants every header


def _key(attributes: Request) -> tuple[str, str]:
    """Return an item's key, which must be one."""
    parts = []
    for name, limit in _MAX_KEY_BYTES.items():
        text = attributes.get(name, {}).get("S")
        if not text:
            raise Refused(f"the key {name} is no text")
        if len(text.encode(errors="surrogatepass")) > limit:
            raise Refused(f"the key {name} is too long")
        parts.append(str(text))
    return parts[0], parts[1]


_TYPES: Mapping[str, type] = {"S": str, "N": str, "B": bytes}


def _copied(item: Request) -> Item:
    """Return an item of its own, with values as they come back from AWS."""
    copied: Item = {}
    for name, attribute in item.items():
        ((kind, value),) = attribute.items()
        if kind not in _TYPES:
            raise NotSpoken(f"an attribute of type {kind}")
        if not isinstance(value, _TYPES[kind]):
            raise ParamValidationError(report=f"{name}: {kind} of {type(value).__name__}")
        # A member of an enumeration comes back as its text.
        copied[name] = {kind: value if kind == "B" else str(value)}
    return copied


def _size(name: str, attribute: Item) -> int:
    ((kind, value),) = attribute.items()
    try:
        return len(name) + (len(value) if kind == "B" else len(value.encode()))
    except UnicodeEncodeError:
        raise Refused("half an emoji is no UTF-8") from None
