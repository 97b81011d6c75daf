"""What of a question decides by itself: numbers, days, times, sizes and the like. Pure.

"Are you open on Monday?" and "... on Tuesday?" have nearly all words in common and ask two things.
So a difference in a particular makes another question, however near the words are.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sportello.language.languages import Language
from sportello.language.numerals import composed
from sportello.language.particular_kinds import ParticularKind
from sportello.language.particular_pieces import Piece, piece_at, pieces_of
from sportello.language.particular_words import particular_words

_MOST = 60
"""Particulars of one text that are compared; a text with more is no frequent question."""
_REFERENCE_DIGITS = 5
"""A bare number this long names an order, a postcode, a phone: it belongs to the writer."""
_REACH = 3
"""Pieces: how far before a particular the word stands that relates to it: "after about the 3rd"."""

_CURRENCIES = frozenset({"eur", "usd", "gbp", "chf"})
_LAST_HOUR, _NOON, _LAST_DAY = 24, 12, 31
_SHORT_WORD = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_SINGLE_LETTER_SIZE = re.compile(r"[sml]")
_LONG_LETTER_SIZE = re.compile(r"x{1,4}[sl]")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{1,2}))?")


class Particular(NamedTuple):
    """`unit` is a number's, or the year of a date; where one text has none it may be any.

    `aside` is what customers tell beside their question: the number of an order, a day gone by.
    """

    kind: ParticularKind
    value: str
    unit: str = ""
    aside: bool = False

    def agrees_with(self, other: "Particular") -> bool:
        same_unit = self.unit == other.unit or not (self.unit and other.unit)
        return self.kind == other.kind and self.value == other.value and same_unit


class Reading(NamedTuple):
    """A text taken apart; `words` are those that name no particular, in order.

    `interrogatives` is what it asks for, as far as a word tells: where, when, who, why.
    """

    words: tuple[str, ...]
    particulars: tuple[Particular, ...]
    interrogatives: frozenset[str]

    def asks_the_same_as(self, stored: "Reading", whatever: Sequence[ParticularKind]) -> bool:
        """Tell whether a customer's text differs from a stored question in no particular.

        Every particular of either must be in the other, but for the customer's asides and the
        kinds that the answer holds for `whatever` they are.
        """
        interrogatives = self.interrogatives, stored.interrogatives
        if all(interrogatives) and not frozenset.intersection(*interrogatives):
            return False
        own = [each for each in self.particulars if each.kind not in whatever]
        theirs = [each for each in stored.particulars if each.kind not in whatever]
        decisive = [each for each in own if not each.aside]
        return _are_all_among(theirs, own) and _are_all_among(decisive, theirs)


def _are_all_among(these: Sequence[Particular], those: Sequence[Particular]) -> bool:
    return all(any(this.agrees_with(that) for that in those) for this in these)


def read(text: str, language: Language) -> Reading:
    pieces = list(pieces_of(text, particular_words(language)))
    relations = dict(_relations(pieces))
    words: list[str] = []
    particulars = list(relations.values())
    at = 0
    while at < len(pieces):
        length, particular = _first_fit(pieces, at)
        if particular is not None:
            particulars.append(_with_its_past(particular, pieces, at, at + length))
        elif at not in relations:
            words += pieces[at].words
        at += length
    interrogatives = frozenset(
        piece.roles["interrogative"] for piece in pieces if "interrogative" in piece.roles
    )
    return Reading(tuple(words), tuple(islice(dict.fromkeys(particulars), _MOST)), interrogatives)


type _Fit = tuple[int, Particular]
"""How many pieces a particular takes, and what it is."""


def _first_fit(pieces: Sequence[Piece], at: int) -> tuple[int, Particular | None]:
    fits = (rule(pieces, at) for rule in (_date, _time, _size, _price, _number))
    return next((fit for fit in fits if fit is not None), (1, None))


def _with_its_past(
    particular: Particular, pieces: Sequence[Piece], begin: int, end: int
) -> Particular:
    around = (piece_at(pieces, begin - 1), piece_at(pieces, end))
    match particular.kind:
        case ParticularKind.DATE:
            gone = any("past" in piece.roles for piece in around)
        case ParticularKind.NUMBER:
            gone = any({"past", "ago"} & piece.roles.keys() for piece in around)
        case _:
            gone = False
    return particular._replace(aside=True) if gone else particular


# --- dates ------------------------------------------------------------------------------------


def _date(pieces: Sequence[Piece], at: int) -> _Fit | None:
    piece = pieces[at]
    if piece.kind == "date":
        return 1, Particular(ParticularKind.DATE, piece.text, piece.year)
    if "weekday" in piece.roles:
        return _weekday(pieces, at)
    if "day" in piece.roles:
        return 1, Particular(ParticularKind.DATE, piece.roles["day"])
    if "past_day" in piece.roles:
        return 1, Particular(ParticularKind.DATE, piece.roles["past_day"], aside=True)
    return _day_and_month(pieces, at) or _month_and_day(pieces, at) or _month(pieces, at)


def _weekday(pieces: Sequence[Piece], at: int) -> _Fit:
    """A weekday that leads a date says nothing more than the date; "Monday to Friday" is one."""
    weekday = pieces[at].roles["weekday"]
    if "until" in piece_at(pieces, at + 1).roles:
        last = piece_at(pieces, at + 2).roles.get("weekday")
        if last:
            return 3, Particular(ParticularKind.DATE, f"weekdays {weekday} to {last}")
    begin = _behind_a_short_word(pieces, at + 1)
    if begin < len(pieces) and "weekday" not in pieces[begin].roles:
        fit = _date(pieces, begin)
        if fit and "-" in fit[1].value:
            return begin - at + fit[0], fit[1]
    return 1, Particular(ParticularKind.DATE, f"weekday {weekday}")


def _day_and_month(pieces: Sequence[Piece], at: int) -> _Fit | None:
    day = _day_number(pieces, at)
    if day is None:
        return None
    behind = _behind_a_short_word(pieces, at + day[0])
    for place in (at + day[0], behind):
        piece = piece_at(pieces, place)
        if month := _month_beside_number(piece) or _month_in_phrase(piece):
            return _dated(pieces, at, place + 1, f"{month}-{day[1]:02}")
    return None


def _month_and_day(pieces: Sequence[Piece], at: int) -> _Fit | None:
    month = _month_beside_number(pieces[at])
    if not month:
        return None
    for place in (at + 1, _behind_a_short_word(pieces, at + 1)):
        day = _day_number(pieces, place)
        if day is None:
            continue
        follows = piece_at(pieces, place + day[0])
        if not {"unit", "half_day", "month"} & follows.roles.keys():
            return _dated(pieces, at, place + day[0], f"{month}-{day[1]:02}")
    return None


def _month(pieces: Sequence[Piece], at: int) -> _Fit | None:
    """A name that is also another word, such as "may", tells a month beside a number only."""
    roles = pieces[at].roles
    if "month" not in roles or "month_beside_number" in roles:
        return None
    return _dated(pieces, at, at + 1, f"month {roles['month']}")


def _dated(pieces: Sequence[Piece], begin: int, end: int, value: str) -> _Fit:
    """Take the year that follows along."""
    for place in (end, _behind_a_short_word(pieces, end)):
        year = piece_at(pieces, place)
        if year.kind == "number" and _YEAR.fullmatch(year.text):
            return place + 1 - begin, Particular(ParticularKind.DATE, value, year.text)
    return end - begin, Particular(ParticularKind.DATE, value)


def _month_beside_number(piece: Piece) -> str:
    return piece.roles.get("month", "") or piece.roles.get("month_beside_number", "")


def _month_in_phrase(piece: Piece) -> str:
    """Return the month of "of may", which beside no number tells one too."""
    name, _, month = piece.roles.get("day", "").partition(" ")
    return month if name == "month" else ""


def _day_number(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """Return the pieces that a day of the month takes, and the day."""
    figure = _figure(pieces, at)
    if figure is None or not figure[1].isdecimal() or not 1 <= int(figure[1][:4]) <= _LAST_DAY:
        return None
    return figure[0], int(figure[1])


def _behind_a_short_word(pieces: Sequence[Piece], at: int) -> int:
    """Skip the word of "24th of December", "sabato il 24"."""
    piece = piece_at(pieces, at)
    return at + 1 if piece.kind == "word" and len(piece.text) <= _SHORT_WORD else at


# --- times ------------------------------------------------------------------------------------


def _time(pieces: Sequence[Piece], at: int) -> _Fit | None:
    piece = pieces[at]
    if "before_time" in piece.roles and (hour := _hour(pieces, at + 1, alone=True)):
        return hour[0] + 1, hour[1]
    if hour := _hour(pieces, at, alone=False):
        return hour
    if "time" in piece.roles:
        return 1, Particular(ParticularKind.TIME, piece.roles["time"])
    return None


def _hour(pieces: Sequence[Piece], at: int, *, alone: bool) -> _Fit | None:
    """Read "9:30" and "9 pm"; a bare number only if it stands `alone` behind "at"."""
    piece = piece_at(pieces, at)
    weak = str(piece.numeral) if piece.numeral is not None else ""
    length, figure = (
        (1, piece.text) if piece.kind == "clock" else (_figure(pieces, at) or (1, weak))
    )
    clock = _CLOCK.fullmatch(figure)
    if clock is None or int(clock[1]) > _LAST_HOUR:
        return None
    past = piece_at(pieces, at + length).roles.get("minutes_past", "")
    length += bool(past)
    follows = piece_at(pieces, at + length)
    half_day = follows.roles.get("half_day", "")
    names_other = "month" in follows.roles or follows.roles.get("unit", "hour") != "hour"
    if piece.kind != "clock" and not half_day and (not alone or names_other):
        return None
    hour, minute = int(clock[1]), past or (clock[2] or "").ljust(2, "0")
    if half_day:
        hour = hour % _NOON + (_NOON if half_day == "pm" else 0)
    length += bool(half_day) or "unit" in follows.roles  # "9 Uhr"
    return length, Particular(ParticularKind.TIME, f"{hour:02}:{minute}")


# --- sizes and numbers ------------------------------------------------------------------------


def _size(pieces: Sequence[Piece], at: int) -> _Fit | None:
    piece, follows = pieces[at], piece_at(pieces, at + 1)
    if piece.kind == "number" and follows.glued and _LONG_LETTER_SIZE.fullmatch(follows.text):
        letters = "x" * int(piece.text[:1]) + follows.text[-1]
        return 2, Particular(ParticularKind.SIZE, letters)
    single = follows.kind == "number" and (follows.glued or piece.letter)  # of a model: "S23"
    if not single and _SINGLE_LETTER_SIZE.fullmatch(piece.text):
        single = piece.letter or "size" in piece_at(pieces, at - 1).roles
    is_size = single and len(piece.text) == 1 and piece.kind == "word"
    if is_size or _LONG_LETTER_SIZE.fullmatch(piece.text):
        return 1, Particular(ParticularKind.SIZE, piece.text)
    return None


def _price(pieces: Sequence[Piece], at: int) -> _Fit | None:
    """Read a currency before its number: "€ 9"."""
    currency = pieces[at].roles.get("unit", "")
    figure = _figure(pieces, at + 1) if currency in _CURRENCIES else None
    if figure is None or "unit" in piece_at(pieces, at + 1 + figure[0]).roles:
        return None
    return figure[0] + 1, Particular(ParticularKind.NUMBER, figure[1], currency)


def _number(pieces: Sequence[Piece], at: int) -> _Fit | None:
    if fit := _rate(pieces, at):
        return fit
    marked = "number_mark" in pieces[at].roles and piece_at(pieces, at + 1).kind == "number"
    figure = _figure(pieces, at + marked)
    if figure is None:
        return None
    length, value = figure[0] + marked, figure[1]
    unit = piece_at(pieces, at + length).roles.get("unit", "")
    before = piece_at(pieces, at - 1)
    reference = "reference" in before.roles or before.text == "#"
    aside = not unit and (reference or len(value) >= _REFERENCE_DIGITS)
    return length + bool(unit), Particular(ParticularKind.NUMBER, value, unit, aside)


def _rate(pieces: Sequence[Piece], at: int) -> _Fit | None:
    """Read "per month" as "a month"; "al giorno 24" is no rate."""
    unit = piece_at(pieces, at + 1).roles.get("unit", "")
    counts_on = piece_at(pieces, at + 2).kind in {"number", "date"}
    if "each" not in pieces[at].roles or not unit or unit in _CURRENCIES or counts_on:
        return None
    return 2, Particular(ParticularKind.NUMBER, "1", unit)


def _figure(pieces: Sequence[Piece], at: int) -> tuple[int, str] | None:
    """Return the pieces that a number takes, in figures or in words, and its one spelling."""
    piece, follows = piece_at(pieces, at), piece_at(pieces, at + 1)
    if piece.kind == "number":
        ordinal = follows.glued and ("ordinal_ending" in follows.roles or follows.text == "\u00b0")
        return 1 + ordinal, piece.text
    if piece.numeral is None:
        return None
    if "numeral_before_unit" in piece.roles and "unit" not in follows.roles:
        return None
    return _said_number(pieces, at)


def _said_number(pieces: Sequence[Piece], at: int) -> tuple[int, str]:
    numerals: list[int] = []
    total, length = 0, 0
    end = at
    while (numeral := piece_at(pieces, end).numeral) is not None:
        further = composed((*numerals, numeral))
        if further is None:
            break
        numerals.append(numeral)
        end += 1
        total, length = further, end - at
        if "joins" in piece_at(pieces, end).roles and piece_at(pieces, end + 1).numeral is not None:
            end += 1
    return length, str(total)


# --- what relates to them ---------------------------------------------------------------------


def _relations(pieces: Sequence[Piece]) -> Iterator[tuple[int, Particular]]:
    for at, piece in enumerate(pieces):
        beside = any(map(_names_a_particular, pieces[at + 1 : at + 1 + _REACH]))
        relation = piece.roles.get("relation") or (
            piece.roles.get("relation_beside") if beside else None
        )
        if relation:
            yield at, Particular(ParticularKind.RELATION, relation)


def _names_a_particular(piece: Piece) -> bool:
    named = {"weekday", "month", "day", "past_day", "time"} & piece.roles.keys()
    return bool(named) or piece.kind in {"number", "date", "clock"} or piece.numeral is not None
