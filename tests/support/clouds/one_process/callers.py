"""Who calls from outside: they call again until they are answered, and sometimes once too often."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from support.clouds.one_process.scheduling import Action, FunctionFailed, World


@dataclass
class PendingCall:
    """One call of a function behind API Gateway; `copies` are still to be delivered."""

    function: str
    event: dict[str, Any]
    due: datetime
    copies: int
    refused: list[int] = field(default_factory=list)


class Callers:
    def __init__(self, world: World) -> None:
        self._world = world
        self._pending: list[PendingCall] = []
        self.refusals: list[tuple[str, int]] = []
        """Paths that were refused for good, each with the status."""

    def call(self, function: str, event: dict[str, Any], *, after: float = 0) -> None:
        due = self._world.now + timedelta(seconds=after)
        self._pending.append(PendingCall(function, event, due, self._world.copies(3)))

    @property
    def waiting(self) -> int:
        return len(self._pending)

    def next_due(self) -> datetime | None:
        return min((call.due for call in self._pending), default=None)

    def ready(self) -> list[Action]:
        return [
            Action(f"call of {call.function}", partial(self._make, call), call.function)
            for call in self._pending
            if call.due <= self._world.now
        ]

    def _make(self, call: PendingCall) -> None:
        self._pending.remove(call)
        status = self._status(call)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            call.due = self._world.now + timedelta(seconds=self._world.seconds(2, 30))
            self._pending.append(call)
            return
        if status >= HTTPStatus.BAD_REQUEST:
            self.refusals.append((call.event["path"], status))
        call.copies -= 1
        if call.copies:
            call.due = self._world.now + timedelta(seconds=self._world.seconds(0, 20))
            self._pending.append(call)

    def _status(self, call: PendingCall) -> int:
        try:
            return int(self._world.invoke(call.function, call.event)["statusCode"])
        except FunctionFailed:
            return HTTPStatus.BAD_GATEWAY
