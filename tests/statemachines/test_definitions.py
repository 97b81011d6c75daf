"""What every file of `statemachines/` keeps to, whatever it does."""

import json
from collections.abc import Iterator

import pytest
import yaml

from sportello.errors import Retryable
from support.clouds.workflows import (
    STATE_MACHINES,
    SUBSTITUTION,
    Json,
    definition_json,
    machine_names,
    source,
)

MACHINES = machine_names()
MOST_STATES = 15
SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.ImportModuleError",
    Retryable.__name__,
}
"""What another attempt may cure in every task; time limits are each task's own affair."""
TIME_LIMITS = {"Sandbox.Timedout", "States.Timeout"}
# States.ALL hides defects; the emulator answers $uuid and $hash with a sentence; the rest makes
# an expression a program, which belongs in Python.
FORBIDDEN = ("States.ALL", "$uuid", "$hash", "$eval", "function(")


def definition(machine: str) -> Json:
    parsed: Json = json.loads(definition_json(machine))
    return parsed


def successors(state: Json) -> list[str]:
    found = [choice["Next"] for choice in state.get("Choices", [])]
    found += [catcher["Next"] for catcher in state.get("Catch", [])]
    return found + [state[key] for key in ("Next", "Default") if key in state]


def unreachable(machine: Json) -> set[str]:
    reached: set[str] = set()
    frontier = [machine["StartAt"]]
    while frontier:
        name = frontier.pop()
        if name in machine["States"] and name not in reached:
            reached.add(name)
            frontier += successors(machine["States"][name])
    return set(machine["States"]) - reached


def graph_problems(machine: Json) -> Iterator[str]:
    states = machine["States"]
    if len(states) > MOST_STATES:
        yield f"{len(states)} states"
    if machine.get("QueryLanguage") != "JSONata":
        yield "QueryLanguage is not JSONata"
    first = states[machine["StartAt"]]
    if first["Type"] not in {"Pass", "Wait"} or "Assign" not in first:
        yield "the first state does not remember the input"
    for name in unreachable(machine):
        yield f"{name} cannot be reached"
    for name, state in states.items():
        for following in set(successors(state)) - states.keys():
            yield f"{name} leads to {following}, which is not there"
        if "QueryLanguage" in state:
            yield f"{name} has a query language of its own"


def state_problems(name: str, state: Json) -> Iterator[str]:
    kind = state["Type"]
    if (kind == "Choice") != name.endswith("?"):
        yield f"{name} is a {kind}"
    if kind == "Choice" and "Default" not in state:
        yield f"{name} has no Default"
    if (kind in {"Pass", "Task"} or "Assign" in state) and "Output" not in state:
        yield f"{name} hands its input or result on unseen"
    if kind == "Task":
        yield from task_problems(name, state)


def task_problems(name: str, task: Json) -> Iterator[str]:
    if "TimeoutSeconds" not in task:
        yield f"{name} has no TimeoutSeconds"
    if "Catch" not in task:
        yield f"{name} catches nothing"
    retriers = task.get("Retry", [])
    if any(retrier.get("JitterStrategy") != "FULL" for retrier in retriers):
        yield f"{name} retries without jitter"
    retried = {error for retrier in retriers for error in retrier["ErrorEquals"]}
    if ":::lambda:invoke" in task["Resource"]:
        if retried - TIME_LIMITS != SERVICE_ERRORS:
            yield f"{name} retries {sorted(retried)}"
    elif not retried:
        yield f"{name} retries nothing"


def problems(machine: Json) -> list[str]:
    found = list(graph_problems(machine))
    for name, state in machine["States"].items():
        found += state_problems(name, state)
    text = json.dumps(machine)
    return found + [f"{word} is used" for word in FORBIDDEN if word in text]


@pytest.mark.parametrize("machine", MACHINES)
def test_a_state_machine_has_no_problem(machine: str) -> None:
    assert problems(definition(machine)) == []


@pytest.mark.parametrize(
    ("state", "field", "value", "found"),
    [
        ("CollectBurst", "Next", "RunRobot", "CollectBurst leads to RunRobot, which is not there"),
        ("TurnStarted?", "Default", "RunBot", "TurnHeldElsewhere cannot be reached"),
        ("TurnStarted?", "Default", None, "TurnStarted? has no Default"),
        ("TurnStarted?", "Type", "Pass", "TurnStarted? is a Pass"),
        ("RememberTurn", "Output", None, "RememberTurn hands its input or result on unseen"),
        ("RunBot", "TimeoutSeconds", None, "RunBot has no TimeoutSeconds"),
        ("RunBot", "Catch", None, "RunBot catches nothing"),
        ("RunBot", "Retry", None, "RunBot retries []"),
        ("RunBot", "QueryLanguage", "JSONPath", "RunBot has a query language of its own"),
        ("RunBot", "Comment", "{% $uuid() %}", "$uuid is used"),
    ],
)
def test_a_problem_is_found(state: str, field: str, value: str | None, found: str) -> None:
    broken = definition("triage")
    if value is None:
        del broken["States"][state][field]
    else:
        broken["States"][state][field] = value
    assert found in problems(broken)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_only_substitutions_are_function_names(machine: str) -> None:
    text = source(machine)
    names = SUBSTITUTION.findall(text)
    assert names
    assert text.count("${") == len(names)
    assert [name for name in names if not name.endswith("Function")] == []


@pytest.mark.parametrize("machine", MACHINES)
def test_a_function_is_named_like_its_state(machine: str) -> None:
    states = yaml.safe_load(source(machine))["States"]
    functions = {
        name: state["Arguments"]["FunctionName"]
        for name, state in states.items()
        if ":::lambda:invoke" in state.get("Resource", "")
    }
    assert functions == {name: f"${{{name}Function}}" for name in functions}


def test_an_express_machine_waits_for_no_token() -> None:
    assert ".waitForTaskToken" not in source("triage")


def longest_seconds(task: Json) -> float:
    attempts, pauses = 1, 0.0
    for retrier in task["Retry"]:
        attempts += retrier["MaxAttempts"]
        for attempt in range(retrier["MaxAttempts"]):
            pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt
            pauses += min(pause, retrier["MaxDelaySeconds"])
    return float(attempts * task["TimeoutSeconds"] + pauses)


def test_a_turn_that_retries_everything_ends_within_the_five_minutes_of_express() -> None:
    states = definition("triage")["States"].values()
    longest = sum(longest_seconds(state) for state in states if state["Type"] == "Task")
    assert longest == 237
    assert 300 - longest > 60, "seconds left to collect a burst"


@pytest.mark.parametrize("machine", MACHINES)
def test_the_readme_shows_every_state(machine: str) -> None:
    readme = (STATE_MACHINES / "README.md").read_text(encoding="utf-8")
    _, _, section = readme.partition(f"\n## {machine}\n")
    section, _, _ = section.partition("\n## ")
    assert [name for name in definition(machine)["States"] if name not in section] == []
