"""Agent endpoints that are channels or chats of Microsoft Teams, written to through a workflow.

Office 365 connectors are retired; the URL is that of a workflow that begins with "When a Teams
webhook request is received" and posts the cards it is given. It answers 202 before it does: that
the card stands in Teams nobody tells us, and nothing can be taken back.
learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
learn.microsoft.com/connectors/teams (limits)
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import HttpUrl

from sportello.entrypoints.notifier import notify_queue
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    ProviderUnavailable,
    Rejected,
)
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.outbound_http import Reply
from sportello.model import Model, written
from sportello.people.notifying.endpoint_urls import post_to_endpoint, url_faults
from sportello.people.notifying.notice_facts import NoticeFacts, SpokenLine, facts_of
from sportello.people.notifying.notice_texts import (
    NoticeLanguage,
    NoticeTexts,
    language_faults,
    notice_texts,
)
from sportello.people.notifying.notifier import (
    NEEDING_SOMEBODY,
    AddressFault,
    Notification,
    OfferLinks,
)
from sportello.routing.endpoints import OFFERED

CARD_VERSION = "1.4"
"""What the clients of Teams show everywhere; phones lag behind 1.5."""

MOST_BYTES = 28_000
"""The limit of a message is "about 28 KB"; longer ones fail in the workflow, unseen by us."""

FAULTS: Mapping[int, ChannelFault] = {
    HTTPStatus.BAD_REQUEST: ChannelFault.ADDRESS,  # also a workflow that is switched off
    HTTPStatus.UNAUTHORIZED: ChannelFault.PERMISSION,  # not open to anyone, or a wrong signature
    HTTPStatus.FORBIDDEN: ChannelFault.PERMISSION,
    HTTPStatus.NOT_FOUND: ChannelFault.ADDRESS,
    HTTPStatus.METHOD_NOT_ALLOWED: ChannelFault.ADDRESS,
}
"""What an operator cures."""


class TeamsAddress(Model):
    """Who knows the URL may write to the channel; https and public, as every ring sees to."""

    url: HttpUrl
    language: NoticeLanguage | None = None
    show_words: bool = True


class Teams:
    name = "teams"
    address = TeamsAddress
    # Not that an offer has ended: the card cannot be taken back, and another one would only ring.
    notices: frozenset[str] | None = NEEDING_SOMEBODY

    def __init__(self, post: Callable[[str, bytes, Mapping[str, str]], Reply]) -> None:
        self._post = post

    def faults(self, address: TeamsAddress) -> Sequence[AddressFault]:
        return [*language_faults(address.language), *url_faults("url", address.url)]

    def notify(self, notification: Notification) -> str:
        address = TeamsAddress.model_validate(notification.address, extra="ignore")
        headers = {"content-type": "application/json", "user-agent": "Sportello"}
        _raise_unless_taken(self._post(str(address.url), message(notification, address), headers))
        return ""


def message(notification: Notification, address: TeamsAddress) -> bytes:
    """Return a message with its card; of the words spoken the last ones, as many as fit."""
    texts, facts = notice_texts(address.language), facts_of(notification)
    lines = facts.lines if address.show_words else ()
    for first in range(len(lines) + 1):
        body = _written(card(notification, facts, lines[first:], texts))
        if len(body) <= MOST_BYTES:
            return body
    raise Rejected("the card is too long for Teams without a word spoken")


def card(
    notification: Notification,
    facts: NoticeFacts,
    lines: Sequence[SpokenLine],
    texts: NoticeTexts,
) -> dict[str, Any]:
    """Return an Adaptive Card.

    What strangers wrote stands in `TextRun` only, which knows no Markdown and so no links:
    learn.microsoft.com/adaptive-cards/schema-explorer/text-run.
    """
    heading = texts.heading(notification.notice)
    links = notification.links if notification.notice == OFFERED else None
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": CARD_VERSION,
        "fallbackText": heading,
        "body": [
            {
                "type": "TextBlock",
                "text": heading,
                "size": "Large",
                "weight": "Bolder",
                "wrap": True,
            },
            *_facts(notification.channel, facts, texts),
            *(
                _labelled(texts.authors.get(line.author, line.author), line.in_words(texts))
                for line in lines
            ),
        ],
        "actions": list(_actions(links, texts)),
    }


def _facts(channel: str, facts: NoticeFacts, texts: NoticeTexts) -> Iterator[dict[str, Any]]:
    labels = texts.labels
    words = (
        (labels.queue, facts.queue),
        (labels.priority, texts.priorities.get(facts.priority, facts.priority)),
        (labels.channel, channel),
        (labels.customer, facts.customer),
    )
    yield from (_labelled(label, value) for label, value in words if value)
    moments = (
        (labels.waiting_since, facts.waiting_since),
        (labels.due_at, facts.due_at),
        (labels.expires_at, facts.expires_at),
    )
    yield from (_timed(label, at) for label, at in moments if at)


def _labelled(label: str, text: str) -> dict[str, Any]:
    name = {"type": "TextRun", "text": f"{label}: ", "weight": "Bolder"}
    return {"type": "RichTextBlock", "inlines": [name, {"type": "TextRun", "text": _inert(text)}]}


def _inert(text: str) -> str:
    """Take the sense from `{{DATE(…)}}`, which cards read in any text."""
    return re.sub(r"\{(?=\{)", "{ ", text)


def _timed(label: str, at: datetime) -> dict[str, Any]:
    """Return a time that each reader sees in their own zone; cards know whole seconds."""
    moment = written(at.replace(microsecond=0))
    text = f"**{label}:** {{{{DATE({moment}, SHORT)}}}} {{{{TIME({moment})}}}}"
    return {"type": "TextBlock", "text": text, "wrap": True, "spacing": "Small"}


def _actions(links: OfferLinks | None, texts: NoticeTexts) -> Iterator[dict[str, Any]]:
    """Only one person's own endpoint has links: whoever opens one answers in that name."""
    if links is not None:
        yield {"type": "Action.OpenUrl", "title": texts.accept, "url": links.accept}
        yield {"type": "Action.OpenUrl", "title": texts.decline, "url": links.decline}


def _written(content: dict[str, Any]) -> bytes:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    document = {"type": "message", "attachments": [attachment]}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _raise_unless_taken(reply: Reply) -> None:
    if reply.is_success:
        return
    if reply.status == HTTPStatus.GONE:
        raise EndpointGone("the workflow answered 410")
    if reply.status in FAULTS:
        raise ConfigurationRefused(FAULTS[reply.status], f"http_{reply.status}")
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise Rejected("the workflow answered 413")
    raise ProviderUnavailable(
        f"the workflow answered {reply.status}",
        retry_after_seconds=reply.retry_after_seconds,
    )


notifier = Teams(post_to_endpoint)
notify = notify_queue(notifier)
