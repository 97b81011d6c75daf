"""Who lets one offer after the other run out is asked no more, until they are back."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Accept, Decline, Tick
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from support.clouds.staffed_desk import A_SHIFT, StaffedDesk, staffed_desk

OFFER_SECONDS = 30


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def run_out(office: StaffedDesk, name: str) -> None:
    """Let an offer end at its time, and whoever is to be settled be settled."""
    office.pass_time(OFFER_SECONDS)
    office.ask(name, Tick(woken_for=office.now))
    office.settle_all()


def miss(office: StaffedDesk, *names: str) -> None:
    for name in names:
        office.waits(name)
        run_out(office, name)


def says(office: StaffedDesk, presence: Presence, *, is_back: bool = False) -> Presence:
    most = office.settings.get(RoutingSettings).away_after_missed_offers
    noted = office.table.agents.set_presence(
        "anna", presence, office.now + A_SHIFT, office.now, away_after=most, is_back=is_back
    )
    office.settle_all()
    return noted.work.presence


def test_whoever_misses_three_offers_in_a_row_is_away_and_is_asked_no_more(
    office: StaffedDesk,
) -> None:
    office.at_work("anna")
    miss(office, "one", "two")
    assert office.agent("anna").work.presence is Presence.AVAILABLE
    miss(office, "three")
    assert office.agent("anna").work.presence is Presence.AWAY
    assert office.seats() == {}
    office.waits("four")
    assert office.asked_for("four") == ""


def test_an_offer_whose_end_is_noted_late_was_missed_all_the_same(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("one")
    office.pass_time(OFFER_SECONDS)
    run_out(office, "one")
    assert office.agent("anna").work.missed == 1


def test_who_leaves_while_they_are_asked_has_missed_nothing(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=10)
    office.waits("one", "two", "three")
    assert says(office, Presence.OFFLINE) is Presence.OFFLINE
    assert [office.asked_for(name) for name in ("one", "two", "three")] == ["", "", ""]
    office.pass_time(3_600)
    assert says(office, Presence.AVAILABLE) is Presence.AVAILABLE


def test_who_leaves_after_an_offer_has_run_out_has_missed_it(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("one")
    office.pass_time(OFFER_SECONDS)
    says(office, Presence.OFFLINE)
    assert office.agent("anna").work.missed == 1


def test_a_tool_that_says_available_again_brings_nobody_back(office: StaffedDesk) -> None:
    office.at_work("anna")
    miss(office, "one", "two", "three")
    assert says(office, Presence.AVAILABLE) is Presence.AWAY
    assert says(office, Presence.AVAILABLE, is_back=True) is Presence.AVAILABLE
    assert office.agent("anna").work.missed == 0
    assert office.asked_for("four") == ""
    office.waits("four")
    assert office.asked_for("four") == "anna"


def test_another_presence_shows_that_somebody_is_there(office: StaffedDesk) -> None:
    office.at_work("anna")
    miss(office, "one", "two", "three")
    assert says(office, Presence.BUSY) is Presence.BUSY
    assert says(office, Presence.AVAILABLE) is Presence.AVAILABLE


@pytest.mark.parametrize("answer", [Accept(agent_id="anna"), Decline(agent_id="anna")])
def test_an_answer_ends_the_row(office: StaffedDesk, answer: Accept | Decline) -> None:
    office.at_work("anna")
    miss(office, "one", "two")
    office.waits("three")
    office.ask("three", answer)
    office.settle_all()
    assert office.agent("anna").work.missed == 0
    assert office.agent("anna").work.presence is Presence.AVAILABLE


def test_a_sign_of_life_of_a_tool_ends_no_row(office: StaffedDesk) -> None:
    office.at_work("anna")
    miss(office, "one", "two")
    office.pass_time(A_SHIFT.total_seconds() * 3 / 4)
    says(office, Presence.AVAILABLE)
    assert office.agent("anna").work.missed == 2


def test_somebody_else_who_takes_it_is_no_answer_of_the_agent(office: StaffedDesk) -> None:
    office.at_work("anna")
    miss(office, "one")
    office.waits("two")
    office.ask("two", Accept(agent_id="bruno"))
    office.settle_all()
    assert office.agent("anna").work.missed == 1


def test_a_business_may_ask_on_and_on(office: StaffedDesk) -> None:
    office.configure(QueueSettings)
    office.configure(RoutingSettings, away_after_missed_offers=None)
    office.at_work("anna")
    miss(office, "one", "two", "three", "four")
    assert office.agent("anna").work.presence is Presence.AVAILABLE
