"""Subscriptions through the agent API: written, tried out, listed, read and told once more."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from sportello.aws.environment import _loaded
from sportello.entrypoints import runtime
from sportello.messaging import public_urls
from sportello.routing.breaker import Breaker
from sportello.subscriptions import signing_keys
from sportello.subscriptions.settings import Subscription
from sportello.table.desk import Desk
from sportello.table.outward.attempt_table import Attempt
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.quick_moto import aws
from support.clouds.table import all_items
from support.published import some_events

URL = "https://crm.example/events"
WEEK = timedelta(days=7)


class Office:
    def __init__(self, counter: Desk) -> None:
        self.table = counter.table
        self._sqs = boto3.client("sqs")
        self.queue = self._sqs.create_queue(QueueName="subscriptions")["QueueUrl"]
        self.now = NOW

    def write(self, groups: str = "supervisor", **subscriptions: Any) -> Answer:
        document = {"subscriptions": subscriptions}
        return call("PUT", "/settings/subscriptions", document, groups=groups)

    def jobs(self) -> list[dict[str, Any]]:
        messages = self._sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in messages.get("Messages", [])]

    def record(self, *types: str, at: datetime = NOW, first: int = 0) -> None:
        cause = f"{CONVERSATION}#publish:{first}"
        self.table.subscriptions.feed.record(cause, some_events(*types, first=first), at, WEEK)


@pytest.fixture
def office(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with aws():
        ours = Office(counter)
        monkeypatch.setenv("SUBSCRIPTIONS_QUEUE", ours.queue)
        monkeypatch.setenv("SUBSCRIPTION_SECRETS", "desk/subscriptions/")
        monkeypatch.setenv("EVENT_RETENTION_DAYS", "7")
        monkeypatch.setenv("DESK_TABLE", "desk")
        monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
        yield ours


def ask(method: str, path: str, body: Any = None, **changes: Any) -> Answer:
    return call(method, path, body, groups="supervisor", **changes)


# --- the document -----------------------------------------------------------------------------


def test_a_subscription_is_written_and_read(office: Office) -> None:
    written = office.write(crm={"url": URL, "events": ["Conversation*"], "queues": ["default"]})
    assert written.status == 200
    shown = ask("GET", "/settings/subscriptions").document["document"]["subscriptions"]
    assert shown == {
        "crm": {
            "url": URL,
            "events": ["Conversation*"],
            "queues": ["default"],
            "enabled": True,
        }
    }


def test_whoever_may_not_read_events_sees_no_subscription(office: Office) -> None:
    office.write(crm={"url": URL})
    for groups in ("agent", "designer", "supervisor,team-north"):
        shown = call("GET", "/settings/subscriptions", groups=groups)
        assert shown.document["document"] == {"subscriptions": {}}


@pytest.mark.parametrize(
    ("subscription", "pointer"),
    [
        ({"url": "http://crm.example/events"}, "/subscriptions/crm/url"),
        ({"url": "https://user:secret@crm.example"}, "/subscriptions/crm/url"),
        ({"url": "https://inside.example"}, "/subscriptions/crm/url"),
        ({"url": URL, "events": ["OfTomorrow"]}, "/subscriptions/crm/events/0"),
        ({"url": URL, "events": ["TurnEnded"]}, "/subscriptions/crm/events/0"),
        ({"url": URL, "events": []}, "/subscriptions/crm/events"),
        ({"url": URL, "secret": "s"}, "/subscriptions/crm/secret"),
    ],
)
def test_what_could_never_be_told_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, subscription: dict[str, Any], pointer: str
) -> None:
    monkeypatch.setattr(public_urls, "resolve_host", lambda _host, _port: ["10.0.0.1"])
    answer = office.write(crm=subscription)
    assert (answer.status, answer.problem) == (422, "validation")
    assert pointer in {fault["pointer"] for fault in answer.document["errors"]}
    assert "secret@" not in answer.body


def test_a_queue_that_it_names_must_be_there(office: Office) -> None:
    answer = office.write(crm={"url": URL, "queues": ["nowhere"]})
    assert (answer.status, answer.problem) == (422, "dangling-reference")


def test_one_that_is_taken_out_begins_anew_and_its_key_goes(office: Office) -> None:
    office.write(crm={"url": URL})
    ask("POST", "/subscriptions/crm/secret")
    subscribers = office.table.subscriptions.subscribers
    subscribers.mark_gone("crm", "hash", NOW)
    assert office.write().status == 200
    assert subscribers.mark("crm").gone_since is None
    secret = boto3.client("secretsmanager").describe_secret(SecretId="desk/subscriptions/crm")
    assert "DeletedDate" in secret


# --- keys -------------------------------------------------------------------------------------


def test_a_key_is_told_once_when_it_is_made_and_is_nowhere_else(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.write(crm={"url": URL})
    first = ask("POST", "/subscriptions/crm/secret")
    assert first.status == 200
    assert first.document["previous_valid_until"] is None
    second = ask("POST", "/subscriptions/crm/secret")
    assert second.document["previous_valid_until"] == "2026-03-05T10:00:00Z"
    keys = {answer.document["signing_key"] for answer in (first, second)}
    assert len(keys) == 2
    assert first.headers["cache-control"] == "no-store"
    outside = capsys.readouterr().out + json.dumps(all_items(office.table), default=str)
    outside += ask("GET", "/subscriptions").body + ask("GET", "/settings/subscriptions").body
    assert not any(key in outside for key in keys)


@pytest.mark.parametrize(("reason", "state"), [("no_signing_key", "ok"), ("refused", "resting")])
def test_one_that_rests_for_want_of_a_key_is_called_when_it_is_made(
    office: Office, reason: str, state: str
) -> None:
    office.write(crm={"url": URL})
    resting = Breaker(
        settings_hash=Subscription.model_validate({"url": URL}).hash,
        failures=5,
        reason=reason,
        rests_until=NOW + seconds(60),
    )
    subscribers = office.table.subscriptions.subscribers
    subscribers.note_unless_changed("crm", resting, "")
    subscribers.note_behind("crm", NOW)
    ask("POST", "/subscriptions/crm/secret")
    (crm,) = ask("GET", "/subscriptions").document["subscriptions"]
    assert (crm["state"], crm["behind_since"]) == (state, "2026-03-04T10:00:00Z")


def test_two_do_not_make_a_key_at_the_same_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(crm={"url": URL})
    inner: list[Answer] = []
    renew = signing_keys.renew

    def renew_meanwhile(name: str, now: datetime) -> signing_keys.NewKey:
        monkeypatch.setattr(signing_keys, "renew", renew)
        inner.append(ask("POST", "/subscriptions/crm/secret"))
        return renew(name, now)

    monkeypatch.setattr(signing_keys, "renew", renew_meanwhile)
    assert ask("POST", "/subscriptions/crm/secret").status == 200
    assert [(answer.status, answer.problem) for answer in inner] == [(503, "busy")]


# --- trying out -------------------------------------------------------------------------------


def test_a_test_is_put_before_the_subscriber(office: Office) -> None:
    office.write(crm={"url": URL, "enabled": False})
    answer = ask("POST", "/subscriptions/crm/test")
    assert answer.status == 202
    (job,) = office.jobs()
    assert job["subscription"] == "crm"
    assert job["event"]["type"] == "sportello.test"
    assert job["event"]["id"] == answer.document["event_id"] == job["event"]["data"]["id"]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/subscriptions/nobody/secret"),
        ("POST", "/subscriptions/nobody/test"),
        ("POST", "/subscriptions/nobody/replay"),
        ("GET", "/subscriptions/nobody/attempts"),
        ("GET", "/subscriptions/nobody/events"),
    ],
)
def test_of_one_that_is_not_there_nothing_is_done(method: str, path: str) -> None:
    answer = ask(method, path, {} if path.endswith("replay") else None)
    assert (answer.status, answer.problem) == (404, "unknown-subscription")


# --- how they are -----------------------------------------------------------------------------


def test_it_is_shown_how_subscribers_take_what_they_are_told(office: Office) -> None:
    office.write(crm={"url": URL}, wall={"url": URL, "enabled": False}, bi={"url": f"{URL}/bi"})
    hashes = office.table.subscriptions.subscribers
    resting = Breaker(
        settings_hash=Subscription.model_validate({"url": URL}).hash,
        failures=5,
        failing_since=NOW,
        last_failure_at=NOW,
        reason="refused 503",
        rests_until=NOW + seconds(60),
    )
    hashes.note_unless_changed("crm", resting, "")
    hashes.note_behind("crm", NOW)
    hashes.mark_gone("bi", Subscription.model_validate({"url": f"{URL}/bi"}).hash, NOW)
    shown = ask("GET", "/subscriptions").document
    assert shown["events_published"] is True
    bi, crm, wall = shown["subscriptions"]
    assert (bi["name"], bi["state"], bi["since"]) == ("bi", "gone", "2026-03-04T10:00:00Z")
    assert (crm["state"], crm["reason"]) == ("resting", "refused 503")
    assert crm["next_attempt_at"] == "2026-03-04T10:01:00Z"
    assert (crm["behind_since"], bi["behind_since"]) == ("2026-03-04T10:00:00Z", None)
    assert (wall["state"], wall["enabled"]) == ("off", False)


def test_it_is_shown_that_nothing_is_published(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(crm={"url": URL})
    monkeypatch.setenv("PUBLISH_EVENTS", "false")
    _loaded.clear()
    assert ask("GET", "/subscriptions").document["events_published"] is False


def test_attempts_are_paged_newest_first(office: Office) -> None:
    office.write(crm={"url": URL})
    for number in range(5):
        office.table.subscriptions.attempts.keep(
            "crm",
            Attempt(
                at=NOW + seconds(number),
                event_id=f"{CONVERSATION}/publish:{number}/0",
                event_type="ClockEnded",
                status=503 if number else 204,
                error="refused" if number else "",
            ),
        )
    cursor, statuses = None, []
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = ask("GET", "/subscriptions/crm/attempts", query=query).document
        statuses += [(each["status"], each["error"]) for each in page["attempts"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert statuses == [(503, "refused")] * 4 + [(204, None)]


@pytest.mark.parametrize("cursor", ["!", "", "bm9uZQ==", "MjAyNi0wMy0wNFQxMDowMDowMC4wMDAwMDBa"])
def test_a_made_up_cursor_of_attempts_is_refused(office: Office, cursor: str) -> None:
    office.write(crm={"url": URL})
    answer = ask("GET", "/subscriptions/crm/attempts", query={"cursor": cursor})
    assert (answer.status, answer.problem) == (422, "validation")


# --- the feed ---------------------------------------------------------------------------------


def test_the_feed_is_read_on_from_its_cursor_without_gap_or_overlap(office: Office) -> None:
    for number in range(5):
        office.record("ConversationResolved", "ClockEnded", at=NOW + seconds(number), first=number)
    office.now = NOW + seconds(60)
    cursor, sequences = None, []
    for _ in range(9):
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = ask("GET", "/events", query=query).document
        sequences += [event["data"]["sequence"] for event in page["events"]]
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert sequences == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    office.record("ConversationResolved", at=NOW + seconds(61), first=9)
    office.now = NOW + seconds(90)
    page = ask("GET", "/events", query={"cursor": cursor}).document
    assert [event["data"]["sequence"] for event in page["events"]] == [9]


def test_an_event_in_the_feed_is_what_a_subscriber_gets(office: Office) -> None:
    office.record("ConversationResolved")
    office.now = NOW + seconds(60)
    (event,) = ask("GET", "/events").document["events"]
    assert list(event) == ["type", "timestamp", "data"]
    assert event["data"]["id"] == f"{CONVERSATION}/publish:0/0"


def test_what_was_recorded_a_moment_ago_may_still_be_overtaken_and_is_not_shown(
    office: Office,
) -> None:
    office.record("ConversationResolved")
    office.now = NOW + seconds(14)
    page = ask("GET", "/events").document
    assert (page["events"], page["more"]) == ([], False)
    office.now = NOW + seconds(16)
    page = ask("GET", "/events", query={"cursor": page["cursor"]}).document
    assert len(page["events"]) == 1


def test_the_feed_begins_where_it_is_asked_to(office: Office) -> None:
    for number in range(3):
        office.record("ConversationResolved", at=NOW + seconds(number), first=number)
    office.now = NOW + seconds(60)
    query = {"from": "2026-03-04T10:00:02Z"}
    (event,) = ask("GET", "/events", query=query).document["events"]
    assert event["data"]["sequence"] == 2


def test_a_subscription_shows_its_part_of_the_feed(office: Office) -> None:
    office.write(crm={"url": URL, "events": ["Clock*"]})
    office.record("ConversationResolved", "ClockEnded")
    office.now = NOW + seconds(60)
    (event,) = ask("GET", "/subscriptions/crm/events").document["events"]
    assert event["type"] == "ClockEnded"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "bm9uZQ=="},
        {"cursor": "MjAyNi0wMy0wNFQxMDowMDowMC4wMDAwMDBa", "from": "2026-03-04"},
        {"limit": "0"},
        {"limit": "201"},
        {"since": "2026-03-04"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(query: dict[str, str]) -> None:
    answer = ask("GET", "/events", query=query)
    assert (answer.status, answer.problem) == (422, "validation")


# --- replays ----------------------------------------------------------------------------------


def test_a_replay_is_put_before_the_queue_with_its_stretch(office: Office) -> None:
    office.write(crm={"url": URL})
    office.now = NOW + timedelta(hours=2)
    body = {"from": "2026-03-04T10:00:00Z", "to": "2026-03-04T11:00:00+00:00"}
    answer = ask("POST", "/subscriptions/crm/replay", body)
    assert answer.status == 202
    assert answer.document == {"from": "2026-03-04T10:00:00Z", "to": "2026-03-04T11:00:00Z"}
    (job,) = office.jobs()
    assert job["replay"] == {
        "after": "2026-03-04T10:00:00.000000Z",
        "until": "2026-03-04T11:00:00Z",
    }


def test_a_replay_goes_on_from_a_cursor_until_now(office: Office) -> None:
    office.write(crm={"url": URL})
    office.record("ConversationResolved")
    office.now = NOW + seconds(60)
    cursor = ask("GET", "/events").document["cursor"]
    assert ask("POST", "/subscriptions/crm/replay", {"cursor": cursor}).status == 202
    (job,) = office.jobs()
    assert job["replay"]["after"].endswith(f"#{CONVERSATION}#publish:0")
    assert job["replay"]["until"] == "2026-03-04T10:01:00Z"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": "yesterday"},
        {"from": "2026-03-04T10:00:00"},
        {"cursor": "bm9uZQ=="},
        {"from": "2026-03-04T10:00:00Z", "to": "2026-03-04T09:00:00Z"},
        {"from": "2026-01-01T10:00:00Z", "to": "2026-01-02T10:00:00Z"},
    ],
)
def test_a_replay_of_nothing_is_refused(office: Office, body: dict[str, str]) -> None:
    office.write(crm={"url": URL})
    answer = ask("POST", "/subscriptions/crm/replay", body)
    assert (answer.status, answer.problem) == (422, "validation")
    assert office.jobs() == []


def test_one_that_is_switched_off_is_told_nothing_once_more(office: Office) -> None:
    office.write(crm={"url": URL, "enabled": False})
    answer = ask("POST", "/subscriptions/crm/replay", {"from": "2026-03-04T10:00:00Z"})
    assert (answer.status, answer.problem) == (422, "validation")


def test_one_that_is_gone_is_told_nothing_once_more(office: Office) -> None:
    office.write(crm={"url": URL})
    gone = Subscription.model_validate({"url": URL})
    office.table.subscriptions.subscribers.mark_gone("crm", gone.hash, NOW)
    answer = ask("POST", "/subscriptions/crm/replay", {"from": "2026-03-04T10:00:00Z"})
    assert (answer.status, answer.problem) == (422, "validation")
    assert office.jobs() == []


# --- schemas ----------------------------------------------------------------------------------


def test_schemas_are_listed_and_read() -> None:
    listed = ask("GET", "/events/schemas").document["schemas"]
    assert {each["type"] for each in listed} >= {"ConversationResolved", "sportello.test"}
    for each in listed:
        schema = ask("GET", each["schema_path"]).document
        assert schema["type"] == schema["document"]["title"] == each["type"]


def test_of_what_is_not_published_there_is_no_schema() -> None:
    answer = ask("GET", "/events/schemas/TurnEnded")
    assert (answer.status, answer.problem) == (404, "unknown-event-type")
