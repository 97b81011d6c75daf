"""Other implementations' opinion of the machines, where npm is there; part of `make check`.

Run after the tests of the machines in one process: what these evaluate on their paths is recorded
as soon as this module is loaded, and evaluated once more by the reference implementation.
"""

import copy
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonata.utils import Utils

from support.clouds import workflows
from support.clouds.workflows import Json, definition_json, evaluate, machine_names
from support.template import ROOT

REFERENCE = Path(__file__).with_name("reference_jsonata.cjs")
MODULES = ROOT / ".local" / "npm" / "node_modules"
EXPRESSION = re.compile(r"\{%\s*(.*?)\s*%\}")

type Yielded = list[Any]
"""What an expression yields, or nothing."""

recorded: dict[str, tuple[str, Any, Yielded]] = {}


def evaluate_and_record(expression: str, bound: Mapping[str, Any]) -> Any:
    asked = Utils.convert_nulls(copy.deepcopy(dict(bound)))
    yielded: Yielded = []
    try:
        yielded.append(evaluate(expression, bound))
    finally:
        recorded[json.dumps([expression, asked], sort_keys=True)] = (expression, asked, yielded)
    return yielded[0]


workflows.evaluate = evaluate_and_record


def run(command: Sequence[str], standard_input: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- what was installed, with texts of ours
        command,
        input=standard_input,
        env={**os.environ, "NODE_PATH": os.fspath(MODULES)},
        capture_output=True,
        text=True,
        check=False,
    )


def opinion(machine: Json) -> str:
    """Return what asl-validator says; empty if it has nothing against a machine.

    It takes no empty text for one, which the service does.
    """
    document = json.dumps(machine).replace('""', '"-"')
    command = [os.fspath(MODULES / ".bin" / "asl-validator"), "--json-definition", document]
    answer = run(command)
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def test_asl_validator_accepts_every_machine_and_no_broken_one() -> None:
    machines = {name: json.loads(definition_json(name)) for name in machine_names()}
    assert {name: opinion(machine) for name, machine in machines.items()} == dict.fromkeys(
        machines, ""
    )
    broken = copy.deepcopy(machines["triage"])
    broken["States"]["RunBot"]["Next"] = "Nowhere"
    assert "Nowhere" in opinion(broken)


def test_every_expression_yields_the_same_in_the_reference_implementation() -> None:
    written = {
        each for name in machine_names() for each in EXPRESSION.findall(definition_json(name))
    }
    evaluated = {expression.strip() for expression, _, _ in recorded.values()}
    assert {json.loads(f'"{each}"') for each in written} <= evaluated, "evaluated on no path"
    asked = [[expression, bound] for expression, bound, _ in recorded.values()]
    answer = run(["node", os.fspath(REFERENCE)], json.dumps(asked))
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == [yielded for _, _, yielded in recorded.values()]
