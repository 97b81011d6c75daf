"""Which language a customer is writing in, from very short texts. Pure.

The evidence of a language are words that few others use. Words they share count for each of them
and so decide nothing; those that are typed in any language ("ok", "email", "login") belong to none.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sportello.language.languages import Language, by_language, languages, part

_READ_CHARACTERS = 2_000


def folded(text: str) -> str:
    """Lower case without accents, one kind of apostrophe, so that "Perché" reads "perche"."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def unaccented(text: str) -> str:
    """Leave out accents and other marks; capitals stay."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of a text, folded; an apostrophe parts them, digits belong to none."""
    return re.findall(r"[^\W\d_]+", folded(text))


def word_set(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of a list in a language's folder, as `words` finds them in a text."""
    return frozenset(words(" ".join(lines)))


def detect(text: str, hints: Sequence[str] = ()) -> Language | None:
    """Tell what a text is written in: the language with the most evidence.

    Where none or more than one has the most, the first hint decides that names a language there
    is; else None. Hints are language tags, best first: an earlier decision, then a provider's
    "it-IT" or "en_US".
    """
    spoken = frozenset(words(text[:_READ_CHARACTERS]))
    counts = {language: len(spoken & evidence(language)) for language in languages()}
    most = max(counts.values(), default=0)
    leading = [language for language, count in counts.items() if count == most]
    if most and len(leading) == 1:
        return leading[0]
    tags = (hint.replace("_", "-").partition("-")[0].strip().lower() for hint in hints)
    return next((tag for tag in tags if tag in counts), None)


@by_language
def evidence(language: Language) -> frozenset[str]:
    return word_set(part(language, "evidence")["words"])


@by_language
def in_names(language: Language) -> frozenset[str]:
    """Return the words of evidence that also stand in addresses and names: "of", "della"."""
    return word_set(part(language, "evidence").get("in_names", ()))
