"""How long a customer who enters a queue will wait: a range that holds in four cases of five.

How many people could take the next conversation is not known, so the queue itself is asked: the
waits that ended lately are replayed, and while others wait the queue moves at some pace, the
seconds from one answer to the next. Being the n-th takes n paces, less whoever gives up ahead.
Their spread, and that of a pace seen only a few times, makes a gamma distribution of the wait.
Somebody with nobody ahead may find a free agent or not, with one or two ahead an agent who is
about to take them or not; of them the waits of those who entered at such places are the better
witness, and count as observed.

Seconds are of open time throughout: a night on which nobody served is not a slow night.
`tests/experiments/test_expected_wait_calibration.py` holds the ranges against simulated traffic.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from pydantic import Field

from sportello.model import Model

WINDOWS = (timedelta(minutes=10), timedelta(hours=2), timedelta(weeks=3))
"""How far back to look: the shortest that holds enough answered waits (after Zendesk)."""

ENOUGH_ANSWERED = 6
"""Answered waits that a window must hold, or else the next longer one is looked at."""

ANSWERED_TO_SAY_ANYTHING = 3
"""The same of the longest window; below it nothing is said."""

WAITS_READ = 200
"""The newest ended waits are evidence enough; a caller need not fetch more."""

REFRESH_GAP = timedelta(minutes=2)
"""A waiting customer is told anew no sooner than this."""

_LOW_SHARE, _HIGH_SHARE = 0.1, 0.9
_HIGH_SHARE_FROM_ZERO = 0.8
"""Shares of the predicted waits under either bound; from zero nothing is left under the range, and
one bound does it all. Said is the round figure whose share is nearest, be it above or below."""

_ASSUMED_PACES = 3
"""Weight, in answers, of the pace read from single gaps against the one counted in a crowd."""

_ASSUMED_LONE = 2
"""Weight, in waits, of the queue's pace against the waits of those who entered alone."""

_NEAR_THE_HEAD = 3
_NEAR_WAITS = 40
_ASSUMED_NEAR = 4
"""Places whose waits count as observed, how many of the newest, and the pace's weight, in waits,
against them: where few are ahead an agent may be about to take them, which no pace tells."""

_STEADIEST, _ASSUMED_GAPS = 0.4, 6
"""Least variance of a gap, in squares of its mean, and the number of gaps that argue for 1."""

_MINUTE, _HOUR = 60, 3_600
_FIGURES = tuple(
    minutes * _MINUTE
    for minutes in (*range(11), 12, 15, 20, 25, 30, 35, 40, 45, 50, 60, 90, 120, 150, 180)
)
"""Bounds, in seconds, that people say; after the last come full hours."""

_HALVINGS = 32
"""Steps of bisection; what is left is a billionth of the range searched."""


class EndedWait(Protocol):
    """`counted_seconds` is the open time waited; unless `answered`, the customer gave up."""

    @property
    def ended_at(self) -> datetime: ...
    @property
    def counted_seconds(self) -> float: ...
    @property
    def answered(self) -> bool: ...


class Announcement(Protocol):
    """What a customer was told, in seconds of open time from `at` on."""

    @property
    def low_seconds(self) -> float: ...
    @property
    def high_seconds(self) -> float: ...
    @property
    def at(self) -> datetime: ...


type OpenSeconds = Callable[[datetime, datetime], float]
"""Open seconds between two instants; `OpeningHours.elapsed` is one."""


class ExpectedWait(Model):
    """The real wait lies in [low, high], round figures in seconds, in about 80 % of cases.

    `window` says how far back the evidence goes.
    """

    low_seconds: float = Field(ge=0)
    high_seconds: float = Field(ge=0)
    position: int = Field(ge=1)
    window: timedelta


class _Wait(NamedTuple):
    """An ended wait on the axis of open time, in seconds; now is 0, so both are not positive."""

    entered: float
    left: float
    answered: bool


class _Gamma(NamedTuple):
    """A gamma distribution, by the cube-root rule of Wilson and Hilferty.

    `spread` is the variance over the square of the mean.
    """

    mean: float
    spread: float

    @property
    def _cube_root(self) -> tuple[float, float]:
        """Mean and deviation of the cube root of the variable over its mean: nearly normal."""
        ninth = self.spread / 9
        return 1 - ninth, math.sqrt(ninth)

    def share_below(self, seconds: float) -> float:
        if seconds <= 0 or self.mean <= 0:
            return float(seconds >= self.mean)
        middle, deviation = self._cube_root
        root = math.cbrt(seconds / self.mean)
        return 0.5 * math.erfc((middle - root) / (deviation * math.sqrt(2)))


