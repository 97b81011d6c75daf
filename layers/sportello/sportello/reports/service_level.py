"""How well customers were served who waited for a person: service level, abandon rate, waits.

Pure. Formulas and a worked example are in `docs/service-level.md`. A share of nothing is None: an
hour in which nobody waited was served neither well nor badly.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from sportello.model import Model
from sportello.queues.waits import WaitOutcome, WaitRecord
from sportello.sla.goals import ServiceLevelDefinition


class WaitTimes(Model):
    """Seconds of counted time that half, 90 % and 95 % of the waits did not exceed.

    By nearest rank: each is a wait that somebody really had.
    """

    median: float | None
    p90: float | None
    p95: float | None


class Calibration(Model):
    """How many answered customers had been told what to expect, and how often it came true."""

    announced: int
    within_announced: float | None


class EndedWaits(NamedTuple):
    """The counted seconds of some waits, in rising order, by how they ended.

    One whose answer was lost went on, and has not ended. A wait of exactly a threshold is within
    it. One that ended as only a later version knows is left out.
    """

    answered: Sequence[float]
    abandoned: Sequence[float]

    @classmethod
    def of(cls, waits: Iterable[WaitRecord]) -> Self:
        answered: list[float] = []
        abandoned: list[float] = []
        for wait in waits:
            if wait.answer_lost:
                continue
            if wait.answered:
                answered.append(wait.counted_seconds)
            elif wait.outcome is WaitOutcome.ABANDONED:
                abandoned.append(wait.counted_seconds)
        return cls(sorted(answered), sorted(abandoned))

    @property
    def offered(self) -> int:
        return len(self.answered) + len(self.abandoned)

    def service_level(
        self, definition: ServiceLevelDefinition, threshold_seconds: float
    ) -> float | None:
        """Return the share served in time, 0 to 1."""
        in_time = bisect_right(self.answered, threshold_seconds)
        short_abandons = bisect_right(self.abandoned, threshold_seconds)
        match definition:
            case ServiceLevelDefinition.ANSWERED_ONLY:
                return share(in_time, len(self.answered))
            case ServiceLevelDefinition.STRICT:
                return share(in_time, self.offered)
            case ServiceLevelDefinition.SHORT_ABANDONS_EXCLUDED:
                return share(in_time, self.offered - short_abandons)
            case ServiceLevelDefinition.SHORT_ABANDONS_AS_SERVED:
                return share(in_time + short_abandons, self.offered)

    def share_longer_than(self, seconds: float) -> float | None:
        """Return the share of all that lasted longer, answered or not."""
        within = bisect_right(self.answered, seconds) + bisect_right(self.abandoned, seconds)
        return share(self.offered - within, self.offered)

    def abandon_rate(self, short_abandon_seconds: float | None = None) -> float | None:
        """Return the share that gave up; who did so within the cut-off is left out altogether."""
        if short_abandon_seconds is None:
            return share(len(self.abandoned), self.offered)
        short = bisect_right(self.abandoned, short_abandon_seconds)
        return share(len(self.abandoned) - short, self.offered - short)

    @property
    def answered_after(self) -> WaitTimes:
        return _times(self.answered)

    @property
    def abandoned_after(self) -> WaitTimes:
        return _times(self.abandoned)


def calibration(waits: Iterable[WaitRecord]) -> Calibration:
    """Hold the waits of those who were answered against the range they were told."""
    verdicts = (wait.as_announced for wait in waits)
    came_true = [as_announced for as_announced in verdicts if as_announced is not None]
    return Calibration(
        announced=len(came_true), within_announced=share(sum(came_true), len(came_true))
    )


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _times(in_order: Sequence[float]) -> WaitTimes:
    return WaitTimes(
        median=_percentile(in_order, 50),
        p90=_percentile(in_order, 90),
        p95=_percentile(in_order, 95),
    )


def _percentile(in_order: Sequence[float], percent: int) -> float | None:
    if not in_order:
        return None
    rank = -(-percent * len(in_order) // 100)
    return in_order[rank - 1]
