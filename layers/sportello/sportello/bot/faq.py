"""Answers to frequent questions, found by their words: ranked text search, no model, no network.

The packaged entries say only what is true of any business; one replaces them through settings.
Unknown must be reliably unknown: a wrong answer costs more than a hand-over to a person.
"""

import math
import re
import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from sportello.bot.faq_entry import FaqEntry
from sportello.bot.settings import FaqSettings
from sportello.language.detection import word_set
from sportello.language.languages import Language, by_language, part
from sportello.language.particular_kinds import ParticularKind
from sportello.language.particulars import Reading, read

THRESHOLD = 0.72
"""Least confidence of an answer. Chosen on the tables of `tests/sportello/bot/test_faq.py`: no
off-topic question there reaches it; a lower one answers some, a higher one loses known ones."""

_READ_CHARACTERS = 4_000
_READ_STEMS = 40
"""Bounds of a query: beyond them a text is a story, and no frequent question."""

_LONGEST_WORD = 40
"""Letters; the stems of words are remembered, and customers may write anything."""

_STEMS_IN_MEMORY = 4_096

_CANDIDATES = 12

_NEGATION = "not"
_APOSTROPHE = "['\u2019]"
_NOWHERE = re.compile("(?!)")

_NO_WORD = re.compile(r"\W")
_SENTENCE = re.compile(r"[^.!?\n]+\??")
_NAME = re.compile(r"(?<=[a-zà-ÿ,;'’] )[A-ZÀ-Þ][a-zà-ÿ]+")  # noqa: RUF001 -- as people type


class FaqMatch(NamedTuple):
    entry: FaqEntry
    confidence: float
    """0 to 1: the harmonic mean of two shares, 1 being a stored question, inflection aside.

    How much of what was asked the entry knows, rare words counting most; and how much of its
    nearest stored question was asked. Half of that, and so never sure, where a number, a day or
    another particular is not the same."""
    question: str = ""
    """The stored question that is nearest."""
    asks_the_same: bool = True
    """Whether both have the same particulars."""


class _Question(NamedTuple):
    """What a text asks: by its stems it is found, in its reading it must agree."""

    stems: frozenset[str]
    terms: frozenset[str]
    """Its particulars, as words to search for."""
    reading: Reading

    def asks_the_same_as(
        self, stored: "_Question", holds_for_any: Sequence[ParticularKind]
    ) -> bool:
        negated = _NEGATION in self.reading.words, _NEGATION in stored.reading.words
        same_particulars = self.reading.asks_the_same_as(stored.reading, holds_for_any)
        return same_particulars and negated[0] == negated[1]


class _Phrase(NamedTuple):
    """A stored question as it was written and is understood; `position` is its entry's."""

    position: int
    words: str
    question: _Question


def _question(text: str, language: Language) -> _Question:
    """Understand a text; one of particulars alone, such as "24/12", has them for its matter."""
    reading = _reading(text, language)
    terms = frozenset(
        _NO_WORD.sub("", f"{each.kind}{each.value}").lower() for each in reading.particulars
    )
    return _Question(frozenset(_stems(reading.words, language)) or terms, terms, reading)


