"""Random calendars around clock changes, each answer against a walk minute by minute."""

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from sportello.hours.opening_hours import NeverOpen, OpeningHours, Span
from support.experiments.brute_force_hours import MINUTE, BruteForceHours
from support.experiments.random_hours import CLOCK_CHANGES, Scene, scenes

THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1


@pytest.mark.parametrize(
    ("examples", "hours"),
    [
        pytest.param(5, 12, id="slice"),
        pytest.param(300, 72, id="all", marks=pytest.mark.experiment),
    ],
)
def test_the_calendar_says_what_a_clerk_sees_minute_by_minute(
    examples: int, hours: int, measured: Callable[[str], None]
) -> None:
    longest = hours * 3600

    @settings(max_examples=examples * THOROUGH)
    @given(scenes(), st.integers(0, longest // 2), st.integers(0, longest))
    def compare(scene: Scene, target: int, seconds: int) -> None:
        agrees_with_the_walker(scene, target, seconds)

    compare()
    measured(f"opening hours: {examples * THOROUGH:,} calendars walked for up to {hours} h")


@pytest.mark.parametrize(
    ("examples", "longest"),
    [
        pytest.param(5, 300_000, id="slice"),
        pytest.param(400, 2_000_000, id="all", marks=pytest.mark.experiment),
    ],
)
def test_every_deadline_accounts_for_all_its_time(
    examples: int, longest: int, measured: Callable[[str], None]
) -> None:
    @settings(max_examples=examples * THOROUGH)
    @given(scenes(), st.integers(0, longest), st.integers(1, longest))
    def add_up(scene: Scene, one: int, two: int) -> None:
        try:
            keeps_its_accounts(scene, one, two)
        except NeverOpen:
            reject()  # A minute a week makes no two days within the calendar's horizon.

    add_up()
    measured(f"opening hours: {examples * THOROUGH:,} deadlines accounted for")


def test_the_instants_tried_lie_around_changes_of_the_clocks() -> None:
    for zone, changes in CLOCK_CHANGES.items():
        for change in changes:
            local = [at.astimezone(ZoneInfo(zone)) for at in (change - MINUTE, change)]
            assert local[0].utcoffset() != local[1].utcoffset()


def test_the_walker_knows_nights_an_hour_short_and_an_hour_long() -> None:
    walker = BruteForceHours({"time_zone": "Europe/Rome", "weekly": {"sat": [["21:00", "04:00"]]}})
    half_a_day = timedelta(hours=12)
    nights = [
        walker.elapsed(change - half_a_day, change + half_a_day) / 3600
        for change in CLOCK_CHANGES["Europe/Rome"]
    ]
    assert nights == [6, 8]


def agrees_with_the_walker(scene: Scene, target: int, seconds: int) -> None:
    """Compare every answer with the walker's over `seconds` from the scene's start."""
    document, start = scene
    hours, walker = OpeningHours.model_validate(document), BruteForceHours(document)
    end = start + timedelta(seconds=seconds)
    assert hours.is_open(start) == walker.is_open(start)
    assert hours.elapsed(start, end) == walker.elapsed(start, end)
    seen = [(each.start, each.end, *each.verdict) for each in walker.explain_between(start, end)]
    assert [tuple(span) for span in hours.explain_between(start, end)] == seen
    for question in (0, target):
        walked = walker.due(start, question, end)
        try:
            due = hours.due(start, question)
        except NeverOpen:
            assert walked is None
        else:
            assert walked == due or (walked is None and due >= end)


def keeps_its_accounts(scene: Scene, one: int, two: int) -> None:
    """Check the laws that bind due, elapsed and explain to one another; `two` is not 0."""
    hours = OpeningHours.model_validate(scene.document)
    start = scene.start
    due, later = hours.due(start, one), hours.due(start, one + two)
    assert hours.due(due, two) == later
    assert hours.elapsed(start, due) == one
    spans = hours.explain(start, one)
    assert_accounts_for(spans, one)
    assert [start, due] == ([spans[0].start, spans[-1].end] if spans else [start, start])
    assert_accounts_for(
        (*hours.explain_between(start, due), *hours.explain_between(due, later)), one + two
    )


def assert_accounts_for(spans: tuple[Span, ...], seconds: int) -> None:
    assert all(span.start < span.end for span in spans)
    assert all(before.end == after.start for before, after in pairwise(spans))
    counted = sum((span.length for span in spans if span.counted), timedelta())
    assert counted == timedelta(seconds=seconds)
