"""Wording with places for what is known of a conversation. Pure.

A placeholder is `{name}`, and a brace that is meant as one is written twice. What is filled in is
said as it stands: no brace in it is read again, and it keeps to one line.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from sportello.model import Model

type Placeholder = Literal["customer_name", "customer_first_name", "agent_name", "business_name"]
PLACEHOLDERS: tuple[str, ...] = get_args(Placeholder.__value__)

MAX_WORDING = 4_000
MAX_VALUE = 120

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_UNSPOKEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
"""What a name may hold that breaks a line, or turns the way it is read."""


class Filled(Model):
    """`missing` are the placeholders that nothing is known for: they stand in the text as ever."""

    text: str
    missing: tuple[str, ...] = ()


def check_wording(wording: str) -> str:
    """Refuse wording that could not be filled in; raises ValueError."""
    for piece in _PIECE.finditer(wording):
        if piece[0] in {"{{", "}}"}:
            continue
        if piece[1] is None:
            raise ValueError("a brace stands alone: write it twice where it is meant")
        if piece[1] not in PLACEHOLDERS:
            there_are = ", ".join(PLACEHOLDERS)
            raise ValueError(f"there is no placeholder {piece[1][:40]!r}; there are: {there_are}")
    return wording


type Wording = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDING),
    AfterValidator(check_wording),
]


def fill(wording: str, values: Mapping[str, str]) -> Filled:
    """Say a wording, as far as its values are known."""
    spoken = {name: _on_one_line(value) for name, value in values.items()}
    missing: dict[str, None] = {}

    def value_of(piece: re.Match[str]) -> str:
        name = piece[1]
        if name is None:
            return piece[0][0]
        if not spoken.get(name):
            missing[name] = None
            return piece[0]
        return spoken[name]

    text = _PIECE.sub(value_of, wording)
    return Filled(text=text, missing=tuple(missing))


def values_for(customer_name: str, agent_name: str, business_name: str) -> Mapping[str, str]:
    name = _on_one_line(customer_name)
    return {
        "customer_name": name,
        "customer_first_name": name.partition(" ")[0],
        "agent_name": agent_name,
        "business_name": business_name,
    }


def _on_one_line(value: str) -> str:
    return _UNSPOKEN.sub(" ", value).strip()[:MAX_VALUE]
