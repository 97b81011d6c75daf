"""Customers and agents who come at the same moment: every order of their calls ends well.

And so does a run that dies at any of its calls, once the sweep has taken the agent up.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest

from sportello.conversation.commands import Accept, Command, Decline, Resolve
from sportello.errors import NotAllowed
from sportello.people.placement.assigning import Assigning, _Tries
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.table import desk_table
from sportello.table.agents.agent_writes import AgentChanges, agent_writes
from sportello.table.keys import Attributes
from support.clouds.staffed_desk import StaffedDesk, staffed_desk
from support.clouds.staffed_truth import faults, idle_while_somebody_waits, misplaced
from support.experiments.interleaved_calls import Death, Interleaving, Run, orders

TIMES_THE_TURN_CHANGES = 1
"""With two, in 3,823 orders, all end well too; that takes minutes."""

type Writes = tuple[list[Attributes], list[Attributes]]
type Scene = Callable[[StaffedDesk], Sequence[Run]]


def two_customers_and_room_for_one(office: StaffedDesk) -> Sequence[Run]:
    office.at_work("anna", capacity=2)
    office.queue("c1")
    office.queue("c2")
    return [lambda: office.place("c1"), lambda: office.place("c2")]


def a_customer_and_an_agent_come(office: StaffedDesk) -> Sequence[Run]:
    office.comes("anna", capacity=2)

    def customer_comes() -> None:
        office.queue("c1")
        office.place("c1")

    return [customer_comes, lambda: office.settle("anna")]


def two_agents_come_where_one_customer_waits(office: StaffedDesk) -> Sequence[Run]:
    office.waits("c1")
    office.comes("anna", capacity=2)
    office.comes("bruno", capacity=2)
    return [lambda: office.settle("anna"), lambda: office.settle("bruno")]


def two_runs_settle_one_agent(office: StaffedDesk) -> Sequence[Run]:
    office.waits("c1", "c2", "c3")
    office.comes("anna", capacity=4)
    return [lambda: office.settle("anna"), lambda: office.settle("anna")]


def somebody_takes_by_hand_who_is_being_given(office: StaffedDesk) -> Sequence[Run]:
    office.at_work("anna", capacity=4)
    office.queue("c1")
    return [
        lambda: office.place("c1"),
        lambda: unless_too_late(office, Accept(agent_id="bruno")),
    ]


def unless_too_late(office: StaffedDesk, command: Command) -> None:
    with suppress(NotAllowed):
        office.ask("c1", command)


def an_agent_frees_room_while_a_customer_comes(office: StaffedDesk) -> Sequence[Run]:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    office.ask("c1", Accept(agent_id="anna"))
    office.settle_all()

    def room_is_freed() -> None:
        office.ask("c1", Resolve(agent_id="anna"))
        office.settle("anna")

    def customer_comes() -> None:
        office.queue("c2")
        office.place("c2")

    return [room_is_freed, customer_comes]


def an_agent_leaves_while_a_customer_comes(office: StaffedDesk) -> Sequence[Run]:
    office.at_work("anna", "bruno", capacity=2)
    office.queue("c1")

    def agent_leaves() -> None:
        office.present("anna", Presence.OFFLINE)
        office.settle("anna")

    return [agent_leaves, lambda: office.place("c1")]


def an_agent_declines_while_another_comes(office: StaffedDesk) -> Sequence[Run]:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    office.comes("bruno", capacity=2)

    def declines() -> None:
        unless_too_late(office, Decline(agent_id="anna"))
        office.place("c1")

    return [declines, lambda: office.settle("bruno")]


SCENES: list[Scene] = [
    two_customers_and_room_for_one,
    a_customer_and_an_agent_come,
    two_agents_come_where_one_customer_waits,
    two_runs_settle_one_agent,
    somebody_takes_by_hand_who_is_being_given,
    an_agent_frees_room_while_a_customer_comes,
    an_agent_leaves_while_a_customer_comes,
    an_agent_declines_while_another_comes,
]
LONG = {two_runs_settle_one_agent, an_agent_frees_room_while_a_customer_comes}
"""Of many calls, so of very many orders."""

AT_LENGTH = pytest.mark.experiment


def each(*scenes: Scene) -> list[Any]:
    """Return the scenes as parameters: the ones named in each run of the tests, all at length."""
    return [
        pytest.param(scene, id=scene.__name__, marks=[] if scene in scenes else AT_LENGTH)
        for scene in SCENES
    ]


class Played:
    """Worlds in which a scene is played, each fresh; the last one is looked at."""

    def __init__(self, worlds: ExitStack, scene: Scene, assignment: str = "offer") -> None:
        self._worlds, self._scene, self._assignment = worlds, scene, assignment

    def play(self, plan: Sequence[int], death: Death | None = None) -> Interleaving:
        self._worlds.close()
        self.office = self._worlds.enter_context(staffed_desk())
        routing = {"assignment": self._assignment}
        self.office.configure(QueueSettings, queues={"default": {"routing": routing}})
        interleaving = Interleaving(self.office.table, self._scene(self.office), death)
        interleaving.play(plan)
        return interleaving

    def wrong(self) -> list[str]:
        """What is wrong now, and what is once whoever was to be settled is."""
        found = faults(self.office)
        self.office.settle_all()
        found += faults(self.office) + misplaced(self.office)
        return found + idle_while_somebody_waits(self.office)


def walk(scene: Scene, assignment: str = "offer") -> int:
    """Play a scene in every order; returns how many there were."""
    with ExitStack() as worlds:
        played = Played(worlds, scene, assignment)
        walked = 0
        for interleaving in orders(played.play, TIMES_THE_TURN_CHANGES):
            walked += 1
            order = [went for went, _ in interleaving.turns]
            assert played.wrong() == [], order
    return walked


@pytest.mark.parametrize("assignment", ["offer", pytest.param("assign", marks=AT_LENGTH)])
@pytest.mark.parametrize("scene", each(*(scene for scene in SCENES if scene not in LONG)))
def test_every_order_ends_well(scene: Scene, assignment: str) -> None:
    assert walk(scene, assignment) > 1


def test_the_walk_finds_a_giver_who_does_not_look_whether_the_agent_has_changed() -> None:
    def regardless(table: str, commits: Sequence[AgentChanges], now: datetime) -> Writes:
        blind = [commit.model_copy(update={"versions": {}}) for commit in commits]
        return agent_writes(table, blind, now)

    with (
        patch.object(desk_table, "agent_writes", lambda t, c, n: regardless(t, list(c), n)),
        pytest.raises(AssertionError, match="has 4 of 2"),
    ):
        walk(two_customers_and_room_for_one)


def test_the_walk_finds_an_agent_who_looks_at_the_lines_before_having_a_seat() -> None:
    def hasty(assigning: Assigning, agent_id: str, now: datetime, **_: bool) -> None:
        agents = assigning._desk.table.agents
        upcoming = assigning._next(agents.record(agent_id), _Tries(), now)
        record = assigning._seating.seat(agent_id, now)
        if upcoming.waiting:
            assigning._take_up(upcoming.waiting, now)
            record = assigning._seating.seat(agent_id, now)
        agents.note_settled(record, None)

    with (
        patch.object(Assigning, "settle", hasty),
        pytest.raises(AssertionError, match="anna might have c1"),
    ):
        walk(a_customer_and_an_agent_come)


@pytest.mark.parametrize(
    "scene", each(a_customer_and_an_agent_come, somebody_takes_by_hand_who_is_being_given)
)
def test_a_run_that_dies_at_any_call_ends_well_after_the_sweep(scene: Scene) -> None:
    with ExitStack() as worlds:
        played = Played(worlds, scene)
        for dying in range(2):
            in_turn = [dying] * 100
            whole = played.play(in_turn)
            calls = sum(went == dying for went, _ in whole.turns)
            assert calls > 1
            for call in range(1, calls):
                for after in (False, True):
                    played.play(in_turn, Death(dying, call, after))
                    # The task of a machine is tried again, and the sweep looks at agents.
                    for name in ("c1", "c2", "c3"):
                        played.office.place(name)
                    assert played.wrong() == [], f"run {dying} died at call {call}, after: {after}"
