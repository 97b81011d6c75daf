"""Reports: each wait in one row, totals of waits, goals beside the numbers."""

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.queues.waits import WaitRecord
from sportello.reports.report_intervals import Interval, IntervalLength, cut, midnight
from sportello.reports.service_level import Calibration
from sportello.reports.service_level_report import Figures, Report, Row, Total, report
from sportello.sla.goals import ServiceLevelDefinition, ServiceLevelGoal
from support.builders import NOW, seconds
from support.waits import a_wait, some_waits

ROME = ZoneInfo("Europe/Rome")
GOALS = {
    "live_chat": ServiceLevelGoal(threshold_seconds=20, goal=0.8, short_abandon_seconds=5),
    "messaging": ServiceLevelGoal(threshold_seconds=300, goal=0.9),
}
DAY_START = midnight(date(2026, 3, 4), ROME)
DAY = [*cut(DAY_START, midnight(date(2026, 3, 5), ROME), IntervalLength.HOUR, ROME)]
"""The hours of the day of NOW, which is 11:00 in Rome."""


def goal_of(wait: WaitRecord) -> ServiceLevelGoal | None:
    return GOALS.get(wait.policy)


def reported(*waits: WaitRecord, intervals: list[Interval] = DAY) -> Report:
    return report(waits, intervals, goal_of)


def row(found: Report, hour: int, queue: str = "default", channel: str = "fake") -> Row:
    [only] = [
        row
        for row in found.rows
        if (row.start.astimezone(ROME).hour, row.queue, row.channel) == (hour, queue, channel)
    ]
    return only


def total(found: Report, queue: str | None = None, channel: str | None = None) -> Total:
    [only] = [one for one in found.totals if (one.queue, one.channel) == (queue, channel)]
    return only


def counts(figures: Figures) -> tuple[int, int, int]:
    return figures.offered, figures.answered, figures.abandoned


def test_an_answer_that_did_not_arrive_is_counted_apart_and_in_no_share() -> None:
    lost = a_wait(12, wait_id="1", answer_lost=True)
    kept = a_wait(400, wait_id="1", ended_at=NOW + seconds(388))
    found = total(reported(lost, kept)).figures
    assert counts(found) == (1, 1, 0)
    assert found.answers_lost == 1
    assert found.answered_after.median == 400
    [level] = found.service_levels
    assert (level.offered, level.service_level) == (1, 0.0)


def test_a_wait_counts_in_the_interval_it_ended_in() -> None:
    patient = a_wait(7_200, waiting_since=NOW - seconds(7_200), ended_at=NOW)
    found = reported(patient)
    assert counts(row(found, 11).figures) == (1, 1, 0)
    assert counts(row(found, 9).figures) == (0, 0, 0)


def test_an_interval_holds_its_first_instant_and_not_its_last() -> None:
    found = reported(a_wait(), a_wait(ended_at=NOW + timedelta(hours=1)))
    assert [row(found, hour).figures.offered for hour in (10, 11, 12, 13)] == [0, 1, 1, 0]


def test_an_interval_without_waits_has_no_shares() -> None:
    figures = row(reported(a_wait(policy="live_chat")), 3).figures
    assert figures.abandon_rate is None
    assert figures.answered_after.median is None
    [level] = figures.service_levels
    assert (level.service_level, level.met, level.abandon_rate) == (None, None, None)
    assert (level.threshold_seconds, level.goal) == (20, 0.8)


def test_a_day_of_nobody_has_no_rows_and_a_total_of_none() -> None:
    found = reported()
    assert found.rows == ()
    assert counts(total(found).figures) == (0, 0, 0)
    assert total(found).expected_wait == Calibration(announced=0, within_announced=None)


def test_each_number_stands_beside_what_it_was_judged_by() -> None:
    waits = [a_wait(after, policy="live_chat") for after in (5, 8, 12, 19, 20, 21, 40)]
    waits += [a_wait(after, answered=False, policy="live_chat") for after in (3, 15, 35)]
    [level] = total(reported(*waits)).figures.service_levels
    assert level.model_dump(mode="json") == {
        "policies": ["live_chat"],
        "definition": "strict",
        "threshold_seconds": 20,
        "offered": 10,
        "service_level": 0.5,
        "goal": 0.8,
        "met": False,
        "also_within": [
            {"threshold_seconds": 10, "service_level": 0.2},
            {"threshold_seconds": 30, "service_level": 0.6},
        ],
        "short_abandon_seconds": 5,
        "abandon_rate": 2 / 9,
    }


def test_who_waited_longer_is_told_whatever_the_goals_are() -> None:
    waits = [a_wait(after, policy="live_chat") for after in (5, 8, 12, 19, 20, 21, 40)]
    waits += [a_wait(after, answered=False) for after in (3, 15, 35)]
    longer = total(reported(*waits)).figures.longer_than
    assert [(each.threshold_seconds, each.share) for each in longer] == [(10, 0.7), (30, 0.2)]
    assert [each.share for each in total(reported()).figures.longer_than] == [None, None]


def test_a_wait_of_exactly_that_long_is_none_that_lasted_longer() -> None:
    longer = total(reported(a_wait(30), a_wait(30, answered=False))).figures.longer_than
    assert [each.share for each in longer] == [1.0, 0.0]


@pytest.mark.parametrize(("late", "met"), [(1, True), (2, False)])
def test_a_goal_is_met_by_exactly_its_share(late: int, met: bool) -> None:  # noqa: FBT001 -- a case
    waits = [a_wait(300)] * (10 - late) + [a_wait(301)] * late
    [level] = total(reported(*waits)).figures.service_levels
    assert level.met is met


