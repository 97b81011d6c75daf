import json
from pathlib import Path
from typing import Any

import pytest

import sportello
from sportello.language import LANGUAGES, Language
from sportello.texts import (
    BUTTON_LIMIT,
    TEXT_NAMES,
    TextError,
    check_overrides,
    packaged_texts,
    placeholders,
    text,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_exists_in_every_language(language: Language) -> None:
    assert packaged_texts(language).keys() == set(TEXT_NAMES)
    assert all(wording.strip() == wording != "" for wording in packaged_texts(language).values())


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_a_text_has_the_same_placeholders_in_every_language(name: Any) -> None:
    assert placeholders(packaged_texts("it")[name]) == placeholders(packaged_texts("en")[name])


def test_every_data_file_belongs_to_a_shipped_language() -> None:
    data = Path(sportello.__file__).parent / "data"
    assert {path.name for path in data.glob("texts.*")} == {f"texts.{it}.json" for it in LANGUAGES}


def test_the_closed_reply_names_the_opening() -> None:
    assert "riapre lunedì alle 9:00." in text("out_of_hours", "it", opening="lunedì alle 9:00")
    assert "again on Monday at 9:00 am." in text(
        "out_of_hours", "en", opening="on Monday at 9:00 am"
    )


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TextError, match=r"'out_of_hours' \(it\) needs a value for opening"):
        text("out_of_hours", "it")


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert "{opening}" in text("out_of_hours", "it", opening="{opening}")


def test_the_wording_of_the_business_comes_first_in_the_language_it_has() -> None:
    overrides: Any = {"it": {"handoff": "Un attimo."}}
    assert text("handoff", "it", overrides=overrides) == "Un attimo."
    assert text("handoff", "en", overrides=overrides) == packaged_texts("en")["handoff"]
    assert text("bot_failed", "it", overrides=overrides) == packaged_texts("it")["bot_failed"]


def test_own_wording_may_do_without_a_placeholder() -> None:
    overrides: Any = {"it": {"out_of_hours": "Siamo chiusi."}}
    check_overrides(overrides)
    assert text("out_of_hours", "it", overrides=overrides, opening="domani") == "Siamo chiusi."


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"it": {"handof": "x"}}, "no text 'handof'"),
        ({"en": {"handoff": "Back {opening}"}}, "no value for opening"),
        ({"en": {"talk_to_person_button": "Talk to a person now!"}}, "longer than a button"),
    ],
)
def test_wording_that_could_not_be_said_is_refused(overrides: Any, complaint: str) -> None:
    with pytest.raises(TextError, match=complaint):
        check_overrides(overrides)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_fits_every_channel(language: Language) -> None:
    assert len(text("talk_to_person_button", language)) <= BUTTON_LIMIT


def test_the_data_is_plain_json_without_duplicate_names() -> None:
    for path in (Path(sportello.__file__).parent / "data").glob("texts.*.json"):
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        assert len({name for name, _ in pairs}) == len(pairs)
