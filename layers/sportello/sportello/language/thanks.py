"""Whether a message only thanks or says goodbye, so that nobody owes it an answer. Pure.

Taking a request for thanks loses it, the reverse costs an agent one look. So nothing is guessed: a
message is thanks if it can be read, from its first sign to its last, as phrases of `thanks.json` in
a sensible order; any word, number or emoji besides makes it something else.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby, product
from typing import Any, NamedTuple

from sportello.language.detection import folded
from sportello.language.languages import (
    Language,
    by_language,
    languages,
    part,
    shared_part,
)

_LONGEST_CHARACTERS = 160
"""Whoever writes more has something to say."""


class Courtesy(StrEnum):
    """How much of a message is courtesy, from nothing of it to all."""

    NONE = "none"
    SIGN = "sign"
    """Nothing but emoji that may thank or ask: folded hands."""
    AGREEMENT = "agreement"
    """Thanks with or in the form of a yes: "ok", "perfect, thanks", a thumb up."""
    THANKS = "thanks"


_STANDS_ALONE = frozenset(
    {"thanks", "gratitude", "agreement", "as it is", "settled", "enough", "welcome", "farewell"}
    | {"sign"}
)
"""What makes thanks. The other roles only come with it: "Bravi!" alone is often irony."""

_NEVER_LAST = frozenset({"greeting", "yes", "no", "and"})
_AFTER_ENOUGH = frozenset(
    {"thanks", "gratitude", "enough", "welcome", "farewell", "sign", "parting", "apology", "and"}
)
_MAY_PRECEDE: Mapping[str, frozenset[str]] = {
    "greeting": frozenset({"thanks"}),  # "Ciao, tutto ok" may open anything
    "yes": frozenset({"settled", "enough", "news"}),  # "Yes, thanks" accepts an offer
    "no": frozenset({"thanks", "enough", "as it is"}),  # "No risolto" may be "non risolto"
    "and": _STANDS_ALONE | {"praise", "news", "apology"},
    "enough": _AFTER_ENOUGH,  # "Nothing else works"
    "welcome": _AFTER_ENOUGH,  # "Nessun problema risolto"
}
"""The roles that may come next, where not all may."""

_REASON_FOLLOWS = frozenset({"thanks", "gratitude", "praise"})

_EMOJI_STYLE = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Drawn as text or as a picture, and the skin tones: taken off."""

_PAUSE = "."
_BREAK = re.compile(r"(?:[.,!\n\u2013\u2014]|;(?!-?\))|\s-+\s)+")
_TOKEN = re.compile(
    r"[:;=]-?(?:\)+|d+\b|\*+)|<3+|\^_?\^"  # emoticons, in lower case
    r"|[^\W\d_]+|\d+|[^\s*'\u2018-]"
)
"""A word, a number, or any other sign but those that change nothing."""

_SLOT = re.compile(r"\{([^}]+)\}")


class _Phrases(NamedTuple):
    roles: Mapping[tuple[str, ...], frozenset[str]]
    longest: int
    """Tokens."""
    words: Mapping[str, Sequence[str]]
    """The tokens of all phrases by what is left of them without doubled letters, longest first."""

    def word(self, token: str) -> str | None:
        """Return the word a token is, however it is drawn out: "graziee", "okkk"."""
        return next((w for w in self.words.get(_undrawn(token), ()) if _draws_out(token, w)), None)


def is_thanks(text: str, language: Language | None) -> bool:
    """Tell whether a text can want no answer; what comes attached to it is not looked at.

    Customers thank in any language, so all of them are understood; `language` decides on the few
    words that mean something else in another.
    """
    return courtesy_of(text, language) in {Courtesy.AGREEMENT, Courtesy.THANKS}


def courtesy_of(text: str, language: Language | None) -> Courtesy:
    if len(text) > _LONGEST_CHARACTERS or "?" in text:
        return Courtesy.NONE
    phrases = _phrases(language or "")
    tokens = [phrases.word(token) for token in _tokens(text)]
    readable = [word for word in tokens if word is not None]
    return _courtesy(readable, phrases) if len(readable) == len(tokens) else Courtesy.NONE


class _Prefix(NamedTuple):
    """One way to read the words so far."""

    last: str = ""
    stands: bool = False
    """Whether a role stands alone that is more than a yes or a sign."""
    agrees: bool = False
    signs: bool = False
    waves: bool = False

    @property
    def is_courteous(self) -> bool:
        return self.stands or self.agrees or self.signs


