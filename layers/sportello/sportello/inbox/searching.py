"""Conversations that are looked for: by id, name, handle or tag, or by words that were written.

Each word is asked for where it occurred last, as far as a bound; what has all of them is shown,
newest day first, if whoever looks may see it. Its row is read from the state, never from an entry.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

from sportello.inbox.keeping_words import text_of
from sportello.inbox.lists import MaySee
from sportello.inbox.row import InboxRow, inbox_row
from sportello.inbox.words import Reading, Term, conversation_in, readings, snippet
from sportello.messaging.identifiers import word_hash
from sportello.model import Model
from sportello.table.desk_table import DeskTable
from sportello.table.inbox.word_items import (
    WordEntry,
    is_of_tag,
    tag_partition,
    word_partition,
)
from sportello.table.items import Conversation

MOST_ENTRIES = 400
"""Of one word: about as much as ten read units show."""

LOOKED_THROUGH = 100
"""Conversations that a call reads; of somebody who sees little a page may hold nothing yet."""

_AT_ONCE = 25


class Hit(Model):
    """`day` is the last one on which it had the words, None for what was asked for by its id."""

    row: InboxRow
    day: str | None
    snippet: str


class Hits(Model):
    """`bounded` says that a word occurs too often for all of it to have been looked at.

    `goes_on_after` is the last position looked at, empty where nothing follows.
    """

    hits: tuple[Hit, ...]
    bounded: bool
    goes_on_after: str


class _Candidate(NamedTuple):
    """`source` is an item that has one of the words, `tags` are the tags it must still have.

    Its position names no conversation: the one a page ends at may be none of the asker's business.
    """

    day: str
    conversation_id: str
    source: str
    tags: tuple[str, ...]

    @property
    def position(self) -> str:
        name = hashlib.sha256(self.conversation_id.encode()).hexdigest()[:32]
        return f"{self.day}#{name}"


class _Candidates(NamedTuple):
    candidates: Sequence[_Candidate]
    bounded: bool


class Searching:
    """`may_see` says of a conversation whether whoever asks may know of it."""

    def __init__(self, table: DeskTable, key: Callable[[], bytes], may_see: MaySee) -> None:
        self._table = table
        self._words = table.words
        self._key = key
        self._may_see = may_see

    def search(self, query: str, after: str, limit: int) -> Hits:
        """Return what fits a query, behind a position."""
        if name := conversation_in(query):
            going_on = self._going_on([name])
            only = [Hit(row=inbox_row(each), day=None, snippet="") for each in going_on.values()]
            return Hits(hits=tuple(only), bounded=False, goes_on_after="")
        hits = Hits(hits=(), bounded=False, goes_on_after="")
        for reading in readings(query):
            hits = self._page(reading, after, limit)
            # Who may not see what one meaning leads to is told what another does.
            if hits.hits or hits.goes_on_after:
                break
        return hits

    def _page(self, reading: Reading, after: str, limit: int) -> Hits:
        looked_up = self._fitting(reading)
        behind = [each for each in looked_up.candidates if not after or each.position < after]
        chosen: dict[str, tuple[_Candidate, Conversation]] = {}
        last = ""
        for candidate, conversation in self._shown_to(behind):
            last = candidate.position
            if conversation:
                chosen.setdefault(conversation.conversation_id, (candidate, conversation))
            if len(chosen) == limit:
                break
        is_through = not behind or last == behind[-1].position
        return Hits(
            hits=self._shown(chosen.values(), reading),
            bounded=looked_up.bounded,
            goes_on_after="" if is_through else last,
        )

    # --- who has the words ----------------------------------------------------------------------

    def _fitting(self, reading: Reading) -> _Candidates:
        bounded = False
        groups: list[Mapping[str, WordEntry]] = []
        for terms in reading:
            newest: dict[str, WordEntry] = {}
            for term in terms:
                page = self._words.newest(self._partition(term), MOST_ENTRIES)
                bounded = bounded or page.there_are_more
                for entry in page.entries:
                    name = entry.conversation_id
                    newest[name] = _better(newest.get(name), entry)
            groups.append(newest)
        common = set(groups[0]).intersection(*groups) if groups else set()
        candidates = [_candidate([group[name] for group in groups]) for name in common]
        in_order = sorted(candidates, key=lambda each: each.position, reverse=True)
        return _Candidates(in_order, bounded)

    def _partition(self, term: Term) -> str:
        if term.kind == "tag":
            return tag_partition(term.text)
        return word_partition(word_hash(self._key(), term.kind, term.text))

    # --- what of it is shown --------------------------------------------------------------------

    def _shown_to(
        self, candidates: Sequence[_Candidate]
    ) -> Iterator[tuple[_Candidate, Conversation | None]]:
        """Yield candidates with the conversations that go on, None where it is not for the asker.

        They are read a few at a time, as far as whoever asks goes on, and no further than a call
        may look.
        """
        for some in batched(candidates[:LOOKED_THROUGH], _AT_ONCE, strict=False):
            going_on = self._going_on(each.conversation_id for each in some)
            for candidate in some:
                conversation = going_on.get(candidate.conversation_id)
                fits = conversation and _has_tags(conversation, candidate.tags)
                yield candidate, conversation if fits else None

    def _going_on(self, names: Iterable[str]) -> Mapping[str, Conversation]:
        """Return those that may be seen, or what goes on in their place, by the names asked for."""
        asked_for = self._table.load_several(names)
        moved = {name: each for name, each in asked_for.items() if each.state.goes_on_in}
        going_on = {
            name: self._table.load_going_on(each.state.goes_on_in) for name, each in moved.items()
        }
        return {
            name: conversation
            for name, conversation in (asked_for | going_on).items()
            if conversation.state.sequence and self._may_see(conversation.state)
        }

    def _shown(
        self, chosen: Iterable[tuple[_Candidate, Conversation]], reading: Reading
    ) -> tuple[Hit, ...]:
        chosen = tuple(chosen)
        sought = frozenset(term.text for terms in reading for term in terms)
        references = [(c.conversation_id, c.source) for c, _ in chosen if c.source]
        records = self._words.records(references)
        return tuple(
            Hit(
                row=inbox_row(conversation),
                day=candidate.day,
                snippet=snippet(text_of(record), sought) if record else "",
            )
            for candidate, conversation in chosen
            for record in [records.get((candidate.conversation_id, candidate.source))]
        )


def _better(one: WordEntry | None, other: WordEntry) -> WordEntry:
    """Return the entry of the later day, of one day that which leads to a text.

    A tag may have been taken away: what has the word as well is found by that.
    """
    if one is None:
        return other
    return max(one, other, key=lambda each: (not is_of_tag(each), each.day, bool(each.source)))


def _candidate(entries: Sequence[WordEntry]) -> _Candidate:
    """Return where somebody has all words: as of the latest day, with a text that has one."""
    latest = max(entry.day for entry in entries)
    sources = (entry.source for entry in entries if entry.source)
    tags = tuple(entry.partition for entry in entries if is_of_tag(entry))
    return _Candidate(latest, entries[0].conversation_id, next(sources, ""), tags)


def _has_tags(conversation: Conversation, partitions: Iterable[str]) -> bool:
    return set(partitions) <= set(map(tag_partition, conversation.state.tags))
