"""A step on the table, done once with a meter and then again and again with the answers it had.

So what is timed is the step's own computing: the table in memory, which takes longer the more is in
it, answers only once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple
from unittest.mock import patch

from support.clouds.small.expressions import Item, Request
from support.clouds.staffed_desk import StaffedDesk
from tools.bench.assignments.large_table import Items, MeteredLargeDynamoDB
from tools.bench.assignments.scenes import staffed
from tools.bench.recorded.metering import Units
from tools.bench.recorded.replay import Strayed
from tools.bench.warm import Work

type Doing = Callable[[StaffedDesk], object]


class Played(NamedTuple):
    """`again` does the step once more and throws away what comes of it."""

    calls: int
    units: Units
    again: Work


def play(items: Items, before: Doing, step: Doing) -> tuple[Played, StaffedDesk]:
    """Do a step on a table as it is after something else; returns the desk it leaves, too."""
    small = MeteredLargeDynamoDB()
    small.hold(items)
    desk = staffed(small)
    before(desk)
    small.units = Units()
    answers: list[tuple[str, Item]] = []

    def call(operation: str, request: Request) -> Item:
        answer = small.call(operation, request)
        answers.append((operation, deepcopy(answer)))
        return answer

    with _answered_by(desk, call):
        step(desk)
    units = small.units

    def again() -> None:
        upcoming = iter(answers)

        def answer(operation: str, _request: Request) -> Item:
            recorded, answer = next(upcoming)
            if recorded != operation:
                raise Strayed(f"{operation} was {recorded}")
            return answer

        with _answered_by(desk, answer):
            step(desk)

    return Played(len(answers), units, again), desk


@contextmanager
def _answered_by(desk: StaffedDesk, call: Callable[[str, Request], Item]) -> Iterator[None]:
    client: Any = desk.table._client  # noqa: SLF001 -- as the meter of the tests does it
    with patch.object(client, "_make_api_call", call):
        yield
