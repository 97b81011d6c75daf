"""An agents' endpoint is rung once for each notice, and again only while it did not take it."""

from collections.abc import Iterator

import pytest

from sportello.errors import EndpointGone, NotConfigured, ProviderUnavailable
from sportello.messaging.items import DeliveryStatus
from sportello.routing.endpoints import AgentEndpoint
from support.builders import CONVERSATION, NOW
from support.clouds.decided_notice import ENDPOINT, DecidedNotice
from support.clouds.table import desk


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty)


def test_an_endpoint_is_told_what_and_about_whom(ringing: DecidedNotice) -> None:
    ringing.ring()
    (told,) = ringing.notifier.notified
    assert told.id == f"{CONVERSATION}/{ringing.key}"
    assert (told.notice, told.channel, told.endpoint) == ("conversation.offered", "fake", "desk")
    assert told.address == {"topic": "desk"}
    assert told.data["customer"] == {"display_name": "Anna"}


def test_a_repeat_after_success_rings_nobody(ringing: DecidedNotice) -> None:
    ringing.ring()
    ringing.ring()
    assert len(ringing.notifier.notified) == 1


def test_a_failed_attempt_is_made_again_under_the_same_id(ringing: DecidedNotice) -> None:
    ringing.notifier.failures.append(ProviderUnavailable("the endpoint answered 500"))
    with pytest.raises(ProviderUnavailable):
        ringing.ring()
    ringing.ring()
    assert [told.id for told in ringing.notifier.notified] == [f"{CONVERSATION}/{ringing.key}"]


def test_an_endpoint_removed_meanwhile_is_a_fault_of_configuration(ringing: DecidedNotice) -> None:
    ringing.configure({})
    with pytest.raises(NotConfigured, match="desk"):
        ringing.ring()


def test_an_endpoint_that_has_another_notifier_by_now_is_not_rung_by_the_old_one(
    ringing: DecidedNotice,
) -> None:
    ringing.configure({"desk": {"notifier": "webhook", "url": "https://desk.example/hook"}})
    with pytest.raises(NotConfigured, match="another notifier"):
        ringing.ring()
    assert ringing.notifier.notified == []


def test_a_notice_that_is_gone_and_an_effect_that_is_no_notice_ring_nobody(
    ringing: DecidedNotice,
) -> None:
    ringing.ring("offer:no-such-key")
    ringing.ring("publish:0")
    assert ringing.notifier.notified == []


# --- an endpoint that is gone -------------------------------------------------------------------


def test_an_endpoint_that_says_it_is_gone_ends_the_notice_at_once(
    ringing: DecidedNotice, capsys: pytest.CaptureFixture[str]
) -> None:
    ringing.notifier.failures.append(EndpointGone("410"))
    ringing.ring()
    assert ringing.outcome() == (DeliveryStatus.REFUSED, "gone")
    ringing.ring()
    assert ringing.notifier.notified == []
    assert capsys.readouterr().out.count('"EndpointGone":[1.0]') == 1


def test_a_gone_endpoint_is_not_rung_again(
    ringing: DecidedNotice, capsys: pytest.CaptureFixture[str]
) -> None:
    ringing.notifier.failures.append(EndpointGone("410"))
    ringing.ring()
    later = ringing.decide_another()
    ringing.ring(later)
    assert ringing.outcome(later) == (DeliveryStatus.REFUSED, "gone")
    assert ringing.notifier.notified == []
    assert capsys.readouterr().out.count('"EndpointGone":[1.0]') == 1


@pytest.mark.parametrize(
    ("endpoints", "rings"),
    [
        ({"desk": {"notifier": "recording", "topic": "new_desk"}}, 1),
        ({"desk": ENDPOINT, "other": ENDPOINT}, 0),
        ({"desk": ENDPOINT}, 0),
    ],
    ids=["its own changed", "another was added", "written again as they were"],
)
def test_a_gone_endpoint_is_rung_again_once_its_own_settings_change(
    ringing: DecidedNotice, endpoints: dict[str, dict[str, str]], rings: int
) -> None:
    ringing.notifier.failures.append(EndpointGone("410"))
    ringing.ring()
    ringing.configure(endpoints)
    ringing.ring(ringing.decide_another())
    assert len(ringing.notifier.notified) == rings


def test_an_endpoint_may_be_gone_again_after_a_change(
    ringing: DecidedNotice, capsys: pytest.CaptureFixture[str]
) -> None:
    for topic in ("desk", "new_desk", "desk"):
        ringing.configure({"desk": {"notifier": "recording", "topic": topic}})
        ringing.notifier.failures.append(EndpointGone("410"))
        ringing.ring(ringing.decide_another())
    assert ringing.notifier.notified == []
    assert capsys.readouterr().out.count('"EndpointGone":[1.0]') == 3


def test_an_endpoint_taken_out_and_put_in_again_is_rung(ringing: DecidedNotice) -> None:
    ringing.notifier.failures.append(EndpointGone("410"))
    ringing.ring()
    ringing.table.endpoints.forget("desk")
    assert list(ringing.table.endpoints.gone()) == []
    ringing.ring(ringing.decide_another())
    assert len(ringing.notifier.notified) == 1


def test_that_one_endpoint_is_gone_hurts_no_other(ringing: DecidedNotice) -> None:
    ringing.table.endpoints.mark_gone("duty", AgentEndpoint.model_validate(ENDPOINT).hash, NOW)
    ringing.ring()
    assert len(ringing.notifier.notified) == 1
