"""A customer who writes to an agent who is at work no more is brought to another one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.conversation.events import OwnerKind
from sportello.conversation.people_commands import TakeOver
from sportello.people.placement.assigning import Assigning
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from support.builders import CONVERSATION, accept, reply, seconds
from support.clouds.working_desk import WorkingDesk, working_desk

UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    """A desk at which anna has answered a customer."""
    with working_desk() as empty:
        empty.say(UNKNOWN)
        empty.ask(accept("anna"))
        empty.ask(reply("anna"))
        empty.pass_time(seconds(60))
        yield empty


def says(office: WorkingDesk, agent_id: str, presence: Presence) -> None:
    until = office.now + timedelta(hours=1)
    office.table.agents.set_presence(agent_id, presence, until, office.now)


def goes_home(office: WorkingDesk, agent_id: str) -> None:
    says(office, agent_id, Presence.AVAILABLE)
    says(office, agent_id, Presence.OFFLINE)


def take_over(agent_id: str) -> TakeOver:
    return TakeOver(agent_id=agent_id, supervisor=True)


def write_again(office: WorkingDesk) -> None:
    office.receive(office.write("E la consegna?"), turn_id="turn-2")


def rung(office: WorkingDesk) -> list[str]:
    return [notice.notice for notice in office.notices()]


@pytest.mark.parametrize("presence", [None, *sorted(set(Presence) - {Presence.OFFLINE})])
def test_an_agent_who_is_there_or_never_said_so_hears_of_it(
    office: WorkingDesk, presence: Presence | None
) -> None:
    if presence is not None:
        says(office, "anna", presence)
    write_again(office)
    assert office.state.owner.name == "anna"
    assert rung(office)[-1] == "message.received"


def test_who_writes_to_an_agent_who_has_left_is_in_line_again(office: WorkingDesk) -> None:
    goes_home(office, "anna")
    write_again(office)
    assert office.state.owner.kind is OwnerKind.QUEUE
    assert office.state.handoff_reason == "agent_left"
    assert "message.received" not in rung(office)
    assert len([w for w in office.workflows() if w.machine == "escalation"]) == 2


def test_whose_presence_has_run_out_has_left(office: WorkingDesk) -> None:
    says(office, "anna", Presence.AVAILABLE)
    office.pass_time(timedelta(hours=1))
    write_again(office)
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_a_colleague_with_room_is_asked_at_once(office: WorkingDesk) -> None:
    goes_home(office, "anna")
    says(office, "bruno", Presence.AVAILABLE)
    Assigning(office.desk, office.settings).settle("bruno", office.now)
    write_again(office)
    assert office.state.personal_offer is not None
    assert office.state.personal_offer.agent_id == "bruno"


def test_a_business_may_leave_conversations_with_whoever_had_them(office: WorkingDesk) -> None:
    office.configure(RoutingSettings, when_an_agent_leaves="none")
    goes_home(office, "anna")
    write_again(office)
    assert office.state.owner.name == "anna"


def test_what_an_agent_took_by_hand_after_leaving_stays_theirs(office: WorkingDesk) -> None:
    goes_home(office, "bruno")
    office.pass_time(seconds(60))
    office.ask(take_over("bruno"))
    office.pass_time(seconds(60))
    write_again(office)
    assert office.state.owner.name == "bruno"
    assert rung(office)[-1] == "message.received"


def test_what_moves_on_is_one_conversation(office: WorkingDesk) -> None:
    goes_home(office, "anna")
    write_again(office)
    assert office.state.turn is not None
    assert len(office.state.turn.items) == 1
    assert office.table.load(CONVERSATION).state == office.state
