"""Warm functions: the processor's time of an invocation, as a ratio to a bare function's."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from local.cloud.emulator import REGION
from support.agent_calls import LambdaContext
from tools.bench.bare import BareFunction, signed_event
from tools.bench.printing import silence
from tools.bench.recording import Invocation, RecordingCloud
from tools.bench.replay import Strayed, Wire
from tools.bench.spread import Spread
from tools.bench.tape import answered

TURN_SECONDS = 0.004
TURNS = 15
"""Of each work in a sample, which so lasts at least a twentieth of a second."""

_BARE_TAPE = (answered("dynamodb", "PutItem", {}),)

type Work = Callable[[], object]


@dataclass(frozen=True)
class Seconds:
    """Seconds of one repetition in each sample, and of the floor measured just before it."""

    work: list[float]
    floor: list[float]

    @property
    def ratio(self) -> Spread:
        return Spread.ratios(self.work, self.floor)


class Stage:
    """Where invocations are repeated: the cloud they were recorded in, but for the wire."""

    def __init__(self, cloud: RecordingCloud) -> None:
        self._cloud = cloud
        self._wire = Wire(cloud.table)
        self._bare = BareFunction(REGION)

    @contextmanager
    def set(self) -> Iterator["Stage"]:
        with self._wire.in_place(), silence():
            gc.collect()
            # What was recorded stays; the collector need not look at it in anybody's time.
            gc.freeze()
            yield self
            gc.unfreeze()

    def repeat(self, invocations: Sequence[Invocation]) -> Work:
        plays = [
            (self._cloud.handlers[one.function], one, LambdaContext(one.function))
            for one in invocations
        ]

        def work() -> None:
            for handler, invocation, context in plays:
                self._cloud.world.now = invocation.at
                self._wire.load(invocation.tape)
                handler(invocation.event, context)
                if not self._wire.at_end:
                    raise Strayed(f"{invocation.function} called less than on its tape")

        return work

    def bare(self, webhook: Mapping[str, Any]) -> Work:
        event, context = signed_event(dict(webhook)), LambdaContext("bare")

        def work() -> None:
            self._wire.load(_BARE_TAPE)
            self._bare.receive(event, context)

        return work

    def compare(self, work: Work, floor: Work, runs: int) -> Seconds:
        """Take so many samples of both, after one that is thrown away."""
        works, floors = [], []
        for number in range(runs + 1):
            floor_seconds, work_seconds = _sample(floor, work)
            if number:
                floors.append(floor_seconds)
                works.append(work_seconds)
        return Seconds(works, floors)


def _sample(*works: Work) -> list[float]:
    """Measure the seconds of one repetition of each, in turns that are short.

    What else the machine does comes and goes within tenths of a second, and so hits all alike.
    """
    amounts = [max(1, round(TURN_SECONDS / _seconds(work, 2))) for work in works]
    gc.collect()
    turns = [
        [_seconds(work, amount) for work, amount in zip(works, amounts, strict=True)]
        for _ in range(TURNS)
    ]
    return [median(seconds) for seconds in zip(*turns, strict=True)]


def _seconds(work: Work, amount: int) -> float:
    started = time.process_time()
    for _ in range(amount):
        work()
    return (time.process_time() - started) / amount
