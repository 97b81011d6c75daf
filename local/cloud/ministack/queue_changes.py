"""Queues changed by one thread only: MiniStack's pollers and its API lose each other's messages.

Both replace a queue's list of messages by a shorter copy, while the other appends to the old one.
The API runs on the event loop, so that is where everything else is done too.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future
from functools import wraps
from importlib import import_module
from typing import Any

# Imported by name: the package lives in the emulator's virtual environment only.
app: Any = import_module("ministack.app")
lambda_service: Any = import_module("ministack.services.lambda_svc")
sqs: Any = import_module("ministack.services.sqs")


def install() -> None:
    for module, name in (
        (sqs, "_receive_messages_for_esm"),
        (sqs, "_delete_messages_for_esm"),
        (lambda_service, "_send_ddb_stream_failure_record"),
    ):
        setattr(module, name, on_the_loop(getattr(module, name)))


def on_the_loop[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Have a function that is called on any thread run on the event loop's."""

    @wraps(function)
    def call(*arguments: P.args, **others: P.kwargs) -> R:
        loop: asyncio.AbstractEventLoop | None = app._MAIN_LOOP
        if loop is None or asyncio._get_running_loop() is loop:
            return function(*arguments, **others)
        result: Future[R] = Future()

        def run() -> None:
            try:
                result.set_result(function(*arguments, **others))
            except Exception as error:  # noqa: BLE001 - it is raised on the caller's thread
                result.set_exception(error)

        # The account and the region of a request are context variables.
        loop.call_soon_threadsafe(run, context=contextvars.copy_context())
        return result.result()

    return call
