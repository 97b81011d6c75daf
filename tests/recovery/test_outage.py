"""A provider that is down for an hour, or for half a day: nothing is lost, doubled or overtaken.

The real functions on the real queues of the template, in one process and in virtual time.
"""

import io
import itertools
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.providers.providers import refusal
from sportello.conversation.events import OwnerKind
from support.builders import NOW
from support.clouds.one_process.cloud import Cloud
from support.clouds.one_process.outside import Answer
from support.clouds.one_process.people import Condition, Customer, Told
from support.clouds.small.sqs import Queue

HOUR = timedelta(hours=1)
REPLIES = ("Eccomi.", "Ho trovato il suo ordine.", "Parte domani.", "Arriva lunedì.")
LONGEST_DELAY = timedelta(seconds=300)


class Outage:
    """Providers that take nothing for a while; agents' endpoints go on answering."""

    def __init__(self, cloud: Cloud) -> None:
        self.refused = 0
        self.ends_at = cloud.world.now
        self._cloud = cloud
        self._answer = cloud.outside.answer
        self.taken_at: list[datetime] = []
        cloud.outside.answer = self.answer  # type: ignore[method-assign] # what is outside is down

    def answer(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if "/desk" in url:
            return self._answer(url, body, headers)
        if self._cloud.world.now < self.ends_at:
            self.refused += 1
            channel = "whatsapp" if "/whatsapp/" in url else "telegram"
            status, document = refusal(channel, 503)
            refused = Answer(document)
            refused.status = status
            return refused
        self.taken_at.append(self._cloud.world.now)
        return self._answer(url, body, headers)


class Desk:
    """Conversations that an agent has taken and answers while the providers are down."""

    def __init__(self, each_channel: int, lasting: timedelta, seed: int | None) -> None:
        self.cloud = Cloud(NOW, seed or 0, shuffled=seed is not None)
        self.outage = Outage(self.cloud)
        self._each, self._lasting = each_channel, lasting
        self.customers: list[Customer] = []
        self.told = Told(self.cloud, self._script)

    def run(self) -> None:
        with redirect_stdout(io.StringIO()), self.cloud.in_place():
            self.cloud.world.run()
        assert self.told.ended

    def _script(self, told: Told) -> Iterator[Condition]:
        anna = told.agent("anna")
        for number in range(self._each):
            self.customers += [
                told.customer(f"giulia-{number}", "whatsapp", 393330000101 + number),
                told.customer(f"marco-{number}", "telegram", 500600701 + number),
            ]
        for customer in self.customers:
            customer.write("Voglio parlare con una persona")
        yield lambda: all(customer.waits_for_people() for customer in self.customers)
        for customer in self.customers:
            anna.does("accept", customer)
        yield lambda: all(c.state.owner.kind is OwnerKind.AGENT for c in self.customers)
        self.told_before = {c.conversation_id: len(self.received(c)) for c in self.customers}
        self.outage.ends_at = self.cloud.world.now + self._lasting
        for count, text in enumerate(REPLIES, start=1):
            for customer in self.customers:
                anna.replies(customer, text)
            yield lambda wanted=count: all(self.decided(c) == wanted for c in self.customers)  # type: ignore[misc] # mypy sees no type in a default

    def decided(self, customer: Customer) -> int:
        kept = self.cloud.table.conversation(customer.conversation_id, "FX#reply:")
        return len(kept)

    def received(self, customer: Customer) -> list[str]:
        to = str(customer.number)
        return [message.text for message in self.cloud.outside.taken if message.to == to]

    def replies_received(self, customer: Customer) -> list[str]:
        return self.received(customer)[self.told_before[customer.conversation_id] :]

    def dead_letters(self) -> list[Queue]:
        return [q for name, q in self.cloud.queues.items() if "DeadLetters" in name and q.messages]

    def redrive(self) -> int:
        """Do what `recovery redrive` does, in this cloud."""
        numbers = itertools.count(10_000)
        moved = 0
        for queue in self.cloud.queues.values():
            while queue.dead_letters and queue.dead_letters.messages:
                letter = queue.dead_letters.messages.pop(0)
                request: dict[str, Any] = {
                    "MessageGroupId": letter.group,
                    "MessageDeduplicationId": f"redrive-{letter.number}",
                    "MessageBody": letter.body,
                }
                queue.send(request, next(numbers), self.cloud.world.now)
                moved += 1
        return moved


@pytest.mark.parametrize(
    ("each_channel", "seed"),
    [
        (1, None),
        *(pytest.param(5, seed, marks=pytest.mark.experiment) for seed in range(1, 6)),
    ],
)
def test_an_outage_of_an_hour_loses_nothing_and_keeps_the_order(
    each_channel: int, seed: int | None
) -> None:
    desk = Desk(each_channel, HOUR, seed)
    desk.run()
    assert desk.outage.refused > 15 * len(desk.customers)
    for customer in desk.customers:
        assert desk.replies_received(customer) == list(REPLIES)
    assert not desk.dead_letters()
    assert max(desk.outage.taken_at) <= desk.outage.ends_at + LONGEST_DELAY


@pytest.mark.experiment
@pytest.mark.parametrize("seed", range(1, 4))
def test_after_an_outage_of_half_a_day_a_redrive_delivers_every_message_once(seed: int) -> None:
    desk = Desk(2, 12 * HOUR, seed)
    desk.run()
    letters = sum(len(queue.messages) for queue in desk.dead_letters())
    assert letters
    for customer in desk.customers:
        received = desk.replies_received(customer)
        assert len(received) == len(set(received))
    assert desk.redrive() == letters
    desk.run()
    for customer in desk.customers:
        assert sorted(desk.replies_received(customer)) == sorted(REPLIES)
    assert not desk.dead_letters()
