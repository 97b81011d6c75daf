"""moto's DynamoDB in the place of the small one: slower by far, and nobody's own idea of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from support.clouds.moto_table import table_in_moto
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import Item, Request

# As it is before a cloud takes its place.
_make_api_call = BaseClient._make_api_call  # type: ignore[attr-defined] # every method ends there


class MotoDynamoDB(SmallDynamoDB):
    """Answers come from moto; `items` is what moto says it holds, for those who look on."""

    def __init__(self, written: Callable[[str, Item], None], client: Any, name: str) -> None:
        super().__init__(written)
        self._client = client
        self._name = name

    def call(self, operation: str, request: Request) -> Item:
        answer: Item = self._ask(operation, request)
        if operation == "BatchGetItem":
            answer = {**answer, "Responses": {"DeskTable": answer["Responses"][self._name]}}
        for key in _keys_written(operation, request):
            self._notice(key)
        return answer

    def keep(self, item: Item) -> None:
        self._ask("PutItem", {"TableName": "DeskTable", "Item": item})
        super().keep(item)

    def _notice(self, key: Item) -> None:
        after = self._ask("GetItem", {"TableName": "DeskTable", "Key": key}).get("Item")
        known = key["pk"]["S"], key["sk"]["S"]
        if after is None:
            self.items.pop(known, None)
            return
        before, self.items[known] = self.items.get(known), after
        if after != before:
            self._written("MODIFY" if before else "INSERT", after)

    def _ask(self, operation: str, request: Request) -> Any:
        return _make_api_call(self._client, operation, as_named(request, self._name))


def _keys_written(operation: str, request: Request) -> Iterator[Item]:
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            writes = [request]
        case "TransactWriteItems":
            writes = [
                write
                for each in request["TransactItems"]
                for kind, write in each.items()
                if kind != "ConditionCheck"
            ]
        case _:
            writes = []
    for write in writes:
        key = write.get("Item") or write["Key"]
        yield {"pk": key["pk"], "sk": key["sk"]}


def as_named(value: Any, name: str) -> Any:
    """Return the same request to a table of another name."""
    match value:
        case dict():
            return {name if k == "DeskTable" else k: as_named(v, name) for k, v in value.items()}
        case list():
            return [as_named(each, name) for each in value]
    return name if value == "DeskTable" else value


@contextmanager
def moto_table() -> Iterator[Callable[[Callable[[str, Item], None]], SmallDynamoDB]]:
    with table_in_moto() as empty:
        client, name = empty._client, empty._name
        yield lambda written: MotoDynamoDB(written, client, name)
