"""A subscriber is told of an event until it has taken it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from sportello.errors import ForbiddenUrl, NotConfigured, ProviderUnavailable, SecretsUnavailable
from sportello.messaging.outbound_http import NoAnswer
from sportello.routing.breaker import OPENS_AFTER
from sportello.subscriptions.jobs import TEST_EVENT
from sportello.subscriptions.retries import GIVEN_UP_AFTER
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.quick_moto import aws
from support.clouds.table import all_items
from support.clouds.told_subscriber import NAME, URL, Subscriber, a_job, subscriber

EVENT_ID = f"{CONVERSATION}/publish:0/0"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def crm() -> Iterator[Subscriber]:
    with subscriber() as ours:
        yield ours


def test_it_gets_the_event_as_it_is_documented(crm: Subscriber) -> None:
    assert crm.inform(a_job()) is None
    [(url, body, headers)] = crm.calls
    assert url == URL
    assert json.loads(body) == {
        "type": "ConversationResolved",
        "timestamp": "2026-03-04T10:00:00Z",
        "data": {
            "id": EVENT_ID,
            "conversation_id": CONVERSATION,
            "channel": "whatsapp",
            "sequence": 0,
            "at": "2026-03-04T10:00:00Z",
            "agent_id": "anna",
        },
    }
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == EVENT_ID
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_an_attempt_is_kept_for_thirty_days_without_any_content(crm: Subscriber) -> None:
    crm.answers = [503, 204]
    crm.inform(a_job())
    crm.now += seconds(5)
    crm.inform(a_job())
    first, second = crm.attempts
    assert (first.status, first.error, first.age_seconds) == (503, "refused", 0)
    assert (second.status, second.error, second.age_seconds) == (204, "", 5)
    assert {first.event_id, second.event_id} == {EVENT_ID}
    kept = [item for item in all_items(crm.table) if item["entity"]["S"] == "attempt"]
    assert [item["expires_at"]["N"] for item in kept] == [
        str(int((at + timedelta(days=30)).timestamp())) for at in (NOW, NOW + seconds(5))
    ]
    assert "thank you" not in str(kept)
    assert "crm.example" not in str(kept)


def test_every_attempt_has_the_same_id_and_bytes_and_a_time_of_its_own(crm: Subscriber) -> None:
    crm.answers = [500, 200]
    crm.inform(a_job())
    crm.now += seconds(5)
    crm.inform(a_job())
    (_, body, headers), (_, again, later) = crm.calls
    assert body == again
    assert headers["webhook-id"] == later["webhook-id"]
    assert int(later["webhook-timestamp"]) == int(headers["webhook-timestamp"]) + 5


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (302, "redirected"),
        (308, "redirected"),
        (400, "refused"),
        (404, "refused"),
        (429, "refused"),
        (500, "refused"),
        (ProviderUnavailable("no connection"), "no_connection"),
        (NoAnswer("timed out"), "no_answer"),
        (ForbiddenUrl("private"), "forbidden_address"),
    ],
)
def test_whatever_is_no_success_is_tried_again_ever_later(
    crm: Subscriber, answer: int | Exception, error: str
) -> None:
    crm.answers = [answer]
    assert crm.inform(a_job()) == seconds(5)
    crm.now += seconds(40)
    assert crm.inform(a_job()) == seconds(40)
    assert [attempt.error for attempt in crm.attempts] == [error, error]
    breaker = crm.mark.breaker
    assert breaker
    assert (breaker.failures, breaker.failing_since) == (2, NOW)


def test_a_subscribers_own_wish_is_heard(crm: Subscriber) -> None:
    crm.answers, crm.headers = [429], {"retry-after": "120"}
    assert crm.inform(a_job()) == seconds(120)


def test_one_that_fails_on_and_on_rests_and_is_tried_by_one_alone(crm: Subscriber) -> None:
    crm.answers = [500]
    for _ in range(OPENS_AFTER):
        crm.inform(a_job())
        crm.now += seconds(1)
    assert len(crm.calls) == OPENS_AFTER
    assert crm.inform(a_job()) is not None
    assert len(crm.calls) == OPENS_AFTER, "it rests"
    crm.now += MINUTE
    crm.answers = [204]
    assert crm.inform(a_job(since=crm.now)) is None
    assert len(crm.calls) == OPENS_AFTER + 1
    assert crm.mark.breaker
    assert crm.mark.breaker.failures == 0


@pytest.mark.parametrize(
    ("fault", "error", "failures"),
    [
        (NotConfigured("none"), "no_signing_key", 1),
        (SecretsUnavailable("busy"), "key_unavailable", 0),
    ],
)
def test_without_its_key_it_is_not_called(
    crm: Subscriber, fault: Exception, error: str, failures: int
) -> None:
    crm.keys = fault
    assert crm.inform(a_job()) == seconds(5)
    assert crm.calls == []
    assert [attempt.error for attempt in crm.attempts] == [error]
    assert (crm.mark.breaker.failures if crm.mark.breaker else 0) == failures


# --- behind -----------------------------------------------------------------------------------


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with aws():
        url = boto3.client("sqs").create_queue(QueueName="subscriptions")["QueueUrl"]
        monkeypatch.setenv("SUBSCRIPTIONS_QUEUE", url)
        yield url


def fails_for(crm: Subscriber, hours: int) -> None:
    """Have it tried again whenever it has rested."""
    crm.answers = [500]
    first = a_job()
    while crm.now < NOW + timedelta(hours=hours):
        crm.inform(first)
        crm.now += timedelta(minutes=16)
    crm.inform(first)
    crm.now += seconds(1)


def test_what_one_is_to_be_told_that_fails_for_long_is_left_to_the_feed(crm: Subscriber) -> None:
    fails_for(crm, 2)
    calls = len(crm.calls)
    assert crm.inform(a_job(since=crm.now)) is None
    assert crm.mark.behind_since == NOW
    assert len(crm.calls) == calls


def test_whoever_tried_it_last_stays_and_tries_it_again(crm: Subscriber) -> None:
    fails_for(crm, 2)
    crm.now += timedelta(hours=1)
    calls = len(crm.calls)
    assert crm.inform(a_job(since=crm.now)) is not None
    assert len(crm.calls) == calls + 1


def test_what_was_there_before_it_failed_or_is_told_once_more_stays_in_the_queue(
    crm: Subscriber,
) -> None:
    fails_for(crm, 2)
    before = a_job(since=NOW - seconds(1))
    again = a_job(since=crm.now).model_copy(update={"replayed": True})
    assert crm.inform(before) is not None
    assert crm.inform(again) is not None
    assert crm.mark.behind_since is None


def test_one_that_is_back_is_told_what_was_left_to_the_feed(crm: Subscriber, queue: str) -> None:
    fails_for(crm, 2)
    crm.inform(a_job(since=crm.now))
    crm.now += MINUTE * 15
    crm.answers = [204]
    assert crm.inform(a_job(since=crm.now)) is None
    assert crm.mark.behind_since is None
    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    assert attributes["Attributes"] == {"ApproximateNumberOfMessagesDelayed": "1"}


@pytest.mark.usefixtures("queue")
def test_another_address_is_told_what_was_left_to_the_feed(crm: Subscriber) -> None:
    fails_for(crm, 2)
    crm.inform(a_job(since=crm.now))
    crm.subscribed(crm={"url": f"{URL}/new"})
    crm.answers = [500, 204]
    crm.inform(a_job(since=crm.now))
    assert crm.mark.behind_since == NOW
    crm.inform(a_job(since=crm.now))
    assert crm.mark.behind_since is None


# --- whoever is told nothing ------------------------------------------------------------------


@pytest.mark.parametrize("subscriptions", [{}, {"crm": {"enabled": False}}])
def test_one_that_is_taken_out_or_switched_off_is_told_nothing(
    crm: Subscriber, subscriptions: dict[str, Any]
) -> None:
    crm.subscribed(**subscriptions)
    assert crm.inform(a_job()) is None
    assert crm.calls == []


def test_one_that_was_switched_on_a_moment_ago_is_told_whatever_was_kept(
    crm: Subscriber,
) -> None:
    crm.keep_settings()
    crm.subscribed()
    assert crm.inform(a_job()) is None
    crm.subscribed(crm={})
    assert crm.inform(a_job()) is None
    assert len(crm.calls) == 1


def test_one_that_is_gone_is_told_so_and_called_no_more(
    crm: Subscriber, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.answers = [410]
    assert crm.inform(a_job()) is None
    assert crm.inform(a_job()) is None
    assert len(crm.calls) == 1
    assert crm.mark.gone_since == NOW
    assert capsys.readouterr().out.count('"SubscriptionGone":[1.0]') == 1
    (attempt,) = crm.attempts
    assert (attempt.error, attempt.gives_up) == ("gone", True)


def test_one_that_was_gone_is_called_at_another_address(crm: Subscriber) -> None:
    crm.answers = [410, 204]
    crm.inform(a_job())
    crm.subscribed(crm={"url": f"{URL}/new"})
    crm.inform(a_job())
    assert [url for url, _, _ in crm.calls] == [URL, f"{URL}/new"]


# --- tests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("subscription", [{}, {"enabled": False}, {"events": ["Clock*"]}])
def test_a_test_is_sent_whatever_the_subscription_asks_for(
    crm: Subscriber, subscription: dict[str, Any]
) -> None:
    crm.subscribed(crm=subscription)
    crm.inform(a_job(TEST_EVENT))
    assert [document["type"] for document in crm.documents] == [TEST_EVENT]


def test_a_test_that_fails_is_not_repeated_and_counts_for_nothing(crm: Subscriber) -> None:
    crm.answers = [500]
    assert crm.inform(a_job(TEST_EVENT)) is None
    (attempt,) = crm.attempts
    assert (attempt.status, attempt.gives_up) == (500, True)
    assert crm.mark.breaker is None


def test_a_test_that_succeeds_has_one_that_was_gone_told_again(crm: Subscriber) -> None:
    crm.answers = [410, 204]
    crm.inform(a_job())
    crm.inform(a_job(TEST_EVENT))
    assert crm.mark.gone_since is None
    crm.inform(a_job())
    assert len(crm.calls) == 3


# --- the end ----------------------------------------------------------------------------------


def test_after_three_days_it_is_laid_among_the_dead_letters(
    crm: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aws():
        sqs = boto3.client("sqs")
        letters = sqs.create_queue(QueueName="letters")["QueueUrl"]
        monkeypatch.setenv("SUBSCRIPTIONS_DEAD_LETTERS", letters)
        crm.answers = [500]
        crm.now = NOW + GIVEN_UP_AFTER - seconds(60)
        assert crm.inform(a_job()) is None
        (message,) = sqs.receive_message(QueueUrl=letters)["Messages"]
    assert json.loads(message["Body"])["subscription"] == NAME
    (attempt,) = crm.attempts
    assert (attempt.gives_up, attempt.error) == (True, "refused")
