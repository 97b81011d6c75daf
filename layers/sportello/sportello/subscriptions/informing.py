"""How a subscriber is told of one event: signed, within limits, until it has taken it."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pydantic import Field

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, count, logger
from sportello.conversation.published_events import PublishedEvent
from sportello.errors import NotConfigured, ProviderUnavailable, SecretsUnavailable
from sportello.messaging.webhook_signatures import signed
from sportello.model import Model, written
from sportello.routing.breaker import (
    Breaker,
    admission,
    after_failure,
    after_success,
    breaker_under,
)
from sportello.subscriptions import attempts
from sportello.subscriptions.attempts import Outcome, Post
from sportello.subscriptions.jobs import Job, Replay, SubscriptionsEnvironment, enqueue
from sportello.subscriptions.retries import next_delay
from sportello.subscriptions.settings import Subscription, SubscriptionSettings
from sportello.table.agents.endpoint_table import written_breaker
from sportello.table.desk_table import DeskTable
from sportello.table.keys import stamp
from sportello.table.outward.attempt_table import Attempt
from sportello.table.outward.subscriber_table import SubscriberMark
from sportello.table.settings.settings_store import SettingsStore

BEHIND_AFTER = timedelta(hours=1)
"""How long one fails before what it is to be told is left to the feed."""

CATCHING_UP_AFTER = timedelta(seconds=30)
"""Longer than anybody goes on by how a subscriber was when they looked."""

type Keys = Callable[[str, datetime], Sequence[bytes]]
"""Gives what a subscription's calls are signed with, by its name; see `signing_keys`."""


class DeadLetterEnvironment(Environment):
    subscriptions_dead_letters: str = Field(min_length=1)


class _Visit(Model):
    """Everything about one call of one subscriber."""

    job: Job
    event: PublishedEvent
    subscription: Subscription
    mark: SubscriberMark
    breaker: Breaker
    now: datetime

    @property
    def age(self) -> timedelta:
        return max(self.now - self.job.since, timedelta(0))


