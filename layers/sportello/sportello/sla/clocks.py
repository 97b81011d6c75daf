"""SLA clocks: what they are, and what an instant makes of them. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from sportello.model import Instant, Model
from sportello.stored import OrUnknown, Stored, is_unknown


class ClockKind(StrEnum):
    """What a clock waits for.

    `first_response` is a person's first answer after the conversation went to people,
    `first_response_any` anybody's first answer in an episode, `next_response` a person's answer
    to each later turn, `resolution` the end of the matter, `queue_wait` somebody who takes the
    conversation, `agent_silence` a word of the agent who has it, `promise` what was promised.
    """

    FIRST_RESPONSE = "first_response"
    FIRST_RESPONSE_ANY = "first_response_any"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    QUEUE_WAIT = "queue_wait"
    AGENT_SILENCE = "agent_silence"
    PROMISE = "promise"


class ClockState(StrEnum):
    """`breaching` is late and still unanswered, `breached` is late and then answered."""

    PENDING = "pending"
    IMMINENT = "imminent"
    BREACHING = "breaching"
    PAUSED = "paused"
    ACHIEVED = "achieved"
    BREACHED = "breached"
    CANCELLED = "cancelled"


STORED_AWAITING_CUSTOMER = "waiting"
"""What the table calls it when it is the customer's turn, so that functions of an earlier version,
which run beside ours during a deployment, can read it. Nobody else sees the word."""


class ClockChange(StrEnum):
    """Why a running clock counts otherwise than before."""

    EARLIER_MESSAGE = "earlier_message"
    POLICY = "policy"
    OPENING_HOURS = "opening_hours"
    AWAITING_CUSTOMER = "awaiting_customer"
    SNOOZED = "snoozed"
    RESUMED = "resumed"

    @classmethod
    def _missing_(cls, value: object) -> "ClockChange | None":
        return cls.AWAITING_CUSTOMER if value == STORED_AWAITING_CUSTOMER else None


class ClockEnding(StrEnum):
    ANSWERED = "answered"
    TAKEN = "taken"
    RESOLVED = "resolved"
    KEPT = "kept"
    RETURNED = "returned"
    LEFT_AGENT = "left_agent"
    NO_TARGET = "no_target"
    NOT_DELIVERED = "not_delivered"
    MOVED = "moved"


ENDED = frozenset({ClockState.ACHIEVED, ClockState.BREACHED, ClockState.CANCELLED})


class Clock(Stored):
    """A running or ended target.

    `spent_seconds` were counted before `counting_since`; the rest is counted on `calendar` (empty:
    around the clock) as it is in `calendar_version`. While the clock is paused it has neither
    `counting_since` nor the instants computed from it. `promise_id` tells promises apart, of every
    other kind only one runs. `generation` is new for each start. `promised_by` is the due time the
    customer was told, which no later calendar changes.
    """

    kind: Annotated[ClockKind, OrUnknown()]
    promise_id: str = ""
    generation: int
    episode: int = 0
    policy: str
    policy_version: int = 0
    calendar: str = ""
    calendar_version: int = 0
    started_at: Instant
    target_seconds: int
    warn_seconds: float
    spent_seconds: float = 0
    counting_since: Instant | None
    warn_at: Instant | None
    due_at: Instant | None
    state: Annotated[ClockState, OrUnknown()] = ClockState.PENDING
    ended_at: Instant | None = None
    promised_by: Instant | None = None

    @property
    def name(self) -> tuple[ClockKind, str]:
        return self.kind, self.promise_id

    @property
    def running(self) -> bool:
        return self.state not in ENDED

    @property
    def of_a_later_version(self) -> bool:
        """Time and the end of the matter act on it as on others, and nothing else does."""
        return is_unknown(self.kind) or is_unknown(self.state)

    def state_at(self, now: Instant) -> ClockState:
        """Return the state of a running clock as time alone makes it; never goes back."""
        timed = self.running and not is_unknown(self.state)
        if not timed or self.warn_at is None or self.due_at is None:
            return self.state
        if now >= self.due_at or self.state is ClockState.BREACHING:
            return ClockState.BREACHING
        if now >= self.warn_at or self.state is ClockState.IMMINENT:
            return ClockState.IMMINENT
        return self.state

    def next_threshold(self) -> Instant | None:
        """Return when this clock next needs attention; None if breaching, paused or ended."""
        match self.state:
            case ClockState.PENDING:
                return self.warn_at
            case ClockState.IMMINENT:
                return self.due_at
            case _:
                return None

    def answered(self, at: Instant) -> ClockState:
        """An answer exactly at the due time is in time, so is one in a pause with time left."""
        late = (
            self.state is ClockState.BREACHING
            or self.spent_seconds > self.target_seconds
            or (self.due_at is not None and at > self.due_at)
        )
        return ClockState.BREACHED if late else ClockState.ACHIEVED


class PromiseTerms(Model):
    """How long what was just promised may take, and what keeps the promise.

    `answer` is any message of a person, `hand` is a person who says that it is done.
    """

    within_seconds: int = Field(ge=60, le=30 * 86_400)
    in_opening_hours: bool = False
    kept_by: Literal["answer", "hand"] = "answer"


def earliest(instants: Iterable[Instant | None]) -> Instant | None:
    return min((at for at in instants if at is not None), default=None)
