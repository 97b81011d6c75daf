"""Wording with places for names: what it may hold, and what is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.composing.placeholders import (
    MAX_VALUE,
    PLACEHOLDERS,
    check_wording,
    fill,
    values_for,
)

VALUES = values_for("Giulia  Bianchi", "Anna", "Ferramenta Rossi")


def test_what_is_known_is_filled_in() -> None:
    filled = fill("Gentile {customer_first_name}, {agent_name} di {business_name}.", VALUES)
    assert filled.text == "Gentile Giulia, Anna di Ferramenta Rossi."
    assert filled.missing == ()


def test_what_nobody_knows_stays_and_is_named_once() -> None:
    filled = fill("{customer_name}, {agent_name} {customer_name}", values_for("", "Anna", ""))
    assert filled.text == "{customer_name}, Anna {customer_name}"
    assert filled.missing == ("customer_name",)


def test_a_brace_that_is_written_twice_is_a_brace() -> None:
    assert fill("{{{agent_name}}} {{x}}", VALUES).text == "{Anna} {x}"


def test_a_name_that_looks_like_a_placeholder_is_said_as_it_stands() -> None:
    filled = fill("{customer_name}", values_for("{agent_name} {{", "Anna", ""))
    assert filled.text == "{agent_name} {{"
    assert filled.missing == ()


def test_a_name_keeps_to_one_line_and_to_a_names_length() -> None:
    filled = fill("Ciao {customer_name}!", values_for("A\n\u202eB\x00\t C" + "x" * 500, "", ""))
    assert filled.text.startswith("Ciao A B Cxxx")
    assert len(filled.text) <= MAX_VALUE + len("Ciao !")
    assert "\n" not in filled.text


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        ("Gentile {nome}", "nome"),
        ("Gentile {customer_name", "brace"),
        ("Gentile customer_name}", "brace"),
        ("{}", "placeholder"),
        ("{ customer_name }", "placeholder"),
        ("{customer_name.__class__}", "placeholder"),
    ],
)
def test_wording_that_cannot_be_filled_in_is_refused(wording: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        check_wording(wording)


@given(st.text(alphabet="{}ab _", max_size=30))
def test_what_passes_the_check_is_said_without_a_stray_brace(wording: str) -> None:
    try:
        check_wording(wording)
    except ValueError:
        return
    expected = wording.replace("{{", "\0").replace("}}", "\1")
    filled = fill(wording, dict.fromkeys(PLACEHOLDERS, "X"))
    assert filled.text == expected.replace("\0", "{").replace("\1", "}")