class Informing:
    def __init__(
        self,
        table: DeskTable,
        settings: SettingsStore,
        keys: Keys,
        post: Post,
        clock: Callable[[], datetime],
    ) -> None:
        self._table = table
        self._settings = settings
        self._keys = keys
        self._post = post
        self._clock = clock

    def inform(self, job: Job) -> None:
        """Tell one subscriber of one event; raises ProviderUnavailable if it is to be told again.

        Whoever is taken out, switched off or gone is told nothing: it can be replayed.
        """
        subscription = self._subscription_of(job)
        if subscription is None or job.event is None:
            return
        mark = self._table.subscriptions.subscribers.mark(job.subscription)
        if mark.is_gone(subscription.hash) and not job.is_test:
            return
        visit = _Visit(
            job=job,
            event=job.event,
            subscription=subscription,
            mark=mark,
            breaker=breaker_under(subscription.hash, mark.breaker),
            now=self._clock(),
        )
        admitted = visit if job.is_test else self._admitted(visit)
        if admitted:
            self._visit(admitted)

    def _subscription_of(self, job: Job) -> Subscription | None:
        """Return whom to tell, None if nobody, by settings of now.

        Whoever put the job may have read newer ones than a warm process has, and what is dropped
        here is not told again.
        """
        for _ in range(2):
            subscriptions = self._settings.get(SubscriptionSettings).subscriptions
            subscription = subscriptions.get(job.subscription)
            if subscription and (subscription.enabled or job.is_test):
                return subscription
            self._settings.forget()
        return None

    def _admitted(self, visit: _Visit) -> _Visit | None:
        """Return the visit, if the subscriber is to be called now; None if it is let alone."""
        door = admission(visit.breaker, visit.now)
        name = visit.job.subscription
        subscribers = self._table.subscriptions.subscribers
        if not (door.wait_seconds or door.trial):
            return visit
        if door.trial and subscribers.note_unless_changed(name, door.trial, visit.mark.written):
            return visit.model_copy(update={"breaker": door.trial})
        if not self._falls_behind(visit):
            self._put_off(visit, "the subscriber rests after failures", door.wait_seconds)
        return None

    def _falls_behind(self, visit: _Visit) -> bool:
        """Leave to the feed what one that has failed for long is to be told, until it is back.

        A queue bears only so many messages that wait for another attempt, all subscribers'
        together. Whichever tried it last stays in the queue and tries it again.
        """
        since = visit.breaker.failing_since
        if since is None or visit.now - since < BEHIND_AFTER:
            return False
        if visit.job.replayed or visit.job.since < since:
            return False
        if visit.mark.behind_since is None:
            self._table.subscriptions.subscribers.note_behind(visit.job.subscription, since)
        return True

    def _catch_up(self, visit: _Visit, since: datetime) -> None:
        """Have it told what was left to the feed, by then also by those who are at it just now."""
        name, now = visit.job.subscription, self._clock()
        stretch = Replay(after=stamp(since), until=now + CATCHING_UP_AFTER)
        enqueue(
            [Job(subscription=name, since=now, replay=stretch)],
            SubscriptionsEnvironment.load().subscriptions_queue,
            CATCHING_UP_AFTER // timedelta(seconds=1),
        )
        self._table.subscriptions.subscribers.note_caught_up(name, since)
        logger.info("subscriber is back", subscription=name, behind_since=written(since))

    def _visit(self, visit: _Visit) -> None:
        outcome, took_ms = self._called(visit)
        gives_up = bool(outcome.error) and (
            visit.job.is_test
            or outcome.error == attempts.GONE
            or self._delay(visit, outcome.wish_seconds) is None
        )
        attempt = Attempt(
            at=visit.now,
            event_id=visit.event.id,
            event_type=visit.event.type,
            status=outcome.status,
            duration_ms=took_ms,
            error=outcome.error,
            age_seconds=visit.age // timedelta(seconds=1),
            gives_up=gives_up,
        )
        self._table.subscriptions.attempts.keep(visit.job.subscription, attempt)
        if not outcome.error:
            self._note_success(visit)
        elif outcome.error == attempts.GONE:
            self._mark_gone(visit)
        elif not visit.job.is_test:
            if outcome.error != attempts.KEY_UNAVAILABLE:  # no fault of the subscription
                self._note_failure(visit, outcome)
            self._put_off(
                visit, f"the subscriber did not take it: {_said_of(outcome)}", outcome.wish_seconds
            )

    def _called(self, visit: _Visit) -> tuple[Outcome, int]:
        """Call, and say what came of it after how many milliseconds."""
        body = attempts.body_of(visit.event)
        try:
            keys = self._keys(visit.job.subscription, visit.now)
        except NotConfigured:
            return Outcome(error=attempts.NO_KEY), 0
        except SecretsUnavailable:
            return Outcome(error=attempts.KEY_UNAVAILABLE), 0
        headers = {
            "content-type": "application/json",
            "user-agent": "Sportello",
            **signed(visit.event.id, int(visit.now.timestamp()), body, keys),
        }
        begun = time.monotonic()
        outcome = attempts.call(self._post, str(visit.subscription.url), body, headers)
        return outcome, round((time.monotonic() - begun) * 1_000)

    def _delay(self, visit: _Visit, wish_seconds: int) -> timedelta | None:
        return next_delay(visit.age, timedelta(seconds=wish_seconds))

    def _put_off(self, visit: _Visit, reason: str, wish_seconds: int) -> None:
        """Have the queue bring it again, or lay it among the dead letters after three days."""
        delay = self._delay(visit, wish_seconds)
        if delay is not None:
            seconds = -(-delay // timedelta(seconds=1))
            raise ProviderUnavailable(reason, retry_after_seconds=seconds)
        logger.error("event is given up", subscription=visit.job.subscription)
        aws_client("sqs").send_message(
            QueueUrl=DeadLetterEnvironment.load().subscriptions_dead_letters,
            MessageBody=visit.job.model_dump_json(exclude_defaults=True),
        )

    def _note_success(self, visit: _Visit) -> None:
        name, subscribers = visit.job.subscription, self._table.subscriptions.subscribers
        if visit.mark.behind_since:
            self._catch_up(visit, visit.mark.behind_since)
        if visit.mark.gone_since:
            subscribers.forget(name)
        if news := after_success(visit.breaker, visit.now):
            subscribers.note_success(name, news)

    def _note_failure(self, visit: _Visit, outcome: Outcome) -> None:
        """Count a failure; two at the very same moment count once."""
        name, breaker = visit.job.subscription, visit.breaker
        failing = after_failure(breaker, _said_of(outcome), visit.now, outcome.wish_seconds)
        before = written_breaker(breaker) if breaker.is_open else visit.mark.written
        noted = self._table.subscriptions.subscribers.note_unless_changed(name, failing, before)
        if noted and failing.is_open:
            logger.warning(
                "subscriber rests after failures", subscription=name, failures=failing.failures
            )

    def _mark_gone(self, visit: _Visit) -> None:
        name = visit.job.subscription
        subscribers = self._table.subscriptions.subscribers
        if subscribers.mark_gone(name, visit.subscription.hash, visit.now):
            count(Metric.SUBSCRIPTION_GONE, "")
            logger.error(
                "subscriber is gone", subscription=name, to_do="change its URL, or test it"
            )


def _said_of(outcome: Outcome) -> str:
    return f"{outcome.error} {outcome.status}" if outcome.status else outcome.error
