"""Systems of the business are told of events: signed, again if need be, and once more on demand."""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from local.cloud.observing import wait_until
from local.providers.provider_calls import Call, Fault
from local.providers.providers import SLOW_SECONDS
from support.clouds.driven_desk import QUESTION, DrivenDesk, Measured, conversation_in

pytestmark = pytest.mark.system

SUPERVISOR = "supervisor"
PATIENCE_WITH_RETRIES = 150.0


class Subscribers:
    """A fast subscriber and a slow one, of all that happens, with names of their own."""

    def __init__(self, desk: DrivenDesk) -> None:
        self.desk = desk
        self.fast, self.slow = (f"{name}-{secrets.token_hex(3)}" for name in ("fast", "slow"))
        self.keys: dict[str, str] = {}

    @property
    def document(self) -> dict[str, Any]:
        base = self.desk.stack.provider_base
        return {
            "subscriptions": {
                self.fast: {"url": f"{base}/subscribers/{self.fast}"},
                self.slow: {"url": f"{base}/slow/{self.slow}"},
            }
        }

    def take_keys(self) -> None:
        for name in (self.fast, self.slow):
            path = f"/subscriptions/{name}/secret"
            answer = self.desk.ask("POST", path, {}, role=SUPERVISOR).expect(200)
            self.keys[name] = answer.document()["signing_key"]

    def calls(self, name: str, conversation_id: str = "") -> list[Call]:
        """Return the calls of a subscriber, about one conversation if it is told."""
        return [
            call
            for call in self.desk.calls.calls()
            if call.path.endswith(f"/{name}") and conversation_id in call.body
        ]

    def types(self, name: str, conversation_id: str) -> set[str]:
        return {json.loads(call.body)["type"] for call in self.calls(name, conversation_id)}

    def attempts(self, name: str) -> list[dict[str, Any]]:
        path = f"/subscriptions/{name}/attempts?limit=100"
        attempts: list[dict[str, Any]] = (
            self.desk.ask("GET", path, role=SUPERVISOR).expect(200).document()["attempts"]
        )
        return attempts


@pytest.fixture
def subscribers(desk: DrivenDesk) -> Iterator[Subscribers]:
    ours = Subscribers(desk)
    with desk.settings(subscriptions=ours.document):
        ours.take_keys()
        yield ours
        # What failed is tried again, later and later: no test after these is to wait for it.
        desk.await_settled(seconds=PATIENCE_WITH_RETRIES)
    name = f"{desk.stack.stack_name}/subscriptions/{ours.fast}"
    secret = desk.laptop.client("secretsmanager").describe_secret(SecretId=name)
    assert "DeletedDate" in secret, "a key goes with its subscription"


def matter(desk: DrivenDesk) -> str:
    """Have a customer ask, be answered, and the matter be settled."""
    customer = desk.whatsapp_customer()
    customer.write(QUESTION)
    return conversation_in(desk.await_sent(customer))


