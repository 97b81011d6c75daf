"""What is overdue, in the order in which the sweep takes it up. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from sportello.model import Model
from sportello.table.items import PendingEntry

GRACE = timedelta(seconds=60)
"""How long the ordinary way may take before the sweep does it."""

STATE_GRACE = timedelta(seconds=5)
"""A lease, a wake-up and an agent name the time at which they are due themselves."""

ITEMS_IN_A_RUN = 100
"""Items one triage run is told to apply, read at once; more of them come a minute later."""

LONGEST_PAUSE = timedelta(minutes=15)
"""How long what fails is left alone at most: 15,000 such things take the sweep's whole budget."""


class Backlog(Model):
    """`messages` are inbound items, by conversation; `others` what else there is, in turn."""

    messages: tuple[tuple[PendingEntry, ...], ...]
    others: tuple[PendingEntry, ...]

    @classmethod
    def of(cls, entries: Iterable[PendingEntry], now: datetime) -> "Backlog":
        """Sort out what is overdue, oldest first."""
        overdue = sorted(
            (entry for entry in entries if entry.pending_since <= now - grace(entry)),
            key=lambda entry: entry.pending_since,
        )
        by_conversation: defaultdict[str, list[PendingEntry]] = defaultdict(list)
        for entry in overdue:
            if entry.entity == "inbound":
                by_conversation[entry.conversation_id].append(entry)
        turns = [entry for entry in overdue if entry.entity == "state"]
        agents = [entry for entry in overdue if entry.entity == "agent"]
        effects = [e for e in overdue if e.entity not in {"inbound", "state", "agent"}]
        return cls(
            messages=tuple(tuple(items[:ITEMS_IN_A_RUN]) for items in by_conversation.values()),
            others=tuple(_taking_turns(turns, effects, agents)),
        )


def grace(entry: PendingEntry) -> timedelta:
    return STATE_GRACE if entry.entity in {"state", "agent"} else GRACE


def pause_after(late: timedelta) -> timedelta:
    """Return how long to leave alone what is tried now: half of how late it is already.

    So nothing is later in the end than half of what its cause took, and tried ever less often.
    """
    return min(max(late / 2, timedelta(0)), LONGEST_PAUSE)


def _taking_turns(*lines: Sequence[PendingEntry]) -> Iterator[PendingEntry]:
    return (entry for entry in chain.from_iterable(zip_longest(*lines)) if entry is not None)
