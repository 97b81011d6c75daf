"""The order in which those who wait are taken: by a place that never changes. Pure.

A more urgent matter is as if it had come earlier: `HEAD_STARTS` says by how much. So urgency ages
by itself, nobody waits for ever behind newer and more urgent matters, and the order of two never
turns around: it can be the sort key of the line.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from sportello.model import Instant
from sportello.priorities import Priority
from sportello.stored import OrUnknown, Stored

HEAD_STARTS: Mapping[Priority, timedelta] = {
    Priority.LOW: timedelta(minutes=-15),
    Priority.NORMAL: timedelta(0),
    Priority.HIGH: timedelta(minutes=15),
    Priority.URGENT: timedelta(hours=1),
}


def place_of(priority: Priority, since: Instant) -> Instant:
    """Return the place in line of who waits since an instant; the earliest place is next."""
    return since - HEAD_STARTS[priority.as_known]


def since_at(place: datetime) -> Mapping[Priority, datetime]:
    """Return since when, by priority, somebody waits who has a place."""
    return {priority: place + head_start for priority, head_start in HEAD_STARTS.items()}


class InLine(Stored):
    """A conversation that waits for a person, as its line shows it.

    `language` is empty where nobody knows it. `passed_by` are agents who were offered it and did
    not take it. `last_agent` is who had it last.
    """

    conversation_id: str
    queue: str
    channel: str
    units: int
    since: Instant
    language: str = ""
    priority: Annotated[Priority, OrUnknown()] = Priority.NORMAL
    last_agent: str = ""
    passed_by: tuple[str, ...] = ()

    @property
    def place(self) -> Instant:
        return place_of(self.priority, self.since)
