"""What is published is recorded in order, and put before every subscriber that asked for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from sportello.aws.environment import Environment
from sportello.conversation.published_events import PublishedEvent
from sportello.subscriptions.jobs import SubscriptionsEnvironment, enqueue, jobs_of
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore


class FeedEnvironment(Environment):
    event_retention_days: int = Field(ge=1)


def retention() -> timedelta:
    return timedelta(days=FeedEnvironment.load().event_retention_days)


class Publishing:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings

    def publish(self, cause: str, events: Sequence[PublishedEvent], now: datetime) -> None:
        """Record a commit's events and tell subscribers; without any nothing is read or written.

        Repeated it tells again, under the same ids. What is recorded first can be replayed
        whatever becomes of the rest.
        """
        settings = self._settings.get(SubscriptionSettings)
        if not settings.subscriptions:
            return
        self._table.subscriptions.feed.record(cause, events, now, retention())
        if jobs := jobs_of(events, settings, now):
            enqueue(jobs, SubscriptionsEnvironment.load().subscriptions_queue)
