"""Several runs of ours over one table, in every order of their calls to it.

Each run is a thread that stops before every call; one at a time is let go. So an order is a list of
who goes next, and all of them are walked: those with few changes of turn first, since a fault that
needs many is rare.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from sportello.table.desk_table import DeskTable

type Run = Callable[[], None]

WAIT_SECONDS = 30
"""Far more than a run thinks between two calls: who waits longer hangs."""


class Killed(BaseException):
    """The function's process is gone; no handler of ours may catch this."""


@dataclass(frozen=True)
class Death:
    """A run dies at its nth call: before it takes effect, or after it, its answer unheard."""

    run: int
    call: int
    after: bool


@dataclass
class _Worker:
    """A run in a thread of its own."""

    number: int
    run: Run
    death: Death | None
    calls: int = 0
    over: bool = False
    error: BaseException | None = None
    may_go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stopped: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


class Interleaving:
    """Runs over a table, under a plan of who goes next."""

    def __init__(
        self, desk_table: DeskTable, runs: Sequence[Run], death: Death | None = None
    ) -> None:
        self._client = desk_table._client
        self._make_call = self._client._make_api_call  # type: ignore[attr-defined] # every method ends there
        self._workers = [
            _Worker(number, run, death if death and death.run == number else None)
            for number, run in enumerate(runs)
        ]
        self._by_thread: dict[int, _Worker] = {}
        self.turns: list[tuple[int, tuple[int, ...]]] = []
        """Who went at each step, and who could have gone."""

    def play(self, plan: Sequence[int]) -> None:
        """Let runs go as planned, and from there on whoever went last as long as it can."""
        threads = [
            threading.Thread(target=self._work, args=(worker,), daemon=True)
            for worker in self._workers
        ]
        with patch.object(self._client, "_make_api_call", self._stop_before):
            for worker, thread in zip(self._workers, threads, strict=True):
                thread.start()
                self._await(worker)
            last = 0
            while ready := tuple(w.number for w in self._workers if not w.over):
                step = len(self.turns)
                chosen = plan[step] if step < len(plan) else last
                last = chosen if chosen in ready else ready[0]
                self.turns.append((last, ready))
                self._workers[last].may_go.release()
                self._await(self._workers[last])
        for thread in threads:
            thread.join(WAIT_SECONDS)
        for worker in self._workers:
            if worker.error is not None:
                raise worker.error

    @staticmethod
    def _await(worker: _Worker) -> None:
        assert worker.stopped.acquire(timeout=WAIT_SECONDS), "a run hangs"

    def _work(self, worker: _Worker) -> None:
        self._by_thread[threading.get_ident()] = worker
        try:
            worker.run()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 -- told by whoever plays
            worker.error = error
        worker.over = True
        worker.stopped.release()

    def _stop_before(self, operation: str, arguments: dict[str, Any]) -> Any:
        worker = self._by_thread[threading.get_ident()]
        worker.stopped.release()
        assert worker.may_go.acquire(timeout=WAIT_SECONDS), "never let go"
        worker.calls += 1
        dies = worker.death is not None and worker.death.call == worker.calls
        if dies and worker.death and not worker.death.after:
            raise Killed
        answer = self._make_call(operation, arguments)
        if dies:
            raise Killed
        return answer


def orders(play: Callable[[Sequence[int]], Interleaving], changes: int) -> Iterator[Interleaving]:
    """Walk every order in which the turn is taken away from a run that could go on, so often.

    `play` plays a fresh world under a plan.
    """
    plans: list[list[int]] = [[]]
    while plans:
        plan = plans.pop()
        played = play(plan)
        yield played
        for step in range(len(plan), len(played.turns)):
            taken = [went for went, _ in played.turns[:step]]
            went, ready = played.turns[step]
            for other in ready:
                branch = [*taken, other]
                if other != went and _changes(branch, played.turns) <= changes:
                    plans.append(branch)


def _changes(plan: Sequence[int], turns: Sequence[tuple[int, tuple[int, ...]]]) -> int:
    """Count how often the turn was taken from a run that was not over."""
    return sum(
        before != after and before in turns[step + 1][1]
        for step, (before, after) in enumerate(pairwise(plan))
    )
