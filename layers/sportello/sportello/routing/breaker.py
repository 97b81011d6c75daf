"""When an endpoint that fails is left alone, and when it is tried again. Pure.

After some failures in a row it rests, then one caller alone tries it: success ends the rest,
failure doubles the next one.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sportello.model import Instant, Model
from sportello.stored import Stored

OPENS_AFTER = 5
"""Failures in a row."""

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)

PROBE_LEASE = timedelta(minutes=1)
"""Longer than a notifier runs: whoever tries it and dies keeps nobody else from it for longer."""

PROBE_PATIENCE_SECONDS = 5
"""When to look again while somebody else tries it, who soon knows more."""

SUCCESS_IS_NEWS_AFTER = timedelta(hours=1)
"""One success after another is written down as rarely as that."""

_MOST_DOUBLINGS = 16


class Breaker(Stored):
    """How an endpoint has taken what it was rung with, under the settings of `settings_hash`.

    `failures` are those since the last success, `reason` is the last one's. It is not rung before
    `rests_until`, and then by nobody but the one who tries it until `tried_until`.
    """

    settings_hash: str
    failures: int = 0
    failing_since: Instant | None = None
    last_failure_at: Instant | None = None
    last_success_at: Instant | None = None
    reason: str = ""
    rests_until: Instant | None = None
    tried_until: Instant | None = None

    @property
    def is_open(self) -> bool:
        return self.rests_until is not None


class EndpointState(StrEnum):
    """`gone` says so itself; `resting` has failed so often that it is not rung for a while."""

    OK = "ok"
    FAILING = "failing"
    RESTING = "resting"
    GONE = "gone"


class Admission(Model):
    """Whether an endpoint may be rung now, and else in how many seconds to ask again.

    With `trial` it may be rung by whoever is the first to write that down.
    """

    wait_seconds: int = 0
    trial: Breaker | None = None


def breaker_under(settings_hash: str, stored: Breaker | None) -> Breaker:
    """Return what is known of an endpoint: with other settings it begins anew."""
    if stored is None or stored.settings_hash != settings_hash:
        return Breaker(settings_hash=settings_hash)
    return stored


def admission(breaker: Breaker, now: datetime) -> Admission:
    if breaker.rests_until is None:
        return Admission()
    if now < breaker.rests_until:
        return Admission(wait_seconds=_whole_seconds(breaker.rests_until - now))
    if breaker.tried_until is not None and now < breaker.tried_until:
        return Admission(wait_seconds=PROBE_PATIENCE_SECONDS)
    return Admission(trial=breaker.model_copy(update={"tried_until": now + PROBE_LEASE}))


def after_failure(breaker: Breaker, reason: str, now: datetime, wish_seconds: int = 0) -> Breaker:
    """Return what a failed ring leaves; `wish_seconds` is when the endpoint wants to be asked."""
    failures = breaker.failures + 1
    rest = max(rest_after(failures), min(timedelta(seconds=wish_seconds), LONGEST_REST))
    return breaker.model_copy(
        update={
            "failures": failures,
            "failing_since": breaker.failing_since or now,
            "last_failure_at": now,
            "reason": reason,
            "rests_until": now + rest if failures >= OPENS_AFTER else None,
            "tried_until": None,
        }
    )


def rest_after(failures: int) -> timedelta:
    """Return how long an endpoint rests after so many failures in a row."""
    if failures < OPENS_AFTER:
        return timedelta(0)
    doublings = min(failures - OPENS_AFTER, _MOST_DOUBLINGS)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


def after_success(breaker: Breaker, now: datetime) -> Breaker | None:
    """Return what a ring that was taken leaves; None where that is no news."""
    last = breaker.last_success_at
    if breaker.failures == 0 and last is not None and now - last < SUCCESS_IS_NEWS_AFTER:
        return None
    return Breaker(settings_hash=breaker.settings_hash, last_success_at=now)


def state_of(breaker: Breaker, now: datetime) -> EndpointState:
    if breaker.rests_until is not None and now < breaker.rests_until:
        return EndpointState.RESTING
    return EndpointState.FAILING if breaker.failures else EndpointState.OK


def _whole_seconds(span: timedelta) -> int:
    return -(-span // timedelta(seconds=1))
