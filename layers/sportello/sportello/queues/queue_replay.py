"""The queue's own past, replayed on an axis of open time: who entered where, and at what pace.

How many people could take the next conversation is not known, so the queue itself is asked: the
waits that ended lately are replayed, and while others wait the queue moves at some pace, the
seconds from one answer to the next. Being the n-th takes n paces, less whoever gives up ahead.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

_ASSUMED_PACES = 3
"""Weight, in answers, of the pace read from single gaps against the one counted in a crowd."""

_STEADIEST, _ASSUMED_GAPS = 0.4, 6
"""Least variance of a gap, in squares of its mean, and the number of gaps that argue for 1."""


class EndedWait(Protocol):
    """`counted_seconds` is the open time waited; unless `answered`, the customer gave up."""

    @property
    def ended_at(self) -> datetime: ...
    @property
    def counted_seconds(self) -> float: ...
    @property
    def answered(self) -> bool: ...


type OpenSeconds = Callable[[datetime, datetime], float]
"""Open seconds between two instants; `OpeningHours.elapsed` is one."""


class ReplayedWait(NamedTuple):
    """An ended wait on the axis of open time, in seconds; now is 0, so both are not positive."""

    entered: float
    departure: float
    answered: bool


class Gamma(NamedTuple):
    """A gamma distribution, by the cube-root rule of Wilson and Hilferty.

    `spread` is the variance over the square of the mean.
    """

    mean: float
    spread: float

    @property
    def _cube_root(self) -> tuple[float, float]:
        """Mean and deviation of the cube root of the variable over its mean: nearly normal."""
        ninth = self.spread / 9
        return 1 - ninth, math.sqrt(ninth)

    def share_below(self, seconds: float) -> float:
        if seconds <= 0 or self.mean <= 0:
            return float(seconds >= self.mean)
        middle, deviation = self._cube_root
        root = math.cbrt(seconds / self.mean)
        return 0.5 * math.erfc((middle - root) / (deviation * math.sqrt(2)))


class Pace(NamedTuple):
    """Seconds from one answer to the next while people wait, and how often that was seen.

    `unsteadiness` is the variance of one over its square: 1 when answers come at random.
    """

    seconds: float
    observations: float
    unsteadiness: float
    give_up_rate: float

    def wait(self, position: int) -> Gamma:
        paces = squares = 0.0
        for ahead in range(position):
            step = 1 / (1 + ahead * self.give_up_rate * self.seconds)
            paces += step
            squares += step**2
        # However steady the service, the pace itself changes over a day: that doubt stays whole.
        spread = self.unsteadiness * squares / paces**2 + 1 / self.observations
        return Gamma(paces * self.seconds, spread)


def on_open_axis(ended: list[EndedWait], now: datetime, elapsed: OpenSeconds) -> list[ReplayedWait]:
    never_closed = (now - ended[0].ended_at).total_seconds()
    if elapsed(ended[0].ended_at, now) == never_closed:
        # The usual case, and it saves walking the calendar for each wait.
        elapsed = _wall_seconds
    waits: list[ReplayedWait] = []
    departure, after = 0.0, now
    for wait in reversed(ended):
        departure -= elapsed(wait.ended_at, after)
        after = wait.ended_at
        # To the microsecond, like the instants: less is noise of the arithmetic that counted it.
        counted = round(wait.counted_seconds, 6)
        waits.append(ReplayedWait(departure - counted, departure, wait.answered))
    return waits[::-1]


def _wall_seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def pace_of(waits: list[ReplayedWait], head: float) -> Pace:
    """Replay the queue from the oldest departure on, which only says when the replay begins.

    Who finds a free agent is answered at once and says nothing of the pace in a crowd. So answers
    are counted while two or more wait, and gaps between answers are weighted by their length.
    The two agree in a busy queue; where they differ some waits were no waits, and the slower holds.
    """
    start = waits[0].departure
    changes = [(max(wait.entered, start), 1, False) for wait in waits[1:]]
    changes += [(wait.departure, -1, wait.answered) for wait in waits[1:]]
    # The head still waits: it comes and does not leave.
    changes += [(max(head, start), 1, False), (0.0, 0, True)]
    gap, gaps, crowded_gap, crowded_gaps = 0.0, [], 0.0, []
    given_up, waited, waiting, reached = 0, 0.0, 0, start
    for at, joining, answered in sorted(changes):
        passed, reached = at - reached, at
        gap += passed * (waiting >= 1)
        crowded_gap += passed * (waiting > 1)
        waited += passed * waiting
        if answered:
            gaps.append(gap)
            gap = 0.0
            if waiting > 1 and joining:
                crowded_gaps.append(crowded_gap)
                crowded_gap = 0.0
        given_up += joining < 0 and not answered
        waiting += joining
    single = _length_weighted(gaps)
    crowded = sum(crowded_gaps) + crowded_gap + _ASSUMED_PACES * single
    counted = len(crowded_gaps) + _ASSUMED_PACES
    seconds = max(crowded / counted, single)
    return Pace(
        seconds=seconds,
        observations=crowded / seconds if seconds else counted,
        unsteadiness=_unsteadiness(crowded_gaps),
        give_up_rate=given_up / waited if waited else 0.0,
    )


def _length_weighted(gaps: list[float]) -> float:
    """Mean of gaps at random that instant answers are mixed with: those weigh nothing."""
    total = sum(gaps)
    return sum(gap * (gap / total) for gap in gaps) / 2 if total else 0.0


def _unsteadiness(gaps: list[float]) -> float:
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    if not mean:
        return 1.0
    squares = sum((gap / mean) ** 2 - 1 for gap in gaps)
    return min(max((squares + _ASSUMED_GAPS) / (len(gaps) + _ASSUMED_GAPS), _STEADIEST), 1.0)


def places(waits: list[ReplayedWait]) -> Iterator[tuple[int, float]]:
    """Yield the place at which each of the answered entered, and how long they waited."""
    entered = sorted(wait.entered for wait in waits)
    departures = sorted(wait.departure for wait in waits)
    for wait in waits:
        # Of those who left before the oldest departure nothing is known.
        if wait.answered and wait.entered >= departures[0]:
            ahead = bisect_left(entered, wait.entered) - bisect_right(departures, wait.entered)
            yield 1 + ahead, wait.departure - wait.entered
