"""What stands in Slack: a ring with its buttons, and what is left of it afterwards.

Texts that strangers wrote stand in `plain_text` only, where nothing is read as markup; escaped, so
that no `<!channel>` and no link comes of them wherever they are shown.
docs.slack.dev/messaging/formatting-message-text
docs.slack.dev/reference/block-kit/blocks, whose limits `tests` hold against every message.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from notifiers.slack.address import SlackAddress, mention
from notifiers.slack.buttons import ACCEPT, DECLINE, OfferButton
from sportello.model import Model
from sportello.people.notifying.notice_facts import NoticeFacts, SpokenLine, facts_of
from sportello.people.notifying.notice_texts import NoticeTexts, notice_texts
from sportello.people.notifying.notifier import Notification
from sportello.routing.endpoints import OFFERED

type Block = dict[str, Any]
type Seal = Callable[[OfferButton], str]

_ACCEPTED = "offer.accepted"

MOST_SPOKEN = 6_000
"""Slack refuses blocks that hold some 13,200 characters together, and documents it nowhere:
github.com/slackapi/bolt-js/issues/2509. A customer must not be able to keep us from ringing.
"""


class SlackMessage(Model):
    """`text` is what a notification shows, on locked screens too: nothing of the customer's."""

    text: str
    blocks: tuple[Block, ...]


def ring(notification: Notification, address: SlackAddress, seal: Seal) -> SlackMessage:
    texts, facts = notice_texts(address.language), facts_of(notification)
    heading = texts.heading(notification.notice)
    lines = facts.lines if address.show_words else ()
    summary = (heading, facts.queue, texts.priorities.get(facts.priority, facts.priority))
    return SlackMessage(
        text=escaped(" · ".join(filter(None, summary))),
        blocks=(
            {"type": "header", "text": _plain(heading)},
            {
                "type": "section",
                "fields": list(_fields(notification.channel, facts, address, texts)),
            },
            *_newest([_spoken(line, texts) for line in lines]),
            *_offer(notification, facts, texts, seal),
        ),
    )


def ended(notification: Notification, address: SlackAddress, rung_at: datetime) -> SlackMessage:
    """Say what became of an offer, in the place of its ring: nobody needs its words any more."""
    texts = notice_texts(address.language)
    person = mention(address, facts_of(notification).agent_id)
    if person and notification.notice == _ACCEPTED:
        return closed(texts.answers.accepted_by.format(person=person), texts, rung_at)
    return closed(texts.outcome(notification.notice), texts, rung_at)


def closed(words: str, texts: NoticeTexts, rung_at: datetime) -> SlackMessage:
    """Return a message of one sentence of ours, which may mention a person, without buttons."""
    rung = f"{texts.labels.rung_at} {_moment(rung_at)}"
    return SlackMessage(
        text=words,
        blocks=(
            {"type": "section", "text": _markup(words)},
            {"type": "context", "elements": [_markup(rung)]},
        ),
    )


def escaped(text: str) -> str:
    """Take from a text what Slack reads as its own signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fields(
    channel: str, facts: NoticeFacts, address: SlackAddress, texts: NoticeTexts
) -> Iterator[Block]:
    labels = texts.labels
    words = (
        (labels.queue, facts.queue),
        (labels.priority, texts.priorities.get(facts.priority, facts.priority)),
        (labels.channel, channel),
        (labels.customer, facts.customer),
    )
    yield from (_plain(f"{label}: {value}") for label, value in words if value)
    moments = ((labels.waiting_since, facts.waiting_since), (labels.due_at, facts.due_at))
    yield from (_markup(f"{label}: {_moment(at)}") for label, at in moments if at)
    if person := mention(address, facts.agent_id):
        yield _markup(f"{labels.agent}: {person}")


def _newest(spoken: Sequence[Block]) -> Sequence[Block]:
    """Return the end of what was said, as much as there is room for."""
    room = MOST_SPOKEN
    for number, block in enumerate(reversed(spoken)):
        room -= len(json.dumps(block))
        if room < 0:
            return spoken[len(spoken) - number :]
    return spoken


def _spoken(line: SpokenLine, texts: NoticeTexts) -> Block:
    author = texts.authors.get(line.author, line.author)
    return {"type": "section", "text": _plain(f"{author}: {line.in_words(texts)}")}


def _offer(
    notification: Notification, facts: NoticeFacts, texts: NoticeTexts, seal: Seal
) -> Iterator[Block]:
    if notification.notice != OFFERED or not facts.offer_id:
        return
    value = seal(
        OfferButton(
            conversation_id=notification.conversation_id,
            offer_id=facts.offer_id,
            endpoint=notification.endpoint,
        )
    )
    if facts.expires_at:
        until = f"{texts.labels.expires_at} {_moment(facts.expires_at)}"
        yield {"type": "context", "elements": [_markup(until)]}
    yield {
        "type": "actions",
        "elements": [
            _button(ACCEPT, texts.accept, value, {"style": "primary"}),
            _button(DECLINE, texts.decline, value, {}),
        ],
    }


def _button(action_id: str, title: str, value: str, look: Block) -> Block:
    text = _plain(title)
    return {"type": "button", "action_id": action_id, "text": text, "value": value, **look}


def _moment(at: datetime) -> str:
    """Return a time that each reader sees in their own zone and way of writing."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": escaped(text), "emoji": False}


def _markup(text: str) -> Block:
    """Markup of our own; `verbatim` keeps Slack from making links of anything else."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
