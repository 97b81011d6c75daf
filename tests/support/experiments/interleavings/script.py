"""What may happen in one exploration: who takes part, and what each does one after another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sportello.conversation.commands import Command, ReceivedItem
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.items import DeliveryStatus
from support.builders import NOW, an_item, seconds
from support.experiments.demanding_terms import RESPONSES
from support.experiments.interleavings.world import Mishaps, World

A_GOOD_DAY = Mishaps()

type Verdict = Literal["answers", "hands over"]


@dataclass(frozen=True)
class Arrives:
    """Items are applied by a triage run or by the note-taker; again, if another actor was first."""

    items: tuple[ReceivedItem, ...]
    turn_id: str

    @property
    def label(self) -> str:
        names = " and ".join(f"{item.kind} {item.item_id}" for item in self.items)
        return f"{names} arrives"


@dataclass(frozen=True)
class Acts:
    """A person's call; told no, they go on with what they would do next."""

    command: Command
    label: str


@dataclass(frozen=True)
class Clock:
    """The wall clock moves to an instant; it may do so before or after anything else happens."""

    to: datetime

    @property
    def label(self) -> str:
        return f"it is {(self.to - NOW).total_seconds():+.0f} s"


@dataclass(frozen=True)
class Edits:
    """A supervisor puts the next of the script's terms in force."""

    label: str = "the SLA policies are edited"


@dataclass(frozen=True)
class Asks:
    """As `Assigning.place` where this agent fits best: they are asked if somebody waits."""

    agent_id: str
    assigns: bool = False

    @property
    def label(self) -> str:
        return f"{self.agent_id} is {'given it' if self.assigns else 'asked'}"


type Step = Arrives | Acts | Asks | Clock | Edits


@dataclass(frozen=True)
class Script:
    """`actors` each take their steps in order, in every interleaving with all the others.

    `before` happened already, in this one order. `verdicts` are what the bot may make of a turn,
    `tiers` how many the ladder has (None: nobody plays the ladder) and `rounds` how often it is
    climbed at most, `outcomes` what the provider
    may say at its door (nothing: no message leaves), `receipts` what it reports of each message
    later, in any order. `terms` are in force one after the other, from each edit to the next.
    `announces` is after how many seconds a wait told at the handoff is told anew (0: no wait is
    told). A script that is `confluent` ends with the same facts on every path.
    """

    name: str
    actors: tuple[tuple[Step, ...], ...]
    before: tuple[Step, ...] = ()
    verdicts: tuple[Verdict, ...] = ("answers",)
    closed_since: datetime | None = None
    tiers: int | None = None
    tier_agents: tuple[str, ...] = ()
    rounds: int = 1
    outcomes: tuple[DeliveryStatus, ...] = ()
    receipts: tuple[DeliveryStatus, ...] = ()
    mishaps: Mishaps = A_GOOD_DAY
    terms: tuple[ServiceTerms, ...] = (RESPONSES,)
    announces: float = 0
    confluent: bool = False

    @property
    def items(self) -> dict[str, ReceivedItem]:
        return {
            item.item_id: item
            for steps in (self.before, *self.actors)
            for step in steps
            if isinstance(step, Arrives)
            for item in step.items
        }


class Commits(Protocol):
    """The stage as its parts see it."""

    script: Script

    def commit(self, world: World, command: Command) -> World: ...

    def terms(self, world: World) -> ServiceTerms: ...


def arrives(
    *names: str, sent: float = 0, kind: str = "message", run: str = "", thanks: bool = False
) -> Arrives:
    """Messages sent and received at an instant, whenever they are applied."""
    at = NOW + seconds(sent)
    items = tuple(
        an_item(name, at + seconds(n), kind=kind).model_copy(update={"thanks": thanks})
        for n, name in enumerate(names)
    )
    return Arrives(items, run or f"run-of-{names[0]}")


def at(*offsets: float) -> tuple[Clock, ...]:
    return tuple(Clock(NOW + seconds(offset)) for offset in offsets)
