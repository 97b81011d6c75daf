"""What a desk has behind it before the bench looks on: a long conversation, a long queue.

Functions and rules write all of it themselves, in virtual time, as far as it can tell.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO

from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation
from sportello.table.settings_store import SettingsStore
from support.builders import NOW, an_item, receive, request_human
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


def long_queues(channel: str, sizes: Sequence[int], before: Items) -> dict[int, Items]:
    """Return a table for each number of customers who wait, after what a table held before.

    They were handed to people by the rules alone: nobody has been rung for them yet.
    """
    small = SmallDynamoDB()
    small.items.update(before)
    table = DeskTable(small.name, client_of(small))
    desk, settings = Desk(table), SettingsStore(table, math.inf)
    address = Address(
        channel=channel,
        account_id=PROVIDERS[channel].account_id,
        reply_to=PROVIDERS[channel].to,
        language="it",
    )

    def receiving(conversation: Conversation) -> Step:
        item = an_item("item-1", at)
        terms = settings.terms(conversation, address)
        return Step(command=receive(item), terms=terms, address=address)

    tables: dict[int, Items] = {}
    at = NOW - (max(sizes) + 1) * BETWEEN_CUSTOMERS
    with redirect_stdout(StringIO()):
        for number in range(1, max(sizes) + 1):
            at += BETWEEN_CUSTOMERS
            name = f"{number:032x}"
            handing_over = settings.under_terms(lambda _conversation, _terms: request_human())
            for plan in (receiving, handing_over):
                for effect in desk.act(name, plan, at).decision.effects:
                    table.mark_carried_out(name, effect.key)
            if number in sizes:
                tables[number] = dict(small.items)
    return tables
