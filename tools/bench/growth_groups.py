"""What the same steps cost after ten messages and after ten thousand, and with as many waiting."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from support.builders import NOW
from support.clouds.one_process.webhook_calls import MESSAGE
from tools.bench.recorded.histories import (
    BURST,
    MESSAGES_IN_A_TURN,
    Items,
    long_conversations,
    long_queues,
)
from tools.bench.recorded.journeys import (
    FIRST_CUSTOMER,
    HANDOFF,
    NEXT_HANDOFF,
    NEXT_REVIEW,
    REPLY,
    REVIEW,
    WARNING,
    WEEK,
    answered_by_the_bot,
    bot_step,
    recorded_webhook,
    recording_cloud,
    taken_by_an_agent,
    tell,
    told_how_long,
    warm_up,
)
from tools.bench.recorded.recording import RecordingCloud, Step
from tools.bench.recorded.usage import Usage
from tools.bench.table import Cell, Group, Verdict
from tools.bench.warm import Stage, Work

SIZES = (10, 1_000, 10_000)
GOAL = 1.05

CHANNEL = [*MESSAGE][-1]
CUSTOMER, ANOTHER = FIRST_CUSTOMER, FIRST_CUSTOMER + 10
COLUMNS = (
    *("step", "after", "time", "calls", "read", "write", "index"),
    *("growth of time", f"most <= {GOAL}"),
)

type Steps = Mapping[str, Step]


def growth_groups(runs: int) -> Iterator[Group]:
    conversations = {
        size: _after_messages(items, size)
        for size, items in long_conversations(CHANNEL, CUSTOMER, SIZES).items()
    }
    queues = {
        size: _with_others_waiting(items) for size, items in long_queues(CHANNEL, SIZES).items()
    }
    cloud = recording_cloud()
    with cloud.in_place():
        warm_up(cloud)
        with Stage(cloud).set() as stage:
            measure = partial(_group, stage, stage.bare(recorded_webhook(CHANNEL)), runs)
            yield measure(
                "growth with a conversation's messages",
                [bot_step(CHANNEL), HANDOFF, WARNING, REPLY],
                conversations,
            )
            yield measure(
                "growth with the others who wait",
                [HANDOFF, NEXT_HANDOFF, REVIEW, NEXT_REVIEW],
                queues,
            )


def _after_messages(items: Items, size: int) -> Steps:
    written = size // MESSAGES_IN_A_TURN * len(BURST)
    cloud = _cloud_with(items)
    with cloud.in_place():
        tell(cloud, answered_by_the_bot, CHANNEL, ANOTHER, NOW)
        tell(cloud, taken_by_an_agent, CHANNEL, ANOTHER + 1, NOW)
        cloud.steps.clear()
        tell(cloud, answered_by_the_bot, CHANNEL, CUSTOMER, NOW + WEEK, written=written)
        tell(cloud, taken_by_an_agent, CHANNEL, CUSTOMER, NOW + 2 * WEEK, written=written + 1)
    return {step.name: step for step in cloud.steps}


def _with_others_waiting(items: Items) -> Steps:
    cloud = _cloud_with(items)
    with cloud.in_place():
        tell(cloud, told_how_long, CHANNEL, ANOTHER, NOW)
        cloud.steps.clear()
        tell(cloud, told_how_long, CHANNEL, CUSTOMER, NOW + timedelta(minutes=10))
    return {step.name: step for step in cloud.steps}


def _cloud_with(items: Items) -> RecordingCloud:
    cloud = recording_cloud()
    cloud.table.items.update(items)
    return cloud


def _group(
    stage: Stage,
    bare: Work,
    runs: int,
    title: str,
    names: Sequence[str],
    steps: Mapping[int, Steps],
) -> Group:
    notes = ("most: of time, calls and units the one that grew most from the first row on",)
    group = Group(title, COLUMNS, notes)
    smallest = min(steps)
    for name in names:
        first = steps[smallest][name]
        for size in sorted(steps):
            step = steps[size][name]
            usage = Usage.of(step.invocations)
            work = stage.repeat(step.invocations)
            cells: Sequence[Cell] = (f"{size:,}", None, usage.calls.total(), *usage.units)
            if size == smallest:
                time = stage.compare(work, bare, runs).ratio.middle
                group.rows.append((name, cells[0], time, *cells[2:], None, None))
                continue
            growth = stage.compare(work, stage.repeat(first.invocations), runs).ratio
            most = max(growth.middle, *growths(usage, Usage.of(first.invocations)))
            group.rows.append(("", *cells, growth, Verdict(most, GOAL)))
    return group


def growths(usage: Usage, first: Usage) -> Iterator[float]:
    """Compare what is counted; what there was none of grows by each one that there is."""
    counts = [(each.calls.total(), *each.units) for each in (usage, first)]
    for more, less in zip(*counts, strict=True):
        yield more / less if less else 1 + more
