"""Ended waits for a person: what service levels and the expected wait are computed from. Pure.

A wait is written once, by the commit that ends it, and never changed. It lies in the partition of
its queue, sorted by when it ended, so that one query reads what a report is about and no more.
It holds nothing personal: a conversation id tells nothing by itself.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from sportello.model import Instant, Model
from sportello.table.items import Attributes, stamp

WAITS_KEPT = timedelta(days=400)
"""After its end: thirteen months, so that a month can be held against the same one a year ago."""


CountedSeconds = Annotated[
    float, Field(ge=0, allow_inf_nan=False), AfterValidator(lambda seconds: round(seconds, 6))
]
"""To the microsecond, as instants are: a sum of spans is not late by its last binary digit."""


class WaitOutcome(StrEnum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"


class WaitRecord(Model):
    """`WAITS#<queue>`: one customer's wait for a person, over.

    `wait_id` is unique in the conversation. `counted_seconds` is the time the clock counted
    (opening hours, unless the policy is around the clock), which service levels are computed of;
    `target_seconds` what the clock had to keep. `policy_version` is the version of the SLA
    settings that `policy` was read from. `announced_low` and `announced_high` bound the expected
    wait that the customer was told last, in counted seconds from the beginning of the wait.
    """

    conversation_id: str
    wait_id: str
    queue: str
    channel: str
    priority: str = "normal"
    waiting_since: Instant
    ended_at: Instant
    outcome: WaitOutcome
    counted_seconds: CountedSeconds
    target_seconds: int | None
    policy: str
    policy_version: int
    announced_low: CountedSeconds | None = None
    announced_high: CountedSeconds | None = None

    @property
    def answered(self) -> bool:
        return self.outcome is WaitOutcome.ANSWERED

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

    def to_attributes(self) -> Attributes:
        """Return the item to put; putting it again changes nothing."""
        sort_key = f"{stamp(self.ended_at)}#{self.conversation_id}#{self.wait_id}"
        return {
            "pk": {"S": partition_of(self.queue)},
            "sk": {"S": sort_key},
            "entity": {"S": "wait"},
            "wait": {"S": self.model_dump_json(exclude_defaults=True)},
            "expires_at": {"N": str(int(self.expires_at.timestamp()))},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "WaitRecord":
        return cls.model_validate_json(attributes["wait"]["S"])


def partition_of(queue: str) -> str:
    """Name where a queue's waits lie, by when they ended; it bears 1,000 of them in a second."""
    return f"WAITS#{queue}"


def sort_key_range(since: datetime, until: datetime) -> tuple[str, str]:
    """Return the bounds, for BETWEEN, of waits ended in [since, until).

    Every sort key is longer than the stamp it begins with, so one of exactly `until` lies above.
    """
    return stamp(since.astimezone(UTC)), stamp(until.astimezone(UTC))
