"""The words by which a language names numbers, days, times and the like: its `particulars.json`.

Names of weekdays and months are those of `spoken.json`, so that a language without the part has
these at least. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sportello.language.languages import by_language, part, shared_part
from sportello.language.spoken_forms import spoken_forms
from sportello.language.tokens import tokens

type Role = Literal[
    "weekday", "month", "month_beside_number", "day", "past_day", "time", "before_time", "half_day",
    "minutes_past", "numeral", "numeral_before_unit", "ordinal_ending", "unit", "reference",
    "number_mark", "past", "ago", "until", "relation", "relation_beside", "size", "interrogative",
    "aside", "joins", "each",
]  # fmt: skip

type Phrase = tuple[str, ...]

_BY_VALUE: Mapping[str, Role] = {
    "days": "day",
    "past_days": "past_day",
    "times": "time",
    "halves_of_day": "half_day",
    "minutes_past": "minutes_past",
    "numerals": "numeral",
    "numerals_before_units": "numeral_before_unit",
    "units": "unit",
    "relations": "relation",
    "relations_beside": "relation_beside",
    "interrogatives": "interrogative",
}
"""Lists of the part that give each phrase a value."""

_BARE: Mapping[str, Role] = {
    "before_times": "before_time",
    "ordinal_endings": "ordinal_ending",
    "references": "reference",
    "number_marks": "number_mark",
    "past": "past",
    "ago": "ago",
    "until": "until",
    "sizes": "size",
    "asides": "aside",
    "joins": "joins",
    "each": "each",
}
_BY_PLACE: Mapping[str, Role] = {
    "weekdays": "weekday",
    "months": "month",
    "months_beside_numbers": "month_beside_number",
}
"""Lists with a line for each weekday or month."""

_UNFINISHED = "-"
"""At the end of a numeral that only begins a longer word: "vent-"."""


class ParticularWords(NamedTuple):
    phrases: Mapping[Phrase, Mapping[Role, str]]
    longest: Mapping[str, int]
    """Words of the longest phrase that begins with a word."""
    numerals: Mapping[str, int]
    """What words of numbers are composed of."""
    unfinished: frozenset[str]
    joins: frozenset[str]


@by_language
def particular_words(language: str) -> ParticularWords:
    content: dict[str, Any] = part(language, "particulars") or {}
    phrases: dict[Phrase, dict[Role, str]] = {}
    longest: dict[str, int] = {}
    for role, value, spelling in _spellings(language, content):
        phrase = _phrase(spelling)
        phrases.setdefault(phrase, {})[role] = value
        longest[phrase[0]] = max(len(phrase), longest.get(phrase[0], 0))
    numerals = {
        (_phrase(spelling)[0], spelling.endswith(_UNFINISHED)): int(value)
        for name in ("numerals", "numerals_before_units")
        for value, lines in content.get(name, {}).items()
        for spelling in _each(lines)
    }
    return ParticularWords(
        phrases=phrases,
        longest=longest,
        numerals={word: value for (word, _), value in numerals.items()},
        unfinished=frozenset(word for word, unfinished in numerals if unfinished),
        joins=frozenset(_phrase(word)[0] for word in _each(content.get("joins", ()))),
    )


def _phrase(spelling: str) -> Phrase:
    return tuple(token.text for token in tokens(spelling))


def _spellings(language: str, content: Mapping[str, Any]) -> Iterator[tuple[Role, str, str]]:
    spoken = spoken_forms(language)
    yield from _by_place("weekday", spoken.weekdays)
    yield from _by_place("month", spoken.months)
    for unit, spellings in shared_part("units").items():
        yield from (("unit", unit, spelling) for spelling in spellings)
    for name, role in _BY_PLACE.items():
        yield from _by_place(role, content.get(name, ()))
    for name, role in _BARE.items():
        yield from ((role, "", spelling) for spelling in _each(content.get(name, ())))
    for name, role in _BY_VALUE.items():
        for value, spellings in content.get(name, {}).items():
            whole = (each for each in _each(spellings) if not each.endswith(_UNFINISHED))
            yield from ((role, value, spelling) for spelling in whole)


def _by_place(role: Role, lines: Sequence[str]) -> Iterator[tuple[Role, str, str]]:
    for number, line in enumerate(lines, 1):
        yield from ((role, f"{number:02}", word) for word in line.split())


def _each(lines: Iterable[str]) -> Iterator[str]:
    """Return the phrases of a list, one a line or several with commas between."""
    for line in lines:
        yield from (phrase.strip() for phrase in line.split(","))
