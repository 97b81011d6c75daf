"""An agent's own endpoint is in the agent's profile, and is rung for nobody else."""

from collections.abc import Iterator

import pytest

from sportello.errors import EndpointGone, NotConfigured
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.endpoints import endpoint_named
from support.clouds.decided_notice import ENDPOINT, OWN, DecidedNotice
from support.clouds.table import desk


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty, OWN)


def test_it_is_rung_under_its_agents_name(ringing: DecidedNotice) -> None:
    ringing.keep_profile(phone={"notifier": "recording", "topic": "anna"})
    ringing.ring()
    (told,) = ringing.notifier.notified
    assert (told.endpoint, told.agent_id, told.address) == (OWN, "anna", {"topic": "anna"})


def test_a_shared_endpoint_is_nobodys_own() -> None:
    with desk() as empty:
        ringing = DecidedNotice(empty)
        ringing.ring()
        assert [told.agent_id for told in ringing.notifier.notified] == [""]


def test_without_a_profile_there_is_nobody_to_ring(ringing: DecidedNotice) -> None:
    with pytest.raises(NotConfigured, match="@anna/phone"):
        ringing.ring()


def test_an_endpoint_that_is_no_longer_in_the_profile_is_not_rung(ringing: DecidedNotice) -> None:
    ringing.keep_profile(tablet={"notifier": "recording", "topic": "anna"})
    with pytest.raises(NotConfigured):
        ringing.ring()


def test_a_shared_endpoint_of_the_same_name_is_another(ringing: DecidedNotice) -> None:
    ringing.configure({"phone": ENDPOINT})
    assert endpoint_named(OWN, ringing.table, ringing.settings) is None
    assert endpoint_named("phone", ringing.table, ringing.settings) is not None


def test_its_own_filters_hold(ringing: DecidedNotice) -> None:
    ringing.keep_profile(phone={**ENDPOINT, "at_least": "urgent"})
    ringing.ring()
    assert ringing.outcome() == (DeliveryStatus.REFUSED, "filtered")


def test_it_may_be_gone_until_its_agent_changes_it(ringing: DecidedNotice) -> None:
    ringing.keep_profile(phone=ENDPOINT)
    ringing.notifier.failures.append(EndpointGone("410"))
    ringing.ring()
    assert ringing.outcome() == (DeliveryStatus.REFUSED, "gone")
    ringing.keep_profile(phone={**ENDPOINT, "topic": "new"})
    ringing.ring(ringing.decide_another())
    assert len(ringing.notifier.notified) == 1
