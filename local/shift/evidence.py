"""What the logs of the conversations tell of the shift. Pure but for the reading."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sportello.conversation.events import (
    AgentAssigned,
    AgentOffered,
    AgentOfferEnded,
    Author,
    ConversationEvent,
    ConversationOffered,
    HandoffRequested,
    MessageQueued,
    OfferEnded,
    OfferOutcome,
    OwnerChanged,
    OwnerKind,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.table.desk_table import DeskTable

PAGE = 100


@dataclass
class Evidence:
    """`to_a_person` is from each handoff to the agent's first word, `to_be_taken` to an owner."""

    to_a_person: list[float] = field(default_factory=list)
    to_be_taken: list[float] = field(default_factory=list)
    offers: Counter[str] = field(default_factory=Counter)
    handoffs: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    stranded: list[str] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)
    asked_twice_at_once: list[str] = field(default_factory=list)


def read_log(table: DeskTable, conversation_id: str) -> Iterator[ConversationEvent]:
    """Yield a conversation's events, oldest first."""
    sequence = 0
    while entries := table.log_since(conversation_id, PAGE, sequence):
        for entry in entries:
            yield from entry.events
        sequence = entries[-1].sequence + 1


def examine(evidence: Evidence, conversation_id: str, log: Iterable[ConversationEvent]) -> None:
    """Add what one conversation tells."""
    events = list(log)
    _waits(evidence, events)
    _offers(evidence, conversation_id, events)
    state = fold(events, ConversationState())
    if is_left_standing(state):
        evidence.stranded.append(conversation_id)
    if state.personal_offer is not None:
        evidence.left_open.append(conversation_id)


def is_left_standing(state: ConversationState) -> bool:
    """Whether nobody has taken the customer on, or whoever has owes them an answer."""
    return state.owner.kind is OwnerKind.QUEUE or (state.owner.is_people and state.turn is not None)


def _waits(evidence: Evidence, events: Sequence[ConversationEvent]) -> None:
    asked = waits_for_owner = None
    for event in events:
        match event:
            case HandoffRequested(at=at, queue=queue, reason=reason):
                evidence.handoffs[reason] += 1
                evidence.queues[queue] += 1
                asked, waits_for_owner = asked or at, at
            case OwnerChanged(at=at, kind=OwnerKind.AGENT) if waits_for_owner:
                evidence.to_be_taken.append((at - waits_for_owner).total_seconds())
                waits_for_owner = None
            case MessageQueued(at=at, author=Author.AGENT) if asked:
                evidence.to_a_person.append((at - asked).total_seconds())
                asked = None
            case _:
                pass


def _offers(evidence: Evidence, conversation_id: str, events: Sequence[ConversationEvent]) -> None:
    open_offers: set[str] = set()
    for event in events:
        match event:
            case AgentOffered(offer_id=offer):
                evidence.offers["agents asked"] += 1
                if open_offers:
                    evidence.asked_twice_at_once.append(conversation_id)
                open_offers.add(offer)
            case AgentOfferEnded(offer_id=offer, outcome=outcome):
                evidence.offers[f"agents {outcome}"] += 1
                open_offers.discard(offer)
            case AgentAssigned():
                evidence.offers["agents assigned"] += 1
            case ConversationOffered(endpoints=endpoints) if endpoints:
                evidence.offers["tiers rung"] += 1
            case OfferEnded(outcome=OfferOutcome.ACCEPTED):
                evidence.offers["tiers ended by an acceptance"] += 1
            case _:
                pass


def quantile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank quantile; 0 of nothing."""
    if not values:
        return 0.0
    in_order = sorted(values)
    return in_order[min(len(in_order) - 1, max(0, round(share * len(in_order)) - 1))]
