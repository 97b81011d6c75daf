"""The four definitions, the abandon rate and the waits, against the shared vectors and by law."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.queues.waits import WaitRecord
from sportello.reports.service_level import Calibration, EndedWaits, WaitTimes, calibration
from sportello.sla.goals import ServiceLevelDefinition, ServiceLevelGoal
from support.waits import a_wait, some_waits

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/business_time.json").read_text())
EXAMPLE = VECTORS["service_level"]
PAGE = (Path(__file__).parents[3] / "docs/service-level.md").read_text()
STRICT = ServiceLevelDefinition.STRICT
ANSWERED_ONLY = ServiceLevelDefinition.ANSWERED_ONLY
EXCLUDED = ServiceLevelDefinition.SHORT_ABANDONS_EXCLUDED
AS_SERVED = ServiceLevelDefinition.SHORT_ABANDONS_AS_SERVED
LIVE_CHAT = ServiceLevelGoal(threshold_seconds=20, goal=0.8, short_abandon_seconds=5)


def waits(answered: list[float], abandoned: list[float]) -> list[WaitRecord]:
    return [a_wait(after) for after in answered] + [
        a_wait(after, answered=False) for after in abandoned
    ]


def ended(answered: list[float], abandoned: list[float]) -> EndedWaits:
    return EndedWaits.of(waits(answered, abandoned))


WORKED = ended(EXAMPLE["answered_after_seconds"], EXAMPLE["abandoned_after_seconds"])


@pytest.mark.parametrize("definition", ServiceLevelDefinition)
def test_the_service_level_is_that_of_the_shared_vectors(
    definition: ServiceLevelDefinition,
) -> None:
    value = WORKED.service_level(definition, EXAMPLE["threshold_seconds"])
    assert value is not None
    assert round(value, 6) == EXAMPLE[definition]


@pytest.mark.parametrize("definition", ServiceLevelDefinition)
def test_the_worked_example_of_the_documentation_is_true(
    definition: ServiceLevelDefinition,
) -> None:
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{definition}`"))
    *_, here, printed, _ = (cell.strip() for cell in line.split("|"))
    part, whole = (int(number) for number in here.split("/"))
    assert WORKED.service_level(definition, 20) == part / whole
    assert f"{part / whole:.1%}" == printed.replace(" ", "")


def test_the_abandon_rate_takes_short_abandons_out_of_both_sides() -> None:
    assert WORKED.abandon_rate() == 3 / 10
    assert WORKED.abandon_rate(2) == 3 / 10
    assert WORKED.abandon_rate(3) == 2 / 9
    assert WORKED.abandon_rate(35) == 0


def test_a_cut_off_of_zero_takes_out_who_gave_up_before_a_second_had_counted() -> None:
    assert ended([5], [0]).abandon_rate() == 1 / 2
    assert ended([5], [0]).abandon_rate(0) == 0


@pytest.mark.parametrize("definition", ServiceLevelDefinition)
def test_of_nobody_there_is_no_service_level(definition: ServiceLevelDefinition) -> None:
    nobody = ended([], [])
    assert nobody.service_level(definition, 20) is None
    assert nobody.abandon_rate() is None
    assert nobody.abandon_rate(5) is None
    assert nobody.answered_after == WaitTimes(median=None, p90=None, p95=None)


def test_where_all_gave_up_at_once_the_definitions_part() -> None:
    all_gone = ended([], [1, 2])
    assert all_gone.service_level(ANSWERED_ONLY, 20) is None
    assert all_gone.service_level(STRICT, 20) == 0
    assert all_gone.service_level(EXCLUDED, 20) is None
    assert all_gone.service_level(AS_SERVED, 20) == 1
    assert all_gone.abandon_rate(5) is None


def test_a_wait_of_exactly_the_threshold_is_in_time() -> None:
    assert ended([20], []).service_level(STRICT, 20) == 1
    assert ended([20.000001], []).service_level(STRICT, 20) == 0


@given(some_waits(), st.integers(1, 60))
def test_the_definitions_keep_their_order_and_are_shares(
    some: list[WaitRecord], threshold: int
) -> None:
    them = EndedWaits.of(some)
    level = {each: them.service_level(each, threshold) for each in ServiceLevelDefinition}
    known = {each: value for each, value in level.items() if value is not None}
    assert all(0 <= value <= 1 for value in known.values())
    assert bool(some) == (STRICT in known) == (AS_SERVED in known)
    if EXCLUDED in known:
        assert known[STRICT] <= known[EXCLUDED] <= known[AS_SERVED]
    if ANSWERED_ONLY in known:
        assert known[STRICT] <= known[EXCLUDED] <= known[ANSWERED_ONLY]


@given(some_waits(), st.sampled_from(ServiceLevelDefinition), st.integers(1, 59))
def test_a_longer_threshold_never_lowers_the_level(
    some: list[WaitRecord], definition: ServiceLevelDefinition, threshold: int
) -> None:
    them = EndedWaits.of(some)
    shorter = them.service_level(definition, threshold)
    longer = them.service_level(definition, threshold + 1)
    if shorter is not None and longer is not None:
        assert shorter <= longer


@given(some_waits(), st.integers(0, 60))
def test_a_cut_off_never_raises_the_abandon_rate(some: list[WaitRecord], cut_off: int) -> None:
    them = EndedWaits.of(some)
    kept, whole = them.abandon_rate(cut_off), them.abandon_rate()
    if kept is not None and whole is not None:
        assert 0 <= kept <= whole <= 1


@given(some_waits(), st.randoms(use_true_random=False))
def test_the_order_of_the_waits_changes_nothing(
    some: list[WaitRecord], generator: random.Random
) -> None:
    shuffled = generator.sample(some, len(some))
    assert EndedWaits.of(shuffled) == EndedWaits.of(some)
    assert calibration(shuffled) == calibration(some)


# How long they waited


def test_percentiles_are_waits_that_somebody_had() -> None:
    twenty = ended([float(after) for after in range(1, 21)], [])
    assert twenty.answered_after == WaitTimes(median=10, p90=18, p95=19)
    assert ended([7], []).answered_after == WaitTimes(median=7, p90=7, p95=7)


def test_who_was_answered_and_who_gave_up_are_timed_apart() -> None:
    assert WORKED.answered_after == WaitTimes(median=19, p90=40, p95=40)
    assert WORKED.abandoned_after == WaitTimes(median=15, p90=35, p95=35)


@given(some_waits(answered=st.just(value=True)), st.sampled_from([(50, 0), (90, 1), (95, 2)]))
def test_a_percentile_is_the_least_threshold_that_its_share_keeps(
    some: list[WaitRecord], case: tuple[int, int]
) -> None:
    percent, place = case
    them = EndedWaits.of(some)
    value = list(them.answered_after.model_dump().values())[place]
    if not some:
        assert value is None
        return
    reached = sum(wait.counted_seconds <= value for wait in some)
    below = sum(wait.counted_seconds < value for wait in some)
    assert reached * 100 >= percent * len(some) > below * 100


# Goals


def test_a_share_is_the_very_number_that_its_goal_is_written_as() -> None:
    for percent in range(101):
        served = EndedWaits([1.0] * percent, [1.0] * (100 - percent))
        assert served.service_level(STRICT, 20) == float(f"{percent / 100:.2f}")


def test_a_goal_holds_for_its_own_definition_and_threshold() -> None:
    assert LIVE_CHAT.but() == LIVE_CHAT
    assert LIVE_CHAT.but(definition=STRICT, threshold_seconds=20) == LIVE_CHAT
    assert LIVE_CHAT.but(definition=AS_SERVED).goal is None
    assert LIVE_CHAT.but(threshold_seconds=30).goal is None
    assert LIVE_CHAT.but(short_abandon_seconds=0) == LIVE_CHAT.model_copy(
        update={"short_abandon_seconds": 0}
    )
    assert LIVE_CHAT.but(threshold_seconds=30, goal=0.9) == ServiceLevelGoal(
        threshold_seconds=30, goal=0.9, short_abandon_seconds=5
    )
    assert LIVE_CHAT.but(goal=0).goal == 0


# What customers were told


def told(
    counted: float, low: float | None, high: float | None, *, answered: bool = True
) -> WaitRecord:
    return a_wait(counted, answered=answered, announced_low=low, announced_high=high)


def test_an_announcement_comes_true_within_its_range_ends_included() -> None:
    some = [told(60, 60, 90), told(90, 60, 90), told(59.9, 60, 90), told(90.1, 60, 90)]
    assert calibration(some) == Calibration(announced=4, within_announced=0.5)


def test_who_was_told_nothing_or_gave_up_says_nothing_of_announcements() -> None:
    some = [told(60, None, None), told(60, 0, 90, answered=False)]
    assert calibration(some) == Calibration(announced=0, within_announced=None)
    assert calibration([*some, told(5, 0, 9)]) == Calibration(announced=1, within_announced=1)
