"""What a desk has behind it before the bench looks on: a long conversation, a long queue.

Functions and rules write all of it themselves, in virtual time.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from io import StringIO

from sportello.conversation.commands import Command
from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW, accept, an_item, receive, reply, request_human
from support.clouds.one_process.cloud import Cloud
from support.clouds.one_process.people import Condition, Told
from support.clouds.one_process.stories import QUESTION, SAME_QUESTION, SETTINGS
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.small.expressions import Item
from support.clouds.table import client_of
from support.webhooks import PROVIDERS

BURST = (QUESTION, SAME_QUESTION, QUESTION, SAME_QUESTION)
MESSAGES_IN_A_TURN = len(BURST) + 1
"""What the customer writes, and the bot's answer."""

BETWEEN_TURNS = timedelta(hours=2)
"""The bot answers anew after an hour of silence."""

BETWEEN_CUSTOMERS = timedelta(seconds=1)
ANSWERED, BETWEEN_ANSWERS = 200, timedelta(seconds=30)
"""So that the desk can tell how long a wait will be."""

type Items = dict[tuple[str, str], Item]


def long_conversations(channel: str, number: int, sizes: Sequence[int]) -> dict[int, Items]:
    """Return a table for each number of messages that a customer and the bot have exchanged."""
    tables: dict[int, Items] = {}
    turns = max(sizes) // MESSAGES_IN_A_TURN
    cloud = Cloud(NOW - (turns + 1) * BETWEEN_TURNS, 0, shuffled=False, sweeping=False)
    cloud.configure(*SETTINGS)

    def script(told: Told) -> Iterator[Condition]:
        giulia = told.customer("giulia", channel, number)
        for turn in range(1, turns + 1):
            giulia.write(*BURST)
            yield lambda: next(cloud.workflows.running(), None) is None
            if turn * MESSAGES_IN_A_TURN in sizes:
                tables[turn * MESSAGES_IN_A_TURN] = dict(cloud.table.items)
            cloud.world.happened = 0
            cloud.world.now += BETWEEN_TURNS

    Told(cloud, script)
    with redirect_stdout(StringIO()), cloud.in_place():
        cloud.world.run()
    return tables


def long_queues(channel: str, sizes: Sequence[int]) -> dict[int, Items]:
    """Return a table for each number of customers who wait, others having been answered before.

    They were handed to people by the rules alone: no function has rung anybody for them.
    """
    small = SmallDynamoDB()
    line = _Line(small, channel)
    tables: dict[int, Items] = {}
    came_at = NOW - max(sizes) * BETWEEN_CUSTOMERS
    with redirect_stdout(StringIO()):
        for number in range(ANSWERED):
            line.enter(number, came_at - timedelta(hours=2))
            line.answer(number, NOW - (ANSWERED - number) * BETWEEN_ANSWERS)
        for number in range(1, max(sizes) + 1):
            line.enter(ANSWERED + number, came_at + number * BETWEEN_CUSTOMERS)
            if number in sizes:
                tables[number] = dict(small.items)
    return tables


class _Line:
    """The one queue there is, as the rules fill it."""

    def __init__(self, small: SmallDynamoDB, channel: str) -> None:
        self._table = DeskTable(small.name, client_of(small))
        self._desk = Desk(self._table)
        self._settings = SettingsStore(self._table, math.inf)
        self._address = Address(
            channel=channel,
            account_id=PROVIDERS[channel].account_id,
            reply_to=PROVIDERS[channel].to,
            language="it",
        )

    def enter(self, number: int, at: datetime) -> None:
        self._ask(number, receive(an_item("item-1", at)), at)
        self._ask(number, request_human(), at)

    def answer(self, number: int, at: datetime) -> None:
        self._ask(number, accept(), at)
        self._ask(number, reply(), at)

    def _ask(self, number: int, command: Command, at: datetime) -> None:
        name = f"{number:032x}"

        def plan(conversation: Conversation) -> Step:
            terms = self._settings.terms(conversation, self._address)
            return Step(command=command, terms=terms, address=self._address)

        for effect in self._desk.act(name, plan, at).decision.effects:
            self._table.mark_carried_out(name, effect.key)
