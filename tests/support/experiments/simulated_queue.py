"""Days of a queue, event by event, in which everybody who enters is told what to expect.

Traffic and staffing change by the hour, handling times are lognormal, customers lose patience.
The estimator is asked at every arrival and sees only what had ended before.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from random import Random
from typing import NamedTuple

from sportello.hours.opening_hours import OpeningHours
from sportello.queues.expected_wait import ExpectedWait

HOUR = 3_600
OPEN_HOURS = 9
DAY = OPEN_HOURS * HOUR
"""Open seconds of a day; the queue is simulated on the axis of open time."""

HOURS = OpeningHours(time_zone="UTC", weekly={"mon-sun": (("09:00", "18:00"),)})
FIRST_OPENING = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Scenario(NamedTuple):
    """`arrivals` (an hour) and `agents` by the hour of the day, from opening; times in seconds.

    An agent takes `seconds_to_accept` on average while the customer still waits.
    """

    arrivals: Sequence[float]
    agents: Sequence[int]
    handling_seconds: float
    handling_spread: float
    patience_seconds: float
    seconds_to_accept: float = 8


class Ended(NamedTuple):
    ended_at: datetime
    counted_seconds: float
    answered: bool


class Told(NamedTuple):
    """What one customer was told on entering, and what came of it."""

    position: int
    announced: ExpectedWait | None
    seconds: float
    answered: bool


type Estimator = Callable[[Sequence[Ended], int, datetime, datetime | None], ExpectedWait | None]
"""Takes the ended waits (oldest first), the position, now, and since when the head waits."""


class _Kind(IntEnum):
    OPENING = 0
    SHIFT = 1
    ARRIVAL = 2
    IMPATIENCE = 3
    ANSWER = 4
    END = 5


@dataclass
class _Desk:
    scenario: Scenario
    ask: Estimator
    random: Random
    agenda: list[tuple[float, int, _Kind, int]] = field(default_factory=list)
    scheduled: int = 0
    day: int = 0
    busy: int = 0
    entered: dict[int, float] = field(default_factory=dict)
    ringing: set[int] = field(default_factory=set)
    expecting: dict[int, tuple[int, ExpectedWait | None]] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def plan(self, at: float, kind: _Kind, about: int) -> None:
        self.scheduled += 1
        heapq.heappush(self.agenda, (at, self.scheduled, kind, about))

    def run(self) -> None:
        while self.agenda:
            at, _, kind, about = heapq.heappop(self.agenda)
            if kind is _Kind.OPENING:
                # Whoever was being served at closing was seen off after it.
                self.day, self.busy = about, len(self.ringing)
            elif kind is _Kind.ARRIVAL:
                self.enter(at, customer=self.scheduled)
            elif kind is _Kind.IMPATIENCE and about in self.entered and about not in self.ringing:
                self.leave(at, about, answered=False)
            elif kind is _Kind.ANSWER:
                self.ringing.discard(about)
                self.leave(at, about, answered=True)
                self.plan(at + self.handling(), _Kind.END, self.day)
            elif kind is _Kind.END and about == self.day:
                self.busy -= 1
            self.ring(at)

    def enter(self, at: float, customer: int) -> None:
        head = next(iter(self.entered.values()), None)
        position = len(self.entered) + 1
        since = None if head is None else wall(head)
        self.expecting[customer] = position, self.ask(self.ended, position, wall(at), since)
        self.entered[customer] = at
        patience = self.random.expovariate(1 / self.scenario.patience_seconds)
        self.plan(at + patience, _Kind.IMPATIENCE, customer)

    def ring(self, at: float) -> None:
        staffed = self.scenario.agents[int(at % DAY // HOUR)]
        for customer in self.entered:
            if self.busy >= staffed:
                return
            if customer not in self.ringing:
                self.ringing.add(customer)
                self.busy += 1
                delay = self.lognormal(self.scenario.seconds_to_accept, 0.5)
                self.plan(at + delay, _Kind.ANSWER, customer)

    def leave(self, at: float, customer: int, *, answered: bool) -> None:
        waited = at - self.entered.pop(customer)
        self.ended.append(Ended(wall(at), waited, answered))
        position, announced = self.expecting.pop(customer)
        self.told.append(Told(position, announced, waited, answered))

    def handling(self) -> float:
        return self.lognormal(self.scenario.handling_seconds, self.scenario.handling_spread)

    def lognormal(self, mean: float, sigma: float) -> float:
        return self.random.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


def simulate(scenario: Scenario, days: int, seed: int, ask: Estimator) -> list[Told]:
    """Run that many days and return everybody whose wait ended, in that order."""
    random = Random(seed)  # noqa: S311 - traffic to repeat, not secrets
    desk = _Desk(scenario, ask, random)
    for day in range(days):
        desk.plan(day * DAY, _Kind.OPENING, day)
        for hour, rate in enumerate(scenario.arrivals):
            begin = day * DAY + hour * HOUR
            desk.plan(begin, _Kind.SHIFT, 0)
            for at in _poisson(rate / HOUR, begin, random):
                desk.plan(at, _Kind.ARRIVAL, 0)
    desk.run()
    return desk.told


def wall(open_seconds: float) -> datetime:
    """Place an instant of the axis of open time in the calendar of HOURS."""
    day, second = divmod(open_seconds, DAY)
    return FIRST_OPENING + timedelta(days=day, seconds=second)


def coverage(told: Iterable[Told]) -> float:
    """Share of the answered, among those told anything, whose wait lay in their range."""
    inside = [
        one.announced.low_seconds <= one.seconds <= one.announced.high_seconds
        for one in told
        if one.announced is not None and one.answered
    ]
    return sum(inside) / len(inside) if inside else math.nan


def _poisson(rate: float, begin: float, random: Random) -> Iterator[float]:
    at = begin + random.expovariate(rate)
    while at < begin + HOUR:
        yield at
        at += random.expovariate(rate)
