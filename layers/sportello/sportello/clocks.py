"""SLA clocks: what they are, and what an instant makes of them. Pure."""

from enum import StrEnum

from pydantic import Field

from sportello.model import Instant, Model


class ClockKind(StrEnum):
    FIRST_RESPONSE = "first_response"


class ClockState(StrEnum):
    PENDING = "pending"
    IMMINENT = "imminent"
    BREACHING = "breaching"
    ACHIEVED = "achieved"
    BREACHED = "breached"
    CANCELLED = "cancelled"


RUNNING = frozenset({ClockState.PENDING, ClockState.IMMINENT, ClockState.BREACHING})


class ClockPlan(Model):
    """When a clock would warn and be due, computed from policy and calendar."""

    kind: ClockKind
    policy: str
    started_at: Instant
    target_seconds: int = Field(gt=0)
    warn_at: Instant
    due_at: Instant


class Clock(ClockPlan):
    """A running or ended target.

    `breaching` is late and still unanswered, `breached` is late and then answered.
    """

    generation: int
    state: ClockState = ClockState.PENDING
    ended_at: Instant | None = None

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    def state_at(self, now: Instant) -> ClockState:
        """Return the state of a running clock as time alone makes it; never goes back."""
        if not self.running:
            return self.state
        if now >= self.due_at:
            return ClockState.BREACHING
        if now >= self.warn_at or self.state is ClockState.IMMINENT:
            return ClockState.IMMINENT
        return self.state

    def next_threshold(self) -> Instant | None:
        """Return when this clock next needs attention, None once it is breaching or ended."""
        match self.state:
            case ClockState.PENDING:
                return self.warn_at
            case ClockState.IMMINENT:
                return self.due_at
            case _:
                return None

    def answered(self, at: Instant) -> ClockState:
        """An answer exactly at the due time is in time."""
        in_time = at <= self.due_at and self.state is not ClockState.BREACHING
        return ClockState.ACHIEVED if in_time else ClockState.BREACHED


def next_wake(clocks: tuple[Clock, ...]) -> Instant | None:
    thresholds = [at for clock in clocks if (at := clock.next_threshold()) is not None]
    return min(thresholds, default=None)
