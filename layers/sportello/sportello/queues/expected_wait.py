"""How long a customer who enters a queue will wait: a range that holds in four cases of five.

The pace of the queue (`queue_replay.py`), its spread, and how often it was seen make a gamma
distribution of the wait. Somebody with nobody ahead may find a free agent or not, with one or two
ahead an agent who is about to take them or not; of them the waits of those who entered at such
places are the better witness, and count as observed.

Seconds are of open time throughout: a night on which nobody served is not a slow night.
`tests/experiments/test_expected_wait_calibration.py` holds the ranges against simulated traffic.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from pydantic import Field

from sportello.model import Model
from sportello.queues.queue_replay import (
    EndedWait,
    Gamma,
    OpenSeconds,
    ReplayedWait,
    on_open_axis,
    pace_of,
    places,
)
from sportello.queues.waits import REFRESH_GAP

WINDOWS = (timedelta(minutes=10), timedelta(hours=2), timedelta(weeks=3))
"""How far back to look: the shortest that holds enough answered waits (after Zendesk)."""

ENOUGH_ANSWERED = 6
"""Answered waits that a window must hold, or else the next longer one is looked at."""

ANSWERED_TO_SAY_ANYTHING = 3
"""The same of the longest window; below it nothing is said."""

WAITS_READ = 200
"""The newest ended waits are evidence enough; a caller need not fetch more."""

_LOW_SHARE, _HIGH_SHARE = 0.1, 0.9
_HIGH_SHARE_FROM_ZERO = 0.8
"""Shares of the predicted waits under either bound; from zero nothing is left under the range, and
one bound does it all. Said is the round figure whose share is nearest, be it above or below."""

_ASSUMED_LONE = 2
"""Weight, in waits, of the queue's pace against the waits of those who entered alone."""

_NEAR_THE_HEAD = 3
_NEAR_WAITS = 40
_ASSUMED_NEAR = 4
"""Places whose waits count as observed, how many of the newest, and the pace's weight, in waits,
against them: where few are ahead an agent may be about to take them, which no pace tells."""

_MINUTE, _HOUR = 60, 3_600
_FIGURES = tuple(
    minutes * _MINUTE
    for minutes in (*range(11), 12, 15, 20, 25, 30, 35, 40, 45, 50, 60, 90, 120, 150, 180)
)
"""Bounds, in seconds, that people say; after the last come full hours."""

_HALVINGS = 32
"""Steps of bisection; what is left is a billionth of the range searched."""


class Announcement(Protocol):
    """What a customer was told, in seconds of open time from `at` on."""

    @property
    def low_seconds(self) -> float: ...
    @property
    def high_seconds(self) -> float: ...
    @property
    def at(self) -> datetime: ...


class ExpectedWait(Model):
    """The real wait lies in [low, high], round figures in seconds, in about 80 % of cases.

    `window` says how far back the evidence goes.
    """

    low_seconds: float = Field(ge=0)
    high_seconds: float = Field(ge=0)
    position: int = Field(ge=1)
    window: timedelta


class Prediction(NamedTuple):
    """The distribution of a wait, not yet rounded; scales with the time it was learnt from.

    `lone` holds the waits of those who entered alone, `near` of those behind a few, as they would
    be at this place or the last one near the head; both are sorted. `near_by_pace` is for that
    place too.
    """

    position: int
    by_pace: Gamma
    first_by_pace: Gamma
    near_by_pace: Gamma
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
        share = _observed(self.lone, self.first_by_pace, _ASSUMED_LONE, seconds)
        if self.position > 1:
            near = _observed(self.near, self.near_by_pace, _ASSUMED_NEAR, seconds)
            share = min(share, near)
        if self.position > _NEAR_THE_HEAD:
            share = min(share, self.by_pace.share_below(seconds))
        return share

    @property
    def _longest(self) -> float:
        return max(100 * self.by_pace.mean, *self.lone, *self.near, 0.0)


def _observed(waits: tuple[float, ...], by_pace: Gamma, assumed: int, seconds: float) -> float:
    """Return the share below of waits seen, with a distribution assumed for lack of them."""
    supposed = assumed * by_pace.share_below(seconds)
    return (supposed + bisect_right(waits, seconds)) / (assumed + len(waits))


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
    evidence = _evidence(ended, now)
    if evidence is None:
        return None
    window, waits, record = evidence
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
    evidence = _evidence(ended, now)
    if evidence is None:
        return None
    _, waits, record = evidence
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
    waits = on_open_axis(ended, now, elapsed)
    head = 0.0 if head_waiting_since is None else -elapsed(head_waiting_since, now)
    pace = pace_of(waits, head)
    near = min(position, _NEAR_THE_HEAD)
    return Prediction(
        position=position,
        by_pace=pace.wait(position),
        first_by_pace=pace.wait(1),
        near_by_pace=pace.wait(near),
        lone=_lone_waits(waits),
        near=_near_waits(on_open_axis(record, now, elapsed), near) if position > 1 else (),
    )


def _lone_waits(waits: list[ReplayedWait]) -> tuple[float, ...]:
    """Collect, sorted, the answered waits of those who entered when nobody was waiting."""
    return tuple(sorted(seconds for place, seconds in places(waits) if place <= 1))


def _near_waits(waits: list[ReplayedWait], near: int) -> tuple[float, ...]:
    """Collect, sorted, the newest waits from behind a few, as if from the place `near`."""
    by_place = [(p, seconds) for p, seconds in places(waits) if 1 < p <= _NEAR_THE_HEAD]
    return tuple(sorted(seconds * near / place for place, seconds in by_place[-_NEAR_WAITS:]))


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
