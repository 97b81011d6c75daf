"""`LINE#<queue>`: what is remembered of a queue in which very many wait. Pure.

Whoever is to count the line claims that first, in the item that holds the last count: one of many
steps counts, and the others see in the item they read anyway that somebody does.
"""

from datetime import datetime, timedelta

from sportello.model import Instant
from sportello.queues.line_summary import LineSummary
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

COUNTED_EVERY = timedelta(minutes=1)
COUNT_LAPSES = timedelta(seconds=60)
"""Who claimed the count and has not written it by then has died over it: no step lives longer."""

_EXPIRES_AFTER = timedelta(days=2)


class CountedLine(Stored):
    """`claimed_at` is when a count began, which `summary` is of unless it is still under way."""

    claimed_at: Instant
    summary: LineSummary | None = None

    @staticmethod
    def key(queue: str) -> Attributes:
        return {"pk": {"S": f"LINE#{queue}"}, "sk": {"S": "SUMMARY"}}

    def is_due(self, now: datetime) -> bool:
        """Whether to count anew: the last count is old, or the one under way never ended."""
        ended = self.summary is not None and self.summary.taken_at == self.claimed_at
        return now - self.claimed_at >= (COUNTED_EVERY if ended else COUNT_LAPSES)

    def to_attributes(self, queue: str) -> Attributes:
        summary = {"summary": {"S": self.summary.model_dump_json()}} if self.summary else {}
        return {
            **self.key(queue),
            "entity": {"S": "line"},
            **schema_attributes("line"),
            "claimed_at": {"S": stamp(self.claimed_at)},
            **summary,
            "expires_at": {"N": str(int((self.claimed_at + _EXPIRES_AFTER).timestamp()))},
        }

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "CountedLine":
        document = upcast("line", attributes).get("summary")
        return cls(
            claimed_at=attributes["claimed_at"]["S"],
            summary=LineSummary.model_validate_json(document["S"]) if document else None,
        )
