"""Runs the real state machine files, in virtual time, with their Lambda functions in this process.

moto executes Amazon States Language, but evaluates no JSONata, invokes Lambda in containers and
sleeps for real. What it has no public setting for is replaced here, in this one file (moto is
pinned in constraints/dev.txt): `_plugged_into_moto` lists every replaced part with its reason.

Waits and retry intervals pass at once, and an offer that no task answers times out at once.
"""

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import boto3
import yaml
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils
from moto.core.config import default_user_config
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.stepfunctions.parser import utils as moto_threads
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E501 - moto's module path
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcome,
    CallbackOutcomeTimedOut,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from support.clouds.quick_moto import aws

if TYPE_CHECKING:
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
    from mypy_boto3_stepfunctions import SFNClient

_ROOT = Path(__file__).parents[3]
STATE_MACHINES = _ROOT / "statemachines"
WORKFLOW_INPUTS = _ROOT / "events" / "statemachines"
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
_REGION = os.environ.get("AWS_DEFAULT_REGION", "eu-west-1")
_LONGEST_RUN_SECONDS = 30

# It writes a machine's whole definition for every failed state, expected or not.
logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)

type Json = dict[str, Any]
type Task = Callable[[Json], Json]


class TaskTimedOut(Exception):
    """Raised by a task: the function never came back, so the state ends with States.Timeout."""


class ServiceError(Exception):
    """Raised by a task: Lambda itself refused or lost the call, under the given error name."""


@dataclass(frozen=True)
class Call:
    state: str
    payload: Json


@dataclass
class Execution:
    """What one execution did, as the console would show it."""

    name: str
    status: str = "RUNNING"
    output: Json | None = None
    error: str | None = None
    cause: str | None = None
    path: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    waited_for: list[int | str] = field(default_factory=list)
    """Seconds or the instant of each Wait, and the seconds of each offer nobody answered."""

    def payloads(self, state: str) -> list[Json]:
        return [call.payload for call in self.calls if call.state == state]


def machine_names() -> list[str]:
    return sorted(path.name.removesuffix(".asl.yaml") for path in STATE_MACHINES.glob("*.asl.yaml"))


def source(machine: str) -> str:
    return (STATE_MACHINES / f"{machine}.asl.yaml").read_text(encoding="utf-8")


@cache
def definition_json(machine: str) -> str:
    """The definition with each substitution replaced by its own name."""
    return json.dumps(yaml.safe_load(SUBSTITUTION.sub(r"\1", source(machine))))


def recorded_input(machine: str, **changes: Any) -> Json:
    """`events/statemachines/<machine>.json`, with the fields that a test cares about changed."""
    document = (WORKFLOW_INPUTS / f"{machine}.json").read_text(encoding="utf-8")
    recorded: Json = json.loads(document)
    return recorded | changes


def scripted(*steps: Json | Exception) -> Task:
    """Build a task that returns or raises one step after another, and takes no further call."""
    remaining = iter(steps)

    def task(payload: Json) -> Json:
        step = next(remaining, None)
        assert step is not None, f"unexpected call {len(steps) + 1}, with {payload}"
        if isinstance(step, Exception):
            raise step
        return step

    return task


def run_machine(
    machine: str,
    *,
    tasks: Mapping[str, Task],
    workflow_input: Json,
    name: str = "execution",
) -> Execution:
    """Run `statemachines/<machine>.asl.yaml` to its end.

    `tasks` gives every DefinitionSubstitution of the file a function of the payload. An exception
    becomes the task's error under its class name, as with Lambda. A task that is handed a task
    token may call `send_success` with it before it returns; if nobody has by then, it times out.
    """
    wanted = set(SUBSTITUTION.findall(source(machine)))
    if wanted != tasks.keys():
        raise ValueError(f"{machine} substitutes {sorted(wanted)}, but tasks are {sorted(tasks)}")
    run = _Run(tasks, Execution(name))
    with _plugged_into_moto(run):
        # Standard also for an Express machine: moto keeps the history of Standard ones only.
        arn = _client().create_state_machine(
            name=machine,
            definition=definition_json(machine),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/state-machine",
        )["stateMachineArn"]
        before = len(moto_threads.TMP_THREADS)
        _client().start_execution(stateMachineArn=arn, name=name, input=json.dumps(workflow_input))
        _join_threads_since(before)
        if run.broken_assertions:
            raise run.broken_assertions[0]
        _read_execution(run.execution, arn)
        _client().delete_state_machine(stateMachineArn=arn)
    return run.execution


