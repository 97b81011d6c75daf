"""A long line in few words: some places in it, and since when those wait who stand there. Pure.

Who is next wants to know it exactly, who is the two thousandth does not: of each priority the first
places are all marked, those further back at distances that grow, up to a hundredth of the line.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sportello.model import Instant
from sportello.priorities import Priority
from sportello.stored import Stored

_PLACES_TO_A_STEP = 8
_STEPS_TO_A_LINE = 100


class Mark(NamedTuple):
    """Who stands at a place, 1 for the first of their priority, waits since this instant."""

    place: int
    since: Instant


class LineSummary(Stored):
    """Of each priority the marks, in order, with the first and the last of the line among them."""

    taken_at: Instant
    marks: Mapping[str, tuple[Mark, ...]]

    def amount(self, priority: Priority, since: datetime, until: datetime) -> int:
        """Tell how many of a priority came in [since, until), to within half a step."""
        return max(self._before(priority, until) - self._before(priority, since), 0)

    def first(self, priority: Priority, since: datetime, until: datetime) -> datetime | None:
        """Tell since when the first waits of those who came in [since, until)."""
        marks = self.marks.get(priority, ())
        at = _position(marks, since)
        return marks[at].since if at < len(marks) and marks[at].since < until else None

    def _before(self, priority: Priority, instant: datetime) -> int:
        marks = self.marks.get(priority, ())
        at = _position(marks, instant)
        least = marks[at - 1].place if at else 0
        most = marks[at].place - 1 if at < len(marks) else least
        return (least + most) // 2


def summarized(line: Iterable[tuple[Priority, datetime]], taken_at: datetime) -> LineSummary:
    """Sum up who waits, given the priority and the beginning of each wait."""
    by_priority: defaultdict[Priority, list[datetime]] = defaultdict(list)
    for priority, since in line:
        by_priority[priority].append(since)
    widest = -(-sum(map(len, by_priority.values())) // _STEPS_TO_A_LINE)
    return LineSummary(
        taken_at=taken_at,
        marks={str(each): _marked(sorted(came), widest) for each, came in by_priority.items()},
    )


def _marked(came: Sequence[datetime], widest: int) -> tuple[Mark, ...]:
    return tuple(Mark(place, came[place - 1]) for place in _marked_places(len(came), widest))


def _marked_places(last: int, widest: int) -> Iterator[int]:
    place = 1
    while place < last:
        yield place
        place += min(max(place // _PLACES_TO_A_STEP, 1), widest)
    yield last


def _position(marks: Sequence[Mark], instant: datetime) -> int:
    return bisect_left(marks, instant, key=lambda mark: mark.since)
