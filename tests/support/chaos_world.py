"""A conversation as the outside of a desk sees it, to hold the audit of `make chaos` against."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from local.chaos.audit import audit
from local.chaos.evidence import Collected, Verdict
from local.chaos.webhooks import Item
from local.providers.provider_calls import Call
from notifiers.webhook import webhook_id
from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.conversation.effects import (
    Effect,
    NotifyAgents,
    PublishEvent,
    SendMessage,
    StartWorkflow,
)
from sportello.conversation.events import ConversationEvent
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.dispatch.dispatcher import execution_name
from sportello.messaging.items import DeliveryStatus
from sportello.table.compression import compress
from sportello.table.items import EffectRecord, LogEntry, state_attributes
from sportello.table.keys import Attributes
from support.builders import (
    CONVERSATION,
    HANDLE,
    NOW,
    TERMS,
    a_message,
    an_address,
    an_inbound_record,
    an_item,
    answer,
    decide,
    receive,
    record_delivery,
)

WHATSAPP = "whatsapp"


@dataclass
class World:
    """One conversation as the outside sees it, step by step."""

    state: ConversationState = field(default_factory=ConversationState)
    items: dict[str, Attributes] = field(default_factory=dict)
    stream: list[Attributes] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    acknowledged: set[Item] = field(default_factory=set)
    channel: str = WHATSAPP
    now: datetime = NOW
    terms: ServiceTerms = TERMS

    def acknowledge(self, number: int = 1, *, applied: bool = True) -> None:
        self.acknowledged.add(Item(self.channel, f"item-{number}"))
        record = an_inbound_record(a_message(number=number))
        stored = record.model_copy(update={"channel": self.channel, "item_id": f"item-{number}"})
        kept = stored.to_attributes(compress(b"{}"))
        if applied:
            del kept["pending"], kept["pending_since"]
        self.put(kept)

    def act(self, command: Command) -> Decision:
        decision = decide(self.state, command, self.now, self.terms)
        self.record(*decision.events, effects=decision.effects)
        return decision

    def record(self, *events: ConversationEvent, effects: Iterable[Effect] = ()) -> None:
        """Commit events, decided or made up, and carry out at once what is no message."""
        if not events:
            return
        entry = LogEntry(sequence=self.state.sequence, at=self.now, events=events)
        self.state = fold(events, self.state)
        self.put(state_attributes(CONVERSATION, self.state))
        self.put(entry.to_attributes(CONVERSATION))
        self.put(an_address(channel=self.channel).to_attributes(CONVERSATION))
        for effect in effects:
            record = EffectRecord(
                conversation_id=CONVERSATION,
                channel=self.channel,
                decided_at=self.now,
                effect=effect,
            )
            kept = record.to_attributes()
            if not isinstance(effect, SendMessage):
                del kept["pending"], kept["pending_since"]
            self.put(kept)
            match effect:
                case PublishEvent(key=name, entries=entries):
                    self.heard += [f"{CONVERSATION}/{name}/{n}" for n in range(len(entries))]
                case StartWorkflow(key=name):
                    self.executions.append(execution_name(f"{CONVERSATION}-{name}"))
                case NotifyAgents(key=name):
                    self.ring(name)

    def put(self, item: Attributes) -> None:
        self.items[item["sk"]["S"]] = item
        self.stream.append(item)

    def claim(self, effect_key: str, by: str = "somebody") -> None:
        item = self.items[EffectRecord.sort_key(effect_key)]
        claimed = {"delivery": {"S": "sending"}, "claimed_by": {"S": by}}
        self.put({**item, **claimed})

    def take(self, effect_key: str, fault: str | None = None, message_id: str = "") -> None:
        """Have the provider called with a message, which it names by `message_id`."""
        path, content = "/messages", {"biz_opaque_callback_data": f"{CONVERSATION}/{effect_key}"}
        if self.channel == "telegram":
            item = self.items[EffectRecord.sort_key(effect_key)]
            text = EffectRecord.from_attributes(item).message.text
            path, content = "/bot1/sendMessage", {"chat_id": HANDLE, "text": text}
        body = json.dumps(content)
        self.calls.append(Call("", self.channel, "POST", path, {}, body, fault, message_id))

    def ring(self, effect_key: str) -> None:
        headers = {"webhook-id": webhook_id(f"{CONVERSATION}/{effect_key}")}
        self.calls.append(Call("", "agents", "POST", "/agents/desk", headers, "{}", None))

    def deliver(self, effect_key: str, status: DeliveryStatus, *, called: bool = True) -> None:
        self.claim(effect_key)
        if called:
            self.take(effect_key)
        self.settle(effect_key, status)

    def settle(self, effect_key: str, status: DeliveryStatus) -> None:
        self.act(record_delivery(effect_key, status))
        item = {**self.items[EffectRecord.sort_key(effect_key)], "delivery": {"S": status}}
        item.pop("pending", None)
        self.put(item)

    def audit(self, **changes: Any) -> Verdict:
        return audit(replace(self.collect(), **changes))

    def collect(self) -> Collected:
        return Collected(
            at=self.now,
            sent=frozenset(self.acknowledged),
            acknowledged=frozenset(self.acknowledged),
            items=list(self.items.values()),
            stream=list(self.stream),
            calls=list(self.calls),
            heard=list(self.heard),
            executions=list(self.executions),
            running=list(self.running),
        )


def sends(decision: Decision) -> str:
    (message,) = [effect for effect in decision.effects if isinstance(effect, SendMessage)]
    return message.key


BOT_ANSWER = "bot:item-1"


def an_answered_question() -> World:
    """A question that the bot answered."""
    world = World()
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    world.deliver(sends(world.act(answer("item-1"))), DeliveryStatus.ACCEPTED)
    return world


def broken(verdict: Verdict) -> dict[str, list[str]]:
    assert not verdict.good
    return dict(verdict.offences)
