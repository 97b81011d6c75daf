"""Whether a customer asks to talk to a person: the way out of the bot that must always work. Pure.

The wording is `human_request.json` of a language's folder. Texts are matched as folded words, one
space apart: "c e", "don t".
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sportello.language.detection import folded, word_set, words
from sportello.language.languages import Language, by_language, part

_READ_CHARACTERS = 2_000

_GROUP = re.compile(r"\{([a-z][^}]*)\}")
_ESCAPE = re.compile(r"(\\.)")


class _Wording(NamedTuple):
    people: frozenset[str]
    """Words that name somebody to talk to."""
    wrapping: frozenset[str]
    """Words that may surround one of `people` in a text that asks for nothing else."""
    asks: re.Pattern[str]
    """An outright request, anywhere in a longer text."""
    refuses: re.Pattern[str]
    """The same words, declined."""


def asks_for_a_person(text: str, language: Language) -> bool:
    """Tell a request for a person from the mere mention of one: "the operator told me ..."."""
    wording = _wording(language)
    utterance = words(text[:_READ_CHARACTERS])
    spoken = set(utterance)
    if spoken & wording.people and spoken <= wording.people | wording.wrapping:
        return True
    undeclined = wording.refuses.sub(" ", " ".join(utterance))
    return wording.asks.search(undeclined) is not None


@by_language
def _wording(language: Language) -> _Wording:
    content = part(language, "human_request")
    return _Wording(
        people=word_set(content["people"]),
        wrapping=word_set(content["wrapping"]),
        asks=_pattern(content["asks"], content["groups"]),
        refuses=_pattern(content["refuses"], content["groups"]),
    )


def _pattern(alternatives: Sequence[str], groups: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Compile patterns of whole words, each `{group}` in them standing for any of its own."""

    def any_of(patterns: Sequence[str]) -> str:
        return f"(?:{'|'.join(_GROUP.sub(lambda at: any_of(groups[at[1]]), p) for p in patterns)})"

    escapes_apart = _ESCAPE.split(rf"\b{any_of(alternatives)}\b")
    return re.compile(
        "".join(piece if piece.startswith("\\") else folded(piece) for piece in escapes_apart)
    )
