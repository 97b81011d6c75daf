"""A notifier's queue gives an offer to one person the links that answer it."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from answers import link as link_function
from sportello.conversation.events import OwnerKind
from sportello.entrypoints import runtime
from sportello.entrypoints.notifier import notify_queue
from sportello.people.notifying.notifier import OfferLinks
from support.agent_calls import LambdaContext
from support.builders import CONVERSATION
from support.clouds.decided_notice import ENDPOINT, OWN, DecidedNotice
from support.clouds.quick_moto import aws
from support.clouds.table import desk

BASE = "https://answers.example/v1"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[DecidedNotice]:
    """An offer to an endpoint of Anna's own, in a notifier that may sign links."""
    monkeypatch.setenv("ANSWER_URL_BASE", BASE)
    monkeypatch.setenv("ANSWER_LINK_SECRET", "links")
    with aws(), desk() as empty:
        document = json.dumps({"signing_key": "a made-up key of thirty-two bytes"})
        boto3.client("secretsmanager").create_secret(Name="links", SecretString=document)
        decided = DecidedNotice(empty, OWN)
        decided.keep_profile(phone=ENDPOINT)
        monkeypatch.setattr(runtime, "desk", lambda: empty)
        monkeypatch.setattr(runtime, "table", lambda: empty.table)
        monkeypatch.setattr(runtime, "settings", lambda: decided.settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: decided.now)
        yield decided


def links_of(ring: DecidedNotice, key: str = "") -> OfferLinks | None:
    """Have the queue ring, and return what the notifier was handed."""
    job = {"conversation_id": CONVERSATION, "effect_key": key or ring.key}
    record = {
        "messageId": "job-1",
        "receiptHandle": "handle",
        "body": json.dumps(job),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1772618400000"},
        "eventSourceARN": "arn:aws:sqs:eu-south-1:123456789012:desk-notify-recording",
    }
    answer = notify_queue(ring.notifier)({"Records": [record]}, LambdaContext())
    assert answer == {"batchItemFailures": []}
    return ring.notifier.notified[-1].links


def follow(url: str) -> dict[str, Any]:
    event = {
        "httpMethod": "POST",
        "pathParameters": {"token": url.removeprefix(f"{BASE}/answers/")},
        "headers": None,
    }
    return link_function.handler(event, LambdaContext())


def test_the_link_that_rang_takes_the_conversation(ring: DecidedNotice) -> None:
    links = links_of(ring)
    assert links is not None
    assert follow(links.accept)["statusCode"] == 200
    owner = ring.table.load(CONVERSATION).state.owner
    assert (owner.kind, owner.name) == (OwnerKind.AGENT, "anna")
    assert follow(links.decline)["statusCode"] == 200


def test_the_end_of_an_offer_has_no_links(ring: DecidedNotice) -> None:
    links_of(ring)
    assert links_of(ring, ring.end_offer()) is None


def test_a_notifier_that_names_no_base_gets_none(
    ring: DecidedNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANSWER_URL_BASE")
    assert links_of(ring) is None


def test_without_its_secret_it_rings_all_the_same(ring: DecidedNotice) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId="links", ForceDeleteWithoutRecovery=True)
    assert links_of(ring) is None
    assert len(ring.notifier.notified) == 1


def test_a_shared_endpoint_gets_none_for_nobody_knows_who_follows_them(
    monkeypatch: pytest.MonkeyPatch, ring: DecidedNotice
) -> None:
    with desk() as empty:
        shared = DecidedNotice(empty)
        monkeypatch.setattr(runtime, "table", lambda: empty.table)
        monkeypatch.setattr(runtime, "settings", lambda: shared.settings)
        assert links_of(shared) is None
    assert ring.notifier.notified == []
