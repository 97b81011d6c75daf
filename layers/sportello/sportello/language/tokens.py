"""A text as words, figures and signs, each figure in one spelling however it was written. Pure."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from sportello.language.detection import folded, unaccented

type TokenKind = Literal["word", "number", "date", "clock", "sign"]

_MONTHS = 12
_DAYS = 31
_CENTURY = "20"

_TOKEN = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2}(?!\d)"
    r"|\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?(?![/\d])"
    r"|\d{1,2}(?P<mark>[.-])\d{1,2}(?P=mark)(?:\d{4}|\d{2})(?!\d)"
    r"|\d{1,2}\.\d{1,2}\.(?!\d))"
    r"|(?P<clock>\d{1,2}[:h]\d{2}(?!\d))"
    r"|(?P<number>\d+(?:[.,'\u2019]\d+)*)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>[€$£%#\u00b0])"
)
_WITH_ADDRESS = re.compile(r"@|://|^www\.")
_THOUSANDS = re.compile(r"([1-9]\d{0,2}(?:([.,'\u2019])\d{3})(?:\2\d{3})*)(?:[.,](\d+))?")
_DECIMAL = re.compile(r"(\d+)(?:[.,](\d+))?")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[\u00a0\u202f](?=\d{3})")
_FRACTIONS = str.maketrans({"\u00bd": ".5", "\u00bc": ".25", "\u00be": ".75"})
_APOSTROPHES = "'\u2019"


class Token(NamedTuple):
    """`text` is the word folded, the number without separators, a date as `MM-DD`, a time `HH:MM`.

    `year` is a date's, if it was written; `glued` to what stands before; `letter` is a single
    capital that stands alone.
    """

    kind: TokenKind
    text: str
    year: str = ""
    glued: bool = False
    letter: bool = False


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text; the figures of links and e-mail addresses are not read."""
    plain = unaccented(_with_plain_numbers(_without_figures_of_addresses(text)))
    shouted = plain.isupper()
    end = 0
    for match in _TOKEN.finditer(plain):
        glued = match.start() == end and end > 0
        end = match.end()
        written = match[0]
        match match.lastgroup:
            case "word":
                around = plain[match.start() - 1 : match.start()] + plain[end : end + 1]
                alone = not any(sign in around for sign in _APOSTROPHES)
                letter = alone and not shouted and len(written) == 1 and written.isupper()
                yield Token("word", folded(written), glued=glued, letter=letter)
            case "clock":
                hour, minute = re.split("[:h]", written)
                yield Token("clock", f"{int(hour):02}:{minute}")
            case "sign":
                yield Token("sign", written, glued=glued)
            case "number":
                yield Token("number", _one_spelling(written), glued=glued)
            case _:
                yield from _date(written)


def _with_plain_numbers(text: str) -> str:
    return _SPACE_IN_NUMBER.sub("'", text).translate(_FRACTIONS)


def _without_figures_of_addresses(text: str) -> str:
    if "@" not in text and "://" not in text and "www." not in text:
        return text
    pieces = re.split(r"(\s+)", text)
    return "".join(
        re.sub(r"\d", " ", piece) if _WITH_ADDRESS.search(piece) else piece for piece in pieces
    )


def _date(written: str) -> Iterator[Token]:
    """Day and month come in this order unless that makes no date; else they are plain numbers."""
    parts = re.findall(r"\d+", written)
    if len(parts[0]) > len("31"):
        year, month, day = parts
    else:
        day, month, year = (*parts, "")[:3]
    if int(month) > _MONTHS:
        day, month = month, day
    if 1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS:
        year = _CENTURY + year if len(year) == len("26") else year
        yield Token("date", f"{int(month):02}-{int(day):02}", year=year)
    else:
        yield from (Token("number", _one_spelling(part)) for part in parts)


def _one_spelling(written: str) -> str:
    """Write "1.000" and "1,000" as 1000, "9,90" as 9.9; what is neither stays as it is."""
    if match := _THOUSANDS.fullmatch(written):
        whole, fraction = re.sub(r"\D", "", match[1]), match[3]
    elif match := _DECIMAL.fullmatch(written):
        whole, fraction = match.groups()
    else:
        return written
    whole, fraction = whole.lstrip("0") or "0", (fraction or "").rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
