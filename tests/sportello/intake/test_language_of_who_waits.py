"""A customer who waits turns out to speak another language: others may be asked for them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.people.placement.assigning import Assigning
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from support.builders import request_human, seconds
from support.clouds.working_desk import WorkingDesk, working_desk


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    """A desk at which somebody waits who wrote in Italian, and an agent speaks English alone."""
    with working_desk() as empty:
        empty.receive(empty.write("Vorrei parlare con qualcuno di un ordine"))
        empty.ask(request_human())
        agents = empty.table.agents
        agents.put_profile("emma", AgentProfile(languages=("en",)), 0, empty.now)
        until = empty.now + timedelta(hours=1)
        agents.set_presence("emma", Presence.AVAILABLE, until, empty.now)
        Assigning(empty.desk, empty.settings).settle("emma", empty.now)
        empty.pass_time(seconds(10))
        yield empty


def asked(office: WorkingDesk) -> str:
    offer = office.state.personal_offer
    return offer.agent_id if offer else ""


def test_who_goes_on_in_a_language_that_is_spoken_here_is_brought_to_an_agent_at_once(
    office: WorkingDesk,
) -> None:
    office.receive(office.write("I am sorry, is there somebody who speaks English with me?"))
    assert asked(office) == "emma"


def test_who_goes_on_in_the_same_language_waits_on(office: WorkingDesk) -> None:
    office.receive(office.write("Scusate, c'\u00e8 qualcuno che mi risponde?"))
    assert asked(office) == ""
