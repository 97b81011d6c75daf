"""Every text as it would be said, with something in each place of it, to look at. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sportello.channel_kinds import Tone
from sportello.language.languages import Language, by_language
from sportello.language.settings import TextSettings
from sportello.language.spoken_duration import wait_in_words
from sportello.language.spoken_time import deadline_in_words, opening_in_words
from sportello.language.texts import (
    TEXT_NAMES,
    TextName,
    packaged_texts,
    places_in,
    text,
)
from sportello.model import Model

type TextPlaceName = Literal["position", "wait", "opening", "by", "who", "channel"]

_ZONE = ZoneInfo("Europe/Rome")
_NOW = datetime(2026, 3, 4, 14, 40, tzinfo=_ZONE)
"""Some afternoon: samples are the same every day."""

_OPENING = datetime(2026, 3, 5, 9, 0, tzinfo=_ZONE)


class TextPlace(Model):
    """A placeholder of a text, and what stands there in the preview unless somebody says."""

    name: str
    sample: str


class PreviewedText(Model):
    """`text` is as it would be said, `wording` with its placeholders, `packaged` what is shipped.

    `placeholders` are those that a wording of this text may have; `is_own` says that the business
    has its own.
    """

    name: TextName
    text: str
    wording: str
    packaged: str
    is_own: bool
    placeholders: tuple[TextPlace, ...]


def preview(
    settings: TextSettings,
    language: Language,
    tone: Tone,
    values: Mapping[TextPlaceName, str],
    name: TextName | None = None,
) -> Iterator[PreviewedText]:
    """Say one text, or all in their order; `values` stand in place of the samples."""
    packaged, own = packaged_texts(language, tone), settings.texts.get(language, {})
    filling: dict[str, str] = {**samples(language), **dict(values.items())}
    for each in TEXT_NAMES if name is None else (name,):
        yield PreviewedText(
            name=each,
            text=text(each, language, tone=tone, overrides=settings.texts, **filling),
            wording=own.get(each) or packaged[each],
            packaged=packaged[each],
            is_own=each in own,
            placeholders=tuple(
                TextPlace(name=place, sample=samples(language)[place])
                for place in places_in(packaged_texts(language)[each])
            ),
        )


@by_language
def samples(language: Language) -> Mapping[str, str]:
    return {
        "position": "3",
        "wait": wait_in_words(120, 300, language),
        "opening": opening_in_words(_OPENING, _NOW, language, _ZONE),
        "by": deadline_in_words(_NOW + timedelta(hours=1), _NOW, language, _ZONE),
        "who": "Anna",
        "channel": "e-mail",
    }
