import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.live.frames import (
    MOST_BYTES_IN,
    MOST_BYTES_OUT,
    SHAPES,
    Hello,
    Typing,
    Unfit,
    read_frame,
    written_frame,
)
from support.builders import CONVERSATION


def refusal(body: str) -> tuple[str, str]:
    with pytest.raises(Unfit) as unfit:
        read_frame(body)
    return unfit.value.code, unfit.value.field


def code_of(body: str) -> str:
    """Return why a frame is refused; empty where it is not."""
    try:
        read_frame(body)
    except Unfit as unfit:
        return unfit.code
    return ""


def test_a_frame_of_tomorrow_and_a_field_of_tomorrow_are_passed_over() -> None:
    assert read_frame('{"t": "dance"}') is None
    assert read_frame('{"t": "hello", "v": 2, "dance": true}') == Hello(v=2)


def test_a_frame_says_what_it_means() -> None:
    typing = read_frame(json.dumps({"t": "typing", "conversation_id": CONVERSATION}))
    assert typing == Typing(conversation_id=CONVERSATION, on=True)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"t"', "7", "{}", '{"t": 7}', "[" * 8_000])
def test_what_is_no_frame_is_malformed(body: str) -> None:
    assert refusal(body) == ("malformed", "")


def test_what_does_not_fit_is_named_by_its_place() -> None:
    wrong = {"t": "viewing", "conversation_id": "../STATE"}
    assert refusal(json.dumps(wrong)) == ("invalid", "conversation_id")
    assert refusal('{"t": "presence", "presence": "asleep"}') == ("invalid", "presence")
    many = {"t": "hello", "queues": [f"q{number}" for number in range(51)]}
    assert refusal(json.dumps(many))[0] == "invalid"


def test_a_frame_is_bounded_both_ways() -> None:
    assert refusal(" " * (MOST_BYTES_IN + 1)) == ("too-large", "")
    assert refusal("é" * (MOST_BYTES_IN // 2 + 1)) == ("too-large", "")
    with pytest.raises(ValueError, match="a frame of"):
        written_frame({"t": "row", "text": "x" * MOST_BYTES_OUT})


def test_a_text_that_is_no_text_is_written_all_the_same() -> None:
    assert written_frame({"t": "row", "name": "\ud800"}) == b'{"t":"row","name":"?"}'


@given(st.text(max_size=300))
def test_no_text_crashes_it(body: str) -> None:
    assert code_of(body) in {"", "malformed", "invalid", "too-large"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(SHAPES)),
    st.dictionaries(
        st.sampled_from(["v", "queues", "replaces", "presence", "back", "conversation_id", "on"]),
        json_values,
    ),
)
def test_no_fields_crash_it(kind: str, fields: dict[str, object]) -> None:
    assert code_of(json.dumps({**fields, "t": kind})) in {"", "malformed", "invalid", "too-large"}
