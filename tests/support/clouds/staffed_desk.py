"""A desk with agents at work and several customers who wait for one of them."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sportello.conversation.commands import Classify, Command
from sportello.conversation.state import ConversationState
from sportello.people.placement.assigning import Assigning
from sportello.priorities import Priority
from sportello.routing.line import InLine
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.seats import Seat
from sportello.routing.work import Agent
from sportello.settings_document import SettingsDocument
from sportello.table.agents.agent_items import agent_of, read_place, read_seat
from sportello.table.desk import Desk, Step
from sportello.table.items import Conversation
from sportello.table.keys import Attributes
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW, an_address, an_item, receive, request_human
from support.clouds.table import all_items, configure, desk

A_SHIFT = timedelta(hours=8)


class StaffedDesk:
    """`now` is its time. Conversations are named by whoever tests, and queued in one step each."""

    def __init__(self, empty: Desk) -> None:
        self.desk, self.table = empty, empty.table
        self.settings = SettingsStore(empty.table, max_age_seconds=math.inf)
        self.assigning = Assigning(empty, self.settings)
        self.now = NOW

    # --- what happens ---------------------------------------------------------------------

    def pass_time(self, amount: float) -> datetime:
        self.now += timedelta(seconds=amount)
        return self.now

    def configure(self, kind: type[SettingsDocument], **document: Any) -> None:
        configure(self.table, kind.model_validate(document), self.now)
        self.settings.forget()  # as if it had been read long ago

    def at_work(self, *agent_ids: str, **profile: Any) -> None:
        """Let agents be available for a whole shift, each settled, one after another."""
        for agent_id in agent_ids:
            self.comes(agent_id, **profile)
            self.settle(agent_id)

    def comes(self, agent_id: str, **profile: Any) -> None:
        """Let an agent say that they are there; nobody has noticed yet."""
        if profile:
            self.describe(agent_id, **profile)
        self.present(agent_id, Presence.AVAILABLE)

    def describe(self, agent_id: str, **profile: Any) -> None:
        stored = self.table.agents.profile(agent_id)
        self.table.agents.put_profile(
            agent_id, AgentProfile(**profile), stored.version if stored else 0, self.now
        )

    def present(self, agent_id: str, presence: Presence, shift: timedelta = A_SHIFT) -> None:
        self.table.agents.set_presence(agent_id, presence, self.now + shift, self.now)

    def queue(
        self,
        name: str,
        queue: str = "default",
        *,
        priority: Priority = Priority.NORMAL,
        **address: Any,
    ) -> None:
        """A customer writes and is handed to people; nobody looks for one yet."""
        item = an_item(f"item-{name}", self.now)
        self.ask(name, receive(item), an_address(reply_to=f"fake:{name}", **address))
        if priority is not Priority.NORMAL:
            self.ask(name, Classify(agent_id="boss", priority=priority, supervisor=True))
        self.ask(name, request_human().model_copy(update={"queue": queue}))

    def hand_over(self, name: str, turn_id: str) -> ConversationState:
        """Hand a turn of a conversation to people, whoever had it before."""
        version = self.state(name).owner.version
        self.ask(name, request_human(turn_id=turn_id, owner_version=version))
        return self.state(name)

    def waits(self, *names: str, queue: str = "default", **address: Any) -> None:
        """Customers are handed to people, each a second after the one before, and placed."""
        for name in names:
            self.queue(name, queue, **address)
            self.place(name)
            self.pass_time(1)

    def place(self, name: str) -> None:
        self.assigning.place(name, self.now)

    def settle(self, agent_id: str, *, unasked: bool = False) -> None:
        self.assigning.settle(agent_id, self.now, unasked=unasked)

    def settle_all(self) -> None:
        """Settle whoever is to be settled, until nobody is."""
        while asked := self.asked():
            for agent_id in asked:
                self.settle(agent_id)

    def put(self, item: Attributes) -> None:
        """Write an item by itself, as nobody of this version would."""
        self.table._client.put_item(TableName=self.table._name, Item=item)

    def remove(self, entity: str) -> None:
        for item in self.items(entity):
            key = {"pk": item["pk"], "sk": item["sk"]}
            self.table._client.delete_item(TableName=self.table._name, Key=key)

    def ask(self, name: str, command: Command, address: Any = None) -> None:
        def step(seen: Conversation) -> Step:
            terms = self.settings.terms(seen, address)
            return Step(command=command, terms=terms, address=address)

        self.desk.act(name, step, self.now)

    # --- what is there --------------------------------------------------------------------

    def state(self, name: str) -> ConversationState:
        return self.table.load(name).state

    def agent(self, agent_id: str) -> Agent:
        return self.table.agents.agent(agent_id)

    def asked_for(self, name: str) -> str:
        """Who is being asked for a conversation, or has it; empty for nobody."""
        state = self.state(name)
        if state.personal_offer is not None:
            return state.personal_offer.agent_id
        return state.owner.name if state.owner.kind == "agent" else ""

    def asked(self) -> list[str]:
        """Whoever is to be settled."""
        return [agent_of(item) for item in self.items("agent") if "settle" in item]

    def look_at(self, agent_id: str) -> datetime | None:
        return self.table.agents.record(agent_id).look_at

    def seats(self) -> Mapping[tuple[str, str], Seat]:
        seats = [read_seat(item) for item in self.items("seat")]
        return {(seat.queue, seat.agent_id): seat for seat in seats}

    def line(self) -> list[InLine]:
        return [read_place(item) for item in self.items("place")]

    def held(self) -> dict[str, set[str]]:
        """By agent the conversations that take something of them."""
        held: dict[str, set[str]] = {}
        for item in self.items("claim"):
            held.setdefault(agent_of(item), set()).add(item["sk"]["S"].removeprefix("HELD#"))
        return held

    def items(self, entity: str) -> list[Attributes]:
        return [item for item in all_items(self.table) if item["entity"]["S"] == entity]


@contextmanager
def staffed_desk() -> Iterator[StaffedDesk]:
    with desk() as empty:
        yield StaffedDesk(empty)
