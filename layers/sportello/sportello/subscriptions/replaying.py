"""A stretch of the feed is told to one subscriber once more, page by page."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from sportello.subscriptions.jobs import Job, Replay, SubscriptionsEnvironment, enqueue, jobs_of
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore

COMMITS = 200
"""Of a page: a few seconds of work."""


class Replaying:
    def __init__(
        self, table: DeskTable, settings: SettingsStore, clock: Callable[[], datetime]
    ) -> None:
        self._table = table
        self._settings = settings
        self._clock = clock

    def replay(self, job: Job, stretch: Replay) -> None:
        """Put a page's events before the subscriber, and the rest of the stretch behind them.

        Repeated halfway, it tells some events twice, under the same ids.
        """
        self._settings.forget()  # it may have been switched on a moment ago
        settings, url = self._settings.get(SubscriptionSettings), _queue_url()
        pages = self._table.subscriptions.feed.after(stretch.after, stretch.until)
        page = list(islice(pages, COMMITS))
        events = [event for recorded in page for event in recorded.events]
        enqueue(jobs_of(events, settings, self._clock(), job.subscription), url)
        if len(page) == COMMITS:
            rest = stretch.model_copy(update={"after": page[-1].position})
            enqueue([job.model_copy(update={"replay": rest})], url)


def _queue_url() -> str:
    return SubscriptionsEnvironment.load().subscriptions_queue