def send_success(task_token: str, output: Json) -> None:
    """What resuming a workflow does; needs the running machine, so call it inside a task."""
    _client().send_task_success(taskToken=task_token, output=json.dumps(output))


def send_failure(task_token: str, error: str) -> None:
    _client().send_task_failure(taskToken=task_token, error=error, cause="")


@cache
def _client() -> "SFNClient":
    """A session of its own, because moto drops the default one, and loading it again is slow."""
    session = boto3.Session("key", "secret", region_name=_REGION)
    return session.client("stepfunctions")


def _join_threads_since(before: int) -> None:
    """Wait for moto's threads, those included that other threads start meanwhile."""
    position = before
    while position < len(moto_threads.TMP_THREADS):
        thread = moto_threads.TMP_THREADS[position]
        thread.join(_LONGEST_RUN_SECONDS)
        if thread.is_alive():
            raise TimeoutError(f"the machine still runs after {_LONGEST_RUN_SECONDS} s")
        position += 1
    del moto_threads.TMP_THREADS[before:]


def _read_execution(execution: Execution, arn: str) -> None:
    """Read from moto itself: rendering a history as an answer of the API takes ten times longer."""
    machine: Any = stepfunctions_parser_backends[ACCOUNT][_REGION].describe_state_machine(arn)
    (ended,) = machine.executions
    execution.status = ended.status
    execution.output = ended.output
    execution.error = ended.error
    execution.cause = ended.cause
    execution.path = [
        event["stateEnteredEventDetails"]["name"]
        for event in ended.exec_worker.env.event_manager.get_event_history()
        if "stateEnteredEventDetails" in event
    ]


class _Run:
    """Stands in for Lambda and for the clock of an execution."""

    def __init__(self, tasks: Mapping[str, Task], execution: Execution) -> None:
        self.tasks = tasks
        self.execution = execution
        self.broken_assertions: list[AssertionError] = []

    def invoke(
        self, env: Environment, parameters: Json, region: str, state_credentials: object
    ) -> None:
        """Replaces `execute_lambda_function_integration`: a result on the stack, or an error."""
        del region, state_credentials
        payload = json.loads(parameters["Payload"])
        state = env.states.context_object.context_object_data["State"]
        self.execution.calls.append(Call(state["Name"] if state else "", payload))
        try:
            result = self.tasks[parameters["FunctionName"]](payload)
        except TaskTimedOut as error:
            raise EvalTimeoutError from error
        except AssertionError as error:
            # The machine would retry or catch it, and the test would pass.
            self.broken_assertions.append(error)
            raise
        except Exception as error:
            # Lambda reports every exception by the name of its class, never by a base class.
            name = str(error) if isinstance(error, ServiceError) else type(error).__name__
            raise lambda_eval_utils.LambdaFunctionErrorException(
                "Unhandled", json.dumps({"errorType": name, "errorMessage": str(error)})
            ) from error
        env.stack.append({"StatusCode": 200, "Payload": json.loads(json.dumps(result))})

    def wait(self, function: WaitFunction, env: Environment) -> None:
        """Replaces `WaitFunction._eval_body`, which sleeps, and takes naive local time for UTC."""
        seconds = function._get_wait_seconds(env)
        if isinstance(function, Timestamp):
            function.string.eval(env)
            self.execution.waited_for.append(env.stack.pop())
        else:
            self.execution.waited_for.append(seconds)

    def await_token(
        self,
        _service: object,
        env: Environment,
        timeout_seconds: int,
        callback_endpoint: CallbackEndpoint,
        heartbeat_endpoint: object,
    ) -> CallbackOutcome:
        """Replaces `_eval_wait_for_task_token`: an answer is there by now, or never."""
        del env, heartbeat_endpoint
        outcome = callback_endpoint.get_outcome()
        if outcome is None:
            self.execution.waited_for.append(timeout_seconds)
            return CallbackOutcomeTimedOut(callback_id=callback_endpoint.callback_id)
        return outcome


