"""What a step asks of the table does not grow with how many people wait in the queue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest

from sportello.hours.settings import OpeningHoursSettings
from sportello.people.placement.placing import Placing
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from sportello.table.items import Waiting, wait_attributes
from support.builders import CONVERSATION, seconds
from support.clouds.metered import Usage, metered
from support.clouds.working_desk import WorkingDesk, working_desk
from support.waits import a_wait, somebody_waiting

ALWAYS = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["00:00", "24:00"]]}}
NEVER_NOW = {"time_zone": "Europe/Rome", "weekly": {"sun": [["09:00", "12:00"]]}}
QUEUE = {"tiers": [{"name": "first", "endpoints": ["desk"]}], "alert_endpoints": ["desk"]}
FEW = 10

LONGER_FIGURES = 2
"""What one item of a transaction costs more whose figures, being longer, fill one more block."""


@contextmanager
def busy_office(waiting: int) -> Iterator[WorkingDesk]:
    """An open office in which so many wait and one more has just asked for a person."""
    with working_desk() as office:
        office.configure(OpeningHoursSettings, calendars={"default": ALWAYS})
        office.configure(QueueSettings, queues={"default": QUEUE})
        items = [somebody_waiting(f"{n:032x}", office.now - seconds(n)) for n in range(waiting)]
        for number in range(20):
            since = office.now - seconds(2 * waiting + number)
            ended_at = office.now - seconds(1 + number)
            wait = a_wait(600, wait_id=str(number), waiting_since=since, ended_at=ended_at)
            items.append(wait_attributes(wait))
        for item in items:
            office.table._client.put_item(TableName=office.table._name, Item=item)
        office.receive(office.write("Vorrei parlare con una persona"))
        office.run()
        yield office


def exhaust(office: WorkingDesk) -> None:
    office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now)


def offer(office: WorkingDesk) -> None:
    office.escalating.offer(CONVERSATION, office.state.handoff_id, 0, "token", office.now)


def usage_of_steps(waiting: int) -> Mapping[str, Usage]:
    """What each step asks, where so many wait; another step has counted a long line just now."""
    usages: dict[str, Usage] = {}
    with busy_office(waiting) as office:
        count_the_line(office)
        with metered(office.table) as usages["handoff"]:
            office.hand_over()
        assert office.state.announced is not None
        with metered(office.table) as usages["offer"]:
            offer(office)
        office.pass_time(timedelta(days=2))
        count_the_line(office)
        with metered(office.table) as usages["review of a wait"]:
            office.ticking.tick(CONVERSATION, None, office.now)
        assert office.state.announced.at == office.now
        with metered(office.table) as usages["exhausted ladder"]:
            exhaust(office)
    for name, step in (("offer", offer), ("exhausted ladder", exhaust)):
        with busy_office(waiting) as office:
            office.configure(OpeningHoursSettings, calendars={"default": NEVER_NOW})
            with metered(office.table) as usages["handoff outside hours"]:
                office.hand_over()
            with metered(office.table) as usages[f"{name} outside hours"]:
                step(office)
    return usages


def count_the_line(office: WorkingDesk) -> None:
    customer = Waiting(conversation_id="", priority=Priority.NORMAL, since=office.now)
    Placing(office.table).ahead_of("default", customer, (), office.now)


@pytest.mark.parametrize("waiting", [1_000, 10_000])
def test_a_step_costs_no_more_behind_many_than_behind_few(waiting: int) -> None:
    behind_few, behind_many = usage_of_steps(FEW), usage_of_steps(waiting)
    for step, few in behind_few.items():
        many = behind_many[step]
        assert many.calls.total() <= few.calls.total(), step
        assert many.read_units <= few.read_units, step
        assert many.write_units <= few.write_units + LONGER_FIGURES, step
