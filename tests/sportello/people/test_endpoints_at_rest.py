"""An endpoint that fails again and again is left alone for a while, and then tried by one."""

from collections.abc import Iterator

import pytest

from sportello.errors import (
    ConfigurationRefused,
    ForbiddenUrl,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
    SportelloError,
)
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_http import NoAnswer
from sportello.routing.breaker import OPENS_AFTER
from support.builders import NOW, seconds
from support.clouds.decided_notice import ENDPOINT, DecidedNotice
from support.clouds.table import desk

A_MINUTE = seconds(60)


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty)


def fail(ringing: DecidedNotice, times: int, error: Exception | None = None) -> None:
    for _ in range(times):
        ringing.notifier.failures.append(error or ProviderUnavailable("the endpoint answered 500"))
        with pytest.raises(SportelloError):
            ringing.ring()
        assert not ringing.notifier.failures, "it was not called"


def put_back(ringing: DecidedNotice) -> int | None:
    """Ring, and return in how many seconds it is to be tried again."""
    with pytest.raises(ProviderUnavailable) as waits:
        ringing.ring()
    return waits.value.retry_after_seconds


def test_after_five_failures_nobody_calls_for_a_minute(
    ringing: DecidedNotice, capsys: pytest.CaptureFixture[str]
) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.now += seconds(20)
    assert put_back(ringing) == 40
    assert ringing.notifier.notified == []
    assert ringing.outcome() == (DeliveryStatus.QUEUED, "")
    assert capsys.readouterr().out.count('"EndpointRests":[1.0]') == 1


@pytest.mark.parametrize(("wish", "seconds"), [(None, 0), (60, 60), (31_536_000, 900)])
def test_an_endpoint_says_when_to_ask_again_and_puts_nobody_off_for_long(
    ringing: DecidedNotice, wish: int | None, seconds: int
) -> None:
    busy = ProviderUnavailable("the endpoint answered 429", retry_after_seconds=wish)
    ringing.notifier.failures.append(busy)
    assert put_back(ringing) == seconds


def test_what_got_no_answer_is_rung_again_and_counts(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER, NoAnswer("no complete answer in time"))
    assert put_back(ringing) == 60
    ringing.ring(after=A_MINUTE)
    assert len(ringing.notifier.notified) == 1


def test_waiting_is_no_further_failure(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    before = ringing.breaker()
    put_back(ringing)
    assert ringing.breaker() == before
    assert before is not None
    assert (before.failures, before.reason) == (OPENS_AFTER, "the endpoint answered 500")


def test_after_the_rest_a_success_ends_it(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.ring(after=A_MINUTE)
    assert len(ringing.notifier.notified) == 1
    ringing.ring(ringing.decide_another())
    assert len(ringing.notifier.notified) == 2
    breaker = ringing.breaker()
    assert breaker is not None
    assert (breaker.failures, breaker.last_success_at) == (0, NOW + A_MINUTE)


def test_a_trial_in_vain_makes_the_next_rest_longer(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.now += A_MINUTE
    fail(ringing, 1)
    assert put_back(ringing) == 120


def test_while_one_tries_it_nobody_else_does(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    another = ringing.decide_another()
    waits: list[int | None] = []

    def try_meanwhile() -> None:
        with pytest.raises(ProviderUnavailable) as other:
            ringing.ring(another)
        waits.append(other.value.retry_after_seconds)

    ringing.notifier.meanwhile = try_meanwhile
    ringing.now += A_MINUTE
    ringing.ring(another)
    assert waits == [5]
    assert len(ringing.notifier.notified) == 1


def test_of_two_who_saw_the_rest_end_one_tries(ringing: DecidedNotice) -> None:
    """Both have read the mark when the first of them writes that it tries."""
    fail(ringing, OPENS_AFTER)
    ringing.now += A_MINUTE
    (mark,) = ringing.table.endpoints.marks()
    assert mark.breaker is not None
    trial = mark.breaker.model_copy(update={"tried_until": ringing.now + A_MINUTE})
    tries = [
        ringing.table.endpoints.note_unless_changed("desk", trial, mark.written) for _ in range(2)
    ]
    assert tries == [True, False]


def test_changed_settings_end_the_rest(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.configure({"desk": {**ENDPOINT, "topic": "new_desk"}})
    ringing.ring()
    assert len(ringing.notifier.notified) == 1


def test_a_changed_filter_does_not(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.configure({"desk": {**ENDPOINT, "at_least": "low"}})
    assert put_back(ringing) == 60


def test_an_endpoint_that_is_taken_out_is_forgotten(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.table.endpoints.forget("desk")
    ringing.ring()
    assert len(ringing.notifier.notified) == 1


@pytest.mark.parametrize(
    "error",
    [ConfigurationRefused("token", "invalid_auth"), ForbiddenUrl("a private address")],
    ids=["its provider refuses", "its address is forbidden"],
)
def test_whatever_keeps_it_from_being_rung_counts(ringing: DecidedNotice, error: Exception) -> None:
    fail(ringing, OPENS_AFTER, error)
    assert put_back(ringing) == 60


def test_what_an_endpoint_rejects_is_not_tried_again_and_counts(ringing: DecidedNotice) -> None:
    ringing.notifier.failures.append(Rejected("the number has opted out"))
    ringing.ring()
    assert ringing.outcome() == (DeliveryStatus.REFUSED, "rejected")
    ringing.ring()
    assert ringing.notifier.notified == []
    breaker = ringing.breaker()
    assert breaker is not None
    assert (breaker.failures, breaker.reason) == (1, "the number has opted out")


def test_a_fault_of_ours_is_none_of_the_endpoints(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER + 1, NotConfigured("secret agents cannot be read"))
    ringing.ring()
    assert len(ringing.notifier.notified) == 1


def test_a_success_between_failures_begins_the_count_anew(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER - 1)
    ringing.ring()
    key = ringing.decide_another()
    for _ in range(OPENS_AFTER - 1):
        ringing.notifier.failures.append(ProviderUnavailable("the endpoint answered 500"))
        with pytest.raises(ProviderUnavailable, match="500"):
            ringing.ring(key)
    ringing.ring(key)
    assert len(ringing.notifier.notified) == 2


def test_the_rest_of_one_endpoint_is_no_other_ones(ringing: DecidedNotice) -> None:
    fail(ringing, OPENS_AFTER)
    ringing.configure({"desk": ENDPOINT, "duty": ENDPOINT})
    marks = {mark.name for mark in ringing.table.endpoints.marks()}
    assert marks == {"desk"}