def _evaluate_jsonata(expression: StringJSONata, env: Environment) -> None:
    """Replaces `StringJSONata._eval_body`: moto's own evaluator is missing.

    Variables are bound as values. moto writes them into the expression's text, unescaped, so that
    a quotation mark in a customer's id would break every later expression.
    """
    states = json.loads(to_json_str(env.states._states_data))
    # $states.result and $states.errorOutput exist only where there is one.
    bound = {"states": {key: value for key, value in states.items() if value is not None}}
    for name, value in (env.variable_store._outer_scope | env.variable_store._inner_scope).items():
        bound[name] = Utils.NULL_VALUE if value is None else value
    try:
        env.stack.append(evaluate(expression.expression, bound))
    except JException as error:
        raise _query_error(env, f"{expression.expression}: {error}") from error
    except NothingYielded:
        raise _query_error(env, f"{expression.expression} returned nothing (undefined)") from None


class NothingYielded(Exception):
    """An expression yields nothing, which fails the state."""


def evaluate(expression: str, bound: Mapping[str, Any]) -> Any:
    """Return what an expression yields; raises JException and NothingYielded."""
    query = Jsonata(expression)
    # So that null, which is a value, can be told from nothing.
    query.set_output_convert_nulls(output_convert_nulls=False)
    result = query.evaluate(None, bound)
    if result is None:
        raise NothingYielded
    document = json.dumps(Utils.convert_nulls(result))
    return json.loads(document, parse_float=_javascript_number)


def _javascript_number(digits: str) -> int | float:
    number = float(digits)
    return int(number) if number.is_integer() else number


def _query_error(env: Environment, cause: str) -> FailureEventException:
    name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
    failed = EvaluationFailedEventDetails(error=name.error_name or "", cause=cause)
    details = cast("EventDetails", {"evaluationFailedEventDetails": failed})
    return FailureEventException(
        FailureEvent(env, name, HistoryEventType.EvaluationFailed, details)
    )


_parse_once = cache(AmazonStateLanguageParser.parse)


def _method[R](function: Callable[..., R]) -> Callable[..., R]:
    """Plain, so that the patched class binds its instance, which a bound method would lose."""

    def method(*args: Any, **kwargs: Any) -> R:
        return function(*args, **kwargs)

    return method


@contextmanager
def _plugged_into_moto(run: _Run) -> Iterator[None]:
    """Replace what moto lacks or does for real; each replacement names its reason."""
    executing = {"stepfunctions": {"execute_state_machine": True}}
    with (
        patch.dict(default_user_config, executing),
        patch.object(StringJSONata, "_eval_body", _evaluate_jsonata),
        patch.object(lambda_eval_utils, "execute_lambda_function_integration", run.invoke),
        patch.object(WaitFunction, "_eval_body", _method(run.wait)),
        patch.object(
            StateTaskServiceCallback, "_eval_wait_for_task_token", _method(run.await_token)
        ),
        # The parser is slow; it runs when a machine is created and again at each start.
        patch.object(AmazonStateLanguageParser, "parse", staticmethod(_parse_once)),
        # Between two attempts; attempts stay counted.
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=lambda _seconds: None)),
        aws(),
    ):
        yield
