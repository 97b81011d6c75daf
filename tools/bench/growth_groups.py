"""What the same steps cost after ten messages and after ten thousand, and with as many waiting."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from support.clouds.one_process.webhook_calls import MESSAGE
from tools.bench.histories import (
    BURST,
    MESSAGES_IN_A_TURN,
    Items,
    long_conversations,
    long_queues,
)
from tools.bench.journeys import (
    FIRST_CUSTOMER,
    HANDOFF,
    REPLY,
    REVIEW,
    WARNING,
    answered_by_the_bot,
    bot_step,
    recorded_webhook,
    recording_cloud,
    taken_by_an_agent,
    tell,
    told_a_wait,
)
from tools.bench.recording import RecordingCloud, Step
from tools.bench.table import Cell, Goal, Group
from tools.bench.usage import Usage
from tools.bench.warm import Stage, Work

SIZES = (10, 1_000, 10_000)
GOAL = 1.05

CHANNEL = [*MESSAGE][-1]
CUSTOMER, ANOTHER = FIRST_CUSTOMER, FIRST_CUSTOMER + 1
ENDED_WAITS = 8
"""Enough for the desk to tell how long a wait will be."""

COLUMNS = ("step", "time", "calls", "read", "write", "index", "growth", "most", "goal")

type Steps = Mapping[str, Step]


def growth_groups(runs: int) -> Iterator[Group]:
    conversations = {
        size: _after_messages(items, size)
        for size, items in long_conversations(CHANNEL, CUSTOMER, SIZES).items()
    }
    queues = {
        size: _with_others_waiting(items)
        for size, items in long_queues(CHANNEL, SIZES, _ended_waits()).items()
    }
    cloud = recording_cloud()
    with cloud.in_place(), Stage(cloud).set() as stage:
        measure = partial(_group, stage, stage.bare(recorded_webhook(CHANNEL)), runs)
        names = (bot_step(CHANNEL), HANDOFF, WARNING, REPLY)
        yield measure("growth with a conversation's messages", names, conversations)
        yield measure("growth with the others who wait", (HANDOFF, REVIEW), queues)


def _after_messages(items: Items, size: int) -> Steps:
    written = size // MESSAGES_IN_A_TURN * len(BURST)
    cloud = _cloud_with(items)
    with cloud.in_place():
        _warm_up(cloud)
        tell(cloud, answered_by_the_bot, CHANNEL, CUSTOMER, 1, written=written)
        tell(cloud, taken_by_an_agent, CHANNEL, CUSTOMER, 2, written=written + 1)
    return {step.name: step for step in cloud.steps}


def _with_others_waiting(items: Items) -> Steps:
    cloud = _cloud_with(items)
    with cloud.in_place():
        _warm_up(cloud)
        tell(cloud, told_a_wait, CHANNEL, CUSTOMER, 1)
    return {step.name: step for step in cloud.steps}


def _ended_waits() -> Items:
    cloud = recording_cloud()
    with cloud.in_place():
        for number in range(ENDED_WAITS):
            tell(cloud, taken_by_an_agent, CHANNEL, ANOTHER + 1 + number, -1)
    return cloud.table.items


def _cloud_with(items: Items) -> RecordingCloud:
    cloud = recording_cloud()
    cloud.table.items.update(items)
    return cloud


def _warm_up(cloud: RecordingCloud) -> None:
    tell(cloud, taken_by_an_agent, CHANNEL, ANOTHER, 0)
    cloud.steps.clear()


def _group(
    stage: Stage,
    bare: Work,
    runs: int,
    title: str,
    names: Sequence[str],
    steps: Mapping[int, Steps],
) -> Group:
    notes = (
        f"growth: of time from {min(steps):,}; most: of time, calls and units, the one that grew most",
    )
    group = Group(title, COLUMNS, notes)
    smallest = min(steps)
    for name in names:
        least = steps[smallest][name]
        for size in sorted(steps):
            step = steps[size][name]
            usage = Usage.of(step.invocations)
            figures: Sequence[Cell] = (usage.calls.total(), *usage.units)
            work = stage.repeat(step.invocations)
            if size == smallest:
                time = stage.compare(work, bare, runs).ratio
                group.rows.append((f"{size:,}: {name}", time, *figures, None, None, None))
                continue
            growth = stage.compare(work, stage.repeat(least.invocations), runs).ratio
            most = max(growth.middle, *_growths(usage, Usage.of(least.invocations)))
            label = f"{size:,}"
            group.rows.append((label, None, *figures, growth, most, Goal(most, GOAL)))
    return group


def _growths(usage: Usage, least: Usage) -> Iterator[float]:
    """Compare what is counted; nothing that becomes something has grown without bound."""
    counts = [(each.calls.total(), *each.units) for each in (usage, least)]
    for more, less in zip(*counts, strict=True):
        if more or less:
            yield more / less if less else float("inf")
