"""Cutting a text that is longer than one message may be on a channel."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import regex

from sportello.messaging.capabilities import TextUnit

_CLUSTER = regex.compile(r"\X")
_URL = regex.compile(r"(?:https?://|www\.|mailto:)\S*[^\s.,;:!?\"'»)\]}>]", regex.IGNORECASE)
_NO_BREAK_SPACES = frozenset("\u00a0\u2007\u202f")
_LINE_END = regex.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")

_ABBREVIATIONS = (
    r"sig|sig\.ra|sigg|dott|dott\.ssa|avv|ing|prof|gent|spett|es|ecc|art|tel|pag|cod|rif|nr|n"
    r"|mr|mrs|ms|dr|st|no|vs|e\.g|i\.e|etc|approx|ref"
)
_SENTENCE_END = regex.compile(
    rf"(?:(?<!\b(?:{_ABBREVIATIONS}))\.|[!?\u2026])[.!?\u2026]*[\"'\u201d\u2019»)\]]*$",
    regex.IGNORECASE,
)
_SENTENCE_END_REACH = 24
"""How far back a sentence end is looked for: the longest abbreviation and its closing marks."""

_WIDEST = "\U0010ffff"

_NO_BREAK, _WORD, _SENTENCE, _LINE, _PARAGRAPH = range(5)


class _Break(NamedTuple):
    """A run of white space between two words, and what else it parts."""

    start: int
    end: int
    strength: int


class _Limits(NamedTuple):
    """How much a part holds, in what, and how much the last one does."""

    part: int
    last: int
    unit: TextUnit


def split_text(
    text: str, limit: int, *, last_limit: int | None = None, unit: TextUnit = TextUnit.CODE_POINT
) -> tuple[str, ...]:
    """Cut a text into parts of at most `limit` units, as few words apart as it must.

    A cut falls at the last paragraph that fits, else line, else sentence, else word; the white
    space there, and around the whole text, is dropped. A no-break space is broken at only for
    want of another. Only a word longer than the limit is cut inside: around its URLs where they
    fit, else between grapheme clusters. The limit is the provider's and absolute, so a cluster
    longer than it is cut too, between code points.
    The last part keeps to `last_limit` as well, unless it is one word that does not.
    A text of nothing but white space has no parts.
    """
    if limit < unit.length(_WIDEST):
        raise ValueError(f"a part holds at least one character, not {limit}")
    limits = _Limits(limit, limit if last_limit is None else min(limit, last_limit), unit)
    text = text.strip()
    if unit.length(text) <= limits.last:
        return (text,) if text else ()
    return tuple(_parts(text, limits))


def _parts(text: str, limits: _Limits) -> Iterator[str]:
    borders = _cluster_borders(text)
    breaks = _breaks(text, borders)
    urls = [url.span() for url in _URL.finditer(text) if limits.unit.length(url[0]) <= limits.part]
    measured = _measured(text, limits.unit)
    start, upcoming = 0, 0
    while measured[-1] - measured[start] > limits.last:
        reach = _reach(measured, start, limits.part)
        if reach == len(text):
            # The rest fits a part and not the last one: what is cut off must leave one that does.
            least = measured[-1] - limits.last
            upcoming = max(upcoming, bisect_left(breaks, least, key=lambda run: measured[run.end]))
        best = _best_break(breaks, upcoming, reach)
        if best is not None:
            yield text[start : breaks[best].start]
            start, upcoming = breaks[best].end, best + 1
        elif reach == len(text):
            break
        else:
            cut = _cut_inside_word(start, reach, borders, urls)
            yield text[start:cut]
            start = cut
    yield text[start:]


def _measured(text: str, unit: TextUnit) -> Sequence[int]:
    """Return how long the text is up to each of its places."""
    if unit is TextUnit.CODE_POINT or unit.length(text) == len(text):
        return range(len(text) + 1)
    return list(accumulate(map(unit.length, text), initial=0))


def _reach(measured: Sequence[int], start: int, limit: int) -> int:
    """Find the last place that is within the limit of a start."""
    return bisect_right(measured, measured[start] + limit) - 1


def _cluster_borders(text: str) -> list[int]:
    return [0, *(cluster.end() for cluster in _CLUSTER.finditer(text))]


def _breaks(text: str, borders: list[int]) -> list[_Break]:
    """Find the runs of white space, cluster by cluster, where a text may be broken.

    A space that carries a combining mark is a visible cluster, and no place to break.
    """
    breaks: list[_Break] = []
    run_start: int | None = None
    for start, end in pairwise(borders):
        cluster = text[start:end]
        if cluster.isspace():
            run_start = start if run_start is None else run_start
        elif run_start is not None:
            breaks.append(_Break(run_start, start, _strength(text, run_start, start)))
            run_start = None
    return breaks


def _strength(text: str, start: int, end: int) -> int:
    if line_ends := len(_LINE_END.findall(text, start, end)):
        return _LINE if line_ends == 1 else _PARAGRAPH
    if _NO_BREAK_SPACES.issuperset(text[start:end]):
        return _NO_BREAK
    before = text[max(0, start - _SENTENCE_END_REACH) : start]
    if _SENTENCE_END.search(before) and not text[end].islower():
        return _SENTENCE
    return _WORD


def _best_break(breaks: list[_Break], first: int, reach: int) -> int | None:
    """Choose the last of the strongest breaks, from `first` on, that start within reach."""
    best: int | None = None
    for index in range(first, len(breaks)):
        if breaks[index].start > reach:
            break
        if best is None or breaks[index].strength >= breaks[best].strength:
            best = index
    return best


def _cut_inside_word(
    start: int, reach: int, borders: list[int], urls: list[tuple[int, int]]
) -> int:
    """Find where to end a part that begins at `start` with a word that goes on beyond reach."""
    cut = reach
    for url_start, url_end in urls:
        if start < url_start < cut < url_end:
            cut = url_start
            break
    border = borders[bisect_right(borders, cut) - 1]
    return border if border > start else cut
