"""Who is to be taken before a customer: exactly in a short line, nearly so in a long one.

A short line is read whole. Where a shard of it holds more than one cheap read shows, the line is
long, and a summary tells the place: of all steps that need it, one a minute reads the line and sums
it up anew, and the others cost the same however many wait. Who came since is made out from one
shard, who left from the waits that ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sportello.priorities import Priority
from sportello.queues.line_summary import LineSummary, summarized
from sportello.queues.waits import WaitRecord
from sportello.routing.line import place_of, since_at
from sportello.table.agents.queue_table import NewestWaiting, line_order
from sportello.table.desk_table import DeskTable
from sportello.table.items import WAITING_SHARDS, Line, Waiting

OVERTAKEN_BY = 10
"""Answered customers who came later; agents do not take exactly in order."""

SUMMARY_SERVES = timedelta(minutes=5)
"""Older ones tell nothing: a new count has been under way for minutes, or has just begun."""

MOST_COUNTED_SINCE = 1_000
"""Of one shard, so that it is a few read units; of a crowd that grows faster nothing is told."""

_NEVER = datetime.fromtimestamp(0, UTC)


class Placing:
    def __init__(self, table: DeskTable) -> None:
        self._table = table

    def ahead_of(
        self, queue: str, customer: Waiting, ended: Sequence[WaitRecord], now: datetime
    ) -> Line | None:
        """Tell who is ahead; None while another step counts a long line that has no summary yet.

        A number made up would be a promise, and many counts at once could stop the table.
        """
        since = min(_overtaken_until(ended).values())
        waiting: list[Waiting] = []
        for shard in range(WAITING_SHARDS):
            newest = self._table.queues.newest_waiting(queue, shard, since)
            if newest.there_are_more:
                return self._in_long_line(queue, shard, customer, newest, ended, now)
            waiting += newest.customers
        return line_ahead(customer, waiting, ended)

    def _in_long_line(
        self,
        queue: str,
        shard: int,
        customer: Waiting,
        newest: NewestWaiting,
        ended: Sequence[WaitRecord],
        now: datetime,
    ) -> Line | None:
        """Tell by the last count; None where there is none, or more came since than can be told."""
        queues = self._table.queues
        counted = queues.counted_line(queue)
        if (counted is None or counted.is_due(now)) and queues.claim_count(queue, counted, now):
            return self._count(queue, customer, ended, now)
        summary = counted.summary if counted else None
        if summary is None or now - summary.taken_at > SUMMARY_SERVES:
            return None
        came_since = [other for other in newest.customers if other.since > summary.taken_at]
        amount: int | None = len(came_since)
        if amount == len(newest.customers):
            amount = queues.length_since(queue, shard, summary.taken_at, MOST_COUNTED_SINCE)
        if amount is None:
            return None
        return line_ahead_by_summary(customer, summary, came_since, amount, ended)

    def _count(
        self, queue: str, customer: Waiting, ended: Sequence[WaitRecord], now: datetime
    ) -> Line:
        everybody = self._table.queues.waiting(queue)
        lying_until = _overtaken_until(ended)
        standing = (
            (other.priority, other.since)
            for other in everybody
            if other.since >= lying_until[other.priority]
        )
        self._table.queues.keep_count(queue, summarized(standing, now))
        return line_ahead(customer, everybody, ended)


def line_ahead(customer: Waiting, waiting: Iterable[Waiting], ended: Iterable[WaitRecord]) -> Line:
    """Tell who is to be taken before a customer, leaving out whom nobody comes for any more."""
    lying_until = _overtaken_until(ended)
    since = [
        other.since
        for other in waiting
        if line_order(other) < line_order(customer)
        # The index may still have the customer at another time or priority.
        and other.conversation_id != customer.conversation_id
        and other.since >= lying_until[other.priority]
    ]
    return Line(length=len(since), head_since=min(since, default=None))


def line_ahead_by_summary(
    customer: Waiting,
    summary: LineSummary,
    came_since: Sequence[Waiting],
    amount: int,
    ended: Sequence[WaitRecord],
) -> Line:
    """Tell the same by a summary and what happened since.

    `came_since` are the newest of those who came into one shard since, `amount` how many did.
    """
    lying_until = _overtaken_until(ended)
    until = since_at(place_of(customer.priority, customer.since))
    stood = sum(summary.amount(each, lying_until[each], until[each]) for each in Priority)
    left_since = sum(
        wait.waiting_since <= summary.taken_at < wait.ended_at
        and wait.waiting_since < until[wait.priority.as_known]
        for wait in ended
    )
    joined = line_ahead(customer, came_since, ended)
    share = joined.length / len(came_since) if came_since else 0
    joined_everywhere = share * amount * WAITING_SHARDS
    heads = [summary.first(each, lying_until[each], until[each]) for each in Priority]
    return Line(
        length=max(stood - left_since, 0) + round(joined_everywhere),
        head_since=min((head for head in [*heads, joined.head_since] if head), default=None),
    )


def _overtaken_until(ended: Iterable[WaitRecord]) -> Mapping[Priority, datetime]:
    """Return, by priority, before when those came who were overtaken too often to be in line.

    A matter settled elsewhere and resolved by nobody waits for weeks; it is neither ahead of
    anybody nor a sign that nobody is answered. Who is more urgent comes before others by right.
    """
    answered = sorted(
        place_of(wait.priority, wait.waiting_since) for wait in ended if wait.answered
    )
    return since_at(answered[-OVERTAKEN_BY] if len(answered) >= OVERTAKEN_BY else _NEVER)
