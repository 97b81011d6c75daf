"""One execution of a state machine, a step at a time: the Amazon States Language our files use.

A test walks the real files here and in moto, path by path, so that this is no second truth. What
it does not know stops the run.
"""

import json
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from support.clouds.small.expressions import NotSpoken
from support.clouds.workflows import definition_json

type Json = dict[str, Any]

_EXPRESSION = re.compile(r"\{%(.*)%\}", re.DOTALL)
_NO_TASK_FAILURE = frozenset({"States.Timeout", "States.QueryEvaluationError"})
"""What `States.TaskFailed` does not stand for."""


class StateFailed(Exception):
    """A state ended with an error; its name is what Retry and Catch look at."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.cause = cause


@dataclass(frozen=True)
class Sleep:
    """The execution rests; `rests` is what a Wait state named, None between two attempts."""

    until: datetime | None = None
    seconds: float = 0
    rests: float | str | None = None


@dataclass(frozen=True)
class Invoke:
    """The execution calls a function, and with a token waits for its answer."""

    function: str
    payload: Any
    token: str = ""
    timeout_seconds: float = 0


type Wish = Sleep | Invoke


@dataclass
class Execution:
    """`walk` yields what the execution wants of the world and is sent what came of it."""

    machine: str
    name: str
    input: Json
    variables: Json = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    status: str = "RUNNING"
    output: Json | None = None
    error: str = ""
    cause: str = ""
    _tokens: int = 0

    def walk(self) -> "Walk":
        """Run to the end; a StateFailed thrown in is the failure of what was wished."""
        machine = definition(self.machine)
        name, data = machine["StartAt"], self.input
        try:
            while name:
                self.path.append(name)
                name, data = yield from self._enter(name, machine["States"][name], data)
        except StateFailed as failed:
            self.status, self.error, self.cause = "FAILED", failed.error, failed.cause

    def _enter(self, name: str, state: Json, data: Any) -> Any:
        match state["Type"]:
            case "Pass":
                return state["Next"], self._leave(state, state, data)
            case "Wait":
                yield self._rest(state, data)
                return state["Next"], self._leave(state, state, data)
            case "Choice":
                return self._choose(state, data), data
            case "Task":
                return (yield from self._task(name, state, data))
            case "Succeed":
                self.output = self._leave(state, state, data)
                self.status = "SUCCEEDED"
                return "", self.output
            case "Fail":
                raise StateFailed(state["Error"], self._evaluate(state["Cause"], input=data))
        raise NotSpoken(state["Type"])

    def _go_on(self, state: Json, output: Any) -> tuple[str, Any]:
        if state.get("End"):
            self.status, self.output = "SUCCEEDED", output
            return "", output
        return state["Next"], output

    def _rest(self, state: Json, data: Any) -> Sleep:
        if "Timestamp" in state:
            instant = self._evaluate(state["Timestamp"], input=data)
            return Sleep(until=datetime.fromisoformat(instant), rests=instant)
        seconds = self._evaluate(state["Seconds"], input=data)
        return Sleep(seconds=seconds, rests=seconds)

    def _choose(self, state: Json, data: Any) -> str:
        for choice in state["Choices"]:
            if self._evaluate(choice["Condition"], input=data):
                return str(choice["Next"])
        return str(state["Default"])

    def _task(self, name: str, state: Json, data: Any) -> Any:
        attempts: dict[int, int] = {}
        while True:
            try:
                result = yield from self._attempt(name, state, data)
                return self._go_on(state, self._leave(state, state, data, result=result))
            except StateFailed as failed:
                pause = _retry_pause(state, failed.error, attempts)
                if pause is not None:
                    yield Sleep(seconds=pause)
                    continue
                for catcher in state.get("Catch", ()):
                    if _named(failed.error, catcher["ErrorEquals"]):
                        output = {"Error": failed.error, "Cause": failed.cause}
                        left = self._leave(catcher, {}, output, errorOutput=output)
                        return catcher["Next"], left
                raise

    def _attempt(self, name: str, state: Json, data: Any) -> Any:
        self._tokens += 1
        token = f"{self.machine}/{self.name}/{name}/{self._tokens}"
        context = {"Task": {"Token": token}}
        arguments = self._evaluate(state["Arguments"], context, input=data)
        timeout = self._evaluate(state["TimeoutSeconds"], context, input=data)
        match state["Resource"].removeprefix("arn:aws:states:::"):
            case "lambda:invoke":
                answer = yield Invoke(arguments["FunctionName"], arguments["Payload"])
                return {"StatusCode": 200, "Payload": answer}
            case "lambda:invoke.waitForTaskToken":
                function, payload = arguments["FunctionName"], arguments["Payload"]
                answer = yield Invoke(function, payload, token, timeout)
                return answer
        raise NotSpoken(state["Resource"])

    def _leave(self, assigning: Json, giving: Json, data: Any, **bound: Any) -> Any:
        """Assign variables and make the output, both from the variables as they were before."""
        bound = {"input": data, **bound}
        assigned = self._evaluate(assigning.get("Assign", {}), **bound)
        default = bound.get("result", data)
        output = self._evaluate(giving["Output"], **bound) if "Output" in giving else default
        self.variables |= assigned
        return output

    def _evaluate(self, template: Any, context: Json | None = None, **states: Any) -> Any:
        match template:
            case dict():
                return {k: self._evaluate(v, context, **states) for k, v in template.items()}
            case list():
                return [self._evaluate(value, context, **states) for value in template]
            case str() if found := _EXPRESSION.fullmatch(template):
                execution = {"Name": self.name}
                machine = {"Id": self.machine}
                known = {"Execution": execution, "StateMachine": machine, **(context or {})}
                return evaluate(found[1], self.variables, {**states, "context": known})
        return template


@cache
def definition(machine: str) -> Json:
    found: Json = json.loads(definition_json(machine))
    return found


@cache
def _query(expression: str) -> Jsonata:
    query = Jsonata(expression)
    # So that null, which is a value, can be told from nothing, which fails the state.
    query.set_output_convert_nulls(output_convert_nulls=False)
    return query


def evaluate(expression: str, variables: Mapping[str, Any], states: Json) -> Any:
    """Evaluate once for each expression and what it is about: thousands of runs ask the same."""
    given = json.dumps([variables, states], sort_keys=True)
    if (expression, given) not in _evaluated:
        _evaluated[expression, given] = _evaluate(expression, variables, states)
    return json.loads(_evaluated[expression, given], parse_float=_javascript_number)


_evaluated: dict[tuple[str, str], str] = {}


def _evaluate(expression: str, variables: Mapping[str, Any], states: Json) -> str:
    bound = {name: Utils.NULL_VALUE if v is None else v for name, v in variables.items()}
    try:
        result = _query(expression).evaluate(None, {**bound, "states": states})
    except JException as error:
        raise StateFailed("States.QueryEvaluationError", str(error)) from error
    if result is None:
        raise StateFailed("States.QueryEvaluationError", f"{expression} returned nothing")
    return json.dumps(Utils.convert_nulls(result))


def _javascript_number(digits: str) -> int | float:
    number = float(digits)
    return int(number) if number.is_integer() else number


def _named(error: str, names: list[str]) -> bool:
    return error in names or ("States.TaskFailed" in names and error not in _NO_TASK_FAILURE)


def _retry_pause(state: Json, error: str, attempts: dict[int, int]) -> float | None:
    """Return how long to wait for the next attempt; None when there is none left."""
    for number, retrier in enumerate(state.get("Retry", ())):
        if _named(error, retrier["ErrorEquals"]):
            made = attempts.get(number, 0)
            if made >= retrier["MaxAttempts"]:
                return None
            attempts[number] = made + 1
            pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** made
            return float(min(pause, retrier["MaxDelaySeconds"]))
    return None


type Walk = Generator[Wish, Any]


def run(execution: Execution, answer: Callable[[Wish], Any]) -> Execution:
    """Run to the end at once; `answer` gives what comes of each wish or raises StateFailed."""
    walk = execution.walk()
    step: Callable[[], Wish] = partial(next, walk)
    while True:
        try:
            wish = step()
        except StopIteration:
            return execution
        try:
            step = partial(walk.send, answer(wish))
        except StateFailed as failed:
            step = partial(walk.throw, failed)
