"""The words of a text by which it is found, and those that somebody looks for. Pure."""

import re
from itertools import islice
from typing import Literal, NamedTuple

from sportello.language.detection import folded, word_set
from sportello.language.languages import by_language, languages, part
from sportello.messaging.identifiers import CONVERSATION_ID

MOST_WORDS = 24
"""Of one text; each is a write. What a mail says at its end is not found."""

MOST_SOUGHT = 4
_READ_CHARACTERS = 8_000
_LONGEST_WORD = 32
_SHORTEST_WORD = 2
_PREFIXES = range(3, 9)
"""Letters by which a name is found before it is written out."""

_MOST_NAME_WORDS = 5
_LEAST_DIGITS = 6

_WORD = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]+", re.ASCII)
_LIKE_A_HANDLE = re.compile(r"\S*[\d@._\-]\S*")
"""An address, or a platform's name for somebody: without a gap, and more than letters."""

_TAG = re.compile(r"[a-z0-9][a-z0-9_\-]{0,63}", re.ASCII)


class Term(NamedTuple):
    """What stands in a partition of its own; a `word` is one of a text, or begins one of a name."""

    kind: Literal["word", "handle", "tag"]
    text: str


type Reading = tuple[tuple[Term, ...], ...]
"""A conversation fits that has one term of each group."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the first words of a text that say something, each once, folded."""
    empty = _empty_words()
    spoken = dict.fromkeys(word for word in _all_words(text) if word not in empty)
    return tuple(islice(spoken, MOST_WORDS))


def name_words(name: str) -> tuple[str, ...]:
    """Return a name's words and what they begin with."""
    words = islice(_all_words(name), _MOST_NAME_WORDS)
    begun = (each for word in words for each in (*(word[:n] for n in _PREFIXES), word))
    return tuple(dict.fromkeys(begun))


def handle_word(handle: str) -> str:
    """Return a handle as it is looked for, without its kind: a number's digits, an address."""
    return _plain_handle(handle.partition(":")[2])


def _plain_handle(written: str) -> str:
    text = written.strip().removeprefix("@")
    if _PHONE.fullmatch(text):
        return re.sub(r"\D", "", text).removeprefix("00")
    return text.casefold()


def conversation_in(query: str) -> str:
    """Return the conversation that a query names by its id; empty if it is none."""
    text = query.strip().lower()
    return text if CONVERSATION_ID.fullmatch(text) else ""


def readings(query: str) -> list[Reading]:
    """Return what a query may mean; the next is tried where one leads nowhere."""
    text = query.strip()
    if text.startswith("#"):
        return [((Term("tag", text[1:].strip().casefold()),),)]
    by_words = _by_words(text)
    digits = len(re.sub(r"\D", "", text))
    is_number = bool(_PHONE.fullmatch(text)) and digits >= _LEAST_DIGITS
    if is_number or _LIKE_A_HANDLE.fullmatch(text):
        by_handle: Reading = ((Term("handle", _plain_handle(text)),),)
        return [by_handle, by_words] if by_words else [by_handle]
    return [by_words] if by_words else []


def _by_words(text: str) -> Reading:
    all_words = tuple(dict.fromkeys(_all_words(text)))
    empty = _empty_words()
    words = tuple(word for word in all_words if word not in empty) or all_words
    # Long words are rare ones; whoever writes more than fits means those most of all.
    longest = sorted(sorted(words, key=len, reverse=True)[:MOST_SOUGHT], key=words.index)
    groups = [(Term("word", word),) for word in longest]
    tag = text.casefold()
    if len(groups) <= 1 and _TAG.fullmatch(tag):
        return ((*(term for group in groups for term in group), Term("tag", tag)),)
    return tuple(groups)


def _all_words(text: str) -> list[str]:
    words = _WORD.findall(folded(text[:_READ_CHARACTERS]))
    return [word[:_LONGEST_WORD] for word in words if len(word) >= _SHORTEST_WORD]


def _empty_words() -> frozenset[str]:
    return frozenset().union(*map(_empty_words_of, languages()))


@by_language
def _empty_words_of(language: str) -> frozenset[str]:
    """Return the words of a language that stand in any text."""
    lists = part(language, "stop_words") or {}
    return word_set(lists.get("function_words", ())) | word_set(
        lists.get("greetings_and_thanks", ())
    )


# --- what is shown of a text --------------------------------------------------------------------

_SHOWN, _SHOWN_BEFORE = 160, 50


def snippet(text: str, sought: frozenset[str]) -> str:
    """Return the part of a text around the first of the words that are looked for, in one line."""
    start = next((m.start() for m in _WORD.finditer(text) if folded(m[0]) in sought), 0)
    begin = _at_a_gap(text, max(0, start - _SHOWN_BEFORE))
    line = " ".join(text[begin : begin + 4 * _SHOWN].split())
    shown = line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
    return f"…{shown}" if begin else shown


def _at_a_gap(text: str, place: int) -> int:
    """Return the end of the gap before a place, so that no word is cut."""
    gap = max(text.rfind(" ", 0, place), text.rfind("\n", 0, place)) if place else -1
    return gap + 1
