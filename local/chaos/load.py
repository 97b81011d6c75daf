"""The load of `make chaos`: conversations side by side, each waiting for its answers like people.

Some are answered by the bot, some handed over and taken by a person while the customer goes on
writing, in some a person breaks in while the bot is thinking. Some wait in vain, until they are
promised an answer; some are promised a call, which comes or does not.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.chaos.colleagues import Agent, Tally
from local.chaos.customers import Customer, Outlook, customer
from local.chaos.webhooks import Webhooks
from local.cloud.laptop import Laptop

PATIENCE_SECONDS = 40.0
RING_PATIENCE_SECONDS = 15.0
"""How long a person waits to be rung: in an office that has just closed, in vain."""

LAST_PATIENCE_SECONDS = 5.0

PROMISED_SECONDS = 60
"""The shortest promise there is: it breaks within the run."""

RAMP_SECONDS = 0.7
"""Between the first conversations: a crowd at the door would start all processes at once."""

QUESTIONS = (
    "Quanto tempo ci vuole per la consegna?",
    "Quali sono gli orari di apertura?",
    "Come posso pagare?",
)
"""All of them in the packaged FAQ."""


@dataclass
class Load:
    laptop: Laptop
    key: bytes
    seed: int
    outlook: Outlook
    webhooks: Webhooks
    tally: Tally

    def run(self, conversations: int, *, threads: int, until: float) -> int:
        """Hold conversations until all are held or time is up; returns how many were begun."""
        self._agent = Agent(self.laptop.stack, self.tally)
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
        # Repeating by number, so that a small run holds conversations of every kind too; those
        # that take longest to come to an end begin first.
        kinds = (
            self._is_promised_a_call,
            self._waits_in_vain,
            self._asks_once,
            self._asks_twice,
            self._is_taken_by_a_person,
            self._asks_once,
            self._is_broken_in_on,
            self._asks_once,
        )
        kind = kinds[number // 2 % len(kinds)]
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
        self._await_people(somebody)
        writing = self._aside.submit(somebody.write, self._question(somebody))
        if self._agent.accept(conversation):
            promise = somebody.dice.choice([None, _promise(kept_by="answer")])
            self._agent.reply(conversation, self._words(somebody), promise)
        writing.result()
        writing = self._aside.submit(somebody.write, "Grazie, ma ho ancora un dubbio")
        self._agent.reply(conversation, self._words(somebody))
        writing.result()
        if somebody.dice.random() < 0.5:  # noqa: PLR2004 - half of them
            self._agent.resolve(conversation)
        else:
            self._hand_back_and_ask(somebody)

    def _is_promised_a_call(self, somebody: Customer) -> None:
        """A third is given back to the bot with the promise open, a third left, a third called."""
        conversation = somebody.conversation_id
        self._await_people(somebody)
        self._agent.accept(conversation)
        promise = _promise(kept_by="hand")
        promise_id = self._agent.reply(conversation, self._words(somebody), promise)
        match int(somebody.address) % 3:
            case 0 if promise_id:
                self._agent.keep_promise(conversation, promise_id)
            case 1:
                self._hand_back_and_ask(somebody)

    def _await_people(self, somebody: Customer) -> None:
        somebody.write("Buongiorno", "Vorrei parlare con un operatore")
        patience = min(RING_PATIENCE_SECONDS, self._patience())
        if not self.outlook.await_ring(somebody, "conversation.offered", patience):
            self.tally.add("nobody was rung in time")

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


def _promise(*, kept_by: str) -> dict[str, Any]:
    return {"within_seconds": PROMISED_SECONDS, "kept_by": kept_by}
