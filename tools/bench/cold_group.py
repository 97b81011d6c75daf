"""The cold starts of everything that was built, as a group of the table."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.cloud.emulator import ROOT
from support.template import channels_on_disk
from tools.bench.built import BuiltFunction, build, built_functions
from tools.bench.cold import (
    REFERENCES,
    Samples,
    import_start,
    lambda_start,
    measure,
    statements_start,
)
from tools.bench.recorded.journeys import cold_steps
from tools.bench.recorded.recording import Invocation
from tools.bench.spread import Spread
from tools.bench.table import Cell, Goal, Group, Middle

RECEIVE_GOAL, GOAL = 1.15, 1.4
"""For the imports of functions that providers wait for, and of all others."""

COLUMNS = ("function", "import", "goal", "start", "first event", "clients", "calls", "modules")


def cold_group(runs: int) -> Group:
    build()
    functions = built_functions()
    first = first_invocations()
    starts = [import_start(function) for function in functions]
    starts += [lambda_start(function, first.get(function.name)) for function in functions]
    starts += [
        statements_start(name, statements, functions[0].folders)
        for name, statements in REFERENCES.items()
    ]
    samples = measure(starts, runs)
    floor = Spread.of(seconds for each in samples.values() for seconds in each.floors)
    group = Group(
        title="cold starts, in fresh interpreters with the built artifacts",
        columns=COLUMNS,
        notes=(
            f"1.00 is: import boto3 and make a client, {floor.middle:.3f} s of processor here",
            "import: of the handler's module; start: as in Lambda, with all that is prepared then;",
            "first event: the start and its first event; clients: made until then, and their part;",
            "modules: ours, and packages of others",
        ),
    )
    for function in functions:
        calls = len(first[function.name].tape) if function.name in first else None
        group.rows.append(_row(function, samples, calls))
    for name in REFERENCES:
        group.rows.append((name, samples[name].ratio(_importing), *[None] * (len(COLUMNS) - 2)))
    return group


def first_invocations() -> dict[str, Invocation]:
    """Return each function's first invocation in the journeys."""
    first: dict[str, Invocation] = {}
    for step in cold_steps():
        for invocation in step.invocations:
            first.setdefault(invocation.function, invocation)
    return first


def _row(
    function: BuiltFunction, samples: Mapping[str, Samples], calls: int | None
) -> Sequence[Cell]:
    importing = samples[import_start(function).name].ratio(_importing)
    starting = samples[function.name]
    report = starting.reports[0]
    first: Cell = report.get("strayed")
    if "answering" in report:
        first = Middle(starting.ratio(lambda each: each["importing"] + each["answering"]))
    making = starting.ratio(lambda each: each["making_clients"])
    own, others = loaded(report["modules"])
    return (
        function.name,
        importing,
        Goal(importing.middle, RECEIVE_GOAL if receives(function) else GOAL),
        Middle(starting.ratio(_importing)),
        first,
        f"{report['clients']} in {making.middle:.2f}",
        calls,
        f"{own} + {others}",
    )


def _importing(report: Mapping[str, Any]) -> float:
    seconds: float = report["importing"]
    return seconds


def receives(function: BuiltFunction) -> bool:
    """Tell whether a provider waits for this function."""
    return any(f"/{channel}" in function.routes for channel in channels_on_disk())


def loaded(modules: Iterable[str]) -> tuple[int, int]:
    """Count the modules that are ours, and the packages that are neither ours nor Python's."""
    own = _own_packages()
    names = [name.partition(".")[0] for name in modules]
    others = {name for name in names if name not in own and not name.startswith("_")}
    return sum(name in own for name in names), len(others - sys.stdlib_module_names)


def _own_packages() -> set[str]:
    folders = [ROOT / "functions", *(ROOT / "layers").iterdir()]
    return {init.parent.name for folder in folders for init in folder.glob("*/__init__.py")}
