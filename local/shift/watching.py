"""What is looked at while the shift goes on: what arrives outside, and what each agent holds."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import override

from local.beside import Beside
from local.providers.provider_calls import CallLog
from local.shift.crowd import Crowd
from local.shift.worker import Worker
from sportello.table.desk_table import DeskTable

LOOK_EVERY_SECONDS = 0.5
TELL_EVERY_SECONDS = 20.0


class Follower(Beside):
    """Hands on each call that reaches the stand-ins: rings to agents, words to customers."""

    def __init__(self, calls: CallLog, workers: Mapping[str, Worker], crowd: Crowd) -> None:
        super().__init__("follower")
        self._calls = calls
        self._workers = workers
        self._crowd = crowd

    @override
    def _run(self) -> None:
        position = 0
        while not self._stopping.is_set():
            new = self._calls.since(position, seconds=0.2)
            position += len(new)
            for call in new:
                if not call.taken:
                    continue
                if call.channel != "agents":
                    self._crowd.see(call)
                elif worker := self._workers.get(call.path.rpartition("/")[2]):
                    worker.ring(json.loads(call.body))


class CapacityWatch(Beside):
    """Reads what every agent holds, again and again, as the table has it.

    `over` counts, by agent, the looks at which they held more than they can take, `most` is the
    most that anybody held, `looks` how often it was looked.
    """

    def __init__(self, table: DeskTable, agents: Mapping[str, str], capacity: int) -> None:
        super().__init__("capacity watch")
        self.over: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.looks = 0
        self._table = table
        self._agents = agents
        self._capacity = capacity

    @override
    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self.looks += 1
            for name, agent_id in self._agents.items():
                load = self._table.agents.agent(agent_id).load(datetime.now(UTC))
                self.most[name] = max(self.most[name], load)
                if load > self._capacity:
                    self.over[name] += 1


class Progress(Beside):
    """Says again and again how far it is."""

    def __init__(self, crowd: Crowd, say: Callable[[str], None]) -> None:
        super().__init__("progress")
        self._crowd = crowd
        self._say = say

    @override
    def _run(self) -> None:
        started = time.monotonic()
        while not self._stopping.wait(TELL_EVERY_SECONDS):
            self._say(f"{time.monotonic() - started:6.0f} s  {self._crowd.told()}")
