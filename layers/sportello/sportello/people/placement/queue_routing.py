"""Which queue a conversation is handed to: what the rules look at is gathered, and they decide."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sportello.aws.logs import logger
from sportello.bot.triage import turn_text
from sportello.conversation.terms import ServiceTerms
from sportello.language.detection import folded
from sportello.messaging.items import Message
from sportello.routing.queue_choice import Circumstances, QueueChoice, choose_queue
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation

READ_CHARACTERS = 4_000
"""Of what the customer wrote: whoever writes more has said by then what it is about."""

_WORD = re.compile(r"[^\W_]+")


class ChoosingQueues:
    def __init__(self, table: DeskTable) -> None:
        self._table = table

    def choose(
        self,
        conversation: Conversation,
        address: Address,
        terms: ServiceTerms,
        intent: str,
        now: datetime,
    ) -> QueueChoice:
        """Choose by the rules, or else the queue of all handoffs; reads texts if it needs any."""
        default, rules = terms.queues.handoff_queue, terms.routing.rules
        circumstances = _circumstances(conversation, address, terms, intent, now)
        choice = choose_queue(rules, circumstances)
        if choice.depends_on_words:
            looked_for = (word for rule in rules for word in rule.words)
            mentions = words_in(self._text(conversation), looked_for)
            choice = choose_queue(rules, circumstances._replace(words=mentions))
        if choice.queue in terms.queues.queues:
            return choice
        if choice.queue:
            logger.warning("a rule names a queue that is gone", rule=choice.rule)
        return choice.model_copy(update={"queue": default, "rule": ""})

    def _text(self, conversation: Conversation) -> str:
        """Read what the customer wrote since the last answer."""
        turn = conversation.state.turn
        item_ids = [item.item_id for item in turn.items] if turn else []
        content = self._table.content(conversation.conversation_id, item_ids=item_ids)
        records = {record.item_id: record.item for record in content.inbound}
        items = [records[item_id] for item_id in item_ids if item_id in records]
        return turn_text([item for item in items if isinstance(item, Message)])


def words_in(text: str, looked_for: Iterable[str]) -> frozenset[str]:
    """Return those words, or rows of words, that stand in a text as whole ones."""
    words = _spaced(text[:READ_CHARACTERS])
    return frozenset(word for word in looked_for if _of_a_rule(word) in words)


def _circumstances(
    conversation: Conversation,
    address: Address,
    terms: ServiceTerms,
    intent: str,
    now: datetime,
) -> Circumstances:
    return Circumstances(
        channel=address.channel,
        channel_kind=address.channel_kind,
        account=address.account_id,
        language=address.language,
        intent=intent,
        segment=conversation.state.segment,
        priority=conversation.state.priority,
        verified=address.verified,
        local=now.astimezone(terms.zone(terms.queues.handoff_queue)),
    )


def _spaced(text: str) -> str:
    """Return the words of a text, folded, each between spaces; digits are part of a word."""
    return f" {' '.join(_WORD.findall(folded(text)))} "


@lru_cache(maxsize=1_024)
def _of_a_rule(word: str) -> str:
    return _spaced(word)
