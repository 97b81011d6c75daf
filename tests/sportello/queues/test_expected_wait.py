from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.hours.opening_hours import OpeningHours
from sportello.queues.expected_wait import (
    ANSWERED_TO_SAY_ANYTHING,
    ENOUGH_ANSWERED,
    WAITS_READ,
    WINDOWS,
    ExpectedWait,
    expected_wait,
    materially_changed,
    next_review_at,
    predict,
    rounded_down,
    rounded_up,
)
from sportello.queues.waits import REFRESH_GAP, WaitOutcome, WaitRecord
from support.experiments.simulated_queue import HOURS, Ended, Scenario, coverage, simulate

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
TEN_MINUTES, TWO_HOURS, THREE_WEEKS = WINDOWS
SHARES = (0.1, 0.5, 0.9)


def wall(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def ended(ago: timedelta, seconds: float = 60, *, answered: bool = True) -> Ended:
    return Ended(NOW - ago, seconds, answered)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def crowd(every: float, *, waited: float = 300, count: int = 15, gave_up: int = 0) -> list[Ended]:
    """A queue in which somebody always waits and one is answered every so many seconds."""
    answers = [ended(timedelta(seconds=every * n), waited) for n in range(count)]
    leavers = [
        ended(timedelta(seconds=every * (n + 0.5)), waited / 2, answered=False)
        for n in range(gave_up)
    ]
    return [*answers, *leavers]


class Range(NamedTuple):
    low_seconds: float
    high_seconds: float
    at: datetime = NOW


def current(low: float, high: float) -> ExpectedWait:
    return ExpectedWait(low_seconds=low, high_seconds=high, position=2, window=TEN_MINUTES)


def announced(waits: Sequence[Ended], position: int, head: datetime | None = None) -> ExpectedWait:
    told = expected_wait(waits, position, NOW, wall, head)
    assert told is not None
    return told


WAITS = st.lists(
    st.builds(
        ended,
        st.floats(0, 590).map(lambda seconds: timedelta(seconds=seconds)),
        st.floats(0, 3_000),
        answered=st.booleans(),
    ),
    max_size=40,
)


def test_nothing_is_said_without_data() -> None:
    assert expected_wait([], 1, NOW, wall) is None
    few = [ended(minutes(n)) for n in range(ANSWERED_TO_SAY_ANYTHING - 1)]
    given_up = [ended(minutes(n), answered=False) for n in range(20)]
    assert expected_wait([*few, *given_up], 1, NOW, wall) is None
    assert expected_wait([*few, *given_up, ended(minutes(30))], 1, NOW, wall) is not None


@pytest.mark.parametrize(("within", "longer"), [(TEN_MINUTES, TWO_HOURS), (TWO_HOURS, THREE_WEEKS)])
def test_a_window_reaches_back_to_its_very_start_and_needs_enough_answers(
    within: timedelta, longer: timedelta
) -> None:
    instant = timedelta(microseconds=1)
    at_the_edge = [ended(within) for _ in range(ENOUGH_ANSWERED)]
    assert announced(at_the_edge, 2).window == within
    assert announced([ended(within + instant), *at_the_edge[1:]], 2).window == longer
    gave_up = ended(within, answered=False)
    assert announced([gave_up, *at_the_edge[1:], ended(longer)], 2).window == longer


def test_waits_over_three_weeks_ago_or_not_yet_ended_are_no_evidence() -> None:
    oldest = [ended(THREE_WEEKS) for _ in range(ANSWERED_TO_SAY_ANYTHING)]
    assert announced(oldest, 1).window == THREE_WEEKS
    instant = timedelta(microseconds=1)
    for outside in (ended(THREE_WEEKS + instant), ended(-instant)):
        assert expected_wait([outside, *oldest[1:]], 1, NOW, wall) is None


def test_a_steady_queue_is_announced_around_its_pace() -> None:
    told = announced(crowd(40), 10, NOW - minutes(5))
    assert told.low_seconds < 10 * 40 < told.high_seconds
    assert told.high_seconds - told.low_seconds <= 10 * 40


def test_a_faster_queue_is_announced_shorter() -> None:
    assert announced(crowd(20), 8).high_seconds < announced(crowd(40), 8).low_seconds + 180
    slow, fast = predict(crowd(40), 8, NOW, wall), predict(crowd(20), 8, NOW, wall)
    assert slow is not None
    assert fast is not None
    assert fast.quantile(0.5) == pytest.approx(slow.quantile(0.5) / 2, rel=0.1)


def test_those_who_give_up_ahead_shorten_the_wait() -> None:
    patient, impatient = (
        predict(crowd(40), 20, NOW, wall),
        predict(crowd(40, gave_up=14), 20, NOW, wall),
    )
    assert patient is not None
    assert impatient is not None
    assert impatient.quantile(0.5) < 0.8 * patient.quantile(0.5)


def test_answers_from_free_agents_do_not_hurry_those_behind_others() -> None:
    crowded = crowd(30, count=10)
    instant = [ended(timedelta(seconds=310 + 20 * n), 1) for n in range(10)]
    alone, mixed = predict(crowded, 5, NOW, wall), predict([*crowded, *instant], 5, NOW, wall)
    assert alone is not None
    assert mixed is not None
    assert mixed.quantile(0.5) == pytest.approx(alone.quantile(0.5), rel=0.15)


def test_a_head_that_nobody_answers_lengthens_the_wait() -> None:
    before = [ended(minutes(8) + timedelta(seconds=10 * n), 30) for n in range(8)]
    moving = predict(before, 3, NOW, wall, NOW - timedelta(seconds=5))
    stuck = predict(before, 3, NOW, wall, NOW - minutes(8))
    assert moving is not None
    assert stuck is not None
    assert stuck.quantile(0.5) > 2 * moving.quantile(0.5)


def test_who_has_waited_already_is_told_what_is_left() -> None:
    # Most are answered at once, one in five waits about ten minutes.
    waits = [ended(minutes(20 + 5 * n), 540 + 12 * n if n % 5 == 0 else 10) for n in range(15)]
    entering = expected_wait(waits, 1, NOW, wall, entered_at=NOW)
    entered_at = NOW - minutes(5)
    waited = expected_wait(waits, 1, NOW, wall, entered_at, entered_at)
    assert entering is not None
    assert waited is not None
    assert entering == announced(waits, 1)
    assert entering.low_seconds == 0
    assert 0 < waited.low_seconds <= 300 <= waited.high_seconds


def test_who_has_waited_longer_than_anybody_is_told_a_range_all_the_same() -> None:
    waits = [ended(minutes(20 + n), 10) for n in range(15)]
    entered_at = NOW - timedelta(hours=5)
    told = expected_wait(waits, 1, NOW, wall, entered_at, entered_at)
    assert told is not None
    assert 0 <= told.low_seconds < told.high_seconds


def test_behind_a_few_the_waits_from_such_places_are_the_witness() -> None:
    # Two come at once: a second agent is free, or else the second customer waits seven minutes.
    pairs = [
        ended(minutes(30 * n) - timedelta(seconds=after + waited), waited)
        for n in range(1, 9)
        for after, waited in ((0, 10), (2, 15 if n % 2 else 420))
    ]
    told = announced(pairs, 2)
    assert (told.low_seconds, told.high_seconds) == (0, 420)


def test_waits_of_one_length_are_announced_as_a_range_all_the_same() -> None:
    waits = [ended(minutes(20 + 5 * n), 600 if n % 5 == 0 else 10) for n in range(15)]
    entered_at = NOW - minutes(5)
    told = expected_wait(waits, 1, NOW, wall, entered_at, entered_at)
    assert told is not None
    assert (told.low_seconds, told.high_seconds) == (240, 300)


def test_a_closed_night_does_not_count_as_slow_service() -> None:
    hours = OpeningHours(time_zone="UTC", weekly={"mon-sun": (("11:50", "13:00"),)})
    # Two answers in the minutes before yesterday's closing, others after today's opening.
    nights = [Ended(NOW - timedelta(hours=23) - minutes(n), 600, answered=True) for n in (0, 2)]
    today = [ended(minutes(2 * n), 600) for n in range(3)]
    told = expected_wait([*nights, *today], 3, NOW, hours.elapsed)
    assert told is not None
    assert told.window == THREE_WEEKS
    assert told.high_seconds <= 1_200
    around_the_clock = expected_wait([*nights, *today], 3, NOW, wall)
    assert around_the_clock is not None
    assert around_the_clock.high_seconds > told.high_seconds


def test_waits_of_nothing_are_announced_as_less_than_a_minute() -> None:
    told = announced([ended(minutes(n), 0) for n in range(8)], 1)
    assert (told.low_seconds, told.high_seconds) == (0, 60)


def test_the_newest_waits_are_enough() -> None:
    newest = [ended(timedelta(seconds=n), 90) for n in range(WAITS_READ)]
    older = [ended(timedelta(seconds=WAITS_READ + n), 900) for n in range(50)]
    assert announced([*newest, *older], 4) == announced(newest, 4)


def test_records_of_ended_waits_are_evidence_as_they_are() -> None:
    records = [
        WaitRecord(
            conversation_id="c",
            wait_id=str(n),
            queue="sales",
            channel="telegram",
            waiting_since=NOW - minutes(n + 3),
            ended_at=NOW - minutes(n),
            outcome=WaitOutcome.ANSWERED,
            counted_seconds=180,
            target_seconds=None,
            policy="chat",
            policy_version=1,
        )
        for n in range(6)
    ]
    assert expected_wait(records, 1, NOW, wall) == announced(
        [ended(minutes(n), 180) for n in range(6)], 1
    )


@given(WAITS, st.integers(1, 60), st.floats(0, 3_000))
def test_further_back_is_never_sooner(
    waits: list[Ended], position: int, head_seconds: float
) -> None:
    head = NOW - timedelta(seconds=head_seconds)
    here = expected_wait(waits, position, NOW, wall, head)
    behind = expected_wait(waits, position + 1, NOW, wall, head)
    if here is None or behind is None:
        assert here is behind
        return
    assert here.low_seconds <= behind.low_seconds
    assert here.high_seconds <= behind.high_seconds


@given(WAITS, st.integers(1, 40), st.floats(0.05, 1))
def test_the_prediction_scales_with_time(waits: list[Ended], position: int, factor: float) -> None:
    scaled = [
        Ended(NOW - (NOW - wait.ended_at) * factor, wait.counted_seconds * factor, wait.answered)
        for wait in waits
    ]
    full, part = predict(waits, position, NOW, wall), predict(scaled, position, NOW, wall)
    if full is None or part is None:
        assert full is part
        return
    for share in SHARES:
        # Instants are whole microseconds.
        assert part.quantile(share) == pytest.approx(
            factor * full.quantile(share), rel=1e-3, abs=1e-2
        )


@given(WAITS, st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(
    waits: list[Ended], position: int, random: Random
) -> None:
    shuffled = random.sample(waits, len(waits))
    assert expected_wait(shuffled, position, NOW, wall) == expected_wait(waits, position, NOW, wall)


@given(WAITS, st.integers(1, 500))
def test_a_range_begins_at_or_after_zero_and_ends_after_it_begins(
    waits: list[Ended], position: int
) -> None:
    told = expected_wait(waits, position, NOW, wall)
    if told is not None:
        assert 0 <= told.low_seconds < told.high_seconds


@pytest.mark.parametrize(
    ("seconds", "down", "up"),
    [
        (0, 0, 60),
        (59, 0, 60),
        (60, 60, 60),
        (61, 60, 120),
        (11 * 60, 600, 720),
        (3_601, 3_600, 5_400),
        (3 * 3_600, 10_800, 10_800),
        (3.5 * 3_600, 10_800, 14_400),
    ],
)
def test_on_either_side_lies_a_figure_that_people_say(
    seconds: float, down: float, up: float
) -> None:
    assert rounded_down(seconds) == down
    assert rounded_up(seconds) == up


@pytest.mark.parametrize(
    ("after", "now_expected", "changed"),
    [
        # Told 5 to 10 minutes; three minutes on, 2 to 7 are left.
        (minutes(3), (120, 420), False),
        (minutes(3), (180, 480), False),
        (minutes(3), (0, 60), True),
        (minutes(3), (540, 900), True),
        (minutes(3), (0, 180), True),
        (minutes(3), (120, 660), True),
        # Its end has passed.
        (minutes(10), (0, 60), True),
        (minutes(10) - timedelta(seconds=1), (0, 60), False),
    ],
)
def test_a_customer_is_told_anew_when_the_story_differs(
    after: timedelta, now_expected: tuple[float, float], *, changed: bool
) -> None:
    told = Range(300, 600)
    assert materially_changed(told, current(*now_expected), NOW + after, wall) is changed


def test_nobody_is_told_anew_within_the_gap() -> None:
    told, worse = Range(0, 60), current(1_800, 3_600)
    assert not materially_changed(told, worse, NOW + REFRESH_GAP - minutes(0.01), wall)
    assert materially_changed(told, worse, NOW + REFRESH_GAP, wall)


def test_what_was_told_does_not_run_down_while_the_desk_is_closed() -> None:
    told = Range(300, 600, datetime(2026, 3, 4, 17, 58, tzinfo=UTC))
    next_morning = datetime(2026, 3, 5, 9, 2, tzinfo=UTC)
    assert not materially_changed(told, current(60, 360), next_morning, HOURS.elapsed)
    assert next_review_at(told, HOURS.due) == datetime(2026, 3, 5, 9, 8, tzinfo=UTC)


def test_a_review_is_due_when_the_announced_end_passes_but_not_within_the_gap() -> None:
    assert next_review_at(Range(300, 600, NOW), HOURS.due) == NOW + minutes(10)
    assert next_review_at(Range(0, 60, NOW), HOURS.due) == NOW + REFRESH_GAP


def test_ranges_hold_in_about_four_cases_of_five() -> None:
    # A slice of tests/experiments/test_expected_wait_calibration.py.
    overload = Scenario((30, 60, 70, 50, 20, 10, 10, 10, 10), (5,) * 9, 300, 0.7, 1_500)
    told = simulate(
        overload,
        days=1,
        seed=4,
        ask=lambda waits, position, now, head: expected_wait(
            waits[-50:], position, now, HOURS.elapsed, head
        ),
    )
    ranges = [one for one in told if one.announced and one.announced.high_seconds > 60]
    assert len(ranges) > 100
    assert 0.7 <= coverage(ranges) <= 0.9
