"""To bring a customer to an agent costs the same however many wait, and however many work."""

from collections.abc import Callable

import pytest

from sportello.routing.presence import Presence
from sportello.table.agents.agent_items import place_attributes, ranked
from support.builders import seconds
from support.clouds.metered import Usage, metered
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

SIZES = [(10, 10), (2_000, 10), (10, 500), (2_000, 500)]
"""Who waits, and who works."""


def crowd(office: StaffedDesk, waiting: int, working: int, room: int) -> None:
    """Let others come after who waits and who works; none of them is anybody's turn."""
    (first,) = office.line()
    for number in range(waiting):
        update = {"conversation_id": f"w{number}", "since": first.since + seconds(1 + number)}
        office.put(place_attributes(first.model_copy(update=update)))
    (seat,) = office.seats().values()
    for number in range(working):
        idle_since = seat.idle_since + seconds(1 + number)
        update = {"agent_id": f"a{number}", "idle_since": idle_since, "room": room}
        each = seat.model_copy(update=update)
        office.put(ranked(each, "longest_idle", 1).to_attributes())


def a_customer_is_placed(office: StaffedDesk) -> None:
    office.place("c1")


def an_agent_is_settled(office: StaffedDesk) -> None:
    office.settle("anna")


def usage(act: Callable[[StaffedDesk], None], waiting: int, working: int) -> Usage:
    with staffed_desk() as office:
        office.at_work("anna", capacity=2)
        office.pass_time(1)
        office.queue("c1")
        crowd(office, waiting, working, room=0 if act is an_agent_is_settled else 2)
        if act is an_agent_is_settled:
            office.present("anna", Presence.BUSY)
            office.settle("anna")
            office.present("anna", Presence.AVAILABLE)
        with metered(office.table) as spent:
            act(office)
        assert office.asked_for("c1") == "anna"
        return spent


@pytest.mark.parametrize("act", [a_customer_is_placed, an_agent_is_settled])
def test_an_assignment_costs_the_same_at_any_size(act: Callable[[StaffedDesk], None]) -> None:
    small, *larger = (usage(act, waiting, working) for waiting, working in SIZES)
    for each in larger:
        assert each.calls == small.calls
        assert each.write_units == small.write_units
        assert each.read_units <= small.read_units + 6  # whole pages of twenty are read
    assert small.write_units < 40
