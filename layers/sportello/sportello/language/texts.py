"""What Sportello itself says to customers: packaged wording, which settings may replace. Pure.

A placeholder is `{name}`; nothing else in a text is special. A text may have other wordings for
the tones of channels beside its `default`.
"""

import re
from collections.abc import Mapping
from typing import Literal, get_args

from sportello.channel_kinds import Tone
from sportello.language.languages import Language, by_language, part

TextName = Literal[
    "bot_disclosure",
    "bot_disclosure_unattended",
    "greeting",
    "greeting_unattended",
    "help",
    "help_unattended",
    "handoff",
    "handoff_unattended",
    "expected_wait",
    "expected_wait_changed",
    "out_of_hours",
    "out_of_hours_unattended",
    "promise_made",
    "promise_broken",
    "colleague",
    "call_back",
    "channel_change",
    "bot_failed",
    "talk_to_person_button",
]
TEXT_NAMES: tuple[TextName, ...] = get_args(TextName)

UNATTENDED: Mapping[TextName, TextName] = {
    "bot_disclosure": "bot_disclosure_unattended",
    "greeting": "greeting_unattended",
    "help": "help_unattended",
    "handoff": "handoff_unattended",
    "bot_failed": "handoff_unattended",
    "out_of_hours": "out_of_hours_unattended",
}
"""What is said instead where nobody can be rung: it promises nobody."""

Overrides = Mapping[Language, Mapping[TextName, str]]
"""A business's own wording, as far as it has any: by language, then by name."""

BUTTON_LIMIT = 20
"""Characters on a reply button, the lowest limit of all channels."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class TextError(ValueError):
    """A text that cannot be said as it stands: a value is missing, or the wording is not usable."""


def text(
    name: TextName,
    language: Language,
    *,
    tone: Tone | None = None,
    overrides: Overrides | None = None,
    **values: str,
) -> str:
    """Say a text with its placeholders filled in.

    The business's own wording holds in every tone.
    """
    own = (overrides or {}).get(language, {})
    wording = own.get(name) or _in_tone(_wordings(language)[name], tone)
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
    return frozenset(places_in(wording))


def places_in(wording: str) -> tuple[str, ...]:
    """Return the placeholders in their order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(wording)))


def packaged_texts(language: Language, tone: Tone | None = None) -> Mapping[TextName, str]:
    return {name: _in_tone(wording, tone) for name, wording in _wordings(language).items()}


def _in_tone(wording: str | Mapping[str | None, str], tone: Tone | None) -> str:
    return wording if isinstance(wording, str) else wording.get(tone, wording["default"])


@by_language
def _wordings(language: Language) -> Mapping[TextName, str | Mapping[str | None, str]]:
    texts: dict[TextName, str | Mapping[str | None, str]] = part(language, "texts")
    return texts
