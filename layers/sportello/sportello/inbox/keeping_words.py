"""Words are kept behind everybody's back: from a queue, and never in the way of a message.

Of each text a few words, of each customer the names and handles, once until they change.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sportello.conversation.effects import WrittenText
from sportello.conversation.events import (
    Author,
    ConversationEvent,
    ItemNoted,
    MessageReceived,
    Utterance,
)
from sportello.inbox.word_request import KeepWordsRequest
from sportello.inbox.words import Term, handle_word, name_words, words_of
from sportello.messaging.identifiers import word_hash
from sportello.messaging.items import Content, FromCustomer, HandleChange, Message, Revoke
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbox.word_items import WordEntry, day_of, names_attributes, word_partition
from sportello.table.inbox.words_table import Record, position_of
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes
from sportello.table.stories.withdrawals import provider_names

NAMES_KEPT_AGAIN_AFTER = timedelta(days=30)
"""So that whoever goes on writing is found for as long as their words are kept."""

LOOKED_BACK = 50
MOST_LOOKED_AT = 100
"""Commits, and what was said in them, among which something is that is taken back."""


class KeepingWords:
    """`key` is the deployment's, `retention` how long a word is kept after it was written."""

    def __init__(self, table: DeskTable, key: bytes, retention: timedelta) -> None:
        self._table = table
        self._words = table.words
        self._key = key
        self._retention = retention

    def keep(self, request: KeepWordsRequest) -> int:
        """Keep the words of some items, let go of what others take back; returns how many."""
        references = ((item.conversation_id, item.sort_key) for item in request.items)
        # The table answers in any order, and of a word the last text counts.
        records = sorted(self._words.records(references).values(), key=written_at)
        texts = [each for record in records for each in self._of_text(record)]
        # Who writes several messages at once has their names looked at once.
        inbound = (each for each in records if isinstance(each, InboundRecord))
        newest = {each.conversation_id: each for each in sorted(inbound, key=_tells_names)}
        standing = self._words.names_marks(newest)
        entries: list[Attributes] = []
        marks = []
        for name, record in newest.items():
            if mark := self._missing_mark(record, *standing.get(name, ("", ""))):
                entries += self._entries(record, _names(record), "")
                marks.append(mark)
        # A word of a name that stands in a text too leads to the text.
        self._words.put_all([*entries, *texts])
        # Behind what they stand for: what breaks off before is done again.
        self._words.put_all(marks)
        gone = sum(self._withdraw(*each) for each in _taken_back(records).items())
        return len(entries) + len(texts) + len(marks) + gone

    def _withdraw(self, conversation_id: str, taken_back: Collection[str]) -> int:
        """Let go of the words that somebody takes back, as far as it was said lately.

        Of a day there is one entry of a word: whatever else has it then is found by it from now on.
        """
        messages = self._said_lately(conversation_id)
        gone_names = {*taken_back, *_taken_back(messages).get(conversation_id, ())}
        withdrawn = [
            each
            for each in messages
            if isinstance(each, InboundRecord)
            and not gone_names.isdisjoint(provider_names(each.item))
        ]
        sources = set(map(source_of, withdrawn))
        entries = {position_of(entry): entry for each in withdrawn for entry in self._of_text(each)}
        leads_to = self._words.sources(entries)
        gone = {name: entry for name, entry in entries.items() if leads_to.get(name) in sources}
        names = [entry for each in withdrawn for entry in self._entries(each, _names(each), "")]
        others = [e for each in messages if each not in withdrawn for e in self._of_text(each)]
        instead = {position_of(entry): entry for entry in (*names, *others)}
        self._words.put_all(instead[name] for name in gone if name in instead)
        self._words.delete_all(entry for name, entry in gone.items() if name not in instead)
        return len(gone)

    def _said_lately(self, conversation_id: str) -> Sequence[Record]:
        """Return the newest of what people wrote, the oldest of it first."""
        log = self._table.log_page(conversation_id, LOOKED_BACK)
        events = (event for commit in log for event in reversed(commit.events))
        parts = [part for event in events if (part := _what_people_wrote(event))]
        references = ((conversation_id, part) for part in parts[:MOST_LOOKED_AT])
        return sorted(self._words.records(references).values(), key=written_at)

    def _of_text(self, record: Record) -> Iterator[Attributes]:
        return self._entries(record, map(_as_word, words_of(text_of(record))), source_of(record))

    def _missing_mark(
        self, record: InboundRecord, stored_digest: str, since: str
    ) -> Attributes | None:
        """Return the mark that a customer's names are kept, unless it stands or they have none."""
        names = " ".join(term.text for term in _names(record))
        if not names or (stored_digest and not _tells_names(record)):
            return None
        name, at = record.conversation_id, written_at(record)
        digest = word_hash(self._key, "names", names)
        if stored_digest == digest and since > day_of(at - NAMES_KEPT_AGAIN_AFTER):
            return None
        return names_attributes(name, digest, day_of(at), at + self._retention)

    def _entries(self, record: Record, terms: Iterable[Term], source: str) -> Iterator[Attributes]:
        at = written_at(record)
        for term in terms:
            partition = word_partition(word_hash(self._key, term.kind, term.text))
            entry = WordEntry(partition, day_of(at), record.conversation_id, source)
            yield entry.to_attributes(at + self._retention)


def _what_people_wrote(event: ConversationEvent) -> str:
    """Return the sort key of what an event points at, empty where that has no words of people."""
    match event:
        case MessageReceived() | ItemNoted(kind="edit" | "echo" | "revoke"):
            return InboundRecord.sort_key(event.item_id)
        case Utterance(author=Author.AGENT):
            return EffectRecord.sort_key(event.effect_key)
        case _:
            return ""


def _taken_back(records: Iterable[Record]) -> Mapping[str, Collection[str]]:
    """Return, by conversation, what the provider calls the messages that somebody took back."""
    names: dict[str, set[str]] = {}
    for record in records:
        if isinstance(record, InboundRecord) and isinstance(record.item, Revoke):
            names.setdefault(record.conversation_id, set()).add(record.item.original_message_id)
    return names


def _as_word(word: str) -> Term:
    return Term("word", word)


def text_of(record: Record) -> str:
    """Return what somebody wrote; empty where a record holds no words."""
    content = record.item if isinstance(record, InboundRecord) else record.effect
    return content.text if isinstance(content, Content | WrittenText) else ""


def source_of(record: Record) -> str:
    if isinstance(record, InboundRecord):
        return record.sort_key(record.item_id)
    return record.sort_key(record.effect.key)


def written_at(record: Record) -> datetime:
    return record.received_at if isinstance(record, InboundRecord) else record.decided_at


def _tells_names(record: InboundRecord) -> bool:
    """Of whom an edit or an echo is, its handle alone tells: it is no news where more is kept."""
    return isinstance(record.item, Message | HandleChange)


def _names(record: Record) -> Iterator[Term]:
    item = record.item if isinstance(record, InboundRecord) else None
    if not isinstance(item, FromCustomer):
        return
    if isinstance(item, Message):
        yield from map(_as_word, name_words(item.display_name))
    for handle in (item.handle, item.reply_to, *item.other_handles):
        yield Term("handle", handle_word(handle))
