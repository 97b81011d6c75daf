"""A summary of a line tells what the whole line would, nearly, and exactly near its head."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.queues.line_summary import LineSummary, summarized
from support.builders import NOW, seconds

EVER, FOREVER = NOW - seconds(10**9), NOW + seconds(10**9)


def came_every_second(amount: int) -> list[datetime]:
    """Since when each of them waits, the first first."""
    return [NOW - seconds(amount - number) for number in range(amount)]


def summary_of(
    came: list[datetime], priority: Priority = Priority.NORMAL, among: int = 0
) -> LineSummary:
    """Sum up a line of one priority, among so many of another."""
    others = [(Priority.LOW, NOW) for _ in range(among)]
    return summarized([*((priority, since) for since in came), *others], NOW)


@given(
    came=st.lists(st.integers(0, 5_000), max_size=1_500),
    since=st.integers(0, 5_000),
    until=st.integers(0, 5_000),
)
def test_an_amount_is_right_to_a_hundredth_of_the_line(
    came: list[int], since: int, until: int
) -> None:
    summary = summary_of([NOW + seconds(each) for each in came])
    exact = sum(since <= each < until for each in came)
    told = summary.amount(Priority.NORMAL, NOW + seconds(since), NOW + seconds(until))
    assert abs(told - exact) <= -(-len(came) // 100)


@pytest.mark.parametrize("place", [1, 2, 9, 16])
def test_the_first_places_are_exact_however_long_the_line(place: int) -> None:
    came = came_every_second(10_000)
    assert summary_of(came).amount(Priority.NORMAL, EVER, came[place - 1]) == place - 1


@pytest.mark.parametrize("place", [20, 50, 200])
def test_a_place_is_right_to_a_sixteenth(place: int) -> None:
    came = came_every_second(100_000)
    told = summary_of(came).amount(Priority.NORMAL, EVER, came[place - 1])
    assert abs(told - (place - 1)) <= place / 16


@pytest.mark.parametrize("amount", [0, 1, 2, 99, 101, 12_345])
def test_all_of_a_priority_are_counted_exactly(amount: int) -> None:
    summary = summary_of(came_every_second(amount), Priority.HIGH, among=500)
    assert summary.amount(Priority.HIGH, EVER, FOREVER) == amount
    assert summary.amount(Priority.LOW, EVER, FOREVER) == 500
    assert summary.amount(Priority.URGENT, EVER, FOREVER) == 0


def test_the_first_is_the_first_of_its_priority() -> None:
    came = came_every_second(3_000)
    summary = summary_of(came, among=500)
    assert summary.first(Priority.NORMAL, EVER, NOW) == came[0]
    assert summary.first(Priority.NORMAL, came[1], NOW) == came[1]
    assert summary.first(Priority.NORMAL, EVER, came[0]) is None
    assert summary.first(Priority.URGENT, EVER, NOW) is None


@pytest.mark.parametrize("amount", [1_000, 10_000, 100_000])
def test_a_summary_fits_into_two_blocks_of_a_read(amount: int) -> None:
    assert len(summary_of(came_every_second(amount)).model_dump_json()) < 8_000


def test_a_summary_is_read_as_it_was_written_also_by_the_version_before() -> None:
    summary = summary_of(came_every_second(1_000))
    assert LineSummary.model_validate_json(summary.model_dump_json()) == summary
    later = summary.model_dump(mode="json") | {"of_a_later_version": 1}
    assert LineSummary.model_validate(later).marks == summary.marks
