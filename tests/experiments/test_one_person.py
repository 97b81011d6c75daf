"""One person known by several handles: every order of the runs that find out, killed anywhere."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from sportello.conversation.commands import Reply
from sportello.conversation.events import OwnerKind
from sportello.errors import NotAllowed
from sportello.messaging.items import InboundItem
from support.experiments.interleaved_calls import Death, Interleaving, Run, orders
from support.experiments.one_person import (
    NEW_USER,
    PARENT,
    PHONE,
    USER,
    PersonsDesk,
    at,
    derived,
    echo,
    handle_change,
    persons_desk,
    receipt,
    written,
)

RANDOM_ORDERS = 200

type Measured = Callable[[str], None]


@dataclass(frozen=True)
class Scene:
    """What is there, what has come in since, and who sees to it at the same time."""

    set_up: Callable[[PersonsDesk], Sequence[InboundItem]]
    runs: Callable[[PersonsDesk], Sequence[Run]]
    agents: bool = False


def nobody_known(office: PersonsDesk) -> Sequence[InboundItem]:
    said = [
        written("uno", 1, PHONE),
        written("due", 2, USER, PHONE, after=1),
        written("tre", 3, USER, after=2),
    ]
    office.receive(*said)
    return said


def an_agent_has_the_number(office: PersonsDesk) -> Sequence[InboundItem]:
    said = [written("uno", 1, PHONE), written("due", 2, USER, after=1)]
    office.say(*said)
    office.accept(derived(PHONE))
    more = [written("tre", 3, USER, PHONE, after=20), written("quattro", 4, PHONE, after=21)]
    office.now = at(21)
    office.receive(*more)
    return [*said, *more]


def several_wait_in_the_one_that_moves(office: PersonsDesk) -> Sequence[InboundItem]:
    said = [written("uno", 1, PHONE), *(written(f"{n}", n, USER, after=n) for n in range(2, 6))]
    office.say(*said)
    office.accept(derived(PHONE))
    more = [written("tre", 9, USER, PHONE, after=20)]
    office.now = at(21)
    office.receive(*more)
    return [*said, *more]


def two_join_at_once(office: PersonsDesk) -> Sequence[InboundItem]:
    said = [
        written("uno", 1, PHONE),
        written("due", 2, USER, after=1),
        written("tre", 3, PARENT, after=2),
    ]
    office.say(*said)
    office.hand_over(derived(USER))
    more = [
        written("quattro", 4, USER, PHONE, after=20),
        written("cinque", 5, PARENT, USER, after=21),
    ]
    office.now = at(21)
    office.receive(*more)
    return [*said, *more]


def a_receipt_proves_it(office: PersonsDesk) -> Sequence[InboundItem]:
    said = [written("uno", 1, PHONE), written("due", 2, USER, after=1)]
    office.say(*said)
    office.accept(derived(PHONE))
    office.ask(derived(PHONE), Reply(agent_id="anna", key="reply:1", text="Eccomi."))
    office.now = at(21)
    told = [
        receipt(f"{derived(PHONE)}/reply:1", 1, USER, PHONE),
        echo("Dal telefono", 1, PHONE, USER, after=20),
        handle_change(1, USER, NEW_USER, after=20),
        written("tre", 3, NEW_USER, after=21),
    ]
    office.receive(*told)
    return [*said, *told]


def each_by_one(office: PersonsDesk) -> Sequence[Run]:
    return [_hand_in(office, conversation) for conversation in office.pending()]


def the_first_by_two(office: PersonsDesk) -> Sequence[Run]:
    """A stream record is read twice, or the sweep comes beside it."""
    first, *_ = office.pending()
    return [_hand_in(office, first), *each_by_one(office)]


def with_an_agent_who_replies(office: PersonsDesk) -> Sequence[Run]:
    def reply() -> None:
        # The conversation may be somebody else's by then, and the agent is told so.
        with suppress(NotAllowed):
            office.ask(derived(USER), Reply(agent_id="anna", key="reply:9", text="Buongiorno."))

    return [*each_by_one(office), reply]


def _hand_in(office: PersonsDesk, conversation: str) -> Run:
    return lambda: office.hand_in(conversation)


SCENES: Mapping[str, Scene] = {
    "nobody known": Scene(nobody_known, each_by_one),
    "nobody known, read twice": Scene(nobody_known, the_first_by_two),
    "an agent has the number": Scene(an_agent_has_the_number, each_by_one, agents=True),
    "an agent has the number, read twice": Scene(
        an_agent_has_the_number, the_first_by_two, agents=True
    ),
    "an agent replies meanwhile": Scene(
        an_agent_has_the_number, with_an_agent_who_replies, agents=True
    ),
    "several wait in the one that moves": Scene(
        several_wait_in_the_one_that_moves, the_first_by_two, agents=True
    ),
    "two join at once": Scene(two_join_at_once, each_by_one),
    "a receipt proves it": Scene(a_receipt_proves_it, each_by_one, agents=True),
}


SHORT = ("nobody known", "an agent has the number", "two join at once")
"""Scenes of two or three runs with few calls each."""


@contextmanager
def played(scene: Scene, plan: Sequence[int], death: Death | None = None) -> Iterator[Interleaving]:
    """Play a scene to its end: what a death left behind is the sweep's."""
    with persons_desk() as office:
        said = scene.set_up(office)
        runs = Interleaving(office.table, scene.runs(office), death)
        runs.play(plan)
        office.hand_in_all()
        faults = office.faults(said)
        assert not faults, (faults, [went for went, _ in runs.turns], death)
        (name,) = office.going_on()
        if scene.agents:
            assert office.state(name).owner.kind is OwnerKind.AGENT
        yield runs


def play(scene: Scene, death: Death | None = None) -> Callable[[Sequence[int]], Interleaving]:
    def one(plan: Sequence[int]) -> Interleaving:
        with played(scene, plan, death) as runs:
            return runs

    return one


@pytest.mark.parametrize("name", SHORT)
def test_no_order_with_one_change_of_turn_leaves_two_conversations(name: str) -> None:
    assert sum(1 for _ in orders(play(SCENES[name]), changes=1)) > 1


@pytest.mark.parametrize(
    "name",
    [
        *SHORT,
        *(pytest.param(name, marks=pytest.mark.experiment) for name in SCENES if name not in SHORT),
    ],
)
def test_a_death_at_any_call_leaves_one_conversation(name: str) -> None:
    scene = SCENES[name]
    turns = play(scene)([]).turns
    for run in sorted({went for went, _ in turns}):
        for call in range(1, sum(went == run for went, _ in turns) + 1):
            for after in (False, True):
                play(scene, Death(run, call, after))([])


@pytest.mark.experiment
@pytest.mark.parametrize("name", SHORT)
def test_no_order_with_two_changes_of_turn_leaves_two_conversations(
    name: str, measured: Measured
) -> None:
    amount = sum(1 for _ in orders(play(SCENES[name]), changes=2))
    measured(f"{name}: {amount} orders of calls with up to two changes of turn, no violation")


@pytest.mark.experiment
@pytest.mark.parametrize("name", SCENES)
def test_no_order_and_no_death_leave_two_conversations(name: str, measured: Measured) -> None:
    scene = SCENES[name]
    for seed in range(RANDOM_ORDERS):
        chance = random.Random(seed)  # noqa: S311 -- an order, no secret
        plan = [chance.randrange(3) for _ in range(100)]
        death = Death(chance.randrange(2), chance.randint(1, 8), chance.random() < 0.5)
        play(scene, death if seed % 2 else None)(plan)
    measured(f"{name}: {RANDOM_ORDERS} random orders, half of them with a death, no violation")
