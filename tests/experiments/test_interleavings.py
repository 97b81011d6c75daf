"""Every interleaving of a few people and machines keeps the design's rules 1 to 7.

Scripts and rules are in `support/experiments/interleavings/`. A rule that breaks is told with the
shortest trace that leads there.
"""

from collections.abc import Callable, Iterator
from math import comb
from time import process_time

import pytest

from support.experiments.explorer import Explored, RuleBroken, Violation, explore
from support.experiments.interleavings.clock_scripts import LONG_CLOCK_SCRIPTS, SHORT_CLOCK_SCRIPTS
from support.experiments.interleavings.lost_scripts import LONG_LOST_SCRIPTS, SHORT_LOST_SCRIPTS
from support.experiments.interleavings.play import play
from support.experiments.interleavings.routing_scripts import (
    LONG_ROUTING_SCRIPTS,
    SHORT_ROUTING_SCRIPTS,
)
from support.experiments.interleavings.script import Script
from support.experiments.interleavings.scripts import LONG_SCRIPTS, SHORT_SCRIPTS
from support.template import ROOT

SHORT = SHORT_SCRIPTS + SHORT_CLOCK_SCRIPTS + SHORT_LOST_SCRIPTS + SHORT_ROUTING_SCRIPTS
LONG = LONG_SCRIPTS + LONG_CLOCK_SCRIPTS + LONG_LOST_SCRIPTS + LONG_ROUTING_SCRIPTS


def test_two_who_do_not_meet_have_as_many_interleavings_as_arithmetic_says() -> None:
    """So the counts of the experiment are those of real paths."""

    def moves(steps: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int]]]:
        left, right = steps
        if left < 6:
            yield "left", (left + 1, right)
        if right < 9:
            yield "right", (left, right + 1)

    explored = explore((0, 0), moves, lambda _: None, lambda _: None)
    assert explored == Explored(worlds=7 * 10, moves=6 * 10 + 9 * 7, ends=1, traces=comb(15, 6))


def test_as_many_scripts_are_told_of_as_there_are() -> None:
    """Whoever adds one counts the worlds anew, which takes minutes, and writes down all of it."""
    page = (ROOT / "docs" / "reliability.md").read_text()
    assert f"| scripts | {len(SHORT + LONG)} |" in page


def test_a_broken_rule_is_told_with_the_shortest_way_there() -> None:
    def moves(at: int) -> Iterator[tuple[str, int]]:
        yield from ((f"+{step}", at + step) for step in (1, 2, 5) if at + step < 20)

    def check(at: int) -> None:
        if at == 12:
            raise RuleBroken("twelve", "is not for us")

    with pytest.raises(Violation) as caught:
        explore(0, moves, check, lambda _: None)
    assert caught.value.trace == ("+2", "+5", "+5")
    assert str(caught.value) == "twelve: is not for us\nafter\n  1. +2\n  2. +5\n  3. +5"


def named(script: Script) -> str:
    return script.name


@pytest.mark.parametrize("script", SHORT, ids=named)
def test_no_interleaving_breaks_a_rule(script: Script) -> None:
    explored = play(script)
    assert explored.traces >= explored.ends > 0


@pytest.mark.experiment
@pytest.mark.parametrize("script", SHORT + LONG, ids=named)
def test_no_interleaving_of_any_script_breaks_a_rule(
    script: Script, measured: Callable[[str], None]
) -> None:
    before = process_time()
    explored = play(script)
    measured(
        f"{script.name}: {explored.worlds:,} worlds, {explored.moves:,} moves, "
        f"{explored.traces:,} traces, {process_time() - before:.1f} s"
    )
