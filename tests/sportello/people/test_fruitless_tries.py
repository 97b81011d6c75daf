"""An agent with room comes to whoever may be theirs, past all who are not to be had now."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Accept
from sportello.hours.settings import OpeningHoursSettings
from sportello.people.placement import assigning
from sportello.queues.settings import QueueSettings
from sportello.table.agents.agent_items import place_attributes
from support.builders import NIGHT
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

CALENDARS = {
    "default": {"time_zone": "UTC", "weekly": {"wed": [("09:00", "18:00")]}},
    "always": {"time_zone": "UTC", "weekly": {day: [("00:00", "24:00")] for day in ("tue", "wed")}},
}


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def test_a_closed_queue_full_of_customers_hides_nobody_of_an_open_one(
    office: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigning, "MOST_IN_A_RUN", 20)
    office.now = NIGHT
    office.configure(
        OpeningHoursSettings, calendars=CALENDARS, accounts={"fake:elsewhere": "always"}
    )
    office.configure(QueueSettings, queues={"default": {}, "vip": {"calendar": "always"}})
    for number in range(20):
        office.queue(f"closed-{number}")
    office.pass_time(60)
    office.waits("c1", queue="vip")
    office.at_work("anna", queues=("default", "vip"))
    assert office.asked_for("c1") == "anna"


def test_an_account_with_hours_of_its_own_is_served_while_its_queue_is_closed(
    office: StaffedDesk,
) -> None:
    office.now = NIGHT
    office.configure(
        OpeningHoursSettings, calendars=CALENDARS, accounts={"fake:elsewhere": "always"}
    )
    office.queue("c1")
    office.queue("c2", account_id="elsewhere")
    office.at_work("anna")
    assert (office.asked_for("c1"), office.asked_for("c2")) == ("", "anna")


def test_places_that_an_earlier_version_has_left_hide_nobody_behind_them(
    office: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigning, "MOST_IN_A_RUN", 5)
    names = [f"gone-{number}" for number in range(5)]
    for name in names:
        office.queue(name)
    left_over = office.line()
    for name in names:
        office.ask(name, Accept(agent_id="bruno"))
    for place in left_over:
        office.put(place_attributes(place))
    office.pass_time(1)
    office.waits("c1")
    office.comes("anna")
    office.settle_all()
    assert office.asked_for("c1") == "anna"
