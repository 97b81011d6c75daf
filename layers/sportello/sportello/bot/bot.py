"""One run of the bot over a turn: read it, decide, and commit the answer under the owner it saw."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sportello.aws.logs import logger
from sportello.bot.faq import entries_in, index_of
from sportello.bot.faq_entry import FaqEntry
from sportello.bot.settings import BotSettings, FaqSettings
from sportello.bot.triage import TALK_TO_PERSON, Answer, Greeting, Handoff, HandoffReason, triage
from sportello.conversation.commands import AnswerAsBot
from sportello.conversation.state import MAX_TURN_ITEMS
from sportello.conversation.turns import bot_may_answer
from sportello.language.settings import TextSettings
from sportello.language.texts import UNATTENDED
from sportello.messaging.items import InboundItem
from sportello.messaging.outbound_channel import Button
from sportello.model import Model
from sportello.queues.settings import QueueSettings
from sportello.table.desk import Desk
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import TERMS_OF_SERVICE, SettingsStore

type TurnHint = tuple[str, ...]
"""The items that a turn probably holds, so that they are loaded with its conversation."""


class BotOutcome(Model):
    """What became of a run.

    `superseded` means that the turn belongs to somebody else by now and nothing was said.
    `more` means that the customer went on writing and the turn goes on.
    """

    outcome: Literal["answered", "handoff", "superseded"]
    more: bool = False
    reason: str = ""


class Bot:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings

    def run(
        self, conversation_id: str, turn_id: str, now: datetime, hint: TurnHint = ()
    ) -> BotOutcome:
        """Answer a turn; what it holds beyond the hint is read once it is known."""
        conversation = self._desk.table.load(conversation_id, item_ids=hint[-MAX_TURN_ITEMS:])
        state, turn = conversation.state, conversation.state.turn
        if turn is None or not bot_may_answer(state, turn_id, state.owner.version):
            return BotOutcome(outcome="superseded")
        item_ids = [item.item_id for item in turn.items]
        self._settings.read_together(BotSettings, FaqSettings, TextSettings, *TERMS_OF_SERVICE)
        language = self._settings.language_of(conversation.address)
        decision = triage(
            self._content(conversation, item_ids),
            language,
            self._settings.get(BotSettings),
            state.bot_answers,
            index_of(self._settings.get(FaqSettings), language).best,
        )
        match decision:
            case Handoff(reason=reason):
                logger.info("bot hands over", reason=str(reason))
                return BotOutcome(outcome="handoff", reason=reason)
            case Greeting(text=name):
                greeting = Answer(entry_id=name, text=self._text(name, conversation))
                return self._answer(conversation, turn_id, item_ids, greeting, now)
            case Answer():
                return self._answer(conversation, turn_id, item_ids, decision, now)

    def _content(self, conversation: Conversation, item_ids: Sequence[str]) -> list[InboundItem]:
        """Return the items of a turn in its order, reading those that were not loaded with it."""
        records = {record.item_id: record for record in conversation.inbound}
        missing = self._desk.table.content(
            conversation.conversation_id,
            item_ids=[item_id for item_id in item_ids if item_id not in records],
        )
        records |= {record.item_id: record for record in missing.inbound}
        return [records[item_id].item for item_id in item_ids if item_id in records]

    def _answer(
        self,
        conversation: Conversation,
        turn_id: str,
        item_ids: Sequence[str],
        answer: Answer,
        now: datetime,
    ) -> BotOutcome:
        language = self._settings.language_of(conversation.address)
        entries = entries_in(self._settings.get(FaqSettings), language)
        command = AnswerAsBot(
            turn_id=turn_id,
            owner_version=conversation.state.owner.version,
            item_ids=tuple(item_ids),
            key=f"bot:{item_ids[-1]}:{_version(entries)}",
            text=self._worded(answer, conversation),
            buttons=self._buttons(conversation),
            promise=answer.promise,
            lease_seconds=self._settings.get(BotSettings).lease_seconds,
        )
        committed = self._desk.act(
            conversation.conversation_id,
            self._settings.under_terms(lambda _conversation, _terms: command),
            now,
            start=conversation,
        )
        after = committed.state
        if any(event.type == "MessageQueued" for event in committed.decision.events):
            logger.info("bot answered", entry_id=answer.entry_id)
            return BotOutcome(outcome="answered", more=after.turn is not None)
        if after.budget_left(now) <= 0:
            return BotOutcome(outcome="handoff", reason=HandoffReason.REPLY_BUDGET)
        if bot_may_answer(after, turn_id, conversation.state.owner.version):
            # Another attempt answered some of it, or a long burst pushed the oldest out of the
            # turn: to end here would leave the rest unanswered until the lease is over.
            return BotOutcome(outcome="answered", more=True)
        return BotOutcome(outcome="superseded")

    def _worded(self, answer: Answer, conversation: Conversation) -> str:
        """A bot says that it is one at the start of every stretch of its own."""
        if conversation.state.bot_answers or not self._settings.get(BotSettings).enabled:
            return answer.text
        return f"{self._text('bot_disclosure', conversation)}\n\n{answer.text}"

    def _text(
        self, name: Literal["bot_disclosure", "greeting", "help"], conversation: Conversation
    ) -> str:
        wording = name if self._has_people() else UNATTENDED[name]
        return self._settings.text(wording, conversation.address)

    def _buttons(self, conversation: Conversation) -> tuple[Button, ...]:
        if not self._has_people():
            return ()
        title = self._settings.text("talk_to_person_button", conversation.address)
        return (Button(id=TALK_TO_PERSON, title=title),)

    def _has_people(self) -> bool:
        """Tell whether anybody is named who would be rung: else no person is offered."""
        queues = self._settings.get(QueueSettings)
        return bool(queues.endpoints_of(queues.handoff_queue))


@lru_cache(maxsize=4)
def _version(entries: tuple[FaqEntry, ...]) -> str:
    """Name a set of answers: the same turn answered from other entries is another effect."""
    document = json.dumps([entry.model_dump(mode="json") for entry in entries], sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:8]
