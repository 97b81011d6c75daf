"""The small table, large: whoever asks for one partition does not look through all the others."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, override

from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import Item, Request, key_condition
from tools.bench.recorded.metering import MeteredDynamoDB

type Items = dict[tuple[str, str], Item]


class LargeDynamoDB(SmallDynamoDB):
    """Answers the same; an index is looked through as a whole nevertheless."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._partitions: defaultdict[str, dict[str, Item]] = defaultdict(dict)
        self.calls = 0

    def hold(self, items: Items) -> None:
        """Hold what another table has; that one stays as it is whatever happens here."""
        self.items.update(items)
        for (part, sort_key), item in items.items():
            self._partitions[part][sort_key] = item

    def partitions(self, prefix: str) -> Iterator[tuple[str, Collection[Item]]]:
        """Yield the partitions whose key begins so: the rest of it, and the items."""
        for part, items in self._partitions.items():
            if part.startswith(prefix):
                yield part.removeprefix(prefix), items.values()

    @override
    def call(self, operation: str, request: Request) -> Item:
        self.calls += 1
        return super().call(operation, request)

    @override
    def _apply(self, kind: str, key: tuple[str, str], after: Item) -> None:
        super()._apply(kind, key, after)
        part, sort_key = key
        if key in self.items:
            self._partitions[part][sort_key] = self.items[key]
        else:
            self._partitions[part].pop(sort_key, None)

    @override
    def _queried(self, request: Request, index: Any) -> Iterator[Item]:
        if "IndexName" in request:
            yield from super()._queried(request, index)
            return
        fits = key_condition(request, index.partition, index.sort_key)
        part = request["ExpressionAttributeValues"][":pk"]["S"]
        yield from filter(fits, self._partitions[part].values())


class MeteredLargeDynamoDB(LargeDynamoDB, MeteredDynamoDB):
    """Both: what a step costs is asked of a table of any size."""
