"""Languages are folders: every one of them is whole, and nothing but its folder knows of it."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import snowballstemmer
from pydantic import TypeAdapter, ValidationError

import sportello
from sportello.bot.faq import packaged_entries
from sportello.bot.human_request import asks_for_a_person
from sportello.channel_kinds import Tone
from sportello.language.languages import (
    OPTIONAL_PARTS,
    REQUIRED_PARTS,
    Language,
    default_language,
    languages,
    part,
)
from sportello.language.spoken_duration import duration_in_words
from sportello.language.spoken_forms import Forms, form, spoken_forms
from sportello.language.texts import BUTTON_LIMIT, TEXT_NAMES, packaged_texts, placeholders
from sportello.language.thanks import is_thanks
from support.template import ROOT

DATA = Path(sportello.__file__).parent / "language/data"
TONES = tuple(Tone)
DAYS = {"today", "midnight", "yesterday", "tomorrow"}
DAYS |= {"day", "day_and_month", "day_month_and_year"}

every_language = pytest.mark.parametrize("language", languages())


def test_every_folder_is_a_language_and_holds_parts_only() -> None:
    folders = {path.name: path for path in DATA.iterdir() if path.is_dir()}
    assert tuple(sorted(folders)) == languages()
    for code, folder in folders.items():
        assert re.fullmatch(r"[a-z]{2,3}", code)
        parts = {path.stem for path in folder.iterdir()}
        assert set(REQUIRED_PARTS) <= parts <= {*REQUIRED_PARTS, *OPTIONAL_PARTS}


def test_the_default_is_a_language_there_is() -> None:
    assert default_language() in languages()


@every_language
def test_no_file_says_anything_twice(language: Language) -> None:
    for path in (DATA / language).iterdir():
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_repetition)


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    assert len(content) == len(pairs)
    return content


@every_language
def test_a_language_tells_its_name_and_how_its_words_are_searched(language: Language) -> None:
    about = part(language, "about")
    assert about.keys() - {"stemmer", "capitals_mark_names"} == {"name"}
    assert about.get("stemmer") in {None, *snowballstemmer.algorithms()}


# --- what is said -----------------------------------------------------------------------------


@every_language
@pytest.mark.parametrize("tone", TONES)
def test_every_text_is_there_in_every_tone(language: Language, tone: Tone) -> None:
    texts = packaged_texts(language, tone)
    assert texts.keys() == set(TEXT_NAMES)
    assert all(wording.strip() == wording != "" for wording in texts.values())
    assert len(texts["talk_to_person_button"]) <= BUTTON_LIMIT
    model = packaged_texts(default_language())
    for name, wording in texts.items():
        assert placeholders(wording) == placeholders(model[name]), name


@every_language
def test_a_text_knows_no_tone_but_those_of_channels(language: Language) -> None:
    for wording in part(language, "texts").values():
        assert isinstance(wording, str) or wording.keys() <= {"default", *TONES}


@every_language
def test_the_calendar_is_whole(language: Language) -> None:
    spoken = spoken_forms(language)
    assert (len(set(spoken.weekdays)), len(set(spoken.months))) == (7, 12)
    assert len({form(spoken.day_of_month, day).format(number=day) for day in range(1, 32)}) == 31


@every_language
def test_every_phrase_of_a_time_names_its_day_and_the_clock(language: Language) -> None:
    spoken = spoken_forms(language)
    date = {"day": {"weekday", "day"}, "day_and_month": {"weekday", "day", "month"}}
    date["day_month_and_year"] = date["day_and_month"] | {"year"}
    for phrases in (spoken.opening, spoken.deadline):
        assert phrases.keys() == DAYS
        assert len(set(phrases.values())) == len(DAYS)
        for name, phrase in phrases.items():
            fields = fields_of(phrase)
            clock = fields & spoken.clock.keys()
            assert fields - clock == date.get(name, set()), name
            assert len(clock) == (name != "midnight"), name


@every_language
def test_every_minute_of_a_day_has_words_of_its_own(language: Language) -> None:
    for name, forms in spoken_forms(language).clock.items():
        words = set()
        for hour in range(24):
            for minute in range(60):
                wording = form(forms, hour, f"{hour}:{minute:02}")
                assert fields_of(wording) <= {"hour", "hour12", "minute"}
                words.add(wording.format(hour=hour, hour12=hour % 12 or 12, minute=f"{minute:02}"))
        assert len(words) == 24 * 60, name


@every_language
def test_every_duration_has_words_of_its_own(language: Language) -> None:
    durations = spoken_forms(language).duration
    assert fields_of(durations.hours_and_minutes) == {"hours", "minutes"}
    for forms in (durations.hours, durations.minutes, durations.hours_and_a_half or ""):
        assert all(fields_of(wording) <= {"number"} for wording in wordings(forms))
    words = {duration_in_words(60 * minutes, language) for minutes in range(1, 3 * 24 * 60)}
    assert len(words) == 3 * 24 * 60 - 1


@every_language
def test_every_kind_of_wait_has_its_words(language: Language) -> None:
    wait = spoken_forms(language).wait
    assert fields_of(wait.between) == {"low", "high"}
    for phrase in (wait.less_than, wait.about, wait.more_than):
        assert fields_of(phrase) == {"duration"}


def fields_of(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def wordings(forms: Forms) -> Iterator[str]:
    yield from [forms] if isinstance(forms, str) else forms.values()


# --- what is understood -----------------------------------------------------------------------


@every_language
def test_the_words_that_name_somebody_and_our_own_button_ask_for_a_person(
    language: Language,
) -> None:
    content = part(language, "human_request")
    assert content.keys() == {"people", "wrapping", "groups", "asks", "refuses"}
    for word in " ".join(content["people"]).split():
        assert asks_for_a_person(word, language)
    assert asks_for_a_person(packaged_texts(language)["talk_to_person_button"], language)
    for word in " ".join(content["wrapping"]).split():
        assert not asks_for_a_person(word, language)


@every_language
def test_help_names_a_word_that_brings_a_person(language: Language) -> None:
    (word,) = re.findall(r"[«\"„](\w+)[»\"“]", packaged_texts(language)["help"])
    assert asks_for_a_person(word, language)


def of_shape(value: Any) -> Any:
    """Reduce data to the keys and types that it has in every language."""
    match value:
        case list():
            return [of_shape(value[0])] if value else []
        case dict():
            return {name: of_shape(each) for name, each in value.items()}
        case _:
            return type(value).__name__


@every_language
def test_lists_of_words_are_lines_under_the_names_that_are_read(language: Language) -> None:
    lines = ["str"]
    evidence = of_shape(part(language, "evidence"))
    assert {"words"} <= evidence.keys() <= {"words", "in_names"}
    assert all(value == lines for value in evidence.values())
    stop_words = of_shape(part(language, "stop_words") or {})
    names = {"function_words", "greetings_and_thanks", "negations", "negating_endings"}
    assert stop_words.keys() <= names
    assert all(value == lines for value in stop_words.values())


@every_language
def test_thanks_have_roles_that_are_understood(language: Language) -> None:
    thanks: Mapping[str, Any] = part(language, "thanks") or {"phrases": {}, "slots": {}}
    roles = part(default_language(), "thanks")["phrases"].keys()
    assert thanks.keys() - {"only"} == {"phrases", "slots"}
    assert thanks["phrases"].keys() | thanks.get("only", {}).keys() <= roles
    for phrase in thanks["phrases"].get("thanks", ()):
        assert "{" in phrase or is_thanks(phrase, language), phrase


@every_language
def test_packaged_answers_are_read(language: Language) -> None:
    assert len(packaged_entries(language)) == len(part(language, "faq") or ())


# --- nothing else knows a language ------------------------------------------------------------


def test_a_language_that_is_not_there_is_refused_and_the_others_are_offered() -> None:
    named: TypeAdapter[str] = TypeAdapter(Language)
    assert [named.validate_python(code) for code in languages()] == list(languages())
    with pytest.raises(ValidationError, match=f"there are: {', '.join(languages())}"):
        named.validate_python("xx")
    assert named.json_schema()["enum"] == list(languages())


def test_no_module_names_a_language() -> None:
    for folder in (ROOT / "layers/sportello/sportello", ROOT / "functions"):
        for path in folder.rglob("*.py"):
            constants = {
                node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            assert not constants & {*languages()}, path.name