class FaqIndex:
    """Entries of one language, searchable; built at the first search, kept in memory."""

    def __init__(self, entries: Sequence[FaqEntry], language: Language) -> None:
        self._entries = tuple(entries)
        self._language: Language = language

    def best(self, question: str) -> FaqMatch | None:
        """Return the entry that answers, None when no confidence reaches THRESHOLD.

        The messages of a burst are one question, joined by newlines. Where the whole is not sure,
        its sentences with a question mark are asked by themselves, and must agree: "How long does
        delivery take? I ordered yesterday" is answered, two different questions are not.
        """
        whole = self._sure(question)
        if whole is not None:
            return whole
        sentences = _SENTENCE.findall(question[:_READ_CHARACTERS])
        questions = [sentence for sentence in sentences if sentence.endswith("?")]
        answers = {match.entry.id: match for each in questions if (match := self._sure(each))}
        unsure = any(self._sure(each) is None for each in questions)
        return answers.popitem()[1] if len(answers) == 1 and not unsure else None

    def _sure(self, question: str) -> FaqMatch | None:
        match = self.closest(question)
        return match if match is not None and match.confidence >= THRESHOLD else None

    def closest(self, question: str) -> FaqMatch | None:
        """Return the nearest entry however far it is: a near miss, to learn from."""
        return next(iter(self.nearest(question, 1)), None)

    def nearest(self, question: str, most: int) -> list[FaqMatch]:
        """Return the nearest entries however far, each by the question that is nearest."""
        query = _question(question, self._language)
        names = {
            stem
            for name in _names(question, self._language)
            for stem in content_stems(name, self._language)
            if not self._entries_with[stem]
        }
        if not query.stems - names:
            return []
        matches = [
            self._match(query, names, row) for row in self._search(query.stems | query.terms)
        ]
        # Of entries equally near, the one ranked first by the search.
        in_order = sorted(matches, key=lambda match: match.confidence, reverse=True)
        by_entry: dict[FaqEntry, FaqMatch] = {}
        for match in in_order:
            by_entry.setdefault(match.entry, match)
        return list(by_entry.values())[:most]

    def _match(self, query: _Question, names: AbstractSet[str], row: int) -> FaqMatch:
        position, words, stored = self._phrases[row]
        entry, phrase = self._entries[position], stored.stems
        # Names are asides only where all of the stored question was asked: "to Spain" is none
        # beside a question about France.
        matter = query.stems - (names if phrase <= query.stems else set())
        shared = matter & self._vocabularies[position]
        # Squared, because a word the entry does not know mostly means another matter.
        precision = (self._weight(shared) / self._weight(matter)) ** 2
        recall = len(matter & phrase) / len(phrase)
        confidence = 2 * precision * recall / (precision + recall) if precision and recall else 0.0
        same = query.asks_the_same_as(stored, entry.holds_for_any)
        return FaqMatch(entry, confidence if same else confidence / 2, words, same)

    def _search(self, terms: Iterable[str]) -> list[int]:
        # A term holds word characters only: quoted, it is plain whatever a customer typed.
        matching = " OR ".join(f'"{term}"' for term in terms)
        rows = self._database.execute(
            "SELECT rowid FROM phrase WHERE phrase MATCH ? ORDER BY bm25(phrase) LIMIT ?",
            (matching, _CANDIDATES),
        )
        return [row for (row,) in rows]

    @cached_property
    def _database(self) -> sqlite3.Connection:
        # Written once, here, then only read: safe to share between threads.
        database = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, database.close)
        database.execute("CREATE VIRTUAL TABLE phrase USING fts5(stems, tokenize='unicode61')")
        database.executemany(
            "INSERT INTO phrase (rowid, stems) VALUES (?, ?)",
            (
                (row, " ".join(sorted(phrase.question.stems | phrase.question.terms)))
                for row, phrase in enumerate(self._phrases)
            ),
        )
        return database

    @cached_property
    def _phrases(self) -> list[_Phrase]:
        """Every stored question that has anything to be found by."""
        stored = (
            _Phrase(position, question, _question(question, self._language))
            for position, entry in enumerate(self._entries)
            for question in entry.questions
        )
        return [phrase for phrase in stored if phrase.question.stems]

    @cached_property
    def _vocabularies(self) -> list[frozenset[str]]:
        vocabularies: list[set[str]] = [set() for _ in self._entries]
        for phrase in self._phrases:
            vocabularies[phrase.position] |= phrase.question.stems
        return [frozenset(vocabulary) for vocabulary in vocabularies]

    @cached_property
    def _entries_with(self) -> Counter[str]:
        return Counter(stem for vocabulary in self._vocabularies for stem in vocabulary)

    def _weight(self, stems: Iterable[str]) -> float:
        """Add up how telling stems are: one that few entries use, or none, tells the most."""
        total = len(self._entries)
        return sum(math.log1p(total / max(1, self._entries_with[stem])) for stem in stems)


