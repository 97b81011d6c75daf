"""Warm webhooks and what follows them, as groups of the table."""

from collections.abc import Iterator

from support.template import channels_on_disk
from tools.bench.journeys import recording_cloud, warm_steps, webhook_step
from tools.bench.recording import Step
from tools.bench.table import Goal, Group
from tools.bench.warm import Stage

WEBHOOK_GOAL = 1.3


def warm_groups(runs: int) -> Iterator[Group]:
    cloud = recording_cloud()
    with cloud.in_place():
        steps = {step.name: step for step in warm_steps(cloud)}
        with Stage(cloud).set() as stage:
            yield webhook_group(stage, steps, runs)


def webhook_group(stage: Stage, steps: dict[str, Step], runs: int) -> Group:
    group = Group(
        title="warm webhooks",
        columns=("channel", "time", "goal", "bare ms", "calls", "read", "write", "index", "logged"),
        notes=("1.00 is: prove a SHA-256 signature, parse, put one item with botocore, answer",),
    )
    for channel in channels_on_disk():
        (invocation,) = steps[webhook_step(channel)].invocations
        seconds = stage.compare(stage.repeat([invocation]), stage.bare(invocation.event), runs)
        group.rows.append(
            (
                channel,
                seconds.ratio,
                Goal(seconds.ratio.middle, WEBHOOK_GOAL),
                1_000 * min(seconds.floor),
                len(invocation.tape),
                *invocation.units,
                invocation.logged_bytes,
            )
        )
    return group
