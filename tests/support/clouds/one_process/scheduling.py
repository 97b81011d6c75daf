"""Virtual time, and chance with a seed: what happens next of all that could."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from support.agent_calls import LambdaContext
from support.clouds.one_process.numbered_calls import NumberedCalls, ProcessDied

MOST_ACTIONS = 4_000
"""More than any story needs: a run that goes on has something that never ends."""

LONGEST_HOLD_SECONDS = 5
"""Of a function that is slow, and does not reach its time limit."""


class NeverEnds(Exception):
    """The run did not come to rest."""


class FunctionFailed(Exception):
    """A function ended without an answer; AWS names the error by its class, or the death."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Action:
    """Something that could happen now; `function` is the one it would call."""

    label: str
    do: Callable[[], None]
    function: str = ""


class Part(Protocol):
    """A part of the world that does things by itself."""

    def ready(self) -> list[Action]: ...

    def next_due(self) -> datetime | None: ...


type Handler = Callable[[dict[str, Any], Any], Any]


@dataclass
class World:
    """`shuffled` is False for a world where everything comes once, in the order it was asked."""

    now: datetime
    seed: int
    handlers: Mapping[str, Handler]
    calls: NumberedCalls
    forget: Callable[[], None]
    shuffled: bool = True
    parts: Sequence[Part] = ()
    busy: list[str] = field(default_factory=list)
    happened: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 -- repeatable chance, no secret

    def copies(self, most: int) -> int:
        """How often something that may come more than once comes; once mostly."""
        return self.chance.choice([1, 1, *range(1, most + 1)]) if self.shuffled else 1

    def seconds(self, least: float, most: float) -> float:
        return round(self.chance.uniform(least, most), 3) if self.shuffled else least

    def invoke(self, function: str, event: Any) -> Any:
        """Call a function as Lambda does; what the process kept is gone if it died."""
        self.busy.append(function)
        try:
            with self.calls.in_process(function):
                return self.handlers[function](event, LambdaContext(function_name=function))
        except ProcessDied as death:
            self.forget()
            raise FunctionFailed(death.reported_as) from death
        except Exception as error:
            raise FunctionFailed(type(error).__name__) from error
        finally:
            self.busy.pop()

    def run(self) -> None:
        """Let everything happen until nothing is left that ever could."""
        while actions := self._next_actions():
            self._happen(actions)

    def let_others_run(self) -> None:
        """While one function is held up for some seconds, everything else goes on.

        Not in the functions that are held up: they are processes of their own, and one process
        takes one call at a time.
        """
        until = self.now + timedelta(seconds=self.seconds(0, LONGEST_HOLD_SECONDS))
        while True:
            if actions := [each for each in self._ready() if each.function not in self.busy]:
                self._happen(actions)
                continue
            due = self._next_due()
            if due is None or due > until:
                return
            self.now = due

    def _happen(self, actions: Sequence[Action]) -> None:
        self.happened += 1
        if self.happened > MOST_ACTIONS:
            raise NeverEnds(f"after {MOST_ACTIONS} actions, at {self.now}: {actions[0].label}")
        (self.chance.choice(actions) if self.shuffled else actions[0]).do()

    def _next_actions(self) -> list[Action]:
        """What is ready now, or as soon as something is."""
        while not (actions := self._ready()):
            due = self._next_due()
            if due is None:
                return []
            self.now = due
        return actions

    def _next_due(self) -> datetime | None:
        dues = [due for part in self.parts if (due := part.next_due()) is not None]
        return min((due for due in dues if due > self.now), default=None)

    def _ready(self) -> list[Action]:
        return [action for part in self.parts for action in part.ready()]
