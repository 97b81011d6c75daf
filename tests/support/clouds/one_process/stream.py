"""The table's stream, and how Lambda reads it: in order by conversation, retried, split."""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from support.clouds.one_process.scheduling import Action, FunctionFailed, World
from support.clouds.small.expressions import Item

SHARDS = 4
"""Of the stream of a new table on demand, which takes 4,000 writes a second."""

type Record = dict[str, Any]


def fits(pattern: Any, value: Any) -> bool:
    """Whether a value fits an event filter, of the kind that lists the values allowed."""
    if isinstance(pattern, list):
        return value in pattern
    return isinstance(value, dict) and all(fits(pattern[key], value.get(key)) for key in pattern)


def as_json(item: Item) -> Item:
    """Return an item as Lambda gives it: its event is JSON, which has no bytes."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in item.items()
    }


class Stream:
    """`source` is the event source as the template declares it; its lanes are read side by side."""

    def __init__(self, world: World, function: str, source: Mapping[str, Any]) -> None:
        self._world = world
        self._function = function
        self._filters = [
            json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]
        ]
        self._batch_size = source["BatchSize"]
        self._attempts = source["MaximumRetryAttempts"] + 1
        self._bisects = source["BisectBatchOnFunctionError"]
        lanes = SHARDS * int(source["ParallelizationFactor"])
        self._lanes: list[list[Record]] = [[] for _ in range(lanes)]
        self._failures: dict[str, int] = {}
        self._limits: dict[int, int] = {}
        self._written = 0
        self.dead_letters: list[Record] = []

    def write(self, event: str, item: Item) -> None:
        self._written += 1
        record = {
            "eventID": f"event-{self._written}",
            "eventName": event,
            "dynamodb": {
                "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "NewImage": as_json(item),
                "SequenceNumber": f"{self._written:021d}",
            },
        }
        if any(fits(pattern, record) for pattern in self._filters):
            lane = zlib.crc32(item["pk"]["S"].encode()) % len(self._lanes)
            self._lanes[lane].append(record)

    @property
    def unread(self) -> int:
        return sum(map(len, self._lanes))

    def next_due(self) -> datetime | None:
        return None

    def ready(self) -> list[Action]:
        return [
            Action("stream batch", partial(self._read, number), self._function)
            for number, lane in enumerate(self._lanes)
            if lane
        ]

    def _read(self, lane_number: int) -> None:
        lane = self._lanes[lane_number]
        most = min(len(lane), self._batch_size, self._limits.get(lane_number, self._batch_size))
        size = self._world.chance.randint(1, most) if self._world.shuffled else most
        batch = lane[:size]
        for _ in range(self._world.copies(2)):
            done = self._hand_over(batch)
        del lane[: self._retried_from(lane_number, batch, done)]

    def _hand_over(self, batch: list[Record]) -> int:
        """Return how many records, from the first on, are done; none if the function failed."""
        try:
            answer = self._world.invoke(self._function, {"Records": batch})
        except FunctionFailed:
            return 0
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        return numbers.index(failed[0]) if failed else len(batch)

    def _retried_from(self, lane_number: int, batch: list[Record], done: int) -> int:
        """Count the failure and halve the next batch; what failed too often is given up."""
        self._limits.pop(lane_number, None)
        if done == len(batch):
            return done
        first = batch[done]
        failures = self._failures[first["eventID"]] = self._failures.get(first["eventID"], 0) + 1
        if failures >= self._attempts:
            self.dead_letters.append(first)
            return done + 1
        if self._bisects:
            self._limits[lane_number] = max(1, (len(batch) - done) // 2)
        return done
