"""The small table for thousands: it takes over what another one has, and shows its partitions."""

from collections.abc import Iterator, Sequence
from typing import Any, override

from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import Item, Request
from tools.bench.recorded.metering import MeteredDynamoDB

type Items = dict[tuple[str, str], Item]


class LargeDynamoDB(SmallDynamoDB):
    """`calls` counts what it was asked."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.calls = 0

    def hold(self, items: Items) -> None:
        """Hold what another table has; that one stays as it is whatever happens here."""
        for item in items.values():
            self.keep(item)

    def partitions(self, prefix: str) -> Iterator[tuple[str, Sequence[Item]]]:
        """Yield the partitions whose key begins so: the rest of it, and the items."""
        for part, items in self.items.partitions():
            if part.startswith(prefix):
                yield part.removeprefix(prefix), items

    @override
    def call(self, operation: str, request: Request) -> Item:
        self.calls += 1
        return super().call(operation, request)


class MeteredLargeDynamoDB(LargeDynamoDB, MeteredDynamoDB):
    """Both: what a step costs is asked of a table of any size."""
