"""How MiniStack's Step Functions differs: YAML, roles, computed time limits, callbacks, seconds."""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import json
import re
from contextvars import ContextVar
from importlib import import_module
from typing import Any

# Imported by name: these packages live in the emulator's virtual environment only.
yaml: Any = import_module("yaml")
iam: Any = import_module("ministack.core.iam_evaluator")
iam_actions: Any = import_module("ministack.core.iam_actions")
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
step_functions: Any = import_module("ministack.services.stepfunctions")

_role_arn: ContextVar[str] = ContextVar("role_arn", default="")
_task_token: ContextVar[str] = ContextVar("task_token", default="")
_machine_arn: ContextVar[str] = ContextVar("machine_arn", default="")
_machine_of_token: dict[str, str] = {}


def install() -> None:
    accept_yaml_definitions()
    evaluate_time_limits_and_know_the_role()
    require_permissions()
    fail_tasks_whose_request_failed()
    cut_timestamps_to_the_second()
    authorize_callbacks_by_machine()


def accept_yaml_definitions() -> None:
    """CloudFormation takes definitions in S3 as JSON or YAML; MiniStack runs JSON only."""
    read_definition = provisioners._sfn_definition

    def as_json(properties: Any) -> str:
        definition: str = read_definition(properties)
        try:
            json.loads(definition)
        except ValueError:
            return json.dumps(yaml.safe_load(definition))
        return definition

    provisioners._sfn_definition = as_json


def evaluate_time_limits_and_know_the_role() -> None:
    """`TimeoutSeconds` may be a JSONata expression; MiniStack compares its text with a number."""
    execute_task = step_functions._execute_task

    def prepared(state: Any, state_input: Any, execution: Any, context: Any) -> Any:
        limit = state.get("TimeoutSeconds")
        if isinstance(limit, str):
            seconds = step_functions._jsonata_state_field(
                state, "TimeoutSeconds", "number", state_input, context
            )
            state = {**state, "TimeoutSeconds": seconds}
        machine = step_functions._state_machines.get(execution["stateMachineArn"], {})
        reset = _role_arn.set(machine.get("roleArn", ""))
        reset_machine = _machine_arn.set(execution["stateMachineArn"])
        try:
            return execute_task(state, state_input, execution, context)
        finally:
            _machine_arn.reset(reset_machine)
            _role_arn.reset(reset)

    step_functions._execute_task = prepared


def require_permissions() -> None:
    """A machine may invoke only what its role allows; MiniStack never asks the role."""
    call_lambda = step_functions._call_lambda

    def call_if_allowed(function: str, event: Any) -> Any:
        region, account = step_functions.get_region(), step_functions.get_account_id()
        arn = function
        if not function.startswith("arn:"):
            arn = f"arn:aws:lambda:{region}:{account}:function:{function}"
        _demand("lambda:InvokeFunction", arn, error="Lambda.AWSLambdaException")
        return call_lambda(function, event)

    step_functions._call_lambda = call_if_allowed


def _demand(action: str, resource: str, *, error: str) -> None:
    account = step_functions.get_account_id()
    role = _role_arn.get().rsplit("/", 1)[-1]
    request = iam.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{role}/execution",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=step_functions.get_region(),
    )
    if iam.evaluate(request, iam._gather_role_policies(role, account)).decision != "Allow":
        cause = f"{request.principal_arn} is not authorized to perform: {action} on {resource}"
        raise step_functions._ExecutionError(error, cause)


def cut_timestamps_to_the_second() -> None:
    """A Wait of AWS does not look at the fraction of its Timestamp; MiniStack sleeps it out."""
    evaluate = step_functions._jsonata_wait_timestamp

    def cut(state: Any, state_input: Any, context: Any) -> str:
        return re.sub(r"\.\d+", "", evaluate(state, state_input, context))

    step_functions._jsonata_wait_timestamp = cut


def authorize_callbacks_by_machine() -> None:
    """`SendTaskSuccess` is allowed by the machine that waits; MiniStack sees no resource in it."""
    find_resource = iam_actions.extract_resource_arn

    def by_token(
        service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
    ) -> str:
        resource: str = find_resource(service, method, path, headers, body, *rest)
        if service != "states" or resource != "*":
            return resource
        return _machine_of_token.get(json.loads(body or b"{}").get("taskToken", ""), resource)

    iam_actions.extract_resource_arn = by_token


def fail_tasks_whose_request_failed() -> None:
    """A `.waitForTaskToken` task fails at once when its Lambda does; MiniStack waits for ever."""
    wait_for_callback = step_functions._invoke_with_callback
    call_lambda = step_functions._call_lambda

    def with_token(resource: str, arguments: Any, token: str, state: Any) -> Any:
        reset = _task_token.set(token)
        _machine_of_token[token] = _machine_arn.get()
        try:
            return wait_for_callback(resource, arguments, token, state)
        finally:
            _task_token.reset(reset)

    def call_and_tell(function: str, event: Any) -> Any:
        try:
            return call_lambda(function, event)
        except step_functions._ExecutionError as failure:
            waiting = step_functions._task_tokens.get(_task_token.get())
            if waiting is not None:
                waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
                waiting["event"].set()
            raise

    step_functions._invoke_with_callback = with_token
    step_functions._call_lambda = call_and_tell
