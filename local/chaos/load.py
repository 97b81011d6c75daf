"""The load of `make chaos`: conversations side by side, each waiting for its answers like people.

Some are answered by the bot, some handed over and taken by a person while the customer goes on
writing, in some a person breaks in while the bot is thinking.
"""

import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import urllib3

from local.chaos.customers import Customer, Outlook, customer
from local.chaos.webhooks import Webhooks
from local.cloud.laptop import Laptop
from local.cloud.web import Answer, call_json

PATIENCE_SECONDS = 40.0
LAST_PATIENCE_SECONDS = 5.0
AGENT_ATTEMPTS = 12
NOT_FOUND = 404
SERVER_ERROR = 500

RAMP_SECONDS = 0.7
"""Between the first conversations: a crowd at the door would start all processes at once."""

QUESTIONS = (
    "Quanto tempo ci vuole per la consegna?",
    "Quali sono gli orari di apertura?",
    "Come posso pagare?",
)
"""All of them in the packaged FAQ."""


@dataclass
class Tally:
    """What the load did, by name; safe to use from many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1


@dataclass(frozen=True)
class Agent:
    """A person at the agent API, whose tool repeats a request that got no answer."""

    laptop: Laptop
    tally: Tally

    def accept(self, conversation_id: str) -> bool:
        return self._ask(conversation_id, "accept", {})

    def reply(self, conversation_id: str, text: str) -> bool:
        return self._ask(conversation_id, "replies", {"text": text})

    def resolve(self, conversation_id: str) -> bool:
        return self._ask(conversation_id, "resolve", {})

    def return_to_bot(self, conversation_id: str) -> bool:
        return self._ask(conversation_id, "return-to-bot", {})

    def _ask(self, conversation_id: str, what: str, document: Any) -> bool:
        stack = self.laptop.stack
        url = f"{stack.agent_api_base}/conversations/{conversation_id}/{what}"
        headers = {
            "Authorization": stack.tokens["agent"],
            "Idempotency-Key": secrets.token_hex(8),
        }
        for attempt in range(AGENT_ATTEMPTS):
            try:
                answer: Answer | None = call_json("POST", url, document, headers)
            except urllib3.exceptions.HTTPError:
                answer = None
            # A person may know of a message before it is applied.
            exists = answer is not None and answer.status != NOT_FOUND
            if answer is not None and exists and answer.status < SERVER_ERROR:
                done = answer.status < 300  # noqa: PLR2004 - the class of success
                self.tally.add(f"agent {what}{'' if done else ' refused'}")
                return done
            self.tally.add("agent requests repeated")
            time.sleep(min(2.0, 0.2 * 2**attempt))
        self.tally.add(f"agent {what} given up")
        return False


@dataclass
class Load:
    laptop: Laptop
    key: bytes
    seed: int
    outlook: Outlook
    webhooks: Webhooks
    tally: Tally = field(default_factory=Tally)

    def run(self, conversations: int, *, threads: int, until: float) -> int:
        """Hold conversations until all are held or time is up; returns how many were begun."""
        self._agent = Agent(self.laptop, self.tally)
        self._threads, self._until = threads, until
        with (
            ThreadPoolExecutor(threads, "conversation") as pool,
            ThreadPoolExecutor(threads, "aside") as self._aside,
        ):
            held = pool.map(self._hold, range(conversations))
            try:
                return sum(held)
            finally:
                # Interrupted, those that have not begun never do.
                pool.shutdown(wait=False, cancel_futures=True)

    def _hold(self, number: int) -> bool:
        if number < self._threads:
            time.sleep(number * RAMP_SECONDS)
        if time.monotonic() >= self._until:
            return False
        somebody = customer(number, self.key, self.webhooks, self.seed)
        # Repeating by number, so that a small run holds conversations of every kind too.
        kinds = (
            self._asks_once,
            self._asks_twice,
            self._is_taken_by_a_person,
            self._asks_once,
            self._asks_once,
            self._is_broken_in_on,
            self._asks_once,
            self._asks_once,
        )
        kind = kinds[number // 2 % len(kinds)]
        if kind == self._is_taken_by_a_person and number // 16 % 3 == 2:  # noqa: PLR2004 - a third
            kind = self._waits_in_vain
        kind(somebody)
        self.tally.add(f"customer {kind.__name__.strip('_').replace('_', ' ')}")
        return True

    def _asks_once(self, somebody: Customer) -> None:
        somebody.write("Buongiorno", self._question(somebody), "Grazie")
        self._await_message(somebody, 1)

    def _asks_twice(self, somebody: Customer) -> None:
        somebody.write("Buongiorno", self._question(somebody))
        self._await_message(somebody, 1)
        somebody.write(self._question(somebody))
        self._await_message(somebody, 2)

    def _waits_in_vain(self, somebody: Customer) -> None:
        somebody.write("Vorrei parlare con un operatore", "È urgente")
        self._await_message(somebody, 1)
        somebody.write("C'è nessuno?")

    def _is_taken_by_a_person(self, somebody: Customer) -> None:
        conversation = somebody.conversation_id
        somebody.write("Buongiorno", "Vorrei parlare con un operatore")
        if not self.outlook.await_ring(somebody, "conversation.offered", self._patience()):
            self.tally.add("nobody was rung in time")
        writing = self._aside.submit(somebody.write, self._question(somebody))
        if self._agent.accept(conversation):
            self._agent.reply(conversation, self._words(somebody))
        writing.result()
        writing = self._aside.submit(somebody.write, "Grazie, ma ho ancora un dubbio")
        self._agent.reply(conversation, self._words(somebody))
        writing.result()
        if somebody.dice.random() < 0.5:  # noqa: PLR2004 - half of them
            self._agent.resolve(conversation)
        else:
            self._hand_back_and_ask(somebody)

    def _is_broken_in_on(self, somebody: Customer) -> None:
        """A person writes while the bot is about to, somewhere between question and answer."""
        somebody.write(self._question(somebody))
        time.sleep(somebody.dice.uniform(0, 3))
        self._agent.reply(somebody.conversation_id, self._words(somebody))
        somebody.write("Ah, grazie")
        self._hand_back_and_ask(somebody)

    def _hand_back_and_ask(self, somebody: Customer) -> None:
        """Ask the bot again while the conversation is being given back to it."""
        before = self.outlook.messages_to(somebody)
        asking = self._aside.submit(somebody.write, self._question(somebody))
        self._agent.return_to_bot(somebody.conversation_id)
        asking.result()
        somebody.write(self._question(somebody))
        self._await_message(somebody, before + 1)

    def _await_message(self, somebody: Customer, count: int) -> None:
        if not self.outlook.await_message(somebody, count, self._patience()):
            self.tally.add("customers who went on without an answer")

    def _patience(self) -> float:
        """Return how long to wait for an answer: when time is up, not long any more."""
        rest = self._until - time.monotonic()
        return max(LAST_PATIENCE_SECONDS, min(PATIENCE_SECONDS, rest))

    def _question(self, somebody: Customer) -> str:
        return somebody.dice.choice(QUESTIONS)

    def _words(self, somebody: Customer) -> str:
        """Return a person's words, which nobody else ever writes."""
        return f"Ecco quanto mi ha chiesto, pratica {somebody.dice.getrandbits(64):x}."
