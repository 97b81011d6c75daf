"""An agent who resolves nothing has ever more conversations, and costs no more for it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.conversation.commands import Accept, Reply
from sportello.conversation.effects import reply_key
from sportello.people.assigning import QUIET_KEPT
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from support.builders import an_item, receive
from support.clouds.metered import metered
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

QUIET = ("c1", "c2", "c3")
SHORT = timedelta(minutes=5)


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    """Anna has answered three customers, and none of them says anything more."""
    with staffed_desk() as empty:
        empty.present("anna", Presence.AVAILABLE)
        for name in QUIET:
            empty.queue(name)
            empty.ask(name, Accept(agent_id="anna"))
            reply = Reply(agent_id="anna", key=reply_key("anna", name), text="Eccomi.")
            empty.ask(name, reply)
        empty.settle_all()
        yield empty


def goes_by(office: StaffedDesk, time: timedelta) -> None:
    office.now += time
    office.present("anna", Presence.AVAILABLE)
    office.settle("anna", unasked=True)


def conversations_read_after_leaving(office: StaffedDesk) -> int:
    office.present("anna", Presence.OFFLINE, SHORT)
    office.settle_all()
    with metered(office.table) as spent:
        office.settle("anna", unasked=True)
    return spent.calls["BatchGetItem"]


def test_what_has_been_quiet_for_long_is_let_go(office: StaffedDesk) -> None:
    goes_by(office, QUIET_KEPT)
    assert office.held() == {"anna": {*QUIET}}
    goes_by(office, timedelta(hours=1))
    assert office.held() == {}


def test_who_writes_again_takes_room_again(office: StaffedDesk) -> None:
    goes_by(office, QUIET_KEPT + timedelta(hours=1))
    office.ask("c2", receive(an_item("again", office.now), turn_id="turn-2"))
    assert office.held() == {"anna": {"c2"}}
    (claim,) = office.agent("anna").claims
    assert claim.counts_at(office.now)


def test_none_of_the_quiet_conversations_of_who_has_left_is_looked_at(
    office: StaffedDesk,
) -> None:
    goes_by(office, timedelta(hours=1))
    assert conversations_read_after_leaving(office) == 0


def test_where_all_goes_back_nothing_is_let_go(office: StaffedDesk) -> None:
    office.configure(RoutingSettings, when_an_agent_leaves="all")
    goes_by(office, QUIET_KEPT + timedelta(hours=1))
    assert office.held() == {"anna": {*QUIET}}
    office.present("anna", Presence.OFFLINE)
    office.settle_all()
    assert {office.state(name).owner.kind for name in QUIET} == {"queue"}
