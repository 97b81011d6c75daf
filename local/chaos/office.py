"""The office of `make chaos`: it changes its settings while customers write and clocks run.

It closes for a minute or so, promises answers sooner or later, and rings for longer or shorter.
"""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, override

from local.beside import Beside
from local.chaos.colleagues import Supervisor

LEASE_SECONDS = 30
"""The shortest a turn may be leased, so that what a killed run left is taken up within the run."""

FIRST_CHANGE_SECONDS = 25.0
CHANGE_EVERY_SECONDS = 60.0
SHORTEST_CLOSURE = timedelta(seconds=40)
MINUTE = timedelta(minutes=1)

type Document = dict[str, Any]

ROUND_THE_CLOCK = [["00:00", "24:00"]]


class Office(Beside):
    """Changes one thing after another while it is open."""

    def __init__(self, supervisor: Supervisor) -> None:
        super().__init__("office")
        self._supervisor = supervisor

    def begin(self) -> None:
        """Write what the load begins with: an office that is open, with short times."""
        for kind, document in (
            ("bot", {"lease_seconds": LEASE_SECONDS}),
            ("sla_policies", targets(90)),
            ("queues", ladder(10)),
        ):
            self._supervisor.write(kind, document)

    def end(self) -> None:
        """Write the last word, which all clocks are to follow."""
        self._supervisor.write("opening_hours", opening_hours(ROUND_THE_CLOCK))
        self._supervisor.write("sla_policies", targets(120))

    @override
    def _run(self) -> None:
        for turn in itertools.count():
            if self._stopping.wait(CHANGE_EVERY_SECONDS if turn else FIRST_CHANGE_SECONDS):
                return
            longer = turn // 4 % 2
            match turn % 4:
                case 0:
                    windows = closed_for_a_moment(datetime.now(UTC))
                    self._supervisor.write("opening_hours", opening_hours(windows))
                case 1:
                    self._supervisor.write("sla_policies", targets(90 if longer else 60))
                case 2:
                    self._supervisor.write("queues", ladder(15 if longer else 8))
                case 3:
                    self._supervisor.write("sla_policies", targets(120 if longer else 75))


def closed_for_a_moment(now: datetime) -> list[list[str]]:
    """Return the windows of a desk that closed with this minute, and opens with one soon."""
    closing = now.replace(second=0, microsecond=0)
    opening = (now + SHORTEST_CLOSURE).replace(second=0, microsecond=0) + MINUTE
    first, last = f"{opening:%H:%M}", f"{closing:%H:%M}"
    if first < last:
        return [[first, last]]
    return [window for window in (["00:00", last], [first, "24:00"]) if window[0] != window[1]]


def opening_hours(windows: list[list[str]]) -> Document:
    return {"calendars": {"default": {"time_zone": "UTC", "weekly": {"mon-sun": windows}}}}


def targets(seconds: int) -> Document:
    """Return policies by which people answer within so many seconds, or ring until they do."""
    return {
        "policies": [
            {
                "name": "messaging",
                "targets": {
                    "first_response": {"seconds": seconds},
                    "next_response": {"seconds": seconds},
                    "queue_wait": {"seconds": seconds, "at_breach": {"ring_next_tier": True}},
                    "agent_silence": {"seconds": seconds, "at_breach": {"reassign": True}},
                    "resolution": {"seconds": 8 * 3_600, "pauses_while": ["awaiting_customer"]},
                },
            }
        ]
    }


def ladder(ring_seconds: int) -> Document:
    """Return a queue of two tiers, whose customers are promised an answer at the end of them."""
    tiers = [
        {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": ring_seconds},
        {"name": "second_line", "endpoints": ["supervisors"], "ring_seconds": ring_seconds},
    ]
    queue = {
        "tiers": tiers,
        "alert_endpoints": ["supervisors"],
        "promise_when_unanswered": {"within_seconds": 60},
        "first_pause_seconds": 10,
        "longest_pause_seconds": 20,
    }
    return {"queues": {"default": queue}}
