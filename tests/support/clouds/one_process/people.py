"""Customers and agents, and the story they are in: each step as soon as what it waits for is so."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sportello.conversation.events import OwnerKind
from sportello.conversation.handing_over.ladders import awaits_people
from sportello.conversation.state import ConversationState
from sportello.messaging.identifiers import conversation_id
from sportello.messaging.items import DeliveryStatus
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.settings_document import SettingsDocument
from sportello.table.agents.agent_table import AgentTable
from sportello.table.items import read_state
from support.agent_calls import event_of
from support.clouds.one_process.asl import Execution
from support.clouds.one_process.cloud import CONVERSATION_KEY, Cloud
from support.clouds.one_process.outside import FAILING_TEXT, REFUSED_TEXT, Ring, Taken
from support.clouds.one_process.scheduling import Action
from support.clouds.one_process.webhook_calls import (
    MESSAGE,
    whatsapp_message_from,
    whatsapp_receipt,
)
from support.clouds.table import client_of
from support.webhooks import PROVIDERS, rest_event, signed

type Condition = Callable[[], bool]
type Script = Callable[["Told"], Iterator[Condition]]

A_SHIFT = timedelta(hours=8)

SWEPT_WITHIN = timedelta(hours=1)
"""However many sweeps failed, one has seen to it by then that people are rung again."""

IN_HAND = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})


@dataclass
class Customer:
    """Somebody who writes on a channel."""

    told: "Told"
    channel: str
    number: int
    written: int = 0
    names: set[str] = field(default_factory=set)
    """What they are known as to their provider besides their number."""

    @property
    def asked(self) -> str:
        """Who is being asked whether they take it; empty for nobody."""
        offer = self.state.personal_offer
        return offer.agent_id if offer else ""

    @property
    def conversation_id(self) -> str:
        handle = f"{self.channel}:{self.number}"
        account = PROVIDERS[self.channel].account_id
        return conversation_id(CONVERSATION_KEY.encode(), self.channel, account, handle)

    def write(self, *texts: str) -> None:
        """Send messages, each in a webhook call of its own."""
        for text in texts:
            self.written += 1
            at = int(self.told.cloud.world.now.timestamp())
            payload = MESSAGE[self.channel](self.number, self.written, text, at)
            self.told.deliver(self.channel, payload)

    def write_on_whatsapp(self, text: str, sender: Mapping[str, str]) -> None:
        """Send a message whose payload tells who it is from in another way."""
        self.names |= set(sender.values())
        self.written += 1
        at = int(self.told.cloud.world.now.timestamp())
        payload = whatsapp_message_from(sender, self.number, self.written, text, at)
        self.told.deliver("whatsapp", payload)

    def has_left_for_good(self) -> bool:
        """Whether everything written is known and every message to them has its outcome."""
        table = self.told.cloud.table
        kept = table.conversation(self.conversation_id, "IN#")
        written = [item for item in kept if item["kind"]["S"] == "message"]
        sent = table.conversation(self.conversation_id, "FX#")
        return (
            len(written) == self.written
            and not any("pending" in item for item in kept)
            and not any(item["delivery"]["S"] in IN_HAND for item in sent if _is_message(item))
        )

    def is_answered(self) -> bool:
        return self.has_left_for_good() and self.state.turn is None

    def waits_for_people(self) -> bool:
        return self.has_left_for_good() and self.state.owner.kind is OwnerKind.QUEUE

    def is_rung_for(self) -> bool:
        """Whether somebody's bell has rung for them, and they wait."""
        rung = {ring.conversation_id for ring in self.told.heard("conversation.offered")}
        return self.waits_for_people() and self.conversation_id in rung

    @property
    def state(self) -> ConversationState:
        found = self.told.cloud.table.conversation(self.conversation_id, "STATE")
        return read_state(found[0]) if found else ConversationState()


def _is_message(item: Mapping[str, Any]) -> bool:
    return '"type":"SendMessage"' in item["effect"]["S"]


