"""A text in pieces: figures, words, and words that mean something only together. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sportello.language.numerals import number_of
from sportello.language.particular_words import ParticularWords, Role
from sportello.language.tokens import Token, TokenKind, tokens

_NO_ROLES: Mapping[Role, str] = {}


class Piece(NamedTuple):
    """`numeral` is the number that a word says; `year`, `glued` and `letter` are the token's."""

    kind: TokenKind
    text: str = ""
    words: tuple[str, ...] = ()
    roles: Mapping[Role, str] = _NO_ROLES
    numeral: int | None = None
    year: str = ""
    glued: bool = False
    letter: bool = False


NOTHING = Piece("sign")


def piece_at(pieces: Sequence[Piece], at: int) -> Piece:
    """Return a piece, or one that is nothing where the text has ended or not begun."""
    return pieces[at] if 0 <= at < len(pieces) else NOTHING


def pieces_of(text: str, language: ParticularWords) -> Iterator[Piece]:
    whole = list(tokens(text))
    at = 0
    while at < len(whole):
        phrase = _longest_phrase(whole, at, language)
        yield _piece(phrase, language)
        at += len(phrase)


def _longest_phrase(whole: Sequence[Token], at: int, language: ParticularWords) -> Sequence[Token]:
    for length in range(language.longest.get(whole[at].text, 1), 1, -1):
        phrase = whole[at : at + length]
        if tuple(token.text for token in phrase) in language.phrases:
            return phrase
    return whole[at : at + 1]


def _piece(phrase: Sequence[Token], language: ParticularWords) -> Piece:
    first, alone = phrase[0], len(phrase) == 1
    spelling = tuple(token.text for token in phrase)
    return Piece(
        kind=first.kind if alone else "word",
        text=" ".join(spelling),
        words=tuple(token.text for token in phrase if token.kind == "word"),
        roles=language.phrases.get(spelling, _NO_ROLES),
        numeral=number_of(first.text, language) if alone and first.kind == "word" else None,
        year=first.year,
        glued=first.glued,
        letter=first.letter and alone,
    )