class Prediction(NamedTuple):
    """The distribution of a wait, not yet rounded; scales with the time it was learnt from.

    `lone` holds the waits of those who entered alone, `near` of those behind a few, as they would
    be at this place or the last one near the head; both are sorted. `near_by_pace` is for that
    place too.
    """

    position: int
    by_pace: _Gamma
    first_by_pace: _Gamma
    near_by_pace: _Gamma
    lone: tuple[float, ...]
    near: tuple[float, ...]

    def quantile(self, share: float, waited: float = 0) -> float:
        """Return the seconds more that a share of such waits stays below, after some waited.

        Further back is never sooner, whichever evidence speaks for either place.
        """
        over = self.share_below(waited) if waited else 0.0
        of_all = over + share * (1 - over)
        return _quantile(self.share_below, of_all, waited + self._longest, waited) - waited

    def share_left_below(self, seconds: float, waited: float) -> float:
        """Return the share of waits longer than `waited` that are over that many seconds later."""
        over = self.share_below(waited) if waited else 0.0
        return (self.share_below(waited + seconds) - over) / (1 - over) if over < 1 else 1.0

    def share_below(self, seconds: float) -> float:
        """Return the share of such waits that last no longer."""
        found = _observed(self.lone, self.first_by_pace, _ASSUMED_LONE, seconds)
        if self.position > 1:
            near = _observed(self.near, self.near_by_pace, _ASSUMED_NEAR, seconds)
            found = min(found, near)
        if self.position > _NEAR_THE_HEAD:
            found = min(found, self.by_pace.share_below(seconds))
        return found

    @property
    def _longest(self) -> float:
        return max(100 * self.by_pace.mean, *self.lone, *self.near, 0.0)


def _observed(waits: tuple[float, ...], by_pace: _Gamma, assumed: int, seconds: float) -> float:
    """Return the share below of waits seen, with a distribution assumed for lack of them."""
    supposed = assumed * by_pace.share_below(seconds)
    return (supposed + bisect_right(waits, seconds)) / (assumed + len(waits))


class _Pace(NamedTuple):
    """Seconds from one answer to the next while people wait, and how often that was seen.

    `unsteadiness` is the variance of one over its square: 1 when answers come at random.
    """

    seconds: float
    seen: float
    unsteadiness: float
    give_up_rate: float

    def wait(self, position: int) -> _Gamma:
        paces = squares = 0.0
        for ahead in range(position):
            step = 1 / (1 + ahead * self.give_up_rate * self.seconds)
            paces += step
            squares += step**2
        # However steady the service, the pace itself changes over a day: that doubt stays whole.
        spread = self.unsteadiness * squares / paces**2 + 1 / self.seen
        return _Gamma(paces * self.seconds, spread)


def expected_wait(
    ended: Iterable[EndedWait],
    position: int,
    now: datetime,
    elapsed: OpenSeconds,
    head_waiting_since: datetime | None = None,
    entered_at: datetime | None = None,
) -> ExpectedWait | None:
    """Tell what to announce to the customer at `position` (1: next); None without data.

    `ended` are this queue's ended waits, in any order; those over three weeks old or not ended by
    `now` are left out. `head_waiting_since` is when the customer who waits longest entered: time
    in which nobody was answered is evidence too. Who entered already, at `entered_at`, is told what
    is left: the waits of those who waited less long are none like theirs.
    """
    found = _evidence(ended, now)
    if found is None:
        return None
    window, waits, record = found
    prediction = _predict(waits, record, position, now, elapsed, head_waiting_since)
    waited = 0.0 if entered_at is None else elapsed(entered_at, now)
    low = _nearest_figure(prediction, _LOW_SHARE, waited)
    high = _nearest_figure(prediction, _HIGH_SHARE if low else _HIGH_SHARE_FROM_ZERO, waited)
    high = max(high, low, float(_MINUTE))
    # Waits seen at one and the same length leave no range between two figures.
    low = rounded_down(low - 1) if low == high else low
    return ExpectedWait(low_seconds=low, high_seconds=high, position=position, window=window)


