"""A notice in a few words for whoever reads them: what mails, pushes and text messages say.

Nothing in them is a customer's unless the endpoint asks for it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sportello.hours.opening_windows import TimeZoneName, zone_named
from sportello.model import Model
from sportello.people.notifying.notice_facts import NoticeFacts, facts_of, one_line
from sportello.people.notifying.notice_texts import NoticeLanguage, NoticeTexts, notice_texts
from sportello.people.notifying.notifier import Notification
from sportello.routing.endpoints import takes_back

WORDS_CHARACTERS = 280
"""Of the customer's last words: what is said has to fit on a screen that lies on a table."""

_CHANNEL_CHARACTERS = 40


class Reader(Model):
    """In which language, and on which clocks, an endpoint is told."""

    language: NoticeLanguage | None = None
    time_zone: TimeZoneName = "Europe/Rome"


class Labelled(NamedTuple):
    label: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


class NoticeWords(NamedTuple):
    """`title` and `facts` are ours alone; `customer` has what was asked for of the customer's."""

    title: str
    facts: tuple[Labelled, ...]
    customer: tuple[Labelled, ...]
    accept: str
    decline: str


def in_words(
    notification: Notification, reader: Reader, *, show_words: bool = False
) -> NoticeWords:
    notice, texts = notification.notice, notice_texts(reader.language)
    facts = facts_of(notification)
    return NoticeWords(
        title=texts.outcome(notice) if takes_back(notice) else texts.heading(notice),
        facts=tuple(_facts(notification, facts, reader, texts)),
        customer=tuple(_of_the_customer(facts, texts)) if show_words else (),
        accept=texts.accept,
        decline=texts.decline,
    )


def _facts(
    notification: Notification, facts: NoticeFacts, reader: Reader, texts: NoticeTexts
) -> Iterator[Labelled]:
    labels = texts.labels
    values = (
        (labels.queue, facts.queue),
        (labels.priority, texts.priorities.get(facts.priority, facts.priority)),
        (labels.expires_at, _time(facts.expires_at, notification.at, reader)),
        (labels.due_at, _time(facts.due_at, notification.at, reader)),
        (labels.waiting_since, _time(facts.waiting_since, notification.at, reader)),
        (labels.channel, one_line(notification.channel, _CHANNEL_CHARACTERS)),
    )
    return (Labelled(label, value) for label, value in values if value)


def _time(at: datetime | None, now: datetime, reader: Reader) -> str:
    """Say when on the reader's clock, cut to the minute; the day too unless it is today."""
    if at is None:
        return ""
    zone = zone_named(reader.time_zone)
    local = at.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"


def _of_the_customer(facts: NoticeFacts, texts: NoticeTexts) -> Iterator[Labelled]:
    spoken = [line.in_words(texts) for line in facts.lines if line.author == "customer"]
    words = f"“{one_line(spoken[-1], WORDS_CHARACTERS)}”" if spoken else ""
    if value := f"{facts.customer} {words}".strip():
        yield Labelled(texts.labels.customer, value)
