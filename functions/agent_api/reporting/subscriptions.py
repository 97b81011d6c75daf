"""Subscriptions: how their systems take what they are told, trying one out, telling it again."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Self
from uuid import uuid4

from chalice.app import Blueprint, Request, Response
from pydantic import AwareDatetime, ConfigDict, Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.calls.request_parts import cursor_of, cursor_to, read_body, read_query
from agent_api.calls.route_declaration import answer_with, answer_with_json, route
from agent_api.reporting.events import Cursor, Feed, FeedQuery, feed_page, start_of
from agent_api.reporting.health import Condition
from sportello.conversation.published_events import PublishedEvent
from sportello.entrypoints import runtime
from sportello.errors import StorageBusy
from sportello.model import Instant, Model
from sportello.routing.breaker import Breaker
from sportello.subscriptions import signing_keys
from sportello.subscriptions.attempts import NO_KEY
from sportello.subscriptions.jobs import (
    TEST_EVENT,
    Job,
    Replay,
    SubscriptionsEnvironment,
    enqueue,
)
from sportello.subscriptions.settings import Subscription, SubscriptionSettings
from sportello.table.outward.attempt_table import ATTEMPT_KEY, Attempt
from sportello.table.outward.subscriber_table import SubscriberMark
from sportello.table.settings.settings_store import SettingsStore

ONE_AT_A_TIME = timedelta(seconds=40)
"""How long nobody else makes a new key: longer than the function runs."""

OFF = "off"

routes = Blueprint(__name__)


class SubscriptionHealth(Model):
    """`state` is that of an endpoint, or `off`; the rest is told as of endpoints.

    From `behind_since` on it is told by the feed, once it is back.
    """

    name: str
    enabled: bool
    state: str
    since: Instant | None
    failures: int
    reason: str | None
    last_failure_at: Instant | None
    last_success_at: Instant | None
    next_attempt_at: Instant | None
    behind_since: Instant | None

    @classmethod
    def of(cls, name: str, subscription: Subscription, mark: SubscriberMark, now: datetime) -> Self:
        condition = dict(Condition.of(subscription.hash, mark, now))
        if not subscription.enabled:
            condition["state"] = OFF
        return cls(
            name=name,
            enabled=subscription.enabled,
            behind_since=mark.behind_since,
            **condition,
        )


class SubscriptionsShown(Model):
    """`events_published` is false where the deployment tells nobody of anything."""

    events_published: bool
    subscriptions: tuple[SubscriptionHealth, ...]


class ShownKey(Model):
    """`signing_key` is told this once; the one before is good until `previous_valid_until`."""

    signing_key: str
    previous_valid_until: Instant | None


class TestSent(Model):
    event_id: str


class ReplayRequest(Model):
    """From a cursor or an instant on, until an instant or until now."""

    cursor: Cursor = ""
    since: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = Field(default=None, alias="to")


class ReplayAccepted(Model):
    """The stretch of the feed that is told once more."""

    model_config = ConfigDict(validate_by_name=True)

    since: Instant = Field(alias="from")
    until: Instant = Field(alias="to")


class AttemptsQuery(Model):
    limit: int = Field(default=50, ge=1, le=100)
    cursor: Annotated[str, cursor_to(ATTEMPT_KEY)] = ""


class AttemptView(Model):
    """`status` is None where nothing answered, `error` where it was taken."""

    at: Instant
    event_id: str
    event_type: str
    status: int | None
    duration_ms: int
    error: str | None
    age_seconds: int
    gives_up: bool

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        fields = attempt.model_dump(include=set(cls.model_fields))
        return cls.model_validate({**fields, "error": attempt.error or None})


class AttemptsPage(Model):
    """Newest first; `cursor` is None once everything that is kept has been read."""

    attempts: tuple[AttemptView, ...]
    cursor: str | None


@route(routes, "GET", "/subscriptions", Permission.READ_EVENTS, answers={200: SubscriptionsShown})
def list_subscriptions(_request: Request, _agent: Agent) -> Response:
    table, now = runtime.table(), runtime.utc_now()
    marks = {mark.name: mark for mark in table.subscriptions.subscribers.marks()}
    health = (
        SubscriptionHealth.of(name, subscription, marks.get(name, SubscriberMark(name=name)), now)
        for name, subscription in sorted(in_force().subscriptions.items())
    )
    published = runtime.TableEnvironment.load().publish_events
    return answer_with(SubscriptionsShown(events_published=published, subscriptions=tuple(health)))


@route(
    routes,
    "POST",
    "/subscriptions/{name}/secret",
    Permission.WRITE_SUBSCRIPTIONS,
    answers={200: ShownKey},
    problems=("unknown-subscription",),
)
def renew_secret(_request: Request, _agent: Agent, name: str) -> Response:
    """Make a new signing key, and tell it this once; what rested for want of it is called again."""
    subscription = subscription_named(name)
    now, links = runtime.utc_now(), runtime.table().links
    lock = hashlib.sha256(f"signing key of {name}".encode()).hexdigest()
    if not links.use(lock, now, free_at=now + ONE_AT_A_TIME):
        raise StorageBusy("somebody else makes a new key")
    try:
        key = signing_keys.renew(name, now)
    finally:
        links.give_back(lock, now)
    subscribers = runtime.table().subscriptions.subscribers
    breaker = subscribers.mark(name).breaker
    if breaker and breaker.reason == NO_KEY:
        subscribers.note_success(name, Breaker(settings_hash=subscription.hash))
    return answer_with(ShownKey(signing_key=key.text, previous_valid_until=key.previous_until))


@route(
    routes,
    "POST",
    "/subscriptions/{name}/test",
    Permission.WRITE_SUBSCRIPTIONS,
    answers={202: TestSent},
    problems=("unknown-subscription",),
)
def send_test(_request: Request, _agent: Agent, name: str) -> Response:
    """Have a subscriber called with an event of ours, once, even one that is switched off."""
    subscription_named(name)
    now, event_id = runtime.utc_now(), f"test/{uuid4().hex}"
    data = {"id": event_id, "subscription": name}
    event = PublishedEvent(id=event_id, type=TEST_EVENT, at=now, data=data)
    put_in_line(Job(subscription=name, since=now, event=event))
    return answer_with(TestSent(event_id=event_id), status=HTTPStatus.ACCEPTED)


@route(
    routes,
    "GET",
    "/subscriptions/{name}/attempts",
    Permission.READ_EVENTS,
    query=AttemptsQuery,
    answers={200: AttemptsPage},
    problems=("unknown-subscription",),
)
def read_attempts(request: Request, _agent: Agent, name: str) -> Response:
    query = read_query(request, AttemptsQuery)
    subscription_named(name)
    newest = runtime.table().subscriptions.attempts.newest_first(name, query.cursor)
    return answer_with(page_of(newest, query.limit))


def page_of(newest: Iterator[Attempt], limit: int) -> AttemptsPage:
    attempts: list[AttemptView] = []
    for attempt in newest:
        attempts.append(AttemptView.of(attempt))
        if len(attempts) == limit:
            cursor = cursor_of(attempt.sort_key)
            return AttemptsPage(attempts=tuple(attempts), cursor=cursor)
    return AttemptsPage(attempts=tuple(attempts), cursor=None)


@route(
    routes,
    "GET",
    "/subscriptions/{name}/events",
    Permission.READ_EVENTS,
    query=FeedQuery,
    answers={200: Feed},
    problems=("unknown-subscription",),
)
def read_events(request: Request, _agent: Agent, name: str) -> Response:
    """Read the part of the feed that a subscription asks for, as it stands now."""
    query = read_query(request, FeedQuery)
    return feed_page(query, subscription_named(name).asks_for)


@route(
    routes,
    "POST",
    "/subscriptions/{name}/replay",
    Permission.WRITE_SUBSCRIPTIONS,
    body=ReplayRequest,
    answers={202: ReplayAccepted},
    problems=("unknown-subscription",),
)
def replay(request: Request, _agent: Agent, name: str) -> Response:
    """Tell a subscriber once more of what was recorded, under the same ids."""
    wish, now = read_body(request, ReplayRequest), runtime.utc_now()
    subscription = subscription_named(name)
    if not subscription.enabled:
        raise _unfit("", "The subscription is switched off.")
    if runtime.table().subscriptions.subscribers.mark(name).is_gone(subscription.hash):
        raise _unfit("", "Its system says that it is gone: change its URL, or test it first.")
    if not wish.cursor and wish.since is None:
        raise _unfit("/from", "needed, or a cursor")
    until = min(wish.until or now, now)
    position = start_of(wish.cursor, wish.since, now)
    since = datetime.fromisoformat(position.partition("#")[0])
    if until < since:
        raise _unfit("/to", "before what it begins with, or before all that is kept")
    put_in_line(Job(subscription=name, since=now, replay=Replay(after=position, until=until)))
    accepted = ReplayAccepted(since=since, until=until)
    return answer_with_json(
        accepted.model_dump_json(by_alias=True), status=HTTPStatus.ACCEPTED.value
    )


def in_force() -> SubscriptionSettings:
    """Read them anew: what was written a second ago is what people look for."""
    return SettingsStore(runtime.table(), max_age_seconds=0).get(SubscriptionSettings)


def subscription_named(name: str) -> Subscription:
    subscription = in_force().subscriptions.get(name)
    if subscription is None:
        raise Problem(404, "unknown-subscription", "The settings `subscriptions` have none of it.")
    return subscription


def put_in_line(job: Job) -> None:
    enqueue([job], SubscriptionsEnvironment.load().subscriptions_queue)


def _unfit(place: str, detail: str) -> Problem:
    fault = Fault(pointer=place, detail=detail)
    return invalid(fault)
