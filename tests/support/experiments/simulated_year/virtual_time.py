"""A year in seconds: everything happens in order and at its instant, to the microsecond."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

type Happening = Callable[[], object]


class VirtualTime:
    """`now` only moves when something happens; what is due at one instant happens as planned."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._ahead: list[tuple[datetime, int, Happening]] = []
        self._numbers = itertools.count()

    def at(self, instant: datetime, happening: Happening) -> None:
        """Plan something; an instant already past is now."""
        heapq.heappush(self._ahead, (max(instant, self.now), next(self._numbers), happening))

    def pass_until(self, end: datetime) -> None:
        """Let everything happen that is planned for before `end`."""
        while self._ahead and self._ahead[0][0] < end:
            self.now, _, happening = heapq.heappop(self._ahead)
            happening()
        self.now = max(self.now, end)

    def pass_all(self) -> None:
        """Let everything happen until nothing is planned any more."""
        while self._ahead:
            self.now, _, happening = heapq.heappop(self._ahead)
            happening()
