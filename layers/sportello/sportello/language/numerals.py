"""Numbers said in words: "ventiquattro", "two hundred and fifty". Pure."""

from collections.abc import Iterable, Iterator

from sportello.language.particular_words import ParticularWords

_TEN, _TWENTY, _HUNDRED, _THOUSAND = 10, 20, 100, 1_000
_LONGEST_WORD = 40


def number_of(word: str, language: ParticularWords) -> int | None:
    """Return the number a single word says, None for any other word."""
    if word in language.numerals:
        return None if word in language.unfinished else language.numerals[word]
    if len(word) > _LONGEST_WORD:
        return None
    # The numerals that the word is composed of up to each of its letters, where it can be so read.
    readings: dict[int, tuple[int, ...]] = {0: ()}
    for start in range(len(word)):
        if start in readings:
            for end, numerals in _next_numerals(word, start, language):
                readings.setdefault(end, (*readings[start], *numerals))
    return composed(readings.get(len(word), ()))


def _next_numerals(
    word: str, start: int, language: ParticularWords
) -> Iterator[tuple[int, tuple[int, ...]]]:
    for numeral, value in language.numerals.items():
        end = start + len(numeral)
        finished = end < len(word) or numeral not in language.unfinished
        if finished and word.startswith(numeral, start):
            yield end, (value,)
    for join in language.joins if start else ():
        if word.startswith(join, start):
            yield start + len(join), ()


def composed(numerals: Iterable[int]) -> int | None:
    """Put numerals together as they follow one another; None where they make no one number."""
    thousands = current = 0
    numerals = tuple(numerals)
    for number in numerals:
        if number == _THOUSAND:
            thousands, current = thousands + max(current, 1) * _THOUSAND, 0
        elif number == _HUNDRED and current < _TEN:
            current = max(current, 1) * _HUNDRED
        elif _goes_on(current, number):
            current += number
        else:
            return None
    return thousands + current if numerals else None


def _goes_on(current: int, number: int) -> bool:
    """Tell whether a smaller numeral may follow; German says the ones before the tens."""
    below_hundred = current % _HUNDRED
    if not below_hundred:
        return not current or number < _HUNDRED
    tens_first = below_hundred >= _TWENTY and below_hundred % _TEN == 0 and 0 < number < _TEN
    ones_first = below_hundred < _TEN and number >= _TWENTY and number % _TEN == 0
    return tens_first or (ones_first and number < _HUNDRED)
