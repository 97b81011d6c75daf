"""A place in line never changes, and urgency ages by itself."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.routing.line import place_of, since_at
from support.builders import NOW, seconds

ages = st.integers(0, 100_000).map(seconds)
priorities = st.sampled_from(Priority)


@given(ago=ages, lower=priorities, higher=priorities)
def test_of_two_who_came_together_the_more_urgent_is_first(
    ago: timedelta, lower: Priority, higher: Priority
) -> None:
    lower, higher = sorted((lower, higher), key=lambda priority: priority.rank)
    assert place_of(higher, NOW - ago) <= place_of(lower, NOW - ago)


@given(priority=priorities, ago=ages)
def test_nobody_who_comes_over_an_hour_and_a_quarter_later_comes_first(
    priority: Priority, ago: timedelta
) -> None:
    before = NOW - ago - timedelta(minutes=75, seconds=1)
    assert place_of(priority, before) < place_of(Priority.URGENT, NOW - ago)


@given(priority=priorities, ago=ages)
def test_a_place_tells_since_when_who_has_it_waits(priority: Priority, ago: timedelta) -> None:
    assert since_at(place_of(priority, NOW - ago))[priority] == NOW - ago


def test_a_priority_of_a_later_version_stands_as_normal() -> None:
    later = str.__new__(Priority, "critical")
    later._name_ = later._value_ = "critical"
    assert place_of(later, NOW) == NOW
