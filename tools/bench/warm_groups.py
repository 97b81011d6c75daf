"""Warm functions as groups of the table: webhooks, and what the journeys come to step by step."""

from collections.abc import Iterator, Mapping, Sequence

from support.clouds.one_process import deployment
from support.template import channels_on_disk
from tools.bench.recorded.journeys import (
    AFTERWARDS,
    CHANNEL,
    recorded_webhook,
    recording_cloud,
    warm_steps,
    webhook_step,
)
from tools.bench.recorded.recording import Step
from tools.bench.recorded.usage import Usage
from tools.bench.spread import Spread
from tools.bench.table import Cell, Goal, Group
from tools.bench.warm import Stage, Work

WEBHOOK_GOAL = 1.3

COLUMNS = ("function", "n", "time", "read", "write", "index", "logged", "calls")


def warm_groups(runs: int) -> Iterator[Group]:
    cloud = recording_cloud()
    with cloud.in_place():
        steps = {step.name: step for step in warm_steps(cloud) if step.name != AFTERWARDS}
        webhooks = {channel: steps.pop(webhook_step(channel)) for channel in channels_on_disk()}
        with Stage(cloud).set() as stage:
            yield _webhook_group(stage, webhooks, runs)
            bare = stage.bare(recorded_webhook(CHANNEL))
            for step in steps.values():
                yield _step_group(stage, step, bare, runs)


def _webhook_group(stage: Stage, webhooks: Mapping[str, Step], runs: int) -> Group:
    group = Group(
        title="warm webhooks",
        columns=("channel", "time", "goal", *COLUMNS[3:]),
        text_last=True,
    )
    floors = []
    for channel, step in webhooks.items():
        (invocation,) = step.invocations
        bare = stage.bare(invocation.event)
        seconds = stage.compare(stage.repeat(step.invocations), bare, runs)
        floors += seconds.floor
        goal = Goal(seconds.ratio.middle, WEBHOOK_GOAL)
        group.rows.append((channel, seconds.ratio, goal, *usage_cells(Usage.of(step.invocations))))
    bare = stage.bare(recorded_webhook(CHANNEL))
    ours = stage.compare(stage.bare_with_our_client(recorded_webhook(CHANNEL)), bare, runs)
    empty = [None] * (len(group.columns) - 2)
    group.rows.append(("bare, our client", ours.ratio, *empty))
    milliseconds, wire = 1_000 * Spread.of(floors).middle, 1_000 * stage.wire_seconds()
    group.notes = (
        "time 1.00 is a bare function that proves a signature, parses, puts an item and answers:",
        f"{milliseconds:.2f} ms of processor here, {wire:.3f} ms of it in the stubbed wire;",
        "bare, our client: the same function with a client made as ours, which checks no requests",
        "n: invocations; read, write, index: units of the table, and of writing to its indexes;",
        "logged: bytes; states: of state machines; events: on the bus",
    )
    return group


def _step_group(stage: Stage, step: Step, bare: Work, runs: int) -> Group:
    express = {deployment.machines()[name] for name in deployment.express_machines()}
    whole = Usage.of(step.invocations)
    states = [
        f"{machine}{' (Express)' if machine in express else ''} {amount}"
        for machine, amount in step.states.items()
    ]
    notes = [f"states entered: {', '.join(states) or 'none'}; events: {whole.bus_events}"]
    group = Group(step.name, COLUMNS, notes, text_last=True)
    ratios = []
    for function in dict.fromkeys(invocation.function for invocation in step.invocations):
        invocations = [each for each in step.invocations if each.function == function]
        seconds = stage.compare(stage.repeat(invocations), bare, runs)
        ratios.append(seconds.ratios)
        usage = Usage.of(invocations)
        group.rows.append((function, usage.invocations, seconds.ratio, *usage_cells(usage)))
    total = Spread.of(map(sum, zip(*ratios, strict=True)))
    cells = usage_cells(whole)
    group.rows.append(("in all", whole.invocations, total, *cells[:-1], f"{whole.calls.total()}"))
    return group


def usage_cells(usage: Usage) -> Sequence[Cell]:
    return (*usage.units, usage.logged_bytes, usage.calls_by_operation)
