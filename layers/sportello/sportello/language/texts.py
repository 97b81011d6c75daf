"""What Sportello itself says to customers: packaged wording, which settings may replace.

The Italian keeps the formal register. A placeholder is `{name}`; nothing else in a text is special.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from sportello.language.detection import Language

TextName = Literal[
    "bot_disclosure",
    "handoff",
    "expected_wait",
    "expected_wait_changed",
    "out_of_hours",
    "promise_made",
    "promise_broken",
    "bot_failed",
    "talk_to_person_button",
]
TEXT_NAMES: tuple[TextName, ...] = get_args(TextName)

Overrides = Mapping[Language, Mapping[TextName, str]]
"""A business's own wording, as far as it has any: by language, then by name."""

BUTTON_LIMIT = 20
"""Characters on a reply button, WhatsApp's limit and the lowest of all channels."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class TextError(ValueError):
    """A text that cannot be said as it stands: a value is missing, or the wording is not usable."""


def text(
    name: TextName, language: Language, *, overrides: Overrides | None = None, **values: str
) -> str:
    """Say a text with its placeholders filled in, in the business's own wording if it has one."""
    own = (overrides or {}).get(language, {})
    wording = own.get(name) or packaged_texts(language)[name]
    missing = placeholders(wording) - values.keys()
    if missing:
        raise TextError(
            f"text {name!r} ({language}) needs a value for {', '.join(sorted(missing))}"
        )
    return _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], wording)


def check_overrides(overrides: Overrides) -> None:
    """Refuse wording that could not be said, before it is stored as a setting."""
    for language, own in overrides.items():
        for name, wording in own.items():
            if name not in TEXT_NAMES:
                raise TextError(f"there is no text {name!r}, only {', '.join(TEXT_NAMES)}")
            unknown = placeholders(wording) - placeholders(packaged_texts(language)[name])
            if unknown:
                raise TextError(f"text {name!r} has no value for {', '.join(sorted(unknown))}")
            if name == "talk_to_person_button" and len(wording) > BUTTON_LIMIT:
                raise TextError(f"{wording!r} is longer than a button, {BUTTON_LIMIT} characters")


def placeholders(wording: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(wording))


@cache
def packaged_texts(language: Language) -> dict[TextName, str]:
    content = Path(__file__).parent / "data" / f"texts.{language}.json"
    texts: dict[TextName, str] = json.loads(content.read_text(encoding="utf-8"))
    return texts
