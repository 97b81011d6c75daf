"""As much of DynamoDB as the desk table asks for, a hundred times faster than moto.

A test replays whole stories against moto and compares every answer, so this is no second truth. An
expression it does not know stops the run: it never guesses.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sportello.table.items import UNTIL_SETTINGS_CHANGE, stamp
from support.template import resources

type Item = dict[str, Any]
type Request = Mapping[str, Any]

_FAILED = "ConditionalCheckFailed"


class NotSpoken(BaseException):
    """A small service was asked for what it does not know; no handler may swallow it."""


class SmallDynamoDB:
    """One table, `pk` and `sk`, with the sparse indexes of the template.

    `written` is told of every item that a call has put or changed, once the whole call took effect.
    """

    def __init__(self, written: Callable[[str, Item], None]) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self._written = written
        (table,) = resources("AWS::DynamoDB::Table").values()
        self._indexes = {
            each["IndexName"]: _index(each) for each in table["GlobalSecondaryIndexes"]
        }

    def call(self, operation: str, request: Request) -> Item:
        match operation:
            case "PutItem":
                return self._write_alone({"Put": request})
            case "UpdateItem":
                return self._write_alone({"Update": request})
            case "TransactWriteItems":
                return self._transact(request["TransactItems"])
            case "GetItem":
                found = self.items.get(_key(request["Key"]))
                return {"Item": dict(found)} if found else {}
            case "BatchGetItem":
                return self._batch_get(request["RequestItems"])
            case "Query":
                return self._query(request)
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
        partition = f"CONV#{conversation_id}"
        keys = sorted(key for key in self.items if key[0] == partition)
        return [self.items[key] for key in keys if key[1].startswith(prefix)]

    def _write_alone(self, write: Mapping[str, Request]) -> Item:
        (request,) = write.values()
        if not self._allowed(request):
            raise error(
                "ConditionalCheckFailedException", "The conditional request failed", "PutItem"
            )
        self._apply(write)
        return {}

    def _transact(self, writes: list[Mapping[str, Request]]) -> Item:
        keys = [_key_of(request) for write in writes for request in write.values()]
        if len(set(keys)) != len(keys):
            raise error("ValidationException", "one item twice in a transaction", "Transact")
        allowed = [self._allowed(request) for write in writes for request in write.values()]
        if not all(allowed):
            reasons = [{"Code": "None" if fits else _FAILED} for fits in allowed]
            raise error(
                "TransactionCanceledException",
                "cancelled",
                "TransactWriteItems",
                CancellationReasons=reasons,
            )
        for write in writes:
            self._apply(write)
        return {}

    def _allowed(self, request: Request) -> bool:
        condition = request.get("ConditionExpression")
        item = self.items.get(_key_of(request), {})
        return condition is None or any(
            _holds(term, item, request) for term in condition.split(" OR ")
        )

    def _apply(self, write: Mapping[str, Request]) -> None:
        ((kind, request),) = write.items()
        key = _key_of(request)
        before = self.items.get(key)
        if kind == "ConditionCheck":
            return
        if kind == "Put":
            after = dict(request["Item"])
        elif kind == "Update":
            after = _updated({**request["Key"], **(before or {})}, request)
        else:
            raise NotSpoken(kind)
        self.items[key] = after
        self._written("MODIFY" if before else "INSERT", after)

    def _batch_get(self, tables: Mapping[str, Request]) -> Item:
        ((table, request),) = tables.items()
        found = [self.items.get(_key(key)) for key in request["Keys"]]
        return {"Responses": {table: [dict(i) for i in found if i]}, "UnprocessedKeys": {}}

    def _query(self, request: Request) -> Item:
        index = self._indexes[request["IndexName"]] if "IndexName" in request else _TABLE
        forward = request.get("ScanIndexForward", True)
        items = sorted(self._queried(request, index), key=index.place, reverse=not forward)
        if start := request.get("ExclusiveStartKey"):
            items = items[1 + [index.place(item) for item in items].index(index.place(start)) :]
        page = items[: request.get("Limit", len(items))]
        answer: Item = {"Count": len(page), "ScannedCount": len(page)}
        if page and len(page) == request.get("Limit"):
            answer["LastEvaluatedKey"] = {
                name: page[-1][name] for name in (*index.keys, "pk", "sk")
            }
        return answer if request.get("Select") == "COUNT" else {"Items": page, **answer}

    def _queried(self, request: Request, index: "_Index") -> Iterator[Item]:
        terms = _KEY_TERM.findall(request["KeyConditionExpression"])
        if " AND ".join(term[0] for term in terms) != request["KeyConditionExpression"]:
            raise NotSpoken(request["KeyConditionExpression"])
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        for item in self.items.values():
            if index.keys <= item.keys() and all(_within(item, term, values) for term in terms):
                yield {k: v for k, v in item.items() if index.holds is None or k in index.holds}


_KEY_TERM = re.compile(r"((\w+) (=|<|BETWEEN) (:\w+)(?: AND (:\w+))?)")


def _within(item: Item, term: tuple[str, ...], values: Mapping[str, str]) -> bool:
    _, name, sign, first, last = term
    value, low = item[name]["S"], values[first]
    match sign:
        case "=":
            return bool(value == low)
        case "<":
            return bool(value < low)
    return bool(low <= value <= values[last])


@dataclass(frozen=True)
class _Index:
    """`holds` are the attributes it projects, None for all; it holds no item without its `keys`."""

    keys: frozenset[str]
    sort_key: str
    holds: frozenset[str] | None

    def place(self, item: Item) -> tuple[str, str, str]:
        """Return what to sort an item by; those alike in the first come in any order on AWS."""
        return item[self.sort_key]["S"], item["pk"]["S"], item["sk"]["S"]


_TABLE = _Index(keys=frozenset({"pk", "sk"}), sort_key="sk", holds=None)


def _index(declared: Item) -> _Index:
    part, sort = (key["AttributeName"] for key in declared["KeySchema"])
    others = declared["Projection"].get("NonKeyAttributes", ())
    return _Index(frozenset({part, sort}), sort, frozenset({"pk", "sk", part, sort, *others}))


def error(code: str, message: str, operation: str, **more: Any) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, **more}
    return ClientError(response, operation)  # type: ignore[arg-type] # the stub wants every header


def _key(attributes: Request) -> tuple[str, str]:
    return attributes["pk"]["S"], attributes["sk"]["S"]


def _key_of(request: Request) -> tuple[str, str]:
    return _key(request.get("Item") or request["Key"])


_EXISTS = re.compile(r"attribute_(?P<word>exists|not_exists)\((?P<name>\w+)\)")
_EQUALS = re.compile(r"(?P<name>#?\w+) = (?P<value>:\w+)")


def _holds(term: str, item: Item, request: Request) -> bool:
    if found := _EXISTS.fullmatch(term):
        return (found["name"] in item) is (found["word"] == "exists")
    if found := _EQUALS.fullmatch(term):
        name = request.get("ExpressionAttributeNames", {}).get(found["name"], found["name"])
        return bool(item.get(name) == request["ExpressionAttributeValues"][found["value"]])
    raise NotSpoken(term)


_UPDATE = re.compile(r"(?:SET (?P<set>.+?))?(?: ?REMOVE (?P<remove>[\w, ]+))?")


def _updated(item: Item, request: Request) -> Item:
    found = _UPDATE.fullmatch(request["UpdateExpression"])
    if not found:
        raise NotSpoken(request["UpdateExpression"])
    for assignment in (found["set"] or "").split(", ") if found["set"] else ():
        equals = _EQUALS.fullmatch(assignment)
        if not equals:
            raise NotSpoken(assignment)
        item[equals["name"]] = request["ExpressionAttributeValues"][equals["value"]]
    for name in found["remove"].split(", ") if found["remove"] else ():
        item.pop(name, None)
    return item
