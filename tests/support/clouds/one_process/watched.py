"""A cloud that is watched: what AWS would publish about it, and what its functions log themselves.

AWS publishes by the minute, so once a minute queues and executions are looked at. The schedule
runs here too, also in minutes in which the sweep finds nothing.
"""

import io
from collections import Counter
from contextlib import redirect_stdout, suppress
from datetime import datetime, timedelta
from typing import Any

from sportello.settings_document import SettingsDocument
from sportello.table.agents.agent_items import SETTLED_WITHIN
from support.alarms import STACK, DataPoint, dimensions, logged
from support.clouds.one_process import deployment
from support.clouds.one_process.cloud import Cloud
from support.clouds.one_process.people import Script, Told
from support.clouds.one_process.scheduling import Action, FunctionFailed, Handler, Part
from support.template import events, functions, referred

MINUTE = timedelta(minutes=1)
RECEIVED_TOO_OFTEN = 3
"""From then on SQS leaves a message out of the age of the oldest one."""

SERVER_ERROR = 500
API_NAMES = {"ChannelApi": f"{STACK}-channels", "AgentApi": f"{STACK}-agents"}
API_OF = {
    name: API_NAMES[referred(event["RestApiId"])]
    for name, function in functions().items()
    for event in events(function, "Api")
}


class Over(Exception):
    """The watch is over, though the world would go on."""


class WatchedCloud:
    """`broken` are functions that raise, `idle` those that nothing calls any more."""

    def __init__(self, start: datetime, *documents: SettingsDocument) -> None:
        self.start = start
        self.broken: set[str] = set()
        self.idle: set[str] = set()
        self.points: list[DataPoint] = []
        self.cloud = Cloud(start, seed=0, shuffled=False, sweeping=False)
        self.cloud.configure(*documents)
        for minute in range(1, 6):  # it was there before, and all was well
            for function in deployment.scheduled_functions():
                at, of = start - minute * MINUTE, dimensions(FunctionName=function)
                self.points.append(DataPoint("AWS/Lambda", "Invocations", of, at, 1))
        self._failed = Counter[str]()
        self._tried_again_at = start
        self._minute = start
        world = self.cloud.world
        world.handlers = {name: self._watched(name, do) for name, do in world.handlers.items()}
        world.parts = [_Switched(part, self) for part in self.cloud.parts]

    @property
    def now(self) -> datetime:
        return self.cloud.world.now

    def watch(self, script: Script, lasting: timedelta) -> None:
        """Let a story happen, and go on looking until its time is over."""
        self._until = self.start + lasting
        story = Told(self.cloud, script)
        world = self.cloud.world
        world.parts = [*world.parts, story, self]
        with redirect_stdout(_Printed(self)), self.cloud.in_place(), suppress(Over):
            world.run()

    def may_call(self, function: str) -> bool:
        """Tell whether anything calls a function now; Lambda repeats a failed batch with pauses."""
        pausing = function == "DispatchFunction" and self.now < self._tried_again_at
        return function not in self.idle and not pausing

    # --- what AWS publishes -------------------------------------------------------------------

    def publish(self, namespace: str, metric: str, value: float = 1, **of: str) -> None:
        self.points.append(DataPoint(namespace, metric, dimensions(**of), self.now, value))

    def _watched(self, name: str, do: Handler) -> Handler:
        def handle(event: dict[str, Any], context: Any) -> Any:
            self.publish("AWS/Lambda", "Invocations", FunctionName=name)
            if name == "DispatchFunction":
                age = self.now - _written_at(event["Records"][-1])
                milliseconds = age.total_seconds() * 1_000
                self.publish("AWS/Lambda", "IteratorAge", milliseconds, FunctionName=name)
            try:
                answer = (_does_not_load if name in self.broken else do)(event, context)
            except Exception:
                self.publish("AWS/Lambda", "Errors", FunctionName=name)
                self._tried_again_at = self.now + MINUTE
                self._answered(name, SERVER_ERROR)
                raise
            if name in API_OF:
                self._answered(name, answer["statusCode"])
            return answer

        return handle

    def _answered(self, name: str, status: int) -> None:
        if name in API_OF and status >= SERVER_ERROR:
            self.publish("AWS/ApiGateway", "5XXError", ApiName=API_OF[name], Stage="v1")

    def _look(self) -> None:
        for name, queue in self.cloud.queues.items():
            visible = [each for each in queue.messages if each.visible_at <= self.now]
            amount = len(visible)
            if name == "DispatchDeadLetters":
                amount += len(self.cloud.stream.dead_letters)
            self.publish("AWS/SQS", "ApproximateNumberOfMessagesVisible", amount, QueueName=name)
            sent_at = [
                each.sent_at for each in queue.messages if each.receive_count < RECEIVED_TOO_OFTEN
            ]
            if sent_at:
                age = (self.now - min(sent_at)).total_seconds()
                self.publish("AWS/SQS", "ApproximateAgeOfOldestMessage", age, QueueName=name)
        for machine, file in deployment.machines().items():
            failed = sum(
                each.machine == file and each.status == "FAILED"
                for each in self.cloud.workflows.started
            )
            new = failed - self._failed[machine]
            self._failed[machine] = failed
            self.publish("AWS/States", "ExecutionsFailed", new, StateMachineArn=machine)

    # --- a part of the world ------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        return self._minute + MINUTE

    def ready(self) -> list[Action]:
        due = self.now >= self._minute + MINUTE
        return [Action("a minute passes", self._pass_minute)] if due else []

    def _pass_minute(self) -> None:
        self._minute += MINUTE
        self._look()
        for function in deployment.scheduled_functions():
            if self.may_call(function):
                with suppress(FunctionFailed):
                    self.cloud.world.invoke(function, {})
        if self._minute >= self._until:
            raise Over


class _Switched:
    """A part of the world as far as it calls what may be called."""

    def __init__(self, part: Part, watched: WatchedCloud) -> None:
        self._part, self._watched = part, watched

    def next_due(self) -> datetime | None:
        return self._part.next_due()

    def ready(self) -> list[Action]:
        return [each for each in self._part.ready() if self._watched.may_call(each.function)]


class _Printed(io.StringIO):
    """What functions print: metrics, each in a line of its own."""

    def __init__(self, watched: WatchedCloud) -> None:
        super().__init__()
        self._watched = watched

    def write(self, text: str) -> int:
        if text.startswith("{"):
            self._watched.points += logged(text, self._watched.now)
        return len(text)


def _does_not_load(_event: dict[str, Any], _context: Any) -> Any:
    raise ImportError


def _written_at(record: dict[str, Any]) -> datetime:
    image = record["dynamodb"]["NewImage"]
    if image["entity"]["S"] == "agent":
        return datetime.fromisoformat(image["pending_since"]["S"]) - SETTLED_WITHIN
    written = next(name for name in ("received_at", "decided_at", "written_at") if name in image)
    return datetime.fromisoformat(image[written]["S"])
