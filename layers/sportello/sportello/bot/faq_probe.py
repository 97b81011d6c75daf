"""What the bot would make of a question, and what else was near: asked of a draft, or for real.

Pure. It is `triage` that decides, as it does of a customer's message.
"""

from datetime import UTC, datetime

from sportello.bot.faq import THRESHOLD, FaqMatch, index_of
from sportello.bot.probed_question import FaqAnswer, NearEntry, ProbedQuestion
from sportello.bot.settings import BotSettings, FaqSettings
from sportello.bot.triage import Answer, Handoff, triage
from sportello.language.languages import Language
from sportello.language.thanks import Courtesy, courtesy_of
from sportello.messaging.items import Message

NEAREST = 5


def probe_question(
    question: str, language: Language, faq: FaqSettings, bot: BotSettings
) -> ProbedQuestion:
    """Decide on a question as if it were the first thing that a customer said."""
    index = index_of(faq, language)
    nearest = tuple(map(_near, index.nearest(question, NEAREST)))
    probed = ProbedQuestion(
        language=language,
        outcome="nothing",
        reason=None,
        answer=None,
        threshold=THRESHOLD,
        nearest=nearest,
    )
    if courtesy_of(question, language) is Courtesy.THANKS:
        return probed
    match triage([_as_message(question)], language, bot, 0, index.best):
        case Answer(entry_id=name, text=text, promise=promise):
            answer = FaqAnswer(id=name, text=text, promise=promise)
            return probed.model_copy(update={"outcome": "answer", "answer": answer})
        case Handoff(reason=reason):
            return probed.model_copy(update={"outcome": "person", "reason": reason})
    return probed


def _as_message(question: str) -> Message:
    return Message(
        account_id="probe",
        provider_item_id="probe",
        provider_message_id="probe",
        sent_at=datetime.fromtimestamp(0, UTC),
        handle="probe:question",
        reply_to="probe:question",
        text=question,
    )


def _near(match: FaqMatch) -> NearEntry:
    return NearEntry(
        id=match.entry.id,
        question=match.question,
        answer=match.entry.answer,
        confidence=round(match.confidence, 3),
        particulars_differ=not match.asks_the_same,
    )
