"""The parts of Sportello that share the table, put together without their functions."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sportello.bot.bot import Bot, BotOutcome
from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents, SendMessage, StartWorkflow
from sportello.conversation.state import ConversationState
from sportello.delivery.delivering import Delivering
from sportello.dispatch.tick import Ticking
from sportello.intake.applying import Applying, TurnTaken
from sportello.messaging.items import InboundItem
from sportello.people.escalation import Escalating
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.settings_document import SettingsDocument
from sportello.table.compression import compress
from sportello.table.desk import Desk, Step
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Conversation, EffectRecord
from sportello.table.settings.settings_store import SettingsStore
from support.builders import CONVERSATION, NOW, a_message, an_inbound_record
from support.clouds.table import all_items, configure, desk
from support.fakes import FakeAdapter

RAW = compress({"made": "up"})

ONE_TARGET = {"policies": [{"name": "messaging", "targets": {"first_response": {"seconds": 300}}}]}
"""SLA settings with the clock of a first answer and no other, for what is about one clock."""


PEOPLE = (
    AgentEndpointSettings.model_validate(
        {"endpoints": {"desk": {"notifier": "webhook", "url": "https://desk.example/rung"}}}
    ),
    QueueSettings(
        queues={
            "default": Queue(
                tiers=(
                    QueueTier(name="first_line", endpoints=("desk",)),
                    QueueTier(name="second_line", endpoints=("desk",)),
                )
            )
        }
    ),
)
"""The packaged queue, with somebody to ring: without, customers are promised nobody."""


class WorkingDesk:
    """One conversation's desk; `now` is its time and `adapter` its customer's channel."""

    def __init__(self, empty: Desk, people: Iterable[SettingsDocument] = PEOPLE) -> None:
        self.desk, self.table = empty, empty.table
        self.settings = SettingsStore(empty.table, max_age_seconds=math.inf)
        self.applying = Applying(empty, self.settings)
        self.bot = Bot(empty, self.settings)
        self.escalating = Escalating(empty, self.settings)
        self.ticking = Ticking(empty, self.settings)
        self.adapter = FakeAdapter()
        self.delivering = Delivering(self.adapter, empty, lambda: self.now, lambda: self.settings)
        self.now = NOW
        self._written = 0
        for document in people:
            configure(empty.table, document, self.now)

    # --- what happens ---------------------------------------------------------------------

    def pass_time(self, amount: timedelta) -> datetime:
        self.now += amount
        return self.now

    def configure(self, kind: type[SettingsDocument], **document: Any) -> None:
        configure(self.table, kind.model_validate(document), self.now)
        self.settings.forget()  # as if it had been read long ago

    def store(self, item: InboundItem) -> InboundRecord:
        """Store an inbound item as the channel's receive does."""
        record = an_inbound_record(item, received_at=self.now)
        self.table.put_inbound(record, RAW)
        return record

    def keep(self, item: InboundItem) -> str:
        """Store an inbound item; returns its name."""
        return self.store(item).item_id

    def note(self, *items: InboundItem) -> None:
        """Store items that nobody answers, and apply them as the stream's reader does."""
        records = [self.store(item) for item in items]
        self.applying.note(CONVERSATION, records, self.now)

    def write(self, text: str, **changes: Any) -> str:
        self._written += 1
        return self.keep(a_message(text, self._written, **{"sent_at": self.now} | changes))

    def receive(self, *item_ids: str, turn_id: str = "turn-1") -> TurnTaken:
        return self.applying.receive(CONVERSATION, item_ids, turn_id, self.now)

    def run(self, turn_id: str = "turn-1", hint: Sequence[str] = ()) -> BotOutcome:
        return self.bot.run(CONVERSATION, turn_id, self.now, tuple(hint))

    def triage(self, *item_ids: str, turn_id: str = "turn-1") -> BotOutcome | None:
        """Do what the state machine does; None where another run holds the turn."""
        if not self.receive(*item_ids, turn_id=turn_id).turn_started:
            return None
        outcome = self.run(turn_id, item_ids)
        while outcome.more:
            outcome = self.run(turn_id, item_ids)
        if outcome.outcome == "handoff":
            self.hand_over(outcome.reason, turn_id)
        return outcome

    def say(self, text: str, turn_id: str = "turn-1", **changes: Any) -> BotOutcome | None:
        return self.triage(self.write(text, **changes), turn_id=turn_id)

    def hand_over(self, reason: str = "asked_for_person", turn_id: str = "turn-1") -> None:
        self.escalating.request_human(CONVERSATION, turn_id, reason, self.now)

    def ask(self, command: Command) -> Decision:
        def step(seen: Conversation) -> Step:
            return Step(command=command, terms=self.settings.terms(seen))

        return self.desk.act(CONVERSATION, step, self.now).decision

    def deliver(self) -> None:
        """Bring every message that was decided to its outcome."""
        for record in self.effects():
            if isinstance(record.effect, SendMessage):
                self.delivering.deliver(CONVERSATION, record.effect.key)

    # --- what goes wrong ------------------------------------------------------------------

    def spoil(self, sort_key: str, **attributes: Any) -> None:
        """Have an item of the conversation hold what this version of the code cannot read."""
        (item,) = (item for item in all_items(self.table) if item["sk"]["S"] == sort_key)
        self.table._client.put_item(TableName=self.table._name, Item=item | attributes)

    def pend_again(self, effect_key: str) -> str:
        """Have an effect be still to be done, as on the day it was decided; returns its key."""
        (record,) = (record for record in self.effects() if record.effect.key == effect_key)
        self.spoil(f"FX#{effect_key}", **record.to_attributes())
        return effect_key

    # --- what is there --------------------------------------------------------------------

    @property
    def state(self) -> ConversationState:
        return self.table.load(CONVERSATION).state

    def effects(self) -> list[EffectRecord]:
        """Every effect decided so far, in the order of their decisions."""
        items = (item for item in all_items(self.table) if item["entity"]["S"] == "effect")
        records = [EffectRecord.from_attributes(item) for item in items]
        return sorted(records, key=lambda record: record.decided_at)

    def messages(self) -> list[SendMessage]:
        effects = [record.effect for record in self.effects()]
        return [effect for effect in effects if isinstance(effect, SendMessage)]

    def notices(self) -> list[NotifyAgents]:
        effects = [record.effect for record in self.effects()]
        return [effect for effect in effects if isinstance(effect, NotifyAgents)]

    def workflows(self) -> list[StartWorkflow]:
        effects = [record.effect for record in self.effects()]
        return [effect for effect in effects if isinstance(effect, StartWorkflow)]

    def undone(self) -> list[str]:
        """The sort keys of everything that is still to be done."""
        return [left.sort_key for left in self.table.overdue(self.now + timedelta(days=999))]


@contextmanager
def working_desk(people: Iterable[SettingsDocument] = PEOPLE) -> Iterator[WorkingDesk]:
    with desk() as empty:
        yield WorkingDesk(empty, people)


def texts(messages: Sequence[SendMessage]) -> list[str]:
    return [message.text for message in messages]
