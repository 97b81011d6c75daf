"""A look at one moment: what goes on while somebody looks is neither blamed nor excused."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from local.chaos.audit import audit
from local.chaos.evidence import Collected, Verdict
from local.chaos.looking import StillLife, hold_still
from local.cloud.processes import Failed
from sportello.messaging.items import DeliveryStatus
from support.builders import CONVERSATION, an_item, answer, receive
from support.chaos_world import BOT_ANSWER, World, an_answered_question, sends

SECOND = "bot:item-2"


@dataclass
class MovingDesk:
    """A desk that does the next thing whenever somebody looks, as long as its wire holds.

    `afterwards` is done without the wire: what a function does that is past its last call to AWS,
    or that needs none.
    """

    world: World = field(default_factory=an_answered_question)
    doings: list[Callable[[], object]] = field(default_factory=list)
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    cuts: int = 0
    wire_holds: bool = True

    def move_on(self) -> None:
        doings = self.doings if self.wire_holds else self.afterwards
        if doings:
            doings.pop(0)()

    @contextmanager
    def severed(self) -> Iterator[None]:
        self.wire_holds = False
        self.cuts += 1
        yield
        self.wire_holds = True

    def wait(self, until: float) -> list[str]:
        while (backlog := self.backlog()) and time.monotonic() < until:
            pass
        return backlog

    def backlog(self) -> list[str]:
        """Return what is pending or being sent, as the indexes and queues of a stack show it."""
        self.move_on()
        return [
            name
            for name, item in self.world.items.items()
            if "pending" in item and item["entity"]["S"] != "state"
        ] + [name for name, item in self.world.items.items() if is_sending(item)]

    def position(self) -> tuple[int, int]:
        return len(self.world.stream), len(self.world.calls)

    def read(self, moment: datetime) -> Collected:
        """Read the table first and the providers last, and much may happen in between."""
        table = self.world.collect()
        self.move_on()
        rest = self.world.collect()
        return Collected(
            at=moment,
            sent=table.sent,
            acknowledged=table.acknowledged,
            items=table.items,
            stream=table.stream,
            calls=rest.calls,
            heard=rest.heard,
            executions=rest.executions,
        )

    def hold_still(self, seconds: float = 60) -> StillLife[Collected]:
        return hold_still(
            self,
            self,
            read=self.read,
            position=self.position,
            until=time.monotonic() + seconds,
        )

    def verdict(self) -> Verdict:
        still = self.hold_still()
        assert still.left_over == []
        return audit(still.content)


def is_sending(item: dict[str, dict[str, str]]) -> bool:
    return item.get("delivery", {}).get("S") == DeliveryStatus.SENDING


def answering_once_more(world: World) -> list[Callable[[], object]]:
    """Return the steps of a second answer: decided, claimed and taken, settled."""

    def decide() -> None:
        world.acknowledge(2)
        world.act(receive(an_item("item-2"), turn_id="turn-2"))
        assert sends(world.act(answer("item-2", turn_id="turn-2"))) == SECOND

    def send() -> None:
        world.claim(SECOND)
        world.take(SECOND)

    return [decide, send, lambda: world.settle(SECOND, DeliveryStatus.ACCEPTED)]


def nothing() -> None:
    """Let a look pass."""


@pytest.fixture
def desk() -> MovingDesk:
    return MovingDesk()


def test_without_a_cut_an_honest_message_looks_doubled(desk: MovingDesk) -> None:
    decide, send, settle = answering_once_more(desk.world)
    desk.doings = [lambda: [step() for step in (decide, send, settle)]]
    assert "effects doubled" in audit(desk.read(desk.world.now)).offences


@pytest.mark.parametrize(("before_the_cut", "decided"), [(True, 2), (False, 1)])
def test_an_honest_message_is_on_both_sides_of_the_desk_or_on_none(
    *, before_the_cut: bool, decided: int, desk: MovingDesk
) -> None:
    quiet: list[Callable[[], object]] = [] if before_the_cut else [nothing]
    desk.doings = quiet + answering_once_more(desk.world)
    verdict = desk.verdict()
    assert dict(verdict.offences) == {}
    assert verdict.figures["outbound decided"] == verdict.figures["outbound once"] == decided


def test_what_is_under_way_at_the_cut_is_let_come_to_its_end(desk: MovingDesk) -> None:
    decide, send, settle = answering_once_more(desk.world)

    def at_the_last_moment() -> None:
        decide()
        send()

    @contextmanager
    def severed() -> Iterator[None]:
        if not desk.cuts:
            at_the_last_moment()
        desk.doings = [settle]
        with MovingDesk.severed(desk):
            yield

    desk.severed = severed  # type: ignore[method-assign] # just before the wire is cut
    verdict = desk.verdict()
    assert desk.cuts == 2
    assert dict(verdict.offences) == {}
    assert verdict.figures["outbound once"] == 2


def test_what_takes_effect_behind_the_cut_is_let_come_to_its_end(desk: MovingDesk) -> None:
    decide, send, settle = answering_once_more(desk.world)
    read, crossing = desk.read, [decide]

    def read_as_it_lands(moment: datetime) -> Collected:
        for step in crossing:
            step()
        desk.doings = [send, settle]
        crossing.clear()
        return read(moment)

    desk.read = read_as_it_lands  # type: ignore[method-assign] # it had crossed the wire before
    verdict = desk.verdict()
    assert desk.cuts == 2
    assert dict(verdict.offences) == {}
    assert verdict.figures["outbound once"] == 2


def doubled(world: World) -> None:
    """Send once more what was accepted."""
    world.claim(BOT_ANSWER, by="somebody else")
    world.take(BOT_ANSWER)
    world.settle(BOT_ANSWER, DeliveryStatus.ACCEPTED)


def test_a_message_doubled_before_the_cut_is_noticed(desk: MovingDesk) -> None:
    desk.doings = [lambda: doubled(desk.world)]
    assert desk.verdict().offences == {"effects doubled": [CONVERSATION]}


@pytest.mark.parametrize("looks", [1, 2])
def test_a_message_doubled_after_the_cut_is_noticed(looks: int, desk: MovingDesk) -> None:
    # One look is at what is under way; in the next the providers are read after the table.
    desk.afterwards = [*[nothing] * (looks - 1), lambda: desk.world.take(BOT_ANSWER)]
    assert desk.verdict().offences == {"effects doubled": [CONVERSATION]}


def test_a_message_never_decided_is_noticed_however_late_it_is_sent(desk: MovingDesk) -> None:
    desk.afterwards = [nothing, lambda: desk.world.take("wait:99.0")]
    assert desk.verdict().offences == {"effects doubled": [CONVERSATION]}


def test_a_message_decided_and_never_sent_is_left_over_and_missing(desk: MovingDesk) -> None:
    decide, *_ = answering_once_more(desk.world)
    desk.doings = [decide]
    still = desk.hold_still(seconds=0)
    assert still.left_over == [f"FX#{SECOND}"]
    assert audit(still.content).offences == {"effects missing": [CONVERSATION]}


def test_a_message_said_to_be_sent_that_nobody_took_is_missing(desk: MovingDesk) -> None:
    decide, _, settle = answering_once_more(desk.world)

    def send_nothing() -> None:
        decide()
        desk.world.claim(SECOND)
        settle()

    desk.doings = [send_nothing]
    assert desk.verdict().offences == {"effects missing": [CONVERSATION]}


def test_a_customers_message_that_was_forgotten_is_lost(desk: MovingDesk) -> None:
    desk.doings = [lambda: desk.world.acknowledge(2)]
    assert desk.verdict().offences == {"messages lost": [CONVERSATION]}


def test_a_customers_message_that_waits_is_awaited(desk: MovingDesk) -> None:
    apply: Sequence[Callable[[], object]] = answering_once_more(desk.world)
    desk.doings = [lambda: desk.world.acknowledge(2, applied=False), nothing, *apply]
    verdict = desk.verdict()
    assert dict(verdict.offences) == {}
    assert verdict.figures["messages applied"] == 2


def test_a_desk_that_moves_without_its_functions_is_no_evidence(desk: MovingDesk) -> None:
    desk.afterwards = [lambda: desk.world.take(BOT_ANSWER)] * 50
    with pytest.raises(Failed, match="moves on"):
        desk.hold_still()
