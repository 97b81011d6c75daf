"""A notice in a few words for whoever reads them: what mails, pushes and text messages say.

Nothing in them is a customer's unless the endpoint asks for it.
"""

import hashlib
import unicodedata
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from sportello.hours.opening_windows import TimeZoneName, zone_named
from sportello.language.languages import Language, default_language
from sportello.language.notices import NoticeForms, notice_forms
from sportello.language.spoken_time import deadline_in_words
from sportello.model import Instant, Model
from sportello.people.notifier import Notification

FACT_LIMIT = 64
NAME_LIMIT = 80
WORDS_LIMIT = 280
"""Characters of each: what is said has to fit on a screen that lies on a table."""

_WITHDRAWALS = "offer."


class Reader(Model):
    """In which language, and on which clocks, an endpoint is told."""

    language: Language = Field(default_factory=default_language)
    time_zone: TimeZoneName = "Europe/Rome"


class Fact(NamedTuple):
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class NoticeWords(NamedTuple):
    """`title` and `facts` are ours alone; `customer` has what was asked for of the customer's."""

    title: str
    facts: tuple[Fact, ...]
    customer: tuple[Fact, ...]
    forms: NoticeForms


def in_words(
    notification: Notification, reader: Reader, *, show_words: bool = False
) -> NoticeWords:
    forms = notice_forms(reader.language)
    return NoticeWords(
        title=forms.title(notification.notice),
        facts=_facts(notification, reader, forms),
        customer=_of_the_customer(notification.data, forms) if show_words else (),
        forms=forms,
    )


def takes_back(notice: str) -> bool:
    """Whether a notice ends an offer, so that it says nothing by itself."""
    return notice.startswith(_WITHDRAWALS)


def notice_tag(notification_id: str) -> str:
    """Return a short name for a notice, the same over all attempts, that tells nothing of it."""
    return hashlib.sha256(notification_id.encode()).hexdigest()[:32]


def instant_in(data: dict[str, Any], name: str) -> datetime | None:
    """Read an instant of a notice's data; None where there is none."""
    try:
        return _Written.model_validate({"at": data.get(name)}).at
    except ValidationError:
        return None


class _Written(Model):
    at: Instant


def _facts(notification: Notification, reader: Reader, forms: NoticeForms) -> tuple[Fact, ...]:
    data = notification.data
    priority = _text(data, "priority", FACT_LIMIT)
    values = {
        "queue": _text(data, "queue", FACT_LIMIT),
        "channel": clean(notification.channel, FACT_LIMIT),
        "priority": forms.priorities.get(priority, priority),
        "answer": _deadline(notification, "expires_at", reader),
        "due": _deadline(notification, "due_at", reader),
    }
    return tuple(Fact(forms.facts[name], value) for name, value in values.items() if value)


def _deadline(notification: Notification, name: str, reader: Reader) -> str:
    at = instant_in(notification.data, name)
    if at is None:
        return ""
    # Rounded down: what is answered after the minute named may come too late.
    minute = at.replace(second=0, microsecond=0)
    return deadline_in_words(minute, notification.at, reader.language, zone_named(reader.time_zone))


def _of_the_customer(data: dict[str, Any], forms: NoticeForms) -> tuple[Fact, ...]:
    match data.get("customer"):
        case {"display_name": str(name)}:
            who = clean(name, NAME_LIMIT)
        case _:
            who = ""
    said = {"customer": who, "words": _last_words(data.get("transcript"))}
    return tuple(Fact(forms.facts[name], value) for name, value in said.items() if value)


def _last_words(transcript: Any) -> str:
    if not isinstance(transcript, list | tuple):
        return ""
    for line in reversed(transcript):
        match line:
            case {"author": "customer", "text": str(text)} if clean(text, WORDS_LIMIT):
                return clean(text, WORDS_LIMIT)
    return ""


def _text(data: dict[str, Any], name: str, limit: int) -> str:
    value = data.get(name)
    return clean(value, limit) if isinstance(value, str) else ""


def clean(text: str, limit: int) -> str:
    """Return one line of at most `limit` characters, without any that cannot be seen."""
    visible = "".join(
        character if unicodedata.category(character)[0] != "C" else " "
        for character in text[: 4 * limit]
    )
    line = " ".join(visible.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
