"""Ended waits for tests; a test names only what it is about."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.queues.waits import WaitOutcome, WaitRecord
from sportello.table.items import waiting_shard
from sportello.table.keys import Attributes, key, stamp
from support.builders import CONVERSATION, NOW, seconds


def a_wait(counted: float = 12, *, answered: bool = True, **changes: Any) -> WaitRecord:
    fields: dict[str, Any] = {
        "conversation_id": CONVERSATION,
        "wait_id": "7",
        "queue": "default",
        "channel": "fake",
        "waiting_since": NOW - seconds(counted),
        "ended_at": NOW,
        "outcome": WaitOutcome.ANSWERED if answered else WaitOutcome.ABANDONED,
        "counted_seconds": counted,
        "target_seconds": 300,
        "policy": "messaging",
        "policy_version": 0,
    }
    return WaitRecord.model_validate(fields | changes)


def somebody_waiting(
    name: str,
    since: datetime,
    priority: Priority = Priority.NORMAL,
    queue: str = "default",
) -> Attributes:
    """An item of which the index knows that a conversation waits in a queue."""
    return {
        **key(name, "STATE"),
        "entity": {"S": "state"},
        "waiting": {"S": waiting_shard(queue, name)},
        "waiting_since": {"S": stamp(since)},
        "priority": {"S": priority},
    }


def some_waits(**drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[list[WaitRecord]]:
    """Lists of waits around the thresholds of live chat, some of them exactly on one."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "counted": st.integers(0, 120).map(lambda halves: halves / 2),
        "answered": st.booleans(),
    }
    return st.lists(st.builds(a_wait, **(fields | drawn)), max_size=12)