@dataclass
class Agent:
    told: "Told"
    name: str
    _keys: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def does(self, what: str, customer: Customer) -> None:
        self._call(customer, what, {}, {})

    def declines(self, customer: Customer) -> None:
        """Refuse the offer last heard of."""
        offer_id = self.told.heard("conversation.offered")[-1].data["offer_id"]
        self._call(customer, "decline", {"offer_id": offer_id}, {})

    def replies(self, customer: Customer, text: str, **more: Any) -> None:
        key = {"Idempotency-Key": f"{self.name}-{next(self._keys)}"}
        self._call(customer, "replies", {"text": text, **more}, key)

    def comes(self, **profile: Any) -> None:
        """Be at work from now on, as said in one call that nothing can go wrong with."""
        now = self.told.cloud.world.now
        self._agents.put_profile(self.name, AgentProfile(**profile), 0, now)
        self._agents.set_presence(self.name, Presence.AVAILABLE, now + A_SHIFT, now)

    def goes(self) -> None:
        now = self.told.cloud.world.now
        self._agents.set_presence(self.name, Presence.OFFLINE, now, now)

    @property
    def _agents(self) -> AgentTable:
        table = self.told.cloud.table
        return AgentTable(table.name, client_of(table))

    def writes(self, document: SettingsDocument, after: int) -> None:
        """Put a settings document in force, once, as the one after a version."""
        claims = {"sub": self.name, "cognito:groups": "agent,supervisor"}
        event = event_of(
            "PUT",
            f"/settings/{document.kind}",
            claims=claims,
            body=document.model_dump(mode="json"),
            headers={"If-Match": f'"{after}"'},
        )
        self.told.cloud.callers.call("AgentApiFunction", event)

    def _call(
        self, customer: Customer, what: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> None:
        claims = {"sub": self.name, "cognito:groups": "agent"}
        path = f"/conversations/{customer.conversation_id}/{what}"
        event = event_of("POST", path, claims=claims, body=body, headers=headers)
        self.told.cloud.callers.call("AgentApiFunction", event)


class Told:
    """A story being told in a cloud; a part of its world, for chance to choose.

    `left_waiting` is what was seen of customers who wait and for whom nobody was going to be rung.
    """

    def __init__(self, cloud: Cloud, script: Script) -> None:
        self.cloud = cloud
        self.customers: dict[str, Customer] = {}
        self.left_waiting: list[str] = []
        cloud.receipts = self._receipts
        cloud.workflows.on_end = self._see_end
        self._script = script(self)
        self._awaits: Condition | None = lambda: True
        cloud.parts.append(self)

    @property
    def ended(self) -> bool:
        return self._awaits is None

    def customer(self, name: str, channel: str, number: int) -> Customer:
        return self.customers.setdefault(name, Customer(self, channel, number))

    def agent(self, name: str) -> Agent:
        return Agent(self, name)

    def heard(self, notice: str) -> list[Ring]:
        return [ring for ring in self.cloud.outside.rings if ring.notice == notice]

    def rung(self, notice: str, endpoint: str) -> Condition:
        return lambda: any(ring.endpoint == endpoint for ring in self.heard(notice))

    def deliver(self, channel: str, payload: Mapping[str, Any], after: float = 0) -> None:
        function = _RECEIVERS[channel]
        event = rest_event(signed(channel, payload), f"/{channel}")
        self.cloud.callers.call(function, event, after=after)

    def _receipts(self, number: str, taken: Taken) -> None:
        """WhatsApp tells of each step in any order; chance decides which arrives first.

        Of what it refused it tells once more, so that a death at its door makes no other story.
        """
        at = int(self.cloud.world.now.timestamp())
        lost = REFUSED_TEXT in taken.text or FAILING_TEXT in taken.text
        for status in ("sent", "failed") if lost else ("delivered", "read"):
            payload = whatsapp_receipt(number, taken, status, at)
            self.deliver("whatsapp", payload, after=self.cloud.world.seconds(0, 3))

    def _see_end(self, execution: Execution) -> None:
        """Look at whom a ladder leaves, at once: a moment later somebody may have taken them on."""
        if (execution.output or {}).get("outcome") != "exhausted":
            return
        name, handoff_id = (execution.input[of] for of in ("conversation_id", "handoff_id"))
        for customer in self.customers.values():
            state = customer.state
            waits = awaits_people(state, handoff_id) and state.ring_by is not None
            if customer.conversation_id == name and waits:
                self.left_waiting.append(f"{execution.name} went home")

    # --- a part of the world ------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        return None

    def ready(self) -> list[Action]:
        return [Action("story", self._go_on)] if self._awaits and self._awaits() else []

    def _go_on(self) -> None:
        self._awaits = next(self._script, None)


class Relief:
    """Comes a day after a story has lost its way, and takes on whoever still waits for a person.

    Without it bells would ring for them for ever, as they should; it sees whether they did.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        self._relief = told.agent("relief")
        self._comes_at = told.cloud.world.now + timedelta(days=1)
        self._asked: set[tuple[str, int]] = set()
        told.cloud.parts.append(self)

    def next_due(self) -> datetime | None:
        late = self._told.ended or self._comes_at <= self._told.cloud.world.now
        return None if late else self._comes_at

    def ready(self) -> list[Action]:
        if self._comes_at > self._told.cloud.world.now:
            return []
        waiting = [each for each in self._told.customers.values() if self._may_take(each)]
        return [Action("relief", partial(self._take, each)) for each in waiting]

    def _may_take(self, customer: Customer) -> bool:
        """Whether they wait, and it was not tried since anything became of them."""
        state = customer.state
        tried = (customer.conversation_id, state.sequence) in self._asked
        return customer.waits_for_people() and state.resolved_at is None and not tried

    def _take(self, customer: Customer) -> None:
        rings_by, now = customer.state.rings_by, self._told.cloud.world.now
        if rings_by is not None and rings_by + SWEPT_WITHIN < now:
            self._told.left_waiting.append(f"{customer.conversation_id} since {rings_by}")
        self._asked.add((customer.conversation_id, customer.state.sequence))
        self._relief.does("accept", customer)
        self._relief.does("resolve", customer)


_RECEIVERS = {"whatsapp": "WhatsAppReceiveFunction", "telegram": "TelegramReceiveFunction"}