def test_waits_under_different_goals_are_never_mixed_into_one_level() -> None:
    chat, mail = a_wait(25, policy="live_chat"), a_wait(25, policy="messaging")
    figures = total(reported(chat, mail)).figures
    assert figures.offered == 2
    assert [
        (level.policies, level.threshold_seconds, level.offered, level.service_level)
        for level in figures.service_levels
    ] == [(("live_chat",), 20, 1, 0), (("messaging",), 300, 1, 1)]


def test_policies_with_equal_goals_are_judged_together() -> None:
    same = ServiceLevelGoal(threshold_seconds=60)
    waits = [a_wait(50, policy="vip"), a_wait(70, policy="email")]
    found = report(waits, DAY, lambda _: same.model_copy())
    [level] = total(found).figures.service_levels
    assert (level.policies, level.service_level, level.met) == (("email", "vip"), 0.5, None)


def test_a_wait_without_a_goal_is_counted_and_not_judged() -> None:
    figures = total(reported(a_wait(policy="gone"))).figures
    assert (figures.answered, figures.service_levels) == (1, ())


def test_totals_are_of_waits_and_no_mean_of_rows() -> None:
    quiet = a_wait(400, ended_at=NOW - timedelta(hours=2))
    busy = [a_wait(10)] * 9
    found = reported(quiet, *busy)
    [level] = total(found).figures.service_levels
    assert level.service_level == 0.9
    assert total(found).figures.answered_after.median == 10


def test_there_is_a_total_of_all_of_each_queue_of_each_channel_and_of_both() -> None:
    waits = [
        a_wait(queue="sales", channel="chat", announced_low=0, announced_high=20),
        a_wait(queue="sales", channel="mail", announced_low=0, announced_high=5),
        a_wait(queue="care", channel="chat"),
    ]
    found = reported(*waits)
    assert [(one.queue, one.channel, one.figures.offered) for one in found.totals] == [
        (None, None, 3),
        (None, "chat", 2),
        (None, "mail", 1),
        ("care", None, 1),
        ("care", "chat", 1),
        ("sales", None, 2),
        ("sales", "chat", 1),
        ("sales", "mail", 1),
    ]
    assert total(found, "sales").expected_wait == Calibration(announced=2, within_announced=0.5)
    assert total(found, "care").expected_wait == Calibration(announced=0, within_announced=None)


def test_a_conversation_on_no_known_channel_has_its_row_too() -> None:
    found = reported(a_wait(channel=""))
    assert row(found, 11, channel="").figures.offered == 1


def test_rows_go_by_time_then_queue_then_channel() -> None:
    found = reported(a_wait(queue="b"), a_wait(queue="a", channel="z"), a_wait(queue="a"))
    places = [(one.start, one.queue, one.channel) for one in found.rows]
    assert places == sorted(places)
    assert len(places) == 3 * 24


@pytest.mark.parametrize("at", [DAY[0].start - seconds(1), DAY[-1].end])
def test_a_wait_of_another_time_is_refused(at: Any) -> None:
    with pytest.raises(ValueError, match="none of the intervals"):
        reported(a_wait(ended_at=at))


# By law


CHANGE_DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 4)]


def spread(day: date) -> st.SearchStrategy[list[WaitRecord]]:
    """Waits that end on a local day of 23, 24 or 25 hours and the one after it."""
    start, end = midnight(day, ROME), midnight(day + timedelta(days=2), ROME)
    minutes = (end - start) // timedelta(minutes=1)
    return some_waits(
        ended_at=st.integers(0, minutes - 1).map(lambda n: start + timedelta(minutes=n)),
        queue=st.sampled_from(["sales", "care"]),
        channel=st.sampled_from(["chat", "mail"]),
        policy=st.sampled_from(["live_chat", "messaging", "gone"]),
    )


@given(st.data(), st.sampled_from(CHANGE_DAYS), st.sampled_from(IntervalLength))
def test_every_wait_is_in_one_row_and_the_totals_of_any_cut_are_the_same(
    data: st.DataObject, day: date, length: IntervalLength
) -> None:
    waits = data.draw(spread(day))
    start, end = midnight(day, ROME), midnight(day + timedelta(days=2), ROME)
    whole = report(waits, [Interval(start, end)], goal_of)
    found = report(waits, list(cut(start, end, length, ROME)), goal_of)
    assert found.totals == whole.totals
    for one in whole.rows:
        rows = [row for row in found.rows if (row.queue, row.channel) == (one.queue, one.channel)]
        summed = tuple(
            sum(column) for column in zip(*(counts(r.figures) for r in rows), strict=True)
        )
        assert summed == counts(one.figures)
        for number, level in enumerate(one.figures.service_levels):
            parts = [row.figures.service_levels[number] for row in rows]
            assert {part.policies for part in parts} == {level.policies}
            in_time = sum(round((part.service_level or 0) * part.offered) for part in parts)
            assert level.service_level == in_time / level.offered


@given(spread(CHANGE_DAYS[0]), st.randoms(use_true_random=False))
def test_the_order_in_which_waits_are_read_changes_nothing(
    waits: list[WaitRecord], generator: random.Random
) -> None:
    intervals = list(
        cut(
            midnight(CHANGE_DAYS[0], ROME),
            midnight(CHANGE_DAYS[0] + timedelta(days=2), ROME),
            IntervalLength.DAY,
            ROME,
        )
    )
    shuffled = generator.sample(waits, len(waits))
    assert report(shuffled, intervals, goal_of) == report(waits, intervals, goal_of)


def test_the_strict_definition_is_the_one_that_holds_unless_another_is_chosen() -> None:
    assert ServiceLevelGoal(threshold_seconds=20).definition is ServiceLevelDefinition.STRICT
