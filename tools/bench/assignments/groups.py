"""What it costs to bring somebody to an agent, among ten and among thousands."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from local.cloud.processes import Failed
from support.builders import resolve
from support.clouds.staffed_desk import StaffedDesk
from tools.bench.assignments.large_table import Items
from tools.bench.assignments.played_again import Doing, Played, play
from tools.bench.assignments.scenes import (
    GERMAN,
    ITALIAN,
    agent_name,
    free_agents,
    full_agents,
)
from tools.bench.assignments.shift import Shift
from tools.bench.recorded.printing import silence
from tools.bench.table import Cell, Group, Verdict
from tools.bench.warm import Stage

if TYPE_CHECKING:
    from tools.bench.recorded.metering import Units

LINES = (10, 100, 1_000, 10_000)
CREWS = (10, 100, 1_000)
FEW_AGENTS, SHORT_LINE = 10, 100
GOAL = 1.1
"""Ten agents are fewer than the others that a choice tells of, so it writes a tenth less."""

COLUMNS = (
    *("step", "among", "calls", "read", "write", "index"),
    *("growth of time", f"most <= {GOAL}"),
)
NOTES = ("growth: of the step's own computing; most: that, calls or units, whichever grew most",)

LATER = 6_000.0
"""By then the longest line has come, and the desk is still open."""


def assignment_groups(runs: int) -> Iterator[Group]:
    with silence():
        lines = full_agents(FEW_AGENTS, LINES)
        crews = {size: full_agents(size, (SHORT_LINE,))[SHORT_LINE] for size in CREWS}
        free = free_agents(CREWS)
    yield _group(
        "growth of an assignment with those in line",
        {
            "an agent gets room": _Step(lines, _has_room_again, _settle, "waiting-1"),
            "a customer finds an agent": _Step(lines, _comes_german, _place, "new"),
            "a customer finds none": _Step(lines, _comes_italian, _place),
        },
        runs,
    )
    yield _group(
        "growth of an assignment with the agents at work",
        {
            "an agent gets room": _Step(crews, _has_room_again, _settle, "waiting-1"),
            "a customer finds an agent": _Step(free, _comes_italian, _place, "new"),
            "a customer finds none": _Step(crews, _comes_italian, _place),
        },
        runs,
    )


def shift_group(agents: int = 1_000, customers: int = 10_000) -> Group:
    columns = (
        *("agents", "customers", "half within", "95 % within", "all within", "offers each"),
        *("calls each", "unserved", "over capacity", "overtaken", "room left idle"),
    )
    notes = ("seconds of virtual time from coming until somebody has them; the rest is to be 0",)
    group = Group("a shift in virtual time", columns, notes)
    with silence():
        outcome = Shift(agents, customers).run()
    waits = outcome.waits
    group.rows.append(
        (
            f"{agents:,}",
            f"{customers:,}",
            *(round(waits[int(share * (len(waits) - 1))], 1) for share in (0.5, 0.95, 1)),
            *(round(each / customers, 2) for each in (outcome.asked, outcome.calls)),
            *(outcome.never_served, outcome.over_capacity, outcome.overtaken, outcome.idle),
        )
    )
    return group


class _Step(NamedTuple):
    """`assigned` is the conversation that an agent is asked for in the end, if one is."""

    tables: Mapping[int, Items]
    before: Doing
    step: Doing
    assigned: str = ""

    def played(self) -> dict[int, Played]:
        played = {}
        for size, items in sorted(self.tables.items()):
            played[size], desk = play(items, self.before, self.step)
            if self.assigned and not desk.asked_for(self.assigned):
                raise Failed(f"nobody was asked for {self.assigned}")
        return played


def _group(title: str, steps: Mapping[str, _Step], runs: int) -> Group:
    group = Group(title, COLUMNS, NOTES)
    with silence():
        for name, step in steps.items():
            group.rows += growth_rows(name, step.played(), runs)
    return group


def growth_rows(name: str, played: Mapping[int, Played], runs: int) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of each size, with what grew from the least one."""
    first = played[min(played)]
    for size, each in played.items():
        cells = (f"{size:,}", each.calls, *each.units)
        if each is first:
            yield (name, *cells, None, None)
            continue
        growth = Stage.compare(each.again, first.again, runs).ratio
        most = max(growth.middle, *_growths(each, first))
        yield ("", *cells, growth, Verdict(most, GOAL))


def _growths(played: Played, first: Played) -> Iterator[float]:
    for more, less in zip(_counts(played), _counts(first), strict=True):
        yield more / less if less else 1 + more


def _counts(played: Played) -> tuple[float, ...]:
    units: Units = played.units
    return (played.calls, *units)


def _has_room_again(desk: StaffedDesk) -> None:
    desk.pass_time(LATER)
    desk.ask("held-0", resolve(agent_name(0)))


def _settle(desk: StaffedDesk) -> None:
    desk.settle(agent_name(0))


def _comes_german(desk: StaffedDesk) -> None:
    _comes(desk, GERMAN)


def _comes_italian(desk: StaffedDesk) -> None:
    _comes(desk, ITALIAN)


def _comes(desk: StaffedDesk, language: str) -> None:
    desk.pass_time(LATER)
    desk.queue("new", language=language)


def _place(desk: StaffedDesk) -> None:
    desk.place("new")
