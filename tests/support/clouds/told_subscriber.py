"""A subscriber that answers as it is told to, and a clock that goes on when it is put on."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_http import Reply
from sportello.subscriptions.informing import Informing
from sportello.subscriptions.jobs import Job
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.table.desk_table import DeskTable
from sportello.table.outward.attempt_table import Attempt
from sportello.table.outward.subscriber_table import SubscriberMark
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW
from support.clouds.table import configure, table
from support.published import an_event

KEY = b"a made-up signing key of 32 byte"
URL = "https://crm.example/events"
NAME = "crm"


def settings_of(**subscriptions: Mapping[str, Any]) -> SubscriptionSettings:
    return SubscriptionSettings.model_validate(
        {"subscriptions": {name: {"url": URL, **each} for name, each in subscriptions.items()}}
    )


def a_job(event_type: str = "ConversationResolved", since: datetime = NOW) -> Job:
    return Job(subscription=NAME, since=since, event=an_event(event_type))


class Subscriber:
    """`answers` are statuses or errors, the last of which is given from then on."""

    def __init__(self, empty: DeskTable) -> None:
        self.table = empty
        self.now = NOW
        self.answers: list[int | Exception] = [204]
        self.headers: dict[str, str] = {}
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []
        self.keys: list[bytes] | Exception = [KEY]
        self.subscribed(crm={})
        self._settings = SettingsStore(empty, 0)

    def subscribed(self, **subscriptions: Mapping[str, Any]) -> None:
        configure(self.table, settings_of(**subscriptions))

    def keep_settings(self) -> None:
        """Go on with settings as they were read, as a warm function does."""
        self._settings = SettingsStore(self.table, 60)

    def inform(self, job: Job) -> timedelta | None:
        """Return after how long it is to be told again; None if that is all."""
        try:
            Informing(
                self.table, self._settings, self._keys_at, self._post, lambda: self.now
            ).inform(job)
        except ProviderUnavailable as error:
            return timedelta(seconds=error.retry_after_seconds or 0)
        return None

    def _keys_at(self, _name: str, _now: datetime) -> list[bytes]:
        if isinstance(self.keys, Exception):
            raise self.keys
        return self.keys

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.calls.append((url, body, dict(headers)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Reply(status=answer, headers=self.headers, body=b"thank you")

    @property
    def attempts(self) -> list[Attempt]:
        newest = self.table.subscriptions.attempts.newest_first(NAME)
        return list(newest)[::-1]

    @property
    def mark(self) -> SubscriberMark:
        return self.table.subscriptions.subscribers.mark(NAME)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(body) for _, body, _ in self.calls]


@contextmanager
def subscriber() -> Iterator[Subscriber]:
    with table() as empty:
        yield Subscriber(empty)
