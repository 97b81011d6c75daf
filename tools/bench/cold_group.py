"""The cold starts of everything that was built, as a group of the table."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.cloud.emulator import ROOT
from support.template import channels_on_disk
from tools.bench.built import BuiltFunction, build, built_functions
from tools.bench.cold import REFERENCES, Samples, function_start, measure, statements_start
from tools.bench.journeys import cold_steps
from tools.bench.recording import Invocation
from tools.bench.spread import Spread
from tools.bench.table import Cell, Goal, Group

RECEIVE_GOAL, GOAL = 1.15, 1.4
"""For the imports of functions that providers wait for, and of all others."""

COLUMNS = (
    *("function", "import", "goal", "first event too", "clients", "calls"),
    *("own", "others"),
)


def cold_group(runs: int) -> Group:
    build()
    functions = built_functions()
    first = first_invocations()
    starts = [function_start(function, first.get(function.name)) for function in functions]
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
            "clients that the first event makes, and the part of the time that making them takes",
            "own modules and packages of others that the import loads",
        ),
    )
    for function in functions:
        calls = len(first[function.name].tape) if function.name in first else None
        group.rows.append(_row(function, samples[function.name], calls))
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


def _row(function: BuiltFunction, samples: Samples, calls: int | None) -> Sequence[Cell]:
    report = samples.reports[0]
    importing = samples.ratio(_importing)
    first: Cell = report.get("strayed")
    clients = None
    if "answering" in report:
        first = samples.ratio(lambda each: each["importing"] + each["answering"])
        making = samples.ratio(lambda each: each["making_clients"])
        clients = f"{report['clients']} in {making.middle:.2f}"
    modules, packages = loaded(report["modules"])
    goal = Goal(importing.middle, RECEIVE_GOAL if receives(function) else GOAL)
    return function.name, importing, goal, first, clients, calls, modules, packages


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
