"""The small table with a meter for what DynamoDB would bill, its indexes included."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple, Self, cast, override

from sportello.table.desk_table import DeskTable
from support.clouds.metered import item_bytes, metered
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import Item, Request

_BLOCK = 1_024


class Units(NamedTuple):
    """`index_writes` are write units too, for entries that came to an index, left it or changed.

    A transaction pays those once, other than its own writes.
    """

    reads: float = 0
    writes: float = 0
    index_writes: float = 0

    def plus(self, other: "Units") -> Self:
        return self._replace(
            reads=self.reads + other.reads,
            writes=self.writes + other.writes,
            index_writes=self.index_writes + other.index_writes,
        )


class MeteredDynamoDB(SmallDynamoDB):
    """`units` is what was used since somebody last set it."""

    units = Units()

    @override
    def call(self, operation: str, request: Request) -> Item:
        client = SimpleNamespace(_make_api_call=super().call)
        with metered(DeskTable(self.name, cast("Any", client))) as usage:
            try:
                answer: Item = vars(client)["_make_api_call"](operation, request)
            finally:
                self.units = self.units.plus(Units(usage.read_units, usage.write_units))
        return answer

    @override
    def _apply(self, kind: str, key: tuple[str, str], after: Item) -> None:
        before = self.items.get(key, {})
        super()._apply(kind, key, after)
        now = self.items.get(key, {})
        for index in self._indexes.values():
            was, became = (
                index.projected(item) if index.keys <= item.keys() else {} for item in (before, now)
            )
            used = index_units(was, became, index.keys)
            self.units = self.units.plus(Units(index_writes=used))


def index_units(was: Mapping[str, Any], became: Mapping[str, Any], keys: frozenset[str]) -> int:
    """Return what it costs in an index that an entry becomes another; an empty one is none."""
    if was == became:
        return 0
    if was and became and any(was[name] != became[name] for name in keys):
        return _blocks(was) + _blocks(became)
    return max(_blocks(was), _blocks(became))


def _blocks(entry: Mapping[str, Any]) -> int:
    return -(-item_bytes(dict(entry)) // _BLOCK)
