"""Service level reports: ended waits by interval, queue and channel, and their totals. Pure.

A wait belongs to the interval in which it ended, so that a report of the past never changes.
Totals are computed from the waits themselves, never from the rows.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sportello.model import Instant, Model
from sportello.queues.waits import WaitRecord
from sportello.reports.report_intervals import Interval
from sportello.reports.service_level import Calibration, EndedWaits, WaitTimes, calibration
from sportello.sla.goals import ServiceLevelDefinition, ServiceLevelGoal

WATCHED_THRESHOLDS = (10, 30)
"""Seconds: many live chats answer within the first, past the second customers turn away."""

type GoalOf = Callable[[WaitRecord], ServiceLevelGoal | None]


class WithinThreshold(Model):
    threshold_seconds: int
    service_level: float | None


class Attainment(Model):
    """The service level of the waits under one goal, with what it was judged by beside it.

    `met` is None where there is no goal or nobody to judge by. `also_within` has the same share at
    the watched thresholds. `abandon_rate` leaves out who gave up within `short_abandon_seconds`.
    """

    policies: tuple[str, ...]
    definition: ServiceLevelDefinition
    threshold_seconds: int
    offered: int
    service_level: float | None
    goal: float | None
    met: bool | None
    also_within: tuple[WithinThreshold, ...]
    short_abandon_seconds: int | None
    abandon_rate: float | None


class LongerThan(Model):
    """The share of all waits, however they ended, that lasted longer; None of none."""

    threshold_seconds: int
    share: float | None


class Figures(Model):
    """What is known of some waits; `abandon_rate` leaves nobody out, nor does `longer_than`.

    `answers_lost` are answers that did not arrive, whose waits count when they really end.

    Waits under goals that differ are never mixed into one service level.
    """

    offered: int
    answered: int
    abandoned: int
    answers_lost: int
    abandon_rate: float | None
    answered_after: WaitTimes
    abandoned_after: WaitTimes
    longer_than: tuple[LongerThan, ...]
    service_levels: tuple[Attainment, ...]


class Row(Model):
    """The waits that ended in [start, end)."""

    start: Instant
    end: Instant
    queue: str
    channel: str
    figures: Figures


class Total(Model):
    """All waits, those of a queue, of a channel, or of both; None is all of them."""

    queue: str | None
    channel: str | None
    figures: Figures
    expected_wait: Calibration


class Report(Model):
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]


class JudgedWait(NamedTuple):
    """Waits with equal goals share one object, which makes them quick to tell apart."""

    wait: WaitRecord
    goal: ServiceLevelGoal | None


type Group = tuple[str | None, str | None]
"""A queue and a channel; None is all of them."""

type Goals = Mapping[ServiceLevelGoal, tuple[str, ...]]
"""Goals in a fixed order, each with the policies that have it."""


def report(waits: Iterable[WaitRecord], intervals: Sequence[Interval], goal_of: GoalOf) -> Report:
    """Fold waits that ended within the intervals, which adjoin; raises ValueError for others.

    Each queue and channel that occurs has a row for every interval, with the same goals in all.
    A wait without a goal is counted, and has no part in a service level.
    """
    groups: dict[Group, list[JudgedWait]] = defaultdict(list, {(None, None): []})
    same: dict[ServiceLevelGoal | None, ServiceLevelGoal | None] = {}
    for wait in waits:
        goal = goal_of(wait)
        judged = JudgedWait(wait, same.setdefault(goal, goal))
        for queue in (None, wait.queue):
            for channel in (None, wait.channel):
                groups[queue, channel].append(judged)
    in_order = sorted(groups, key=lambda group: [(name is not None, name or "") for name in group])
    rows = [
        row
        for queue, channel in in_order
        if queue is not None and channel is not None
        for row in rows_of(queue, channel, groups[queue, channel], intervals)
    ]
    return Report(
        rows=tuple(sorted(rows, key=lambda row: row.start)),
        totals=tuple(
            Total(
                queue=group[0],
                channel=group[1],
                figures=figures(groups[group], goals_of(groups[group])),
                expected_wait=calibration(wait for wait, _ in groups[group]),
            )
            for group in in_order
        ),
    )


def rows_of(
    queue: str, channel: str, members: Sequence[JudgedWait], intervals: Sequence[Interval]
) -> Iterator[Row]:
    starts = [interval.start for interval in intervals]
    ended_in: list[list[JudgedWait]] = [[] for _ in intervals]
    for judged in members:
        number = bisect_right(starts, judged.wait.ended_at) - 1
        if number < 0 or judged.wait.ended_at >= intervals[number].end:
            raise ValueError("a wait ended in none of the intervals")
        ended_in[number].append(judged)
    goals = goals_of(members)
    for interval, ended in zip(intervals, ended_in, strict=True):
        yield Row(
            start=interval.start,
            end=interval.end,
            queue=queue,
            channel=channel,
            figures=figures(ended, goals),
        )


def goals_of(members: Iterable[JudgedWait]) -> Goals:
    policies: dict[ServiceLevelGoal, set[str]] = defaultdict(set)
    for wait, goal in members:
        if goal is not None:
            policies[goal].add(wait.policy)
    in_order = sorted(policies, key=lambda goal: (goal.threshold_seconds, goal.model_dump_json()))
    return {goal: tuple(sorted(policies[goal])) for goal in in_order}


def figures(members: Sequence[JudgedWait], goals: Goals) -> Figures:
    ended = EndedWaits.of(wait for wait, _ in members)
    return Figures(
        offered=ended.offered,
        answered=len(ended.answered),
        abandoned=len(ended.abandoned),
        answers_lost=sum(wait.answer_lost for wait, _ in members),
        abandon_rate=ended.abandon_rate(),
        answered_after=ended.answered_after,
        abandoned_after=ended.abandoned_after,
        longer_than=tuple(
            LongerThan(threshold_seconds=seconds, share=ended.share_longer_than(seconds))
            for seconds in WATCHED_THRESHOLDS
        ),
        service_levels=tuple(
            attainment(EndedWaits.of(wait for wait, own in members if own is goal), goal, policies)
            for goal, policies in goals.items()
        ),
    )


def attainment(ended: EndedWaits, goal: ServiceLevelGoal, policies: tuple[str, ...]) -> Attainment:
    reached = ended.service_level(goal.definition, goal.threshold_seconds)
    return Attainment(
        policies=policies,
        definition=goal.definition,
        threshold_seconds=goal.threshold_seconds,
        offered=ended.offered,
        service_level=reached,
        goal=goal.goal,
        met=None if reached is None or goal.goal is None else reached >= goal.goal,
        also_within=tuple(
            WithinThreshold(
                threshold_seconds=seconds,
                service_level=ended.service_level(goal.definition, seconds),
            )
            for seconds in WATCHED_THRESHOLDS
        ),
        short_abandon_seconds=goal.short_abandon_seconds,
        abandon_rate=ended.abandon_rate(goal.short_abandon_seconds),
    )
