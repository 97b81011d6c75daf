"""The schedule that runs every minute; minutes in which it would find nothing are left out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from support.clouds.one_process.scheduling import Action, FunctionFailed, World
from support.clouds.small.expressions import Item


class Sweeps:
    """`pending` gives what the sparse index holds."""

    def __init__(
        self, world: World, functions: list[str], pending: Callable[[], list[Item]]
    ) -> None:
        self._world = world
        self._functions = functions
        self._pending = pending
        self._done = world.now

    def next_due(self) -> datetime | None:
        oldest = min((item["pending_since"]["S"] for item in self._pending()), default=None)
        if oldest is None:
            return None
        next_minute = _minute_after(self._done)
        return max(next_minute, _minute_after(datetime.fromisoformat(oldest)))

    def ready(self) -> list[Action]:
        due = self.next_due()
        if due is None or due > self._world.now:
            return []
        return [Action("sweep", self._sweep, function) for function in self._functions]

    def _sweep(self) -> None:
        self._done = self._world.now
        for function in self._functions:
            try:
                self._world.invoke(function, {})
            except FunctionFailed:
                continue  # the next minute comes


def _minute_after(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