def _courtesy(words: Sequence[str], phrases: _Phrases) -> Courtesy:
    # How the words up to each position can be read.
    readings: list[set[_Prefix]] = [{_Prefix()}, *(set() for _ in words)]
    for start, before in enumerate(readings[:-1]):
        if words[start] == _PAUSE:  # no phrase goes on behind it: "great, help" is not "great help"
            readings[start + 1] |= before
        for end in range(start + 1, min(start + phrases.longest, len(words)) + 1):
            roles = phrases.roles.get(tuple(words[start:end]), frozenset())
            readings[end] |= {
                _Prefix(
                    last=role,
                    stands=prefix.stands or role in _STANDS_ALONE - {"agreement", "sign"},
                    agrees=prefix.agrees or role == "agreement",
                    signs=prefix.signs or role == "sign",
                    waves=prefix.waves or role == "wave",
                )
                for role, prefix in product(roles, before)
                if _may_follow(role, prefix.last, stands=prefix.is_courteous)
            }
    whole = {prefix for prefix in readings[-1] if prefix.last not in _NEVER_LAST}
    if any(prefix.stands and not prefix.agrees for prefix in whole):
        return Courtesy.THANKS
    if any(prefix.is_courteous for prefix in whole):
        return Courtesy.AGREEMENT
    is_emoji = all(not any(map(str.isalnum, word)) for word in words)
    signs = is_emoji and any(prefix.last and not prefix.waves for prefix in whole)
    return Courtesy.SIGN if signs else Courtesy.NONE


def _may_follow(role: str, last: str, *, stands: bool) -> bool:
    if role not in _MAY_PRECEDE.get(last, {role}):
        return False
    match role:
        case "reason":
            return last in _REASON_FOLLOWS
        case "parting" | "apology":  # first, "Ciao" greets and "Scusate il disturbo" asks
            return stands
        case "and":
            return last != ""
        case _:
            return True


def _tokens(text: str) -> list[str]:
    paused = _BREAK.sub(f" {_PAUSE} ", folded(text).translate(_EMOJI_STYLE))
    return _TOKEN.findall(paused)


def _undrawn(token: str) -> str:
    return "".join(sign for sign, _ in groupby(token))


def _draws_out(token: str, word: str) -> bool:
    """Compare run by run, two that are alike undrawn: "notte" is no way to write "note"."""
    if word.isdigit():
        return token == word
    runs = zip(groupby(token), groupby(word), strict=True)
    return all(len(list(drawn)) >= len(list(due)) for (_, drawn), (_, due) in runs)


@by_language
def _phrases(language: str) -> _Phrases:
    if language and "only" not in (part(language, "thanks") or {}):
        return _phrases("")
    roles: dict[tuple[str, ...], frozenset[str]] = {}
    for role, phrase in _phrases_with_roles(language):
        for spelling in ("'", " "), ("'", ""):  # "that's all", "thats all"
            tokens = tuple(phrase.replace(*spelling).split())
            roles[tokens] = roles.get(tokens, frozenset()) | {role}
    words: dict[str, list[str]] = {_PAUSE: [_PAUSE]}
    for word in sorted({word for phrase in roles for word in phrase}, key=len, reverse=True):
        words.setdefault(_undrawn(word), []).append(word)
    return _Phrases(roles, max(map(len, roles)), words)


def _phrases_with_roles(language: str) -> Iterator[tuple[str, str]]:
    """Yield role and phrase of every language, and those that are only of this one."""
    thanks = {each: _fold_data(part(each, "thanks") or {}) for each in languages()}
    for each, data in thanks.items():
        yield from _fill_slots(data.get("phrases", {}), data.get("slots", {}))
        if each == language:
            yield from _fill_slots(data.get("only", {}), data.get("slots", {}))
    yield from _fill_slots(_fold_data(shared_part("signs_of_thanks")), {})


def _fold_data(data: Any) -> Any:
    return json.loads(folded(json.dumps(data, ensure_ascii=False)))


def _fill_slots(
    phrases: Mapping[str, Sequence[str]], slots: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield role and phrase, their slots filled in every way."""
    for role, patterns in phrases.items():
        for pattern in patterns:
            pieces = enumerate(_SLOT.split(pattern))  # every other one names a slot
            choices = [slots[piece] if at % 2 else [piece] for at, piece in pieces]
            for chosen in product(*choices):
                yield role, "".join(chosen)
