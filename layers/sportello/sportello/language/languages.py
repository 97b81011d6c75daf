"""The languages there are, and what the folder of each holds. Pure.

A language is a folder in `data`, named by its code, with every part of `REQUIRED_PARTS`. Nothing
else lists them, and a part is read when somebody needs it: whoever makes something of it keeps
that with `by_language`. `docs/adding-a-language.md` says what each part holds.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

LONGEST_PREFERENCE = 200
"""Characters of `Accept-Language` that are read."""

REQUIRED_PARTS = ("about", "evidence", "human_request", "spoken", "texts")
"""A folder that lacks one of these is no language yet."""

OPTIONAL_PARTS = (
    *("answer_pages", "faq", "file_pages", "lint", "notices"),
    *("particulars", "stop_words", "thanks"),
)
"""Without them the bot has no answers of its own to give, tells days and numbers by their plainest
names only, counts every word of a question, and takes no message for mere thanks; and people are
rung, read the pages of links, and are told what is wrong with a reply, in another language."""

_FOLDER: ContextVar[Path] = ContextVar("_FOLDER", default=Path(__file__).parent / "data")
"""Tests bring languages of their own."""


def languages() -> tuple[str, ...]:
    """Return the codes of all languages, in alphabetical order."""
    return _languages_in(_FOLDER.get())


def default_language() -> str:
    """Return the language for whom nobody knows one, where a business has chosen none."""
    return str(shared_part("default")["language"])


def preferred_language(accept_language: str, has_words: Callable[[str], object]) -> str:
    """Return the first language that a browser prefers and we have; weights are in its order."""
    for preference in accept_language[:LONGEST_PREFERENCE].split(","):
        language = preference.strip().partition(";")[0].partition("-")[0].lower()
        if language in languages() and has_words(language):
            return language
    return default_language()


def part(language: str, name: str) -> Any:
    """Read a part of a language; None where its folder has no such part."""
    try:
        content = (_FOLDER.get() / language / f"{name}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return json.loads(content)


def shared_part(name: str) -> Any:
    """Read what belongs to no language, or to all of them."""
    return json.loads((_FOLDER.get() / f"{name}.json").read_text(encoding="utf-8"))


def by_language[T](make: Callable[[str], T]) -> Callable[[str], T]:
    """Let a function of a language make its result once."""

    @cache
    def of_folder(_folder: Path, language: str) -> T:
        return make(language)

    @wraps(make)
    def of_language(language: str) -> T:
        return of_folder(_FOLDER.get(), language)

    return of_language


@cache
def _languages_in(folder: Path) -> tuple[str, ...]:
    codes = (path.name for path in folder.iterdir() if path.is_dir())
    return tuple(sorted(code for code in codes if _is_complete(folder / code)))


def _is_complete(language: Path) -> bool:
    return all((language / f"{name}.json").is_file() for name in REQUIRED_PARTS)


def _is_shipped(code: str) -> str:
    if code not in languages():
        raise ValueError(f"there is no such language; there are: {', '.join(languages())}")
    return code


def _offer_codes(schema: dict[str, Any]) -> None:
    schema["enum"] = list(languages())


Language = Annotated[str, AfterValidator(_is_shipped), Field(json_schema_extra=_offer_codes)]