@by_language
def packaged_entries(language: Language) -> tuple[FaqEntry, ...]:
    """Load the entries a fresh deployment answers with: wording true of any business."""
    return TypeAdapter(tuple[FaqEntry, ...]).validate_python(part(language, "faq") or ())


@by_language
def packaged_index(language: Language) -> FaqIndex:
    return FaqIndex(packaged_entries(language), language)


def entries_in(settings: FaqSettings, language: Language) -> tuple[FaqEntry, ...]:
    """Return the business's own entries of a language, the packaged ones where it has said none."""
    own = settings.entries.get(language)
    return packaged_entries(language) if own is None else own


def index_of(settings: FaqSettings, language: Language) -> FaqIndex:
    own = settings.entries.get(language)
    return packaged_index(language) if own is None else _own_index(own, language)


@lru_cache(maxsize=4)
def _own_index(entries: tuple[FaqEntry, ...], language: Language) -> FaqIndex:
    return FaqIndex(entries, language)


def _names(text: str, language: Language) -> list[str]:
    """Return the words written as names inside a sentence: whom or where, seldom what is asked."""
    if not _search_words(language).capitals_mark_names:
        return []
    return _NAME.findall(text[:_READ_CHARACTERS])


def content_stems(text: str, language: Language) -> list[str]:
    """Reduce a text to the stems that carry its matter, each once, in order.

    Greetings and thanks count only where the text says nothing else.
    """
    return _stems(_reading(text, language).words, language)


def _reading(text: str, language: Language) -> Reading:
    """Take a text apart, its negations one word."""
    search = _search_words(language)
    reading = read(search.negating_endings.sub(f" {_NEGATION}", text[:_READ_CHARACTERS]), language)
    plain = (_NEGATION if word in search.negations else word for word in reading.words)
    return reading._replace(words=tuple(plain))


def _stems(words: Sequence[str], language: Language) -> list[str]:
    search = _search_words(language)
    telling = [word for word in words if word not in search.function_words]
    matter = [word for word in telling if word not in search.greetings_and_thanks]
    chosen = matter if set(matter) - {_NEGATION} else telling
    stems = map(_stem(language), (word[:_LONGEST_WORD] for word in dict.fromkeys(chosen)))
    return list(dict.fromkeys(stems))[:_READ_STEMS]


class _SearchWords(NamedTuple):
    function_words: frozenset[str]
    greetings_and_thanks: frozenset[str]
    negations: frozenset[str]
    negating_endings: re.Pattern[str]
    """As in "doesn't" and "can't"; where a language has none, it fits nowhere."""
    capitals_mark_names: bool
    """Not where every noun has one."""


@by_language
def _search_words(language: Language) -> _SearchWords:
    lists = part(language, "stop_words") or {}
    endings = "|".join(map(re.escape, lists.get("negating_endings", ()))).replace("'", _APOSTROPHE)
    return _SearchWords(
        function_words=word_set(lists.get("function_words", ())),
        greetings_and_thanks=word_set(lists.get("greetings_and_thanks", ())),
        negations=word_set(lists.get("negations", ())),
        negating_endings=re.compile(rf"(?:{endings})\b") if endings else _NOWHERE,
        capitals_mark_names=part(language, "about").get("capitals_mark_names", False),
    )


@by_language
def _stem(language: Language) -> Callable[[str], str]:
    """Return what takes a word to its stem: the word itself where a language has no stemmer."""
    name = part(language, "about").get("stemmer")
    if name is None:
        return str
    # Thirty languages come with it, 40 ms of a cold start: only for whoever does search.
    import snowballstemmer  # noqa: PLC0415

    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return lru_cache(maxsize=_STEMS_IN_MEMORY)(stem)
