"""Warm functions: the processor's time of an invocation, as a ratio to a bare function's."""

import gc
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, cast

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from local.cloud.emulator import REGION
from sportello.aws.clients import CONFIG
from support.agent_calls import LambdaContext
from tools.bench.bare import BareFunction, signed_event
from tools.bench.recorded.printing import silence
from tools.bench.recorded.recording import Invocation, RecordingCloud
from tools.bench.recorded.replay import Strayed, Wire
from tools.bench.recorded.tape import answer_of
from tools.bench.spread import Spread

SAMPLE_SECONDS = 0.06

_BARE_TAPE = (answer_of("dynamodb", "PutItem", {}),)

type Work = Callable[[], object]


@dataclass(frozen=True)
class Seconds:
    """Seconds of one repetition: of work, and of the floor beside it, sample by sample."""

    work: list[float]
    floor: list[float]

    @property
    def ratios(self) -> list[float]:
        return [work / floor for work, floor in zip(self.work, self.floor, strict=True)]

    @property
    def ratio(self) -> Spread:
        return Spread.of(self.ratios)


class Stage:
    """Where invocations are repeated: a warm cloud that is in place, but for the wire."""

    def __init__(self, cloud: RecordingCloud) -> None:
        self._cloud = cloud
        self._wire = Wire()
        self._bare = BareFunction(REGION)
        self._bare_with_our_client = BareFunction(REGION, CONFIG)

    @contextmanager
    def set(self) -> Iterator["Stage"]:
        with self._wire.in_place(), silence():
            gc.collect()
            # What was recorded stays; the collector need not look at it in anybody's time.
            gc.freeze()
            try:
                yield self
            finally:
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
                self._cloud.remember()
                if not self._wire.at_end:
                    raise Strayed(f"{invocation.function} called less than on its tape")

        return work

    def bare(self, webhook: Mapping[str, Any]) -> Work:
        return self._receiving(self._bare, webhook)

    def bare_with_our_client(self, webhook: Mapping[str, Any]) -> Work:
        return self._receiving(self._bare_with_our_client, webhook)

    def _receiving(self, bare: BareFunction, webhook: Mapping[str, Any]) -> Work:
        event, context = signed_event(dict(webhook)), LambdaContext("bare")

        def work() -> None:
            self._wire.load(_BARE_TAPE)
            bare.receive(event, context)

        return work

    def wire_seconds(self) -> float:
        """Return what the wire takes for a call, which both sides of a comparison pay."""
        request = AWSRequest(headers={"X-Amz-Target": b"DynamoDB_20120810.PutItem"})

        def work() -> None:
            self._wire.load(_BARE_TAPE)
            URLLib3Session.send(cast("Any", None), cast("Any", request))

        return median(_spent(work, 100) / 100 for _ in range(10))

    @staticmethod
    def compare(work: Work, floor: Work, runs: int) -> Seconds:
        """Take so many samples of both, in which they take turns.

        What else the machine does comes and goes within hundredths of a second, and so hits both
        alike. The repetitions before the samples also fill what a warm function keeps.
        """
        work_seconds, floor_seconds = (_spent(each, 2) / 2 for each in (work, floor))
        turns = math.ceil(SAMPLE_SECONDS / work_seconds)
        repetitions = max(1, round(work_seconds / floor_seconds / 2))
        seconds = Seconds([], [])
        for _ in range(runs):
            gc.collect()
            sample = [
                (_spent(work, 1), _spent(floor, repetitions) / repetitions) for _ in range(turns)
            ]
            works, floors = zip(*sample, strict=True)
            seconds.work.append(median(works))
            seconds.floor.append(median(floors))
        return seconds


def _spent(work: Work, repetitions: int) -> float:
    started = time.process_time()
    for _ in range(repetitions):
        work()
    return time.process_time() - started
