"""Once somebody has a conversation nobody else is rung for it, and whoever was is told."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Command
from sportello.errors import ProviderUnavailable, Retryable
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.ringing import RING_FIRST
from support.builders import accept, decline, resolve
from support.clouds.decided_notice import ENDPOINT, DecidedNotice
from support.clouds.table import desk


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty)


ENDINGS = [
    (accept(), "offer.accepted"),
    (decline(), "offer.declined"),
    (resolve(), "offer.withdrawn"),
]


@pytest.mark.parametrize("command", [command for command, _ in ENDINGS])
def test_an_offer_that_is_over_does_not_ring_any_more(
    ringing: DecidedNotice, command: Command
) -> None:
    ringing.end_offer(command)
    ringing.ring()
    assert ringing.notifier.notified == []
    assert ringing.outcome() == (DeliveryStatus.REFUSED, "withdrawn")


def test_the_next_offer_rings(ringing: DecidedNotice) -> None:
    ringing.ring(ringing.decide_another())
    assert [told.notice for told in ringing.notifier.notified] == ["conversation.offered"]


@pytest.mark.parametrize(("command", "notice"), ENDINGS)
def test_whoever_was_rung_is_told_with_the_receipt_of_the_ring(
    ringing: DecidedNotice, command: Command, notice: str
) -> None:
    ringing.ring()
    ringing.ring(ringing.end_offer(command))
    ring, end = ringing.notifier.notified
    assert (ring.notice, ring.receipt) == ("conversation.offered", "")
    assert (end.notice, end.receipt) == (notice, "1")
    whose = {"agent_id": "anna"} if notice == "offer.accepted" else {}
    assert end.data == {"offer_id": ring.data["offer_id"], **whose}


def test_what_only_its_own_endpoint_returned_is_handed_on(ringing: DecidedNotice) -> None:
    ringing.ring()
    again = ringing.decide_another()
    ringing.ring(again)
    ringing.ring(ringing.end_offer())
    assert ringing.notifier.notified[-1].receipt == "2"


def test_the_end_waits_a_while_for_a_ring_that_may_be_under_way(ringing: DecidedNotice) -> None:
    end = ringing.end_offer()
    with pytest.raises(Retryable, match="under way"):
        ringing.ring(end)
    assert ringing.notifier.notified == []
    ringing.ring(end, after=RING_FIRST)
    assert [told.receipt for told in ringing.notifier.notified] == [""]


def test_a_ring_that_got_no_answer_may_have_been_heard_and_its_end_is_told(
    ringing: DecidedNotice,
) -> None:
    ringing.notifier.failures.append(ProviderUnavailable("no answer from the endpoint"))
    with pytest.raises(ProviderUnavailable):
        ringing.ring()
    end = ringing.end_offer()
    ringing.ring()
    ringing.ring(end)
    assert [told.notice for told in ringing.notifier.notified] == ["offer.declined"]


@pytest.mark.parametrize("fields", [{"at_least": "urgent"}, {"notices": ["message.received"]}])
def test_where_nothing_rang_nothing_is_taken_back(
    ringing: DecidedNotice, fields: dict[str, object]
) -> None:
    ringing.configure({"desk": {**ENDPOINT, **fields}})
    ringing.ring()
    end = ringing.end_offer()
    ringing.ring(end)
    assert ringing.notifier.notified == []
    assert ringing.outcome(end) == (DeliveryStatus.REFUSED, "filtered")


def test_what_rang_is_taken_back_whatever_the_endpoint_filters_and_the_hour(
    ringing: DecidedNotice,
) -> None:
    ringing.ring()
    always = {"time_zone": "UTC", "windows": [{"start": "00:00", "end": "00:00"}]}
    filters = {"notices": ["conversation.offered"], "at_least": "urgent", "quiet_hours": always}
    ringing.configure({"desk": {**ENDPOINT, **filters}})
    ringing.ring(ringing.end_offer())
    assert [told.notice for told in ringing.notifier.notified][1:] == ["offer.declined"]


def test_a_notifier_that_can_take_nothing_back_is_not_asked_to() -> None:
    with desk() as empty:
        ringing = DecidedNotice(empty, notices=frozenset({"conversation.offered"}))
        ringing.ring()
        end = ringing.end_offer()
        ringing.ring(end)
        assert len(ringing.notifier.notified) == 1
        assert ringing.outcome(end) == (DeliveryStatus.REFUSED, "filtered")
