"""The one door every call of a function to AWS or over HTTP goes through, with a number each.

At a number something can go wrong: the process dies, the service refuses, the answer gets lost.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong at a call."""

    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    REFUSED = "refused"
    """The service takes nothing, after all attempts of the SDK."""
    ANSWER_LOST = "answer lost"
    """It took effect, and nobody hears of it."""
    REPEATED = "repeated"
    """It took effect, the answer got lost, and the SDK repeats it by itself."""
    HELD_UP = "held up"
    """The process is slow: everything else happens first."""


KILLS = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
ERRORS = (Fault.REFUSED, Fault.ANSWER_LOST, Fault.REPEATED, Fault.HELD_UP)


class ProcessDied(BaseException):
    """No handler can swallow it, as nothing survives the end of a process."""

    reported_as = "Runtime.ExitError"


@dataclass
class _Process:
    name: str
    invocation: int
    dead: bool = False


@dataclass
class NumberedCalls:
    """`plan` says what goes wrong at which number, `dying` which functions die at their next
    calls and how often; `made` is what was called, by whom."""

    plan: Mapping[int, Fault]
    dying: Counter[str] = field(default_factory=Counter)
    made: list[str] = field(default_factory=list)
    invocations: list[int] = field(default_factory=list)
    """Of each call, the invocation it was made in."""
    held_up: Callable[[], None] = lambda: None
    _processes: list[_Process] = field(default_factory=list)
    _invoked: int = 0

    @contextmanager
    def in_process(self, name: str) -> Iterator[None]:
        self._invoked += 1
        self._processes.append(_Process(name, self._invoked))
        try:
            yield
        finally:
            self._processes.pop()

    def make[A](
        self,
        what: str,
        take_effect: Callable[[], A],
        *,
        repeat: Callable[[], A] | None,
        refusal: Callable[[], Exception],
        loss: Callable[[], Exception],
    ) -> A:
        """Make one call; `repeat` is what the SDK would do, None where nothing repeats."""
        process = self._processes[-1]
        if process.dead:
            raise ProcessDied(what)
        self.made.append(f"{process.name}: {what}")
        self.invocations.append(process.invocation)
        fault = self.plan.get(len(self.made))
        if self.dying[process.name] > 0:
            self.dying[process.name] -= 1
            fault = Fault.DIES_BEFORE
        if fault is Fault.DIES_BEFORE:
            process.dead = True
            raise ProcessDied(what)
        if fault is Fault.REFUSED:
            raise refusal()
        if fault is Fault.DIES_AFTER:
            with suppress(Exception):  # whatever the answer would have been, nobody gets it
                take_effect()
            process.dead = True
            raise ProcessDied(what)
        if fault is Fault.HELD_UP:
            self.held_up()
        answer = take_effect()
        if fault is Fault.ANSWER_LOST:
            raise loss()
        return repeat() if fault is Fault.REPEATED and repeat else answer
