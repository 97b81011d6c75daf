"""How much one run of the sweep may do: what it leaves is there for the next one."""

from collections.abc import Callable
from datetime import datetime, timedelta

THINGS = 1_000
TIME = timedelta(seconds=40)
"""The function lives 60 s, and a call of AWS that gets no answer takes about 12 of them."""


class SweepBudget:
    """Bounded in number and in time; `clock` tells the time while it is spent."""

    def __init__(
        self, clock: Callable[[], datetime], *, things: int = THINGS, time: timedelta = TIME
    ) -> None:
        self._clock = clock
        self._began = clock()
        self._things = things
        self._time = time
        self._spent = 0

    def spend(self, share: float = 1.0) -> bool:
        """Take one more thing out of it; False where this share of the whole is used up."""
        if self._spent >= self._things * share:
            return False
        if self._clock() - self._began >= self._time * share:
            return False
        self._spent += 1
        return True
