"""What the table tells of each conversation of a story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sportello.conversation.events import (
    EVENT_LOG,
    ConversationEvent,
    DeliveryRecorded,
    UnknownEvent,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.table.items import EffectRecord, LogEntry
from support.clouds.one_process.people import Customer, Told


@dataclass
class Recorded:
    name: str
    customer: Customer
    log: list[LogEntry]
    effects: list[EffectRecord]

    @property
    def events(self) -> list[ConversationEvent]:
        """What happened, as far as this version knows it."""
        return [event for entry in self.log for event in _readable(entry.events)]

    @property
    def folded(self) -> ConversationState:
        return as_we_know_it(fold(event for entry in self.log for event in entry.events))

    def of[E](self, kind: type[E]) -> Iterator[tuple[EffectRecord, E]]:
        for record in self.effects:
            if isinstance(record.effect, kind):
                yield record, record.effect

    @property
    def ever_unknown(self) -> set[str]:
        """The keys of messages of which at some time nobody could tell whether they were sent."""
        return {
            event.effect_key
            for event in self.events
            if isinstance(event, DeliveryRecorded) and event.status is DeliveryStatus.UNKNOWN
        }


def as_we_know_it(state: ConversationState) -> ConversationState:
    """Return a state without what only another version has put into it."""
    return ConversationState.model_validate_json(state.model_dump_json(), extra="ignore")


def _readable(events: Sequence[ConversationEvent]) -> Sequence[ConversationEvent]:
    log = EVENT_LOG.validate_json(EVENT_LOG.dump_json(tuple(events)), extra="ignore")
    return [event for event in log if not isinstance(event, UnknownEvent)]


def recorded(told: Told) -> list[Recorded]:
    table = told.cloud.table
    return [
        Recorded(
            name=name,
            customer=customer,
            log=[
                LogEntry.from_attributes(item)
                for item in table.conversation(customer.conversation_id, "EVT#")
            ],
            effects=[
                EffectRecord.from_attributes(item)
                for item in table.conversation(customer.conversation_id, "FX#")
            ],
        )
        for name, customer in told.customers.items()
    ]
