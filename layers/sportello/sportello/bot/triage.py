"""What the bot makes of a turn: an answer it is sure of, or a person at once. Pure.

There is no second try and no "I did not understand": whatever the bot cannot answer is a reason
to hand over.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Literal

from sportello.bot.faq import FaqMatch
from sportello.bot.human_request import asks_for_a_person
from sportello.bot.settings import BotSettings
from sportello.language.languages import Language
from sportello.messaging.items import InboundItem, Message
from sportello.model import Model
from sportello.sla.clocks import PromiseTerms

TALK_TO_PERSON = "talk_to_person"
"""The id of the button that asks for a person."""


class HandoffReason(StrEnum):
    ASKED_FOR_PERSON = "asked_for_person"
    UNKNOWN_QUESTION = "unknown_question"
    NOTHING_TO_READ = "nothing_to_read"
    TOO_MANY_ANSWERS = "too_many_answers"
    REPLY_BUDGET = "reply_budget"
    BOT_DISABLED = "bot_disabled"
    BOT_FAILED = "bot_failed"


class Answer(Model):
    entry_id: str
    text: str
    promise: PromiseTerms | None = None


class Greeting(Model):
    """What to say to whom a link, a QR code or a menu brought here, and who said nothing yet."""

    text: Literal["greeting", "help"]


class Handoff(Model):
    reason: HandoffReason


def triage(
    items: Sequence[InboundItem],
    language: Language,
    settings: BotSettings,
    answers_given: int,
    find_answer: Callable[[str], FaqMatch | None],
) -> Answer | Greeting | Handoff:
    """Decide on a whole turn, its items in the order they were sent."""
    if greeting := greeting_for(items):
        return greeting
    messages = [item for item in items if isinstance(item, Message)]
    text = turn_text(messages)
    unread = len(messages) < len(items) or any(message.is_more_than_text for message in messages)
    if not settings.enabled:
        reason = HandoffReason.BOT_DISABLED
    elif wants_a_person(messages, text, language):
        reason = HandoffReason.ASKED_FOR_PERSON
    elif unread or not text:
        reason = HandoffReason.NOTHING_TO_READ
    elif answers_given >= settings.answers_per_stretch:
        reason = HandoffReason.TOO_MANY_ANSWERS
    elif match := find_answer(text):
        return Answer(entry_id=match.entry.id, text=match.entry.answer, promise=match.entry.promise)
    else:
        reason = HandoffReason.UNKNOWN_QUESTION
    return Handoff(reason=reason)


def greeting_for(items: Sequence[InboundItem]) -> Greeting | None:
    """Return a greeting where the platform alone wrote: people are not rung by a QR code."""
    signs = [
        item.platform_sign for item in items if isinstance(item, Message) and item.is_only_a_sign
    ]
    if not signs or len(signs) < len(items):
        return None
    return Greeting(text="greeting" if "start" in signs else "help")


def wants_a_person(messages: Sequence[Message], text: str, language: Language) -> bool:
    pressed = any(message.button_id == TALK_TO_PERSON for message in messages)
    return pressed or asks_for_a_person(text, language)


def turn_text(messages: Sequence[Message]) -> str:
    """Join what was typed or tapped; a pressed button without words of its own speaks by its id."""
    spoken = (message.text or message.button_id for message in messages)
    return "\n".join(part for part in spoken if part.strip())
