"""Ended waits for a person: what service levels and the expected wait are computed from. Pure.

A wait is written once, by the commit that ends it, and never changed. It lies in the partition of
its queue, sorted by when it ended, so that one query reads what a report is about and no more.
It holds nothing personal: a conversation id tells nothing by itself.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from sportello.model import Instant
from sportello.priorities import Priority
from sportello.stored import OrUnknown, Stored

WAITS_KEPT = timedelta(days=400)
"""After its end: thirteen months, so that a month can be held against the same one a year ago."""

REFRESH_GAP = timedelta(minutes=2)
"""A waiting customer is told anew no sooner than this."""


CountedSeconds = Annotated[
    float, Field(ge=0, allow_inf_nan=False), AfterValidator(lambda seconds: round(seconds, 6))
]
"""To the microsecond, as instants are: a sum of spans is not late by its last binary digit."""


class AnnouncedWait(Stored):
    """What a waiting customer was told, in seconds of open time; `review_at` is when it ends."""

    position: int
    low_seconds: float
    high_seconds: float
    at: Instant
    review_at: Instant | None


class WaitOutcome(StrEnum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"


class WaitRecord(Stored):
    """`WAITS#<queue>`: one customer's wait for a person, over.

    `wait_id` is unique in the conversation. `counted_seconds` is the time the clock counted
    (opening hours, unless the policy is around the clock), which service levels are computed of;
    `target_seconds` what the clock had to keep. `policy_version` is the version of the SLA
    settings that `policy` was read from. `announced_low` and `announced_high` bound the expected
    wait that the customer was told last, in counted seconds from the beginning of the wait.
    `answer_lost` is of a wait that went on, because the answer that ended it did not arrive.
    """

    conversation_id: str
    wait_id: str
    queue: str
    channel: str
    priority: Annotated[Priority, OrUnknown()] = Priority.NORMAL
    waiting_since: Instant
    ended_at: Instant
    outcome: Annotated[WaitOutcome, OrUnknown()]
    counted_seconds: CountedSeconds
    target_seconds: int | None
    policy: str
    policy_version: int
    announced_low: CountedSeconds | None = None
    announced_high: CountedSeconds | None = None
    answer_lost: bool = False

    @property
    def answered(self) -> bool:
        return self.outcome is WaitOutcome.ANSWERED and not self.answer_lost

    @property
    def as_announced(self) -> bool | None:
        """Whether an answered wait was within the range announced; None if there was none."""
        low, high = self.announced_low, self.announced_high
        if not self.answered or low is None or high is None:
            return None
        return low <= self.counted_seconds <= high

    @property
    def expires_at(self) -> datetime:
        return self.ended_at + WAITS_KEPT
