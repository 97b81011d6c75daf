"""Agents with room and conversations in line for tests; a test names only what it is about."""

from typing import Any

from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import OverflowTo, QueueRouting
from support.builders import CHANNEL, NOW, seconds

AGENTS = ("anna", "bruno", "carla", "dario")
QUEUES = ("default", "second", "third")
LANGUAGES = ("it", "en", "de")


def a_seat(agent_id: str = "anna", *, idle: float = 60, **changes: Any) -> Seat:
    """Somebody with room for all, who has had nothing for so many seconds."""
    fields: dict[str, Any] = {
        "agent_id": agent_id,
        "queue": "default",
        "room": 10,
        "share": 0.0,
        "idle_since": NOW - seconds(idle),
        "version": 1,
    }
    return Seat.model_validate(fields | changes)


def in_line(name: str = "c1", *, waited: float = 0, **changes: Any) -> InLine:
    fields: dict[str, Any] = {
        "conversation_id": name,
        "queue": "default",
        "channel": CHANNEL,
        "units": 2,
        "since": NOW - seconds(waited),
    }
    return InLine.model_validate(fields | changes)


_SECONDS = st.sampled_from((0, 60, 120, 300))

some_routing = st.builds(
    QueueRouting,
    order=st.sampled_from(("longest_idle", "least_loaded")),
    last_agent_first=st.booleans(),
    least_skill=st.integers(1, 5),
    skill_relaxed_after_seconds=st.none() | _SECONDS,
    language_relaxed_after_seconds=st.none() | _SECONDS,
    overflow=st.lists(
        st.builds(OverflowTo, queue=st.sampled_from(QUEUES), after_seconds=_SECONDS), max_size=3
    ).map(tuple),
)

one_seat = st.builds(
    a_seat,
    agent_id=st.sampled_from(AGENTS),
    queue=st.sampled_from(QUEUES),
    idle=st.integers(0, 5),
    room=st.integers(0, 4),
    share=st.sampled_from((0.0, 0.5, 1.0)),
    languages=st.lists(st.sampled_from(LANGUAGES), max_size=2).map(tuple),
    skills=st.dictionaries(st.just(CHANNEL), st.integers(0, 5), max_size=1),
)

some_seats = st.lists(one_seat, max_size=12, unique_by=lambda seat: (seat.agent_id, seat.queue))


def _waiting(queues: tuple[str, ...], names: tuple[str, ...]) -> st.SearchStrategy[InLine]:
    return st.builds(
        in_line,
        name=st.sampled_from(names),
        queue=st.sampled_from(queues),
        waited=st.integers(0, 400),
        units=st.integers(1, 3),
        language=st.sampled_from(("", *LANGUAGES)),
        priority=st.sampled_from(Priority),
        last_agent=st.sampled_from(("", *AGENTS)),
        passed_by=st.lists(st.sampled_from(AGENTS), max_size=2).map(tuple),
    )


one_waiting = _waiting(QUEUES, ("c1",))

some_line = st.lists(
    _waiting(("default",), tuple(f"c{number}" for number in range(8))),
    max_size=8,
    unique_by=lambda waiting: waiting.conversation_id,
)
