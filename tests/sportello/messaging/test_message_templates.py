"""Templates as settings have them: their places, what fills them, whose they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.messaging.outbound_template import FilledPlace
from sportello.messaging.settings import (
    MAX_BODY,
    MessageTemplate,
    MessageTemplateSettings,
    MisfitPlace,
)


def a_template(body: str, *places: str, **changes: Any) -> MessageTemplate:
    fields: dict[str, Any] = {
        "name": "parcel_arrived",
        "channel": "whatsapp",
        "language": "it",
        "body": body,
        "parameters": [{"name": name, "example": "x"} for name in places],
    }
    return MessageTemplate.model_validate(fields | changes)


def test_named_places_are_filled_wherever_they_stand() -> None:
    template = a_template("Gentile {{name}}, il pacco di {{name}} è in {{place}}.", "name", "place")
    sent, text = template.filled({"place": "via Roma", "name": "Anna"})
    assert text == "Gentile Anna, il pacco di Anna è in via Roma."
    assert sent.places == (
        FilledPlace(name="name", text="Anna"),
        FilledPlace(name="place", text="via Roma"),
    )


def test_counted_places_are_sent_in_their_order() -> None:
    sent, text = a_template("Il pacco {{1}} è in {{2}}.", "1", "2").filled({"2": "b", "1": "a"})
    assert text == "Il pacco a è in b."
    assert [place.text for place in sent.places] == ["a", "b"]


def test_what_fills_a_place_is_no_place_itself() -> None:
    assert a_template("Ecco: {{1}}, {{2}}.", "1", "2").filled({"1": "{{2}}", "2": "b"})[1] == (
        "Ecco: {{2}}, b."
    )


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\tb"}, "name"),
        ({"name": "a     b"}, "name"),
        ({"name": "a", "other": "b"}, "other"),
        ({"name": "a" * MAX_BODY}, ""),
    ],
)
def test_what_a_provider_would_refuse_at_a_place_is_refused_before(
    values: dict[str, str], place: str
) -> None:
    with pytest.raises(MisfitPlace) as raised:
        a_template("Gentile {{name}}.", "name").filled(values)
    assert raised.value.name == place


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("Gentile {{name}}.", ()),
        ("Gentile cliente.", ("name",)),
        ("{{1}} {{3}}", ("1", "3")),
        ("{{2}} {{1}}", ("2", "1")),
        ("{{1}} {{name}}", ("1", "name")),
        ("{{1}} {{1}}", ("1", "1")),
        ("{{ name }}", ("name",)),
        ("a" * (MAX_BODY + 1), ()),
    ],
)
def test_a_template_whose_places_do_not_fit_is_no_setting(
    body: str, places: tuple[str, ...]
) -> None:
    with pytest.raises(ValidationError):
        a_template(body, *places)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Parcel"},
        {"name": "parcel-arrived"},
        {"language": "it-IT"},
        {"language": "italiano"},
        {"category": "authentication"},
        {"parameters": [{"name": "Nome", "example": "x"}]},
    ],
)
def test_what_the_provider_would_not_name_so_is_no_setting(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_template("Ecco.", **changes)


def test_a_template_is_there_once() -> None:
    with pytest.raises(ValidationError):
        MessageTemplateSettings(templates=(a_template("Uno."), a_template("Due.")))


def test_an_account_s_own_template_is_before_that_of_all_accounts() -> None:
    of_all, own = a_template("Di tutti."), a_template("Nostro.", account_id="1")
    other = a_template("Altro.", account_id="2", name="other")
    telegram = a_template("Telegram.", channel="telegram")
    settings = MessageTemplateSettings(templates=(own, of_all, other, telegram))
    assert settings.fitting("whatsapp", "1") == (own,)
    assert settings.fitting("whatsapp", "2") == (other, of_all)
    assert settings.fitting("whatsapp", "3") == (of_all,)


@given(value=st.text(max_size=60))
def test_whatever_fills_a_place_is_read_as_it_was_written_or_refused(value: str) -> None:
    try:
        _, text = a_template("A {{name}} Z", "name").filled({"name": value})
    except MisfitPlace:
        return
    assert text == f"A {value} Z"
    assert "\n" not in text
