"""Canned replies as a conversation has use for them: which, in what language, saying what. Pure.

They are found by words of their titles and of what they say, in any order and however accented.
"""

from collections.abc import Iterator, Mapping, Sequence

from sportello.composing.placeholders import fill
from sportello.composing.settings import CannedReplySettings, ForSomePlaces, Place
from sportello.language.detection import folded
from sportello.model import Model


class OfferedReply(Model):
    """A canned reply as it would be said; `missing` are placeholders that nothing is known for."""

    name: str
    title: str
    language: str
    text: str
    missing: tuple[str, ...]


def offered_replies(
    settings: CannedReplySettings,
    place: Place,
    languages: Sequence[str],
    values: Mapping[str, str],
    words: str = "",
) -> Iterator[OfferedReply]:
    """Yield what fits, those first whose title has all the words, each in the language that fits.

    `languages` are those to be preferred, in their order.
    """
    sought = _terms(words)
    by_title, by_text = [], []
    for name, reply in sorted(settings.replies.items(), key=lambda each: folded(each[1].title)):
        if not reply.fits(place):
            continue
        language = language_of(reply.text, languages)
        filled = fill(reply.text[language], values)
        offered = OfferedReply(
            name=name,
            title=reply.title,
            language=language,
            text=filled.text,
            missing=filled.missing,
        )
        if _has_all(f"{name} {reply.title}", sought):
            by_title.append(offered)
        elif _has_all(f"{name} {reply.title} {filled.text}", sought):
            by_text.append(offered)
    yield from by_title
    yield from by_text


def language_of(texts: Mapping[str, str], preferred: Sequence[str]) -> str:
    """Return the first language preferred that there is, else the first there is."""
    return next((language for language in preferred if language in texts), min(texts))


def has_words(name: str, each: ForSomePlaces, words: str) -> bool:
    """Tell whether a name and title have all the words, as far as they are begun."""
    return _has_all(f"{name} {each.title}", _terms(words))


def _terms(words: str) -> tuple[str, ...]:
    return tuple(folded(words).split())


def _has_all(text: str, terms: Sequence[str]) -> bool:
    plain = folded(text)
    return all(term in plain for term in terms)
