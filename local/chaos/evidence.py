"""What `make chaos` collects from outside, and how a verdict on it is kept. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, Self

from local.chaos.webhooks import Item
from local.providers.provider_calls import Call
from sportello.conversation.events import ConversationEvent
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.hours.opening_hours import OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Instant
from sportello.settings_document import DEFAULT
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import (
    Address,
    EffectRecord,
    LogEntry,
    StoredSettings,
    read_state,
    settings_partition,
    settings_sort_key,
)
from sportello.table.keys import Attributes, conversation_of

FATAL = (
    "messages lost",
    "messages applied twice",
    "effects doubled",
    "effects missing",
    "bot after an owner change",
    "out of order",
    "state is not its log",
    "timeline out of order",
    "closed periods told twice",
    "news of the wait out of turn",
    "rung before the opening",
    "tiers rung twice",
    "customers nobody is rung for",
    "clocks ended twice",
    "clocks not acted on",
    "clocks behind the settings",
    "promises without a clock",
    "broken promises passed over",
    "apologies for nothing",
    "settings lost",
)
"""What must not happen, ever, to any conversation."""

TRIED = {
    40: ("outbound once", "clocks that followed settings", "promises made", "promises broken"),
    100: ("out-of-hours replies", "ladders of an opening", "ladders exhausted", "apologies"),
    300: ("waits announced", "news of the wait", "promises kept"),
}
"""What a run of so many conversations has met, or else it has not tried what it says it tries."""


@dataclass(frozen=True)
class Collected:
    """All that was there at one moment, `at`; see `looking`.

    `stream` holds the table's changes in the order they were made; `heard` are the ids of what the
    bus carried, with repeats; `executions` the names of all executions; `timelines` some
    conversations as the agent API shows them; `terms` what each conversation is served under by
    the settings in force. `promised` are the replies with a promise that the agent API took, as
    conversation and effect key, `written` the settings that it took, as kind and version. `failed`
    are the messages that a provider took and said later that it could not deliver, by tracker.
    """

    at: Instant
    sent: frozenset[Item]
    acknowledged: frozenset[Item]
    items: Sequence[Attributes]
    stream: Sequence[Attributes]
    calls: Sequence[Call] = ()
    heard: Sequence[str] = ()
    executions: Sequence[str] = ()
    running: Sequence[str] = ()
    timelines: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    terms: Mapping[str, ServiceTerms] = field(default_factory=dict)
    promised: frozenset[tuple[str, str]] = frozenset()
    written: frozenset[tuple[str, int]] = frozenset()
    failed: frozenset[str] = frozenset()

    @cached_property
    def opening_hours(self) -> list[tuple[Instant, OpeningHours]]:
        """Return every version of the default calendar, with the instant it was written."""
        versions = [
            (datetime.fromisoformat(item["written_at"]["S"]), StoredSettings.from_attributes(item))
            for item in self.items
            if item["pk"]["S"] == settings_partition(OpeningHoursSettings.kind)
            and item["sk"]["S"] != settings_sort_key(None)
        ]
        return [
            (at, OpeningHoursSettings.model_validate(stored.document).calendars[DEFAULT])
            for at, stored in sorted(versions, key=itemgetter(0))
        ]


@dataclass
class Verdict:
    """Figures in the order they are to be read, and the conversations that broke a rule.

    `details` say for each offence what it was about.
    """

    figures: Counter[str] = field(default_factory=Counter)
    offences: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    details: list[str] = field(default_factory=list)

    def offend(self, rule: str, conversation_id: str, about: str = "") -> None:
        self.figures[rule] += 1
        self.details.append(f"{rule}: {conversation_id} {about}".rstrip())
        if conversation_id not in self.offences[rule]:
            self.offences[rule].append(conversation_id)

    @property
    def good(self) -> bool:
        return not any(self.figures[rule] for rule in FATAL)


@dataclass
class StoredConversation:
    """What the table keeps of one conversation."""

    state: ConversationState | None = None
    address: Address | None = None
    entries: list[LogEntry] = field(default_factory=list)
    inbound: list[InboundRecord] = field(default_factory=list)
    effects: dict[str, EffectRecord] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, items: Iterable[Attributes]) -> Self:
        conversation = cls()
        for item in items:
            if "pending" in item:
                conversation.pending.add(item["sk"]["S"])
            match item["entity"]["S"]:
                case "state":
                    conversation.state = read_state(item)
                case "address":
                    conversation.address = Address.from_attributes(item)
                case "events":
                    conversation.entries.append(LogEntry.from_attributes(item))
                case "inbound":
                    conversation.inbound.append(InboundRecord.from_attributes(item))
                case "effect":
                    record = EffectRecord.from_attributes(item)
                    conversation.effects[record.effect.key] = record
        conversation.entries.sort(key=lambda entry: entry.sequence)
        return conversation

    def commits(self) -> Iterator[tuple[ConversationState, LogEntry]]:
        """Yield each commit with the state that it found."""
        state = ConversationState()
        for entry in self.entries:
            yield state, entry
            state = fold(entry.events, state)

    @cached_property
    def events(self) -> list[ConversationEvent]:
        return [event for entry in self.entries for event in entry.events]


def conversations_in(items: Iterable[Attributes]) -> dict[str, StoredConversation]:
    by_conversation: defaultdict[str, list[Attributes]] = defaultdict(list)
    for item in items:
        if item["pk"]["S"].startswith("CONV#"):
            by_conversation[conversation_of(item)].append(item)
    return {name: StoredConversation.read(of_it) for name, of_it in by_conversation.items()}
