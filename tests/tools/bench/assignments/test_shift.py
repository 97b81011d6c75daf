"""A small shift keeps the rules, and a shift that breaks one is seen to do so."""

from collections.abc import Sequence
from datetime import datetime
from unittest.mock import patch

from sportello.people.placement import choosing
from sportello.people.placement.assigning import Assigning
from sportello.routing.choice import why_not
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import QueueRouting
from sportello.routing.work import Agent
from tools.bench.assignments.shift import Outcome, Shift

AGENTS, CUSTOMERS = 4, 36
"""A rush in which some of the customers have to wait."""


def shift() -> Outcome:
    return Shift(AGENTS, CUSTOMERS).run()


def test_everybody_is_served_in_order_by_agents_who_have_room() -> None:
    outcome = shift()
    assert len(outcome.waits) == CUSTOMERS
    assert outcome.waits[-1] > 60
    assert outcome.asked > CUSTOMERS
    faults = (outcome.never_served, outcome.over_capacity, outcome.overtaken, outcome.idle)
    assert faults == (0, 0, 0, 0)


def test_customers_who_are_overtaken_are_seen() -> None:
    def the_last(
        seat: Seat, line: Sequence[InLine], routing: QueueRouting, now: datetime
    ) -> InLine | None:
        able = [each for each in line if why_not(each, seat, routing, now) is None]
        return max(able, key=lambda each: each.place, default=None)

    with patch.object(choosing, "choose_conversation", the_last):
        assert shift().overtaken


def test_agents_over_their_capacity_are_seen() -> None:
    with patch.object(Agent, "room", lambda *_: 100):
        assert shift().over_capacity


def test_room_that_nobody_is_given_is_seen() -> None:
    with patch.object(Assigning, "_take_up", lambda *_: False):
        assert shift().idle
