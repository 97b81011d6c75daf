"""Agents of the deployed desk who come to work, are asked one by one, and go home."""

import json
from dataclasses import dataclass
from typing import Any, Self

from local.cloud.first_day import Person
from local.cloud.observing import wait_until
from local.cloud.web import Answer
from local.providers.provider_calls import Call
from sportello.table.desk_table import DeskTable
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk


@dataclass(frozen=True)
class AgentAtWork:
    """`name` is what the desk calls them: they sign in under it, and their bell has it too."""

    desk: DrivenDesk
    name: str
    id: str

    @classmethod
    def engaged(cls, desk: DrivenDesk, name: str, *groups: str) -> Self:
        """Give somebody an account, and sign them in."""
        person = Person(f"{name}@example.org", groups or ("agent",))
        desk.private.add(person.email)
        desk.stack.tokens[name] = desk.laptop.engage(person)
        desk.passwords[name] = person.password
        me = desk.ask("GET", "/agents/me", role=name)
        return cls(desk, name, me.document()["agent_id"] if me.status == 200 else "")

    def ask(self, method: str, path: str, document: Any = None) -> Answer:
        return self.desk.ask(method, path, document, role=self.name)

    def act(self, conversation_id: str, what: str, document: Any = None) -> Answer:
        return self.ask("POST", f"/conversations/{conversation_id}/{what}", document or {})

    def be(self, presence: str) -> None:
        """Say it, and wait until the desk's lines know it: whoever is chosen, is chosen by them."""
        self.ask("PUT", "/agents/me/presence", {"presence": presence}).expect(200)
        agents = DeskTable(self.desk.stack.table, self.desk.laptop.client("dynamodb")).agents
        wait_until(
            lambda: not agents.is_due(self.id),
            seconds=PATIENCE_SECONDS,
            what=f"seat of {self.name}, who is {presence}",
        )

    def has_profile(self, **profile: Any) -> None:
        self.desk.ask("PUT", f"/agents/{self.id}", profile, role="supervisor").expect(200)

    def has_bell(self) -> None:
        """Have a webhook of one's own, at which only this agent is rung."""
        bell = {"notifier": "webhook", "url": f"{self.desk.stack.provider_base}/agents/{self.name}"}
        self.ask("PUT", "/agents/me/endpoints/bell", bell).expect(200)

    def me(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", "/agents/me").expect(200).document()
        return found

    def offer_of(self, conversation_id: str) -> str:
        """Return what the agent is asked of a conversation now, empty if nothing."""
        offers: dict[str, str] = {
            each["conversation_id"]: each["offer_id"] for each in self.me()["offers"]
        }
        return offers.get(conversation_id, "")

    def await_offer(self, conversation_id: str) -> str:
        return wait_until(
            lambda: self.offer_of(conversation_id),
            seconds=PATIENCE_SECONDS,
            what=f"offer to {self.name}",
        )

    def take(self, conversation_id: str) -> None:
        offer_id = self.await_offer(conversation_id)
        self.act(conversation_id, "accept", {"offer_id": offer_id}).expect(200)

    def await_bell(self, conversation_id: str, notice: str) -> Call:
        """Wait for a notice at the agent's own webhook."""

        def rings(call: Call) -> bool:
            if call.channel != "agents" or not call.path.endswith(f"/{self.name}"):
                return False
            document = json.loads(call.body)
            rung = (document["type"], document["data"]["conversation_id"])
            return rung == (notice, conversation_id)

        return self.desk.calls.wait_for(
            rings, seconds=PATIENCE_SECONDS, what=f"{notice} for {self.name}"
        )
