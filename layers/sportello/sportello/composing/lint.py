"""What is wrong with a reply, or might be, before a customer reads it. Pure.

It is said, not forbidden: whoever writes knows more than a rule does.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sportello.channel_kinds import Tone
from sportello.composing.lint_rules import LintRules, Severity
from sportello.messaging.text_splitting import split_text
from sportello.model import Model

MAX_FINDINGS = 50

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[.\-]\d{1,2}[.\-]\d{2,4}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\u2026\n]\s*[\"\u201c\u00ab(]?\s*)$")
_IBAN_MODULUS = 97
_SHORTEST_IBAN = 15


class Finding(Model):
    """`start` and `end` are code points of the text, `words` say it to who wrote it."""

    rule: str
    severity: Severity
    start: int
    end: int
    words: str


class _Spot(NamedTuple):
    """Where a rule is broken, and what its words say of it."""

    rule: str
    start: int
    end: int
    values: dict[str, Any]


def lint(text: str, rules: LintRules) -> tuple[Finding, ...]:
    """Return what was found, in the order of the text; the same for the same, at any time."""
    spots = sorted(_spots(text, rules), key=lambda spot: (spot.start, spot.end, spot.rule))
    return tuple(
        Finding(
            rule=spot.rule,
            severity=rules.severities[spot.rule],
            start=spot.start,
            end=spot.end,
            words=_in_words(rules, text, spot),
        )
        for spot in spots[:MAX_FINDINGS]
    )


def _spots(text: str, rules: LintRules) -> Iterator[_Spot]:
    yield from _length(text, rules)
    yield from _address(text, rules)
    yield from _phrases("blame", text, rules.blame)
    yield from _loud(text, rules)
    yield from _exclamations(text, rules)
    yield from _by_pattern(text, rules)


def _in_words(rules: LintRules, text: str, spot: _Spot) -> str:
    values = {"text": text[spot.start : spot.end], **spot.values}
    return rules.words[spot.rule].format_map({key: str(value) for key, value in values.items()})


def _length(text: str, rules: LintRules) -> Iterator[_Spot]:
    limit = rules.text_limit
    if limit is not None and rules.text_unit.length(text) > limit:
        parts = len(split_text(text, limit, unit=rules.text_unit))
        yield _Spot("parts", 0, len(text), {"parts": parts, "limit": limit})
    if len(text) > rules.longest:
        values = {"length": len(text), "longest": rules.longest}
        yield _Spot("long", rules.longest, len(text), values)


def _address(text: str, rules: LintRules) -> Iterator[_Spot]:
    """Hold how the customer is spoken to against the channel's tone, and against itself."""
    informal = list(_phrases("too_informal", text, rules.address.informal))
    formal = list(_phrases("too_formal", text, rules.address.formal))
    formal += _in_capitals(text, rules.address.formal_in_capitals)
    if rules.tone is Tone.FORMAL:
        yield from informal
    elif rules.tone is Tone.INFORMAL:
        yield from formal
    elif informal and formal:
        first = min((informal, formal), key=lambda spots: min(spot.start for spot in spots))
        other = formal if first is informal else informal
        yield from (spot._replace(rule="mixed_address") for spot in other)


def _in_capitals(text: str, words: Iterable[str]) -> list[_Spot]:
    """Find words that mean the customer only with a capital, where a sentence gives them none."""
    sought = frozenset(words)
    return [
        _Spot("too_formal", word.start(), word.end(), {})
        for word in _WORD.finditer(text)
        if word[0] in sought
        and not _SENTENCE_START.search(text[max(0, word.start() - 8) : word.start()])
    ]


def _phrases(rule: str, text: str, phrases: tuple[str, ...]) -> Iterator[_Spot]:
    if phrases:
        for hit in _any_of(phrases).finditer(text):
            yield _Spot(rule, hit.start(), hit.end(), {})


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    alternatives = "|".join(re.escape(phrase) for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _loud(text: str, rules: LintRules) -> Iterator[_Spot]:
    """Find words in capitals that stand in a row, as many as are no name any more."""
    words = list(_WORD.finditer(text))
    for loud, run in groupby(words, key=lambda word: word[0].isupper()):
        row = list(run)
        long_ones = sum(len(word[0]) >= rules.letters_of_a_loud_word for word in row)
        if loud and long_ones >= rules.loud_words:
            yield _Spot("capitals", row[0].start(), row[-1].end(), {})


def _exclamations(text: str, rules: LintRules) -> Iterator[_Spot]:
    marks = [position for position, letter in enumerate(text) if letter == "!"]
    most = rules.most_exclamation_marks
    if len(marks) > most:
        yield _Spot("exclamation_marks", marks[most], marks[-1] + 1, {"most": most})
        return
    for hit in _compiled(rules.patterns["exclamation_marks"]).finditer(text):
        yield _Spot("exclamation_marks", hit.start(), hit.end(), {"most": 1})


def _by_pattern(text: str, rules: LintRules) -> Iterator[_Spot]:
    """Find what a pattern shows, the surest first: what is a card's number is no telephone's."""
    taken: list[tuple[int, int]] = []
    for rule, pattern in rules.patterns.items():
        if rule == "exclamation_marks":
            continue
        for hit in _compiled(pattern).finditer(text):
            start, end = hit.start(), hit.start() + _extent(rule, hit[0])
            is_free = all(end <= other[0] or start >= other[1] for other in taken)
            if end > start and is_free:
                taken.append((start, end))
                yield _Spot(rule, start, end, {})


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _extent(rule: str, hit: str) -> int:
    """Look closer than a pattern can; return how much of what it shows it is, 0 if it is none."""
    match rule:
        case "iban":
            return _extent_of_iban(hit)
        case "card_number":
            digits = [int(letter) for letter in hit if letter.isdigit()]
            return len(hit) if _passes_luhn(digits) else 0
        case "phone_number":
            return 0 if _DATE.fullmatch(hit) else len(hit)
        case _:
            return len(hit)


def _extent_of_iban(text: str) -> int:
    """Find the longest beginning that checks; the words behind a number may look like more of it.

    ISO 7064 (97-10): letters count from 10 on, the first four come last.
    """
    for end in range(len(text), 0, -1):
        plain = text[:end].replace(" ", "").upper()
        if len(plain) < _SHORTEST_IBAN or text[end - 1] == " " or text[end : end + 1].isalnum():
            continue
        digits = "".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])
        if int(digits) % _IBAN_MODULUS == 1:
            return end
    return 0


def _passes_luhn(digits: list[int]) -> bool:
    doubled = [digit * 2 for digit in digits[-2::-2]]
    return (
        sum(digits[-1::-2]) + sum(map(sum, (map(int, str(each)) for each in doubled)))
    ) % 10 == 0
