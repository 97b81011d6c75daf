"""Two businesses with a desk each, at the two ends of one channel: every part real but the wire.

Both desks keep their conversations in one table; their keys are different, so that neither can
name a conversation of the other.
"""

import json
import math
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sportello.bot.bot import Bot
from sportello.conversation.commands import Accept, Command, ReturnToBot
from sportello.conversation.effects import PublishEvent, SendMessage, StartWorkflow
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.delivery.delivering import Delivering
from sportello.intake.applying import Applying
from sportello.intake.receiving import Receiving
from sportello.messaging.identifiers import conversation_id
from sportello.messaging.items import DeliveryStatus, wants_answer
from sportello.messaging.outbound_channel import OutboundMessage
from sportello.messaging.outbound_http import Reply
from sportello.people.escalation import Escalating
from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Conversation, EffectRecord
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW
from support.clouds.table import all_items, configure, desk
from support.clouds.working_desk import PEOPLE
from support.experiments.bridges import BRIDGES, Bridge, Business, Line, ProviderCall
from support.webhooks import PROVIDERS, signed

HOP = timedelta(seconds=2)


class Arrivals(DeskTable):
    """The table as receiving uses it, remembering what was kept: the stream in short."""

    def __init__(self, table: DeskTable) -> None:
        super().__init__(table._name, table._client)
        self.records: deque[InboundRecord] = deque()

    def put_inbound(self, record: InboundRecord, raw: bytes) -> bool:
        kept = super().put_inbound(record, raw)
        if kept:
            self.records.append(record)
        return kept


class Instance:
    """One deployment. What its adapter sends lies in `outbox` until somebody carries it."""

    def __init__(self, channel: str, name: str, line: Line, empty: Desk) -> None:
        self.channel, self.desk = channel, empty
        self.outbox: deque[ProviderCall] = deque()
        self.now = NOW
        self._line, self._sent = line, 0
        self.key = f"the made-up key of {name}".encode()
        self.settings = SettingsStore(empty.table, max_age_seconds=math.inf)
        self.arrivals = Arrivals(empty.table)
        self.receiving = Receiving(PROVIDERS[channel].inbound(), self.arrivals, lambda: self.key)
        self.applying = Applying(empty, self.settings)
        self.bot = Bot(empty, self.settings)
        self.escalating = Escalating(empty, self.settings)
        adapter = PROVIDERS[channel].outbound(self._post)
        self.delivering = Delivering(adapter, empty, lambda: self.now, lambda: self.settings)
        self.conversations: set[str] = set()

    def _post(self, url: str, document: Any, _headers: Mapping[str, str]) -> Reply:
        self.outbox.append(ProviderCall(url, document))
        self._sent += 1
        body = json.dumps(self._line.taken(self._sent)).encode()
        return Reply(status=200, headers={}, body=body)

    def get_call(self, payload: dict[str, Any], now: datetime) -> None:
        """Take a webhook call and do all that follows from it, up to the sending."""
        self.now = now
        request = signed(self.channel, payload).model_copy(update={"received_at": now})
        assert self.receiving.receive(request).status == 200
        while self.arrivals.records:
            self.take_on(self.arrivals.records.popleft())

    def take_on(self, record: InboundRecord) -> None:
        """Do what the stream's reader and triage do with a stored item, up to the sending."""
        name = record.conversation_id
        self.conversations.add(name)
        if not wants_answer(record.item):
            self.applying.note(name, [record], self.now)
            return
        turn_id = f"turn-{record.item_id}"
        if self.applying.receive(name, [record.item_id], turn_id, self.now).turn_started:
            hint = (record.item_id,)
            outcome = self.bot.run(name, turn_id, self.now, hint)
            while outcome.more:
                outcome = self.bot.run(name, turn_id, self.now, hint)
            if outcome.outcome == "handoff":
                self.escalating.request_human(name, turn_id, outcome.reason, self.now)
        for sent in self.state(name).recent_deliveries:
            if sent.status is DeliveryStatus.QUEUED:
                self.delivering.deliver(name, sent.effect_key)

    # --- people -------------------------------------------------------------------------------

    def give_back_to_bot(self, name: str, now: datetime) -> None:
        """Have a person take the conversation and leave it to the bot again."""
        self.now = now
        if self.state(name).owner.kind is OwnerKind.QUEUE:
            self._ask(name, Accept(agent_id="anna"))
            self._ask(name, ReturnToBot(agent_id="anna"))
        assert self.state(name).lifecycle is not Lifecycle.RESOLVED

    def _ask(self, name: str, command: Command) -> None:
        def step(seen: Conversation) -> Step:
            return Step(command=command, terms=self.settings.terms(seen))

        self.desk.act(name, step, self.now)

    # --- what is there ------------------------------------------------------------------------

    def state(self, name: str) -> ConversationState:
        return self.desk.table.load(name).state

    def effects(self, name: str) -> list[EffectRecord]:
        items = (item for item in all_items(self.desk.table) if item["entity"]["S"] == "effect")
        records = [EffectRecord.from_attributes(item) for item in items]
        return sorted(
            (record for record in records if record.conversation_id == name),
            key=lambda record: record.decided_at,
        )

    def messages(self, name: str) -> list[SendMessage]:
        effects = [record.effect for record in self.effects(name)]
        return [effect for effect in effects if isinstance(effect, SendMessage)]

    def automatic_at(self, name: str) -> list[datetime]:
        """When each automatic message was decided."""
        return [
            record.decided_at
            for record in self.effects(name)
            if isinstance(record.effect, SendMessage) and record.effect.automatic
        ]

    def alerts_at(self, name: str) -> list[datetime]:
        """When the bus was told that a reply budget is spent."""
        return [
            entry.at
            for record in self.effects(name)
            if isinstance(record.effect, PublishEvent)
            for entry in record.effect.entries
            if entry.detail_type == "ReplyBudgetExhausted"
        ]

    def climbs(self, name: str) -> list[StartWorkflow]:
        """The escalations started: how often people were asked to take the conversation."""
        effects = [record.effect for record in self.effects(name)]
        return [
            effect
            for effect in effects
            if isinstance(effect, StartWorkflow) and effect.machine == "escalation"
        ]


