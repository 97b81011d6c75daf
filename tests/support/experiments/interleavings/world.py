"""A conversation and all that surrounds it at one instant, as a value that can be met again."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from sportello.conversation.commands import Command, SentMessage
from sportello.conversation.decide import decide
from sportello.conversation.decision import Decision
from sportello.conversation.events import Author
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotAllowed
from sportello.messaging.items import DeliveryStatus


class Snapshot:
    """A state as the table keeps it. Equal states are one object, so that comparing is cheap."""

    __slots__ = ("document", "state")

    def __init__(self, state: ConversationState, document: str) -> None:
        self.state = state
        self.document = document


class Run(NamedTuple):
    """A triage run that holds a turn, or believes so. Before it has read, `version` is None."""

    turn_id: str
    version: int | None = None
    item_ids: tuple[str, ...] = ()
    gives_up: bool = False


class Sent(NamedTuple):
    """An outbound message in its queue, as the table has it, and what is still to be reported.

    `called` grows when the provider is called; `stale` is a claim that was refused. What it
    reopens is kept where the provider may say that it did not take it.
    """

    key: str
    author: Author
    automatic: bool
    owner_version: int
    status: DeliveryStatus = DeliveryStatus.QUEUED
    called: bool = False
    outcome_known: bool = False
    stale: bool = False
    receipts: tuple[DeliveryStatus, ...] = ()
    message: SentMessage | None = None


class Answer(NamedTuple):
    """A message that answers an item, if it arrives."""

    item_id: str
    key: str
    lost: bool = False


class Climb(NamedTuple):
    """An escalation: about to ring `tier`, or waiting for its token until `gives_up_at`.

    Until `rests_until` it waits for its beginning, or for its next round.
    """

    handoff_id: str
    tier: int = 0
    ladder_round: int = 0
    rests_until: datetime | None = None
    attempt: int = 0
    token: str = ""
    gives_up_at: datetime | None = None


class Mishaps(NamedTuple):
    """How often each thing may still happen that a good day does not bring.

    `old_reads` is how often somebody decides by settings that were in force before the last edit.
    """

    deaths: int = 0
    early_ticks: int = 0
    lost_answers: int = 0
    sweeps: int = 0
    redeliveries: int = 0
    outages: int = 0
    old_reads: int = 0


class World(NamedTuple):
    """`positions` is how far each actor is in its script.

    `waiting` and `applied` are kept from what was asked, not from events: they are the second
    opinion that rule 1 compares the state with. So are `answers`, where messages may be lost.
    `keys` leaves out those numbered with the sequence, which cannot come twice (see
    `rules.check_keys`). `passed_by` are agents who did not take it in this round.
    """

    now: datetime
    snapshot: Snapshot
    positions: tuple[int, ...]
    mishaps: Mishaps
    runs: tuple[Run, ...] = ()
    timers: tuple[datetime, ...] = ()
    climbs: tuple[Climb, ...] = ()
    resumes: tuple[tuple[str, str], ...] = ()
    outbox: tuple[Sent, ...] = ()
    keys: frozenset[str] = frozenset()
    applied: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    answers: frozenset[Answer] = frozenset()
    automatic_at: tuple[datetime, ...] = ()
    told: frozenset[datetime] = frozenset()
    timer_died: bool = False
    settings: int = 0
    refits: int = 0
    reads_old: bool = False
    passed_by: frozenset[str] = frozenset()
    ladder_died: bool = False

    @property
    def state(self) -> ConversationState:
        return self.snapshot.state


type Moves = Iterator[tuple[str, World]]
"""What may happen next, each with the world it leads to."""


class Asked(NamedTuple):
    """What a question led to."""

    decision: Decision
    after: Snapshot


class Decider:
    """Asks the real decider, once for each question: paths that meet ask the same again.

    `check` looks at what follows from the question alone, before anything else does.
    """

    def __init__(
        self, check: Callable[[ConversationState, Command, Decision, ConversationState], None]
    ) -> None:
        self._check = check
        self._snapshots: dict[str, Snapshot] = {}
        self._asked: dict[tuple[Snapshot, str, datetime, int], Asked | None] = {}

    def snapshot(self, state: ConversationState) -> Snapshot:
        """Keep a state without the places of words in the log, by which nobody decides here."""
        state = state.model_copy(update={"message_numbers": (), "speeches": ()})
        document = state.model_dump_json(exclude_defaults=True)
        return self._snapshots.setdefault(document, Snapshot(state, document))

    def ask(
        self, snapshot: Snapshot, command: Command, now: datetime, terms: ServiceTerms
    ) -> Asked | None:
        """Decide and fold; None where a person is told no."""
        asked = f"{type(command).__name__}{command.model_dump_json()}"
        question = (snapshot, asked, now, terms.sla_version)
        if question not in self._asked:
            self._asked[question] = self._ask(snapshot, command, now, terms)
        return self._asked[question]

    def _ask(
        self, snapshot: Snapshot, command: Command, now: datetime, terms: ServiceTerms
    ) -> Asked | None:
        try:
            decision = decide(snapshot.state, command, now, terms)
        except NotAllowed:
            return None
        after = fold(decision.events, snapshot.state)
        self._check(snapshot.state, command, decision, after)
        return Asked(decision, self.snapshot(after))


def without[T](things: tuple[T, ...], thing: T) -> tuple[T, ...]:
    """Remove one of a kind."""
    index = things.index(thing)
    return things[:index] + things[index + 1 :]