def predict(
    ended: Iterable[EndedWait],
    position: int,
    now: datetime,
    elapsed: OpenSeconds,
    head_waiting_since: datetime | None = None,
) -> Prediction | None:
    """Return the distribution that `expected_wait` announces the middle of."""
    found = _evidence(ended, now)
    if found is None:
        return None
    _, waits, record = found
    return _predict(waits, record, position, now, elapsed, head_waiting_since)


def _nearest_figure(prediction: Prediction, share: float, waited: float) -> float:
    exact = prediction.quantile(share, waited)
    below, above = rounded_down(exact), rounded_up(exact)
    # Nobody waits less than nothing, though the share of those who wait just nothing may be great.
    too_few = share - (prediction.share_left_below(below, waited) if below else 0)
    return below if too_few < prediction.share_left_below(above, waited) - share else above


def rounded_down(seconds: float) -> float:
    if seconds >= _FIGURES[-1]:
        return float(math.floor(seconds / _HOUR) * _HOUR)
    return float(_FIGURES[bisect_right(_FIGURES, seconds) - 1])


def rounded_up(seconds: float) -> float:
    """Return the next round figure, at least a minute: nothing shorter is said."""
    if seconds > _FIGURES[-1]:
        return float(math.ceil(seconds / _HOUR) * _HOUR)
    return float(_FIGURES[max(bisect_left(_FIGURES, seconds), 1)])


def materially_changed(
    announced: Announcement,
    current: ExpectedWait,
    now: datetime,
    elapsed: OpenSeconds,
    gap: timedelta = REFRESH_GAP,
) -> bool:
    """Whether the customer should hear anew: what they were told, less the time since, is wrong.

    It is when its end has passed; when the middle of the current range lies over a minute outside
    it; or when the ends differ by over a minute and over half, for the better as for the worse.
    """
    if now - announced.at < gap:
        return False
    waited = elapsed(announced.at, now)
    if waited >= announced.high_seconds:
        return True
    low = max(announced.low_seconds - waited, 0)
    high = announced.high_seconds - waited
    middle = (current.low_seconds + current.high_seconds) / 2
    if not low - _MINUTE <= middle <= high + _MINUTE:
        return True
    return abs(current.high_seconds - high) > max(_MINUTE, high / 2)


def next_review_at(
    announced: Announcement,
    due: Callable[[datetime, float], datetime],
    gap: timedelta = REFRESH_GAP,
) -> datetime:
    """Tell when to look again: when the announced end passes, but not within the gap.

    `due` places seconds of open time after an instant; `OpeningHours.due` does.
    """
    return due(announced.at, max(announced.high_seconds, gap.total_seconds()))


def _evidence(
    ended: Iterable[EndedWait], now: datetime
) -> tuple[timedelta, list[EndedWait], list[EndedWait]] | None:
    """Choose the window and return its waits and all there are, the newest of both, in order."""
    waits = [wait for wait in ended if now - WINDOWS[-1] <= wait.ended_at <= now]
    waits.sort(key=lambda wait: (wait.ended_at, wait.counted_seconds, wait.answered))
    for window in WINDOWS:
        recent = [wait for wait in waits if now - wait.ended_at <= window]
        enough = ENOUGH_ANSWERED if window != WINDOWS[-1] else ANSWERED_TO_SAY_ANYTHING
        if sum(wait.answered for wait in recent) >= enough:
            return window, recent[-WAITS_READ:], waits[-WAITS_READ:]
    return None


def _predict(
    ended: list[EndedWait],
    record: list[EndedWait],
    position: int,
    now: datetime,
    elapsed: OpenSeconds,
    head_waiting_since: datetime | None,
) -> Prediction:
    waits = _on_open_axis(ended, now, elapsed)
    head = 0.0 if head_waiting_since is None else -elapsed(head_waiting_since, now)
    pace = _pace(waits, head)
    near = min(position, _NEAR_THE_HEAD)
    return Prediction(
        position=position,
        by_pace=pace.wait(position),
        first_by_pace=pace.wait(1),
        near_by_pace=pace.wait(near),
        lone=_lone_waits(waits),
        near=_near_waits(_on_open_axis(record, now, elapsed), near) if position > 1 else (),
    )


