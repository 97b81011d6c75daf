"""A desk with many at work and many in line, as the rules themselves bring it about."""

from collections.abc import Sequence

from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import TERMS_OF_SERVICE
from support.builders import accept
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import client_of, no_pause
from tools.bench.assignments.large_table import Items, LargeDynamoDB

BETWEEN_CUSTOMERS = 0.5
ONE_CONVERSATION = 2
"""The capacity, in units, of who is full with one."""

ITALIAN, GERMAN = "it", "de"
GERMAN_AGENT = "agent-german"


def staffed(small: SmallDynamoDB) -> StaffedDesk:
    """Return a desk on a table, as a warm function has it: the settings are read."""
    desk = StaffedDesk(Desk(DeskTable(small.name, client_of(small)), pause=no_pause))
    desk.settings.read_together(*TERMS_OF_SERVICE)
    return desk


def agent_name(number: int) -> str:
    return f"agent-{number:05}"


def free_agents(sizes: Sequence[int]) -> dict[int, Items]:
    """Return a table for each number of agents at work who have nothing, nobody being in line."""
    small = LargeDynamoDB()
    desk = staffed(small)
    tables: dict[int, Items] = {}
    for number in range(max(sizes)):
        desk.at_work(agent_name(number))
        if number + 1 in sizes:
            tables[number + 1] = dict(small.items)
    return tables


def full_agents(agents: int, sizes: Sequence[int]) -> dict[int, Items]:
    """Return a table for each number of Italians in line, where all Italian agents are full.

    One more agent has room, for whoever speaks German.
    """
    small = LargeDynamoDB()
    desk = staffed(small)
    desk.configure(RoutingSettings, capacity=ONE_CONVERSATION)
    desk.configure(
        QueueSettings,
        queues={"default": {"routing": {"language_relaxed_after_seconds": None}}},
    )
    for number in range(agents):
        name, conversation = agent_name(number), f"held-{number}"
        desk.at_work(name, languages=(ITALIAN,))
        desk.waits(conversation)
        desk.ask(conversation, accept(name))
        desk.settle(name)
    desk.at_work(GERMAN_AGENT, languages=(GERMAN,))
    tables: dict[int, Items] = {}
    for number in range(1, max(sizes) + 1):
        desk.queue(f"waiting-{number}", language=ITALIAN)
        desk.pass_time(BETWEEN_CUSTOMERS)
        if number in sizes:
            tables[number] = dict(small.items)
    return tables