def test_a_subscriber_is_told_again_until_it_takes_an_event_and_once_more_on_demand(
    desk: DrivenDesk, subscribers: Subscribers, measured: Measured
) -> None:
    fast = subscribers.fast
    key = subscribers.keys[fast]
    desk.secrets["subscriptions"] = {fast: key}

    # A test that fails once is not repeated, and says so.
    desk.calls.inject(Fault("subscribers", 1, status=503, holding="sportello.test"))
    tried = desk.ask("POST", f"/subscriptions/{fast}/test", {}, role=SUPERVISOR).expect(202)
    event_id = tried.document()["event_id"]

    def attempt() -> dict[str, Any] | None:
        return next((a for a in subscribers.attempts(fast) if a["event_id"] == event_id), None)

    failed = wait_until(attempt, seconds=40, what="test event") or {}
    assert (failed["status"], failed["error"], failed["gives_up"]) == (503, "refused", True)

    # Two failures, then every event arrives under the id it had.
    since = datetime.now(UTC)
    customer = desk.whatsapp_customer()
    customer.write(QUESTION)
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.calls.inject(Fault("subscribers", 2, status=503, holding=conversation_id))
    customer.write("Come posso pagare?")
    wanted = {"EpisodeOpened", "MessageReceived", "MessageQueued"}

    def all_taken() -> bool:
        refused = [call for call in subscribers.calls(fast, conversation_id) if call.fault]
        arrived = _taken(subscribers, fast, conversation_id)
        are_repeated = len(refused) == 2 and set(map(_id, refused)) <= set(map(_id, arrived))
        return are_repeated and wanted <= set(map(_type, arrived))

    wait_until(all_taken, seconds=PATIENCE_WITH_RETRIES, what="all events at the subscriber")
    calls = subscribers.calls(fast, conversation_id)

    # What it gets is ours, and whatever is forged is recognised.
    for call in calls:
        document = Webhook(key).verify(call.body, dict(call.headers))
        assert document["data"]["id"] == _id(call)
    forged = calls[0].body.replace(conversation_id, "0" * 32)
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(forged, dict(calls[0].headers))

    # The feed has the same events in order, and a replay tells them once more.
    def recorded() -> list[dict[str, Any]]:
        path = f"/events?limit=200&from={since:%Y-%m-%dT%H:%M:%SZ}"
        page = desk.ask("GET", path, role=SUPERVISOR).expect(200).document()
        events: list[dict[str, Any]] = page["events"]
        ours = [e for e in events if e["data"]["conversation_id"] == conversation_id]
        return ours if wanted <= {event["type"] for event in ours} else []

    events = wait_until(recorded, seconds=60, what="events in the feed") or []
    sequences = [event["data"]["sequence"] for event in events]
    assert sequences == sorted(sequences)
    ids = {event["data"]["id"] for event in events}

    def each_taken(times: int) -> bool:
        taken = Counter(map(_id, _taken(subscribers, fast, conversation_id)))
        return all(taken[each] >= times for each in ids)

    wait_until(
        lambda: each_taken(1),
        seconds=PATIENCE_WITH_RETRIES,
        what="events of the feed at the subscriber",
    )
    assert not each_taken(2)
    replay = {"from": events[0]["timestamp"]}
    desk.ask("POST", f"/subscriptions/{fast}/replay", replay, role=SUPERVISOR).expect(202)
    wait_until(
        lambda: each_taken(2), seconds=PATIENCE_WITH_RETRIES, what="replay under the same ids"
    )
    measured(f"subscription: {len(calls)} calls for {len(ids)} events with two failures")


def test_a_slow_subscriber_holds_up_no_fast_one(
    desk: DrivenDesk, subscribers: Subscribers, measured: Measured
) -> None:
    fast, slow = subscribers.fast, subscribers.slow
    conversations = [matter(desk) for _ in range(3)]
    for conversation_id in conversations:
        desk.act(conversation_id, "resolve", role=SUPERVISOR)

    def all_told() -> bool:
        return all("MessageQueued" in subscribers.types(fast, each) for each in conversations)

    wait_until(all_told, seconds=60, what="events at the fast subscriber")
    health = desk.ask("GET", "/subscriptions", role=SUPERVISOR).expect(200).document()
    states = {each["name"]: each["state"] for each in health["subscriptions"]}
    assert (states[fast], states[slow]) == ("ok", "ok")
    durations = [attempt["duration_ms"] for attempt in subscribers.attempts(fast)]
    assert max(durations) < SLOW_SECONDS * 1_000
    measured(f"beside one of {SLOW_SECONDS} s a call took {max(durations)} ms at most")


def test_new_subscribers_fit_the_published_schemas(
    desk: DrivenDesk, subscribers: Subscribers
) -> None:
    conversation_id = matter(desk)
    wait_until(
        lambda: "MessageQueued" in subscribers.types(subscribers.fast, conversation_id),
        seconds=60,
        what="events",
    )
    for call in subscribers.calls(subscribers.fast, conversation_id):
        document = json.loads(call.body)
        path = f"/events/schemas/{document['type']}"
        schema = desk.ask("GET", path, role=SUPERVISOR).expect(200).document()["document"]
        jsonschema_rs.validate(schema, document)


def _taken(subscribers: Subscribers, name: str, conversation_id: str) -> list[Call]:
    return [call for call in subscribers.calls(name, conversation_id) if not call.fault]


def _id(call: Call) -> str:
    return {name.lower(): value for name, value in call.headers.items()}["webhook-id"]


def _type(call: Call) -> str:
    document: dict[str, str] = json.loads(call.body)
    return document["type"]
