"""What is looked for in a reply before it is sent, as data that a front end may look for too. Pure.

Patterns are understood alike by Python and by JavaScript with the flag `u`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from sportello.channel_kinds import ChannelKind, Tone
from sportello.language.languages import by_language, default_language, part
from sportello.messaging.capabilities import Capabilities, TextUnit
from sportello.messaging.outbound_media import MediaKind
from sportello.model import Model


class Severity(StrEnum):
    """An `error` should not be sent, a `warning` read again, a `hint` known of."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


LONGEST: Mapping[ChannelKind, int] = {
    ChannelKind.LIVE_CHAT: 400,
    ChannelKind.MESSAGING: 600,
    ChannelKind.EMAIL: 4_000,
    ChannelKind.PUBLIC: 280,
}
"""How many characters are read to the end, by the kind of channel."""

MOST_EXCLAMATION_MARKS = 2
LETTERS_OF_A_LOUD_WORD = 4
LOUD_WORDS = 2
"""One word in capitals is a name; as many in a row are shouted."""

SHORTENERS = ("bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly")

PATTERNS: Mapping[str, str] = {
    "placeholder": r"\{\{?[^{}\n]{0,60}\}?\}"
    r"|\[[A-Z\u00c0-\u00dd][A-Z\u00c0-\u00dd_ ]{1,39}\]|_{3,}",
    "exclamation_marks": r"!(?:\s?!)+",
    "iban": r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?\b",
    "card_number": r"(?<!\d)[2-6](?:[ \-]?\d){12,18}(?!\d)",
    "tax_code": r"\b[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]\b",
    "email_address": r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}",
    "phone_number": r"(?<![\w.])\+?\d(?:[ .\-]?\d){7,14}(?!\w)",
    "insecure_link": r"\bhttp://[^\s]+",
    "shortened_link": r"\b(?:https?://)?(?:"
    + "|".join(map(str, SHORTENERS)).replace(".", r"\.")
    + r")/[^\s]+",
}

SEVERITIES: Mapping[str, Severity] = {
    "placeholder": Severity.ERROR,
    "card_number": Severity.ERROR,
    "iban": Severity.WARNING,
    "tax_code": Severity.WARNING,
    "email_address": Severity.ERROR,
    "phone_number": Severity.ERROR,
    "mixed_address": Severity.WARNING,
    "too_informal": Severity.WARNING,
    "too_formal": Severity.HINT,
    "capitals": Severity.WARNING,
    "exclamation_marks": Severity.WARNING,
    "blame": Severity.WARNING,
    "insecure_link": Severity.WARNING,
    "shortened_link": Severity.WARNING,
    "long": Severity.HINT,
    "parts": Severity.HINT,
}

IN_PUBLIC = frozenset({"email_address", "phone_number"})
"""Looked for only where everybody reads along."""

PRIVATE_DATA = frozenset({"card_number", "iban", "tax_code", *IN_PUBLIC})
"""An error where everybody reads along, whatever it is elsewhere."""


class FormsOfAddress(Model):
    """The words that show how a customer is spoken to; `formal_in_capitals` only so written."""

    informal: tuple[str, ...] = ()
    formal: tuple[str, ...] = ()
    formal_in_capitals: tuple[str, ...] = ()


class FileLimits(Model):
    """What files of a kind a channel takes; without `mime_types` those of any type."""

    mime_types: tuple[str, ...]
    max_bytes: int


class LintRules(Model):
    """What holds for replies on a channel, in a language; `text_limit` None is unknown.

    `media` are the kinds of file that it takes, in the order in which a file is tried as one.
    """

    channel: str
    channel_kind: ChannelKind
    tone: Tone
    public: bool
    language: str
    text_limit: int | None
    text_unit: TextUnit
    text_limit_above_buttons: int | None = None
    buttons: int = 0
    button_title_limit: int = 0
    media: Mapping[MediaKind, FileLimits] = Field(default_factory=dict)
    longest: int
    most_exclamation_marks: int = MOST_EXCLAMATION_MARKS
    letters_of_a_loud_word: int = LETTERS_OF_A_LOUD_WORD
    loud_words: int = LOUD_WORDS
    severities: Mapping[str, Severity]
    patterns: Mapping[str, str]
    address: FormsOfAddress
    blame: tuple[str, ...] = ()
    words: Mapping[str, str] = Field(default_factory=dict)


def lint_rules(
    channel: str,
    capabilities: Capabilities | None,
    language: str,
    *,
    kind: ChannelKind | None = None,
    tone: Tone | None = None,
    spoken: str = "",
) -> LintRules:
    """Put together what holds on a channel; of one that was removed only its kind may be known.

    The findings are said in the language `spoken`, the text's own unless told.
    """
    kind = kind or (capabilities.kind if capabilities else ChannelKind.MESSAGING)
    tone = tone or (capabilities.tone if capabilities else Tone.NEUTRAL)
    public = kind is ChannelKind.PUBLIC
    of_text, of_words = _data(language), _data(spoken or language)
    severities = {
        name: Severity.ERROR if public and name in PRIVATE_DATA else severity
        for name, severity in SEVERITIES.items()
        if public or name not in IN_PUBLIC
    }
    carried: dict[str, Any] = (
        {
            "text_limit_above_buttons": capabilities.text_limit_above_buttons,
            "buttons": capabilities.buttons,
            "button_title_limit": capabilities.button_title_limit,
            "media": _files(capabilities),
        }
        if capabilities
        else {}
    )
    return LintRules(
        **carried,
        channel=channel,
        channel_kind=kind,
        tone=tone,
        public=public,
        language=language,
        text_limit=capabilities.text_limit if capabilities else None,
        text_unit=capabilities.text_unit if capabilities else TextUnit.CODE_POINT,
        longest=LONGEST.get(kind, LONGEST[ChannelKind.MESSAGING]),
        severities=severities,
        patterns={name: pattern for name, pattern in PATTERNS.items() if name in severities},
        address=FormsOfAddress.model_validate(of_text.get("address", {})),
        blame=tuple(of_text.get("blame", ())),
        words=of_words.get("words") or _data(default_language())["words"],
    )


def _files(capabilities: Capabilities) -> Mapping[MediaKind, FileLimits]:
    return {
        kind: FileLimits(mime_types=tuple(sorted(limits.mime_types)), max_bytes=limits.max_bytes)
        for kind in MediaKind
        if (limits := capabilities.media.get(kind))
    }


@by_language
def _data(language: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = part(language, "lint") or {}
    return data
