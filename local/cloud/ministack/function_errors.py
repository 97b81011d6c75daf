"""What becomes of a function that raises, or whose process dies.

AWS names the error that was raised and keeps the process; MiniStack calls every error
`Runtime.HandlerError`, which no Retry of a state machine names, and ends the process, so that each
failure costs a cold start. A process that dies takes nobody with it on AWS; MiniStack ends all the
others of the function when one dies while it starts.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

from importlib import import_module
from typing import Any

# Imported by name: the package lives in the emulator's virtual environment only.
lambda_runtime: Any = import_module("ministack.core.lambda_runtime")

RAISED = "local.cloud.ministack.function_errors.raised"

_REPORT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_REPORT_BY_NAME = (
    f'{{"status": "ok", "result": {{"{RAISED}": {{"errorType": type(e).__name__,'
    ' "errorMessage": str(e), "stackTrace": traceback.format_exc().splitlines()}}}'
)


def install(lambda_service: Any) -> None:
    name_what_was_raised(lambda_service)
    let_processes_die_alone()


def let_processes_die_alone() -> None:
    worker = lambda_runtime.Worker
    invoke = worker.invoke

    def invoke_and_survive(self: Any, *arguments: Any, **others: Any) -> Any:
        try:
            return invoke(self, *arguments, **others)
        except (OSError, RuntimeError) as death:
            return {"status": "error", "error": str(death), "cold_start": True}

    worker.invoke = invoke_and_survive


def name_what_was_raised(lambda_service: Any) -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_REPORT) != 1:
        raise RuntimeError("the worker script of this MiniStack reports errors in another way")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_REPORT, _REPORT_BY_NAME)
    execute = lambda_service._execute_function_warm

    def execute_and_name(function: Any, event: Any, request_id: str) -> Any:
        result = execute(function, event, request_id)
        body = result.get("body")
        if not isinstance(body, dict):
            return result
        if result.get("error") and body.get("errorType") == "Runtime.HandlerError":
            body["errorType"] = "Runtime.ExitError"  # nothing was raised, so the process died
        if RAISED not in body:
            return result
        error = body[RAISED]
        log = "\n".join(filter(None, [result.get("log", ""), *error["stackTrace"]]))
        return {"body": error, "error": True, "log": log}

    lambda_service._execute_function_warm = execute_and_name
