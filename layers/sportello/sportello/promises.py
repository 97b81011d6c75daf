"""What opening hours and SLA policy make of an instant: when people answer, and by when. Pure."""

from contextlib import suppress
from datetime import timedelta

from sportello.clocks import ClockKind, ClockPlan
from sportello.model import Instant, Model
from sportello.opening_hours import ClosedPeriod, NeverOpen, OpeningHours
from sportello.settings import OpeningHoursSettings, QueueSettings, SlaPolicy


class Staffing(Model):
    """Whether a queue's people are there at an instant.

    `closed` is None while they are, and for a calendar that never opens: then nobody can be
    waited for, and everything happens at once.
    """

    hours: OpeningHours | None
    closed: ClosedPeriod | None


def staffing(
    queue: str, queues: QueueSettings, calendars: OpeningHoursSettings, now: Instant
) -> Staffing:
    """Look up a queue's calendar; one that is missing or never opens counts as always staffed."""
    settings = queues.queues.get(queue)
    hours = calendars.calendars.get(settings.calendar) if settings else None
    if hours is None:
        return Staffing(hours=None, closed=None)
    try:
        return Staffing(hours=hours, closed=hours.closed_period(now))
    except NeverOpen:
        return Staffing(hours=None, closed=None)


def first_response(policy: SlaPolicy, staffed: Staffing, started_at: Instant) -> ClockPlan:
    """Plan the first-response clock of a customer who has waited since `started_at`."""
    target = policy.first_response_seconds
    warn_after = policy.warn_after_fraction * target
    warn_at = started_at + timedelta(seconds=warn_after)
    due_at = started_at + timedelta(seconds=target)
    if staffed.hours is not None and not policy.around_the_clock:
        # A calendar that ends before the target is used up promises nothing: time runs on.
        with suppress(NeverOpen):
            warn_at, due_at = (
                staffed.hours.due(started_at, warn_after),
                staffed.hours.due(started_at, target),
            )
    return ClockPlan(
        kind=ClockKind.FIRST_RESPONSE,
        policy=policy.name,
        started_at=started_at,
        target_seconds=target,
        warn_at=warn_at,
        due_at=due_at,
    )
