"""Cold starts: what a function loads and makes before it has answered its first event.

Each is measured in a fresh interpreter with the built artifacts on its path, in Lambda's order,
and with no site-packages: behind the layers comes only what Lambda's runtime brings.
"""

import json
import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from statistics import median
from typing import Any

import boto3

from local.cloud.emulator import CREDENTIALS, REGION
from local.cloud.processes import Failed
from support.clouds.one_process import deployment
from tools.bench import fresh_interpreter
from tools.bench.built import BuiltFunction
from tools.bench.recorded.recording import Invocation
from tools.bench.recorded.tape import text_of_bytes
from tools.bench.spread import Spread

FLOOR = "import boto3; boto3.client('dynamodb')"
REFERENCES = {
    "import boto3": "import boto3",
    "import botocore.session": "import botocore.session",
    "botocore and one client": (
        "import botocore.session; botocore.session.get_session().create_client('dynamodb')"
    ),
    "Powertools' logger": "from aws_lambda_powertools import Logger; Logger()",
    "pydantic, an empty model": "import pydantic\nclass Empty(pydantic.BaseModel): pass",
}
"""What functions are made of, to read their figures by."""

BROUGHT_BY_LAMBDA = "boto3 botocore s3transfer jmespath dateutil six.py urllib3 __pycache__".split()
STARTS_BETWEEN_FLOORS = 5


@dataclass(frozen=True)
class Start:
    """What is run in a fresh interpreter, with these folders on its path.

    What functions are compared with takes the SDK that Lambda brings, whatever a layer has.
    """

    name: str
    job: Mapping[str, Any]
    folders: tuple[Path, ...]
    variables: Mapping[str, str]
    layers_first: bool = True


@dataclass
class Samples:
    """What interpreters report, each with the seconds of the floors of its round."""

    reports: list[dict[str, Any]] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    def ratio(self, seconds: Callable[[Mapping[str, Any]], float]) -> Spread:
        return Spread.ratios([seconds(report) for report in self.reports], self.floors)


def import_start(function: BuiltFunction) -> Start:
    """Prepare the import of a function's handler, and no more."""
    job = {"handler": function.handler}
    return Start(f"{function.name}, imported", job, function.folders, _variables(function))


def lambda_start(function: BuiltFunction, first: Invocation | None) -> Start:
    """Prepare a start as Lambda makes it, and the first event where a journey knows one."""
    job: dict[str, Any] = {"handler": function.handler, "name": function.name}
    if first:
        job["event"] = json.dumps(first.event, default=text_of_bytes)
        job["now"] = first.at.isoformat()
        job["tape"] = [
            {"operation": call.operation, "status": call.status, "headers": call.headers}
            | {"body": call.body}
            for call in first.tape
        ]
    variables = _variables(function) | {
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
    return Start(function.name, job, function.folders, variables)


def _variables(function: BuiltFunction) -> dict[str, str]:
    variables = deployment.environment() | {"POWERTOOLS_LOG_LEVEL": "INFO"}
    return {name: variables[name] for name in function.variables}


def statements_start(name: str, statements: str, folders: tuple[Path, ...]) -> Start:
    return Start(name, {"statements": statements}, folders, {}, layers_first=False)


def measure(starts: Sequence[Start], runs: int) -> dict[str, Samples]:
    """Run each so many times, in rounds with floors strewn over them, after a round of warm-up.

    A round is run on two sides at once, and the faster of both counts: noise only ever adds.
    """
    samples = {start.name: Samples() for start in starts}
    half = len(starts) // 2
    orders = (starts, [*starts[half:], *starts[:half]])
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(len(orders)) as sides:
        interpreters = [FreshInterpreters(Path(scratch) / str(side)) for side in range(len(orders))]
        for number in range(runs + 1):
            rounds = list(sides.map(FreshInterpreters.round, interpreters, orders))
            if number:
                _add_round(samples, rounds)
    return samples


def _add_round(samples: Mapping[str, Samples], sides: Sequence["Round"]) -> None:
    floor = median(map(min, zip(*(side.floors for side in sides), strict=True)))
    for name, each in samples.items():
        each.reports.append(min((side.reports[name] for side in sides), key=_seconds))
        each.floors.append(floor)


def _seconds(report: Mapping[str, Any]) -> float:
    seconds: float = report["importing"] + report.get("answering", 0)
    return seconds


@dataclass
class Round:
    """What each start reports by its name, and the seconds of the floors in between."""

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    floors: list[float] = field(default_factory=list)


class FreshInterpreters:
    """Starts interpreters, with a folder of links to what Lambda's runtime brings."""

    def __init__(self, scratch: Path) -> None:
        self._job, self._report = scratch / "job", scratch / "report"
        self._runtime = scratch / "runtime"
        self._runtime.mkdir(parents=True)
        packages = Path(boto3.__file__).parents[1]
        for name in BROUGHT_BY_LAMBDA:
            (self._runtime / name).symlink_to(packages / name)

    def round(self, starts: Sequence[Start]) -> Round:
        floor = statements_start("floor", FLOOR, starts[0].folders)
        done = Round()
        for few in batched(starts, STARTS_BETWEEN_FLOORS, strict=False):
            done.floors.append(self.run(floor)["importing"])
            done.reports |= {start.name: self.run(start) for start in few}
        return done

    def run(self, start: Start) -> dict[str, Any]:
        self._job.write_bytes(marshal.dumps(dict(start.job)))
        folders = [*start.folders, self._runtime]
        if not start.layers_first:
            folders = [self._runtime, *start.folders]
        process = subprocess.run(  # noqa: S603 -- this Python, with the bench's own file
            [sys.executable, "-S", "-P", fresh_interpreter.__file__, self._job, self._report],
            env={
                "PYTHONPATH": os.pathsep.join(map(str, folders)),
                "PYTHONDONTWRITEBYTECODE": "1",
                "AWS_DEFAULT_REGION": REGION,
                "AWS_REGION": REGION,
                **CREDENTIALS,
                **start.variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if process.returncode:
            raise Failed(f"{start.name} did not start:\n{process.stderr.decode()}")
        report: dict[str, Any] = marshal.loads(self._report.read_bytes())  # noqa: S302 -- our own
        return report
