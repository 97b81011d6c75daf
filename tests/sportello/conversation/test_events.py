"""What the outside is told of an event."""

from sportello.conversation.events import AgentAssigned, ConsideredAgent, bus_detail
from sportello.routing.choice import Reason
from support.builders import NOW


def test_whom_else_it_might_have_been_is_told_neither_on_the_bus_nor_in_the_story() -> None:
    others = (ConsideredAgent(agent_id="of-another-team", reason=Reason.NO_ROOM),)
    event = AgentAssigned(
        at=NOW,
        handoff_id="handoff-2",
        agent_id="anna",
        endpoints=("@anna/phone",),
        others=others,
    )
    assert bus_detail(event) == {
        "at": "2026-03-04T10:00:00Z",
        "handoff_id": "handoff-2",
        "agent_id": "anna",
        "reason": None,
    }
