"""Which language a conversation is in, and what turns it into another: a sentence. Pure.

Addresses, brands, names of people, an order's number, a quotation and a courtesy say nothing about
the language of whoever writes them.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from sportello.language.detection import detect, evidence, folded, in_names, words
from sportello.language.languages import by_language, languages, part, shared_part
from sportello.language.thanks import is_thanks

_READ_CHARACTERS = 2_000

_WORDS = 3
_WORDS_OF_IT = 2
"""Least words of a sentence, one less for a question, and of those that tell its language."""
_STRONG_WORDS = 2
"""Least of these that are in no name and no greeting, if it has words of the language so far."""
_SHARE_OF_WORDS = 0.3
_TIMES_AS_MANY = 2
"""As the language spoken so far has: a sentence may hold words of it."""

_QUOTATION = re.compile(
    r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|\u00ab[^\u00bb]*\u00bb|\u201e[^\u201c]*\u201c"
)
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_TITLE_WORDS = 3
_NAMES_AT_BEGINNING = 3
"""A sentence begins with a capital anyway: so many in a row make a name of its first word too."""


class _Weights(NamedTuple):
    strong: int
    """Words that decide, since no name is made of them."""
    all: int


def language_of_message(text: str, current: str, hint: str) -> str:
    """Return the language a conversation is in after a message, empty where nobody knows.

    `current` is that of the messages before, `hint` what the customer's app says. A hint counts
    where no words have told yet.
    """
    own = _own_words(text[:_READ_CHARACTERS])
    if current not in languages():
        weights = {language: _weights(own, language) for language in languages()}
        most = max(weight.strong for weight in weights.values())
        leading = [language for language, weight in weights.items() if weight.strong == most]
        if most and len(leading) == 1:
            return leading[0]
        return detect("", [hint]) or detect(own) or ""
    if is_thanks(text, current):
        return current
    if len(own.split()) <= _TITLE_WORDS and own.istitle():
        return current
    is_question = text.rstrip().endswith("?")
    return _language_of_sentence(own, current, is_question=is_question) or current


def _language_of_sentence(own: str, current: str, *, is_question: bool) -> str | None:
    """Return the other language that most of the words are of, if they are words of a sentence."""
    total = len(words(own))
    if total < _WORDS - is_question:
        return None
    rival = _weights(own, current, without_greetings=True)
    least_strong = max(_STRONG_WORDS if rival.all else 1, _TIMES_AS_MANY * rival.strong)
    least = max(_WORDS_OF_IT, _SHARE_OF_WORDS * total, _TIMES_AS_MANY * rival.all)
    others = {
        language: weights
        for language in languages()
        if language != current
        and (weights := _weights(own, language, without_greetings=True)).strong >= least_strong
        and weights.all + _courtesies_within(own, language) >= least
    }
    return max(others, key=lambda language: others[language], default=None)


def _courtesies_within(text: str, language: str) -> int:
    """Count those that open nothing: "I need help" is a sentence, "Ciao a tutti" is none."""
    within = frozenset(words(text)[1:])
    return len(within & evidence(language) & _greetings(language))


def _weights(text: str, language: str, *, without_greetings: bool = False) -> _Weights:
    spoken = frozenset(words(text)) & evidence(language)
    if without_greetings:
        spoken -= _greetings(language)
    return _Weights(len(spoken - in_names(language)), len(spoken))


@by_language
def _greetings(language: str) -> frozenset[str]:
    lists = part(language, "stop_words") or {}
    return frozenset(words(" ".join(lists.get("greetings_and_thanks", ()))))


# --- the customer's own words -----------------------------------------------------------------


def _own_words(text: str) -> str:
    """Leave out what is quoted, links, and names as far as capitals tell them."""
    lines = (line for line in text.splitlines() if not _is_quoted(line))
    plain = _ADDRESS.sub(" ", _QUOTATION.sub(" ", "\n".join(lines)))
    return "\n".join(_without_names(sentence) for sentence in _SENTENCE.findall(plain))


def _is_quoted(line: str) -> bool:
    mark, colon, _ = line.partition(":")
    return line.lstrip().startswith(">") or (
        bool(colon) and folded(mark).strip() in _subject_marks()
    )


@cache
def _subject_marks() -> frozenset[str]:
    return frozenset(map(folded, shared_part("subject_marks")))


def _without_names(sentence: str) -> str:
    spoken: list[str] = _WORD.findall(sentence)
    capitals = [word[0].isupper() for word in spoken]
    if not spoken or all(capitals):
        return sentence
    names = set(_places_of_names(spoken, capitals))
    return " ".join(word for place, word in enumerate(spoken) if place not in names)


def _places_of_names(spoken: list[str], capitals: list[bool]) -> Iterator[int]:
    """Find runs of capitals, small words that stand inside names between them."""
    small = frozenset().union(*map(in_names, languages()))
    begin = 0
    while begin < len(spoken):
        end = begin
        while end < len(spoken) and (
            capitals[end] or (end > begin and folded(spoken[end]) in small)
        ):
            end += 1
        while end > begin and not capitals[end - 1]:
            end -= 1
        count = sum(capitals[begin:end])
        if begin or count >= _NAMES_AT_BEGINNING or (count > 1 and count < end - begin):
            yield from range(begin, end)
        begin = max(end, begin + 1)
