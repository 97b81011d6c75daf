"""Step Functions: names that are used once, task tokens that are answered once, virtual time."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from support.clouds.one_process.asl import Execution, Invoke, Sleep, StateFailed, Walk, Wish
from support.clouds.one_process.scheduling import Action, FunctionFailed, World
from support.clouds.small.dynamodb import error
from support.clouds.small.expressions import NotSpoken


@dataclass
class Running:
    """An execution under way: what it wishes next, and since when it waits for a token."""

    execution: Execution
    walk: Walk
    step: Callable[[], Wish]
    due: datetime
    wish: Wish | None = None
    waits_until: datetime | None = None
    answered: Any = None


class StepFunctions:
    """`machines` gives each machine's file by its logical id; `express` are those that forget their
    names, and may run an execution twice.
    """

    def __init__(self, world: World, machines: Mapping[str, str], express: frozenset[str]) -> None:
        self._world = world
        self._machines = machines
        self._express = express
        self._running: list[Running] = []
        self._used_names: dict[tuple[str, str], Execution] = {}
        self.started: list[Execution] = []
        self.on_end: Callable[[Execution], None] = lambda _execution: None

    # --- what functions call ------------------------------------------------------------------

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "StartExecution":
                machine, name = request["stateMachineArn"], request["name"]
                self._start(machine, name, json.loads(request["input"]))
                return {"executionArn": name}
            case "SendTaskSuccess":
                self._succeed(request["taskToken"], json.loads(request["output"]))
                return {}
        raise NotSpoken(f"Step Functions {operation}")

    def _start(self, machine: str, name: str, document: dict[str, Any]) -> None:
        if machine not in self._express:
            before = self._used_names.get((machine, name))
            if before is not None:
                if before.status == "RUNNING" and before.input == document:
                    return
                raise error("ExecutionAlreadyExists", "the name was used", "StartExecution")
        copies = self._world.copies(2) if machine in self._express else 1
        for _ in range(copies):
            execution = Execution(self._machines[machine], name, document)
            self._used_names[machine, name] = execution
            self.started.append(execution)
            walk = execution.walk()
            self._running.append(Running(execution, walk, partial(next, walk), self._world.now))

    def _succeed(self, token: str, output: Any) -> None:
        for running in self._running:
            wish = running.wish
            waiting = isinstance(wish, Invoke) and wish.token == token
            if waiting and running.answered is None and not self._timed_out(running):
                running.answered = output
                return
        raise error("TaskTimedOut", "the task does not exist anymore", "SendTaskSuccess")

    def _timed_out(self, running: Running) -> bool:
        return running.waits_until is not None and running.waits_until <= self._world.now

    # --- what time and chance call ------------------------------------------------------------

    def running(self) -> Iterator[Execution]:
        return (running.execution for running in self._running)

    def next_due(self) -> datetime | None:
        return min((running.due for running in self._running), default=None)

    def ready(self) -> list[Action]:
        return [
            Action(
                f"step of {running.execution.machine}",
                partial(self._step, running),
                _function(running),
            )
            for running in self._running
            if running.due <= self._world.now or self._answered(running)
        ]

    @staticmethod
    def _answered(running: Running) -> bool:
        return running.waits_until is not None and running.answered is not None

    def _step(self, running: Running) -> None:
        if running.wish is not None:
            self._fulfil(running, running.wish)
            if running.wish is not None:
                return
        try:
            wish = running.step()
        except StopIteration:
            self._running.remove(running)
            self.on_end(running.execution)
            return
        if isinstance(wish, Sleep):
            rest = self._world.now + timedelta(seconds=wish.seconds)
            running.due = max(wish.until or rest, self._world.now)
            running.step = partial(running.walk.send, None)
            return
        running.wish, running.due = wish, self._world.now

    def _fulfil(self, running: Running, wish: Wish) -> None:
        """Do what the execution wishes; the wish stays while a token is awaited."""
        try:
            outcome = self._outcome(running, wish)
        except StateFailed as failed:
            running.step = partial(running.walk.throw, failed)
        else:
            if outcome is _WAITING:
                return
            running.step = partial(running.walk.send, outcome)
        running.wish, running.waits_until, running.answered = None, None, None
        running.due = self._world.now

    def _outcome(self, running: Running, wish: Wish) -> Any:
        match wish:
            case Invoke() if running.waits_until is None:
                # The task's time runs from its start, not from the function's answer.
                waits_until = self._world.now + timedelta(seconds=wish.timeout_seconds)
                try:
                    answer = self._world.invoke(wish.function, wish.payload)
                except FunctionFailed as failed:
                    raise StateFailed(failed.error) from failed
                if not wish.token:
                    return answer
                running.waits_until = running.due = waits_until
                return _WAITING
            case Invoke() if running.answered is not None:
                return running.answered
            case Invoke() if self._timed_out(running):
                raise StateFailed("States.Timeout")
        return _WAITING


_WAITING = object()


def _function(running: Running) -> str:
    return running.wish.function if isinstance(running.wish, Invoke) else ""