class TwoDesks:
    def __init__(self, channel: str, empty: Desk) -> None:
        self.line = BRIDGES[channel]
        self.one = Instance(channel, "one", self.line, empty)
        self.other = Instance(channel, "the other", self.line, empty)
        self.now = NOW
        self.carried = 0

    def conversation_of(self, instance: Instance) -> str:
        """The conversation that an instance has with the other."""
        ours, theirs = self._ends(instance)
        return conversation_id(instance.key, instance.channel, ours.account_id, theirs.handle)

    def _ends(self, instance: Instance) -> tuple[Business, Business]:
        line = self.line
        return (line.one, line.other) if instance is self.one else (line.other, line.one)

    def begin(self, text: str, *, bridge: Bridge | None = None, handle: str = "") -> None:
        """Let the other business write to the first, or somebody else by a handle of their own."""
        ours, theirs = self._ends(self.one)
        writer = Business(theirs.account_id, handle or theirs.handle)
        sent: list[ProviderCall] = []

        def keep(url: str, document: Any, _headers: Mapping[str, str]) -> Reply:
            sent.append(ProviderCall(url, document))
            return Reply(status=200, headers={}, body=json.dumps(self.line.taken(1)).encode())

        message = OutboundMessage(
            account_id=theirs.account_id, to=ours.handle, text=text, tracker=""
        )
        PROVIDERS[self.one.channel].outbound(keep).send(message)
        self._carry(sent[0], writer, ours, self.one, bridge)

    def run(self, limit: int, bridge: Bridge | None = None) -> int:
        """Carry messages to and fro until both are silent; returns how many, `limit` at most."""
        before = self.carried
        while self.carried - before < limit:
            for sender, receiver in ((self.one, self.other), (self.other, self.one)):
                if sender.outbox:
                    call = sender.outbox.popleft()
                    self._carry(call, *self._ends(sender), receiver, bridge)
            if not self.one.outbox and not self.other.outbox:
                break
        return self.carried - before

    def _carry(
        self,
        call: ProviderCall,
        writer: Business,
        reader: Business,
        receiver: Instance,
        bridge: Bridge | None,
    ) -> None:
        self.now += HOP
        self.carried += 1
        payload = (bridge or self.line.carry)(call, writer, reader, self.carried, self.now)
        if payload is not None:
            receiver.get_call(payload, self.now)


@contextmanager
def two_desks(channel: str) -> Iterator[TwoDesks]:
    with desk() as empty:
        for document in PEOPLE:
            configure(empty.table, document)
        yield TwoDesks(channel, empty)
