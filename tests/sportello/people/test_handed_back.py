"""Who gave a conversation up is not the first to get it back."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Accept, Decline, ExhaustLadder, OfferToAgent, Tick
from sportello.conversation.people_commands import TransferToAgent, TransferToQueue
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.sla.settings import SlaSettings
from support.builders import seconds
from support.clouds.staffed_desk import StaffedDesk, staffed_desk


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def taken(office: StaffedDesk, *agent_ids: str) -> None:
    """Let the first of some agents take a customer, before the others come to work."""
    first, *others = agent_ids
    office.at_work(first)
    office.waits("c1")
    office.ask("c1", Accept(agent_id=first))
    office.at_work(*others)
    office.settle_all()


def transfer(office: StaffedDesk) -> None:
    office.ask("c1", TransferToQueue(agent_id="anna", queue="default"))
    office.place("c1")


def test_who_hands_a_customer_on_is_not_asked_for_them(office: StaffedDesk) -> None:
    taken(office, "anna", "bruno")
    transfer(office)
    office.settle_all()
    assert office.asked_for("c1") == "bruno"


def test_what_is_assigned_at_once_does_not_bounce_off_the_queue(office: StaffedDesk) -> None:
    office.configure(QueueSettings, queues={"default": {"routing": {"assignment": "assign"}}})
    taken(office, "anna")
    transfer(office)
    office.settle_all()
    assert office.state("c1").owner.kind == "queue"


def test_who_handed_on_is_asked_again_in_the_next_round(office: StaffedDesk) -> None:
    taken(office, "anna")
    transfer(office)
    office.ask("c1", ExhaustLadder(handoff_id=office.state("c1").handoff_id))
    office.place("c1")
    assert office.asked_for("c1") == "anna"


def test_a_colleagues_refusal_does_not_bring_back_who_handed_on(office: StaffedDesk) -> None:
    taken(office, "anna", "bruno", "carla")
    offer = OfferToAgent(
        handoff_id="", agent_id="bruno", units=2, expires_at=office.now + seconds(120)
    )
    office.ask("c1", TransferToAgent(agent_id="anna", queue="default", offer=offer))
    office.ask("c1", Decline(agent_id="bruno"))
    office.place("c1")
    assert office.asked_for("c1") == "carla"


def test_who_stays_silent_is_not_asked_for_the_customer_taken_from_them(
    office: StaffedDesk,
) -> None:
    silence = {"seconds": 60, "around_the_clock": True, "at_breach": {"reassign": True}}
    office.configure(SlaSettings, policies=[{"name": "all", "targets": {"agent_silence": silence}}])
    taken(office, "anna", "bruno")
    office.pass_time(60)
    office.ask("c1", Tick(woken_for=None))
    office.place("c1")
    assert office.asked_for("c1") == "bruno"


def test_who_comes_back_to_work_goes_on_with_the_customer(office: StaffedDesk) -> None:
    taken(office, "anna")
    office.present("anna", Presence.OFFLINE)
    office.settle_all()
    office.pass_time(5)
    office.at_work("bruno", queues=("elsewhere",))
    office.at_work("anna")
    assert office.asked_for("c1") == "anna"