def _on_open_axis(ended: list[EndedWait], now: datetime, elapsed: OpenSeconds) -> list[_Wait]:
    never_closed = (now - ended[0].ended_at).total_seconds()
    if elapsed(ended[0].ended_at, now) == never_closed:
        # The usual case, and it saves walking the calendar for each wait.
        elapsed = _wall_seconds
    waits: list[_Wait] = []
    left, after = 0.0, now
    for wait in reversed(ended):
        left -= elapsed(wait.ended_at, after)
        after = wait.ended_at
        # To the microsecond, like the instants: less is noise of the arithmetic that counted it.
        counted = round(wait.counted_seconds, 6)
        waits.append(_Wait(left - counted, left, wait.answered))
    return waits[::-1]


def _wall_seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _pace(waits: list[_Wait], head: float) -> _Pace:
    """Replay the queue from the oldest departure on, which only says when the replay begins.

    Who finds a free agent is answered at once and says nothing of the pace in a crowd. So answers
    are counted while two or more wait, and gaps between answers are weighted by their length.
    The two agree in a busy queue; where they differ some waits were no waits, and the slower holds.
    """
    start = waits[0].left
    changes = [(max(wait.entered, start), 1, False) for wait in waits[1:]]
    changes += [(wait.left, -1, wait.answered) for wait in waits[1:]]
    # The head still waits: it comes and does not leave.
    changes += [(max(head, start), 1, False), (0.0, 0, True)]
    gap, gaps, crowded_gap, crowded_gaps = 0.0, [], 0.0, []
    given_up, waited, waiting, reached = 0, 0.0, 0, start
    for at, joining, answered in sorted(changes):
        passed, reached = at - reached, at
        gap += passed * (waiting >= 1)
        crowded_gap += passed * (waiting > 1)
        waited += passed * waiting
        if answered:
            gaps.append(gap)
            gap = 0.0
            if waiting > 1 and joining:
                crowded_gaps.append(crowded_gap)
                crowded_gap = 0.0
        given_up += joining < 0 and not answered
        waiting += joining
    single = _length_weighted(gaps)
    crowded = sum(crowded_gaps) + crowded_gap + _ASSUMED_PACES * single
    counted = len(crowded_gaps) + _ASSUMED_PACES
    seconds = max(crowded / counted, single)
    return _Pace(
        seconds=seconds,
        seen=crowded / seconds if seconds else counted,
        unsteadiness=_unsteadiness(crowded_gaps),
        give_up_rate=given_up / waited if waited else 0.0,
    )


def _length_weighted(gaps: list[float]) -> float:
    """Mean of gaps at random that instant answers are mixed with: those weigh nothing."""
    total = sum(gaps)
    return sum(gap * (gap / total) for gap in gaps) / 2 if total else 0.0


def _unsteadiness(gaps: list[float]) -> float:
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    if not mean:
        return 1.0
    squares = sum((gap / mean) ** 2 - 1 for gap in gaps)
    return min(max((squares + _ASSUMED_GAPS) / (len(gaps) + _ASSUMED_GAPS), _STEADIEST), 1.0)


def _lone_waits(waits: list[_Wait]) -> tuple[float, ...]:
    """Collect, sorted, the answered waits of those who entered when nobody was waiting."""
    return tuple(sorted(seconds for place, seconds in _places(waits) if place <= 1))


def _near_waits(waits: list[_Wait], near: int) -> tuple[float, ...]:
    """Collect, sorted, the newest waits from behind a few, as if from the place `near`."""
    found = [(p, seconds) for p, seconds in _places(waits) if 1 < p <= _NEAR_THE_HEAD]
    return tuple(sorted(seconds * near / place for place, seconds in found[-_NEAR_WAITS:]))


def _places(waits: list[_Wait]) -> Iterator[tuple[int, float]]:
    """Yield the place at which each of the answered entered, and how long they waited."""
    entered, left = sorted(wait.entered for wait in waits), sorted(wait.left for wait in waits)
    for wait in waits:
        # Of those who left before the oldest departure nothing is known.
        if wait.answered and wait.entered >= left[0]:
            ahead = bisect_left(entered, wait.entered) - bisect_right(left, wait.entered)
            yield 1 + ahead, wait.left - wait.entered


def _quantile(
    share_below: Callable[[float], float], share: float, longest: float, shortest: float = 0
) -> float:
    low, high = shortest, longest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if share_below(middle) >= share:
            high = middle
        else:
            low = middle
    return high
