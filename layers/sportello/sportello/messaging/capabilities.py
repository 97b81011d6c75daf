"""What a channel may be asked about itself."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.outbound_media import MediaKind, MediaLimits
from sportello.model import Model


class TextUnit(StrEnum):
    """What a provider counts a text in: an emoji is one code point, and two units of UTF-16."""

    CODE_POINT = "code_point"
    UTF_16 = "utf_16"

    def length(self, text: str) -> int:
        if self is TextUnit.CODE_POINT:
            return len(text)
        return len(text) + sum(character > "\uffff" for character in text)


class Capabilities(Model):
    """What a channel is and can carry; differences between channels are data, never an `if`.

    `text_limit` is how long a text may be, `text_limit_above_buttons` how long one with choices
    under it, both in `text_unit`, as is `button_title_limit`; None where it makes no difference.
    `buttons` is how many choices a message may carry, `button_id_bytes` how long their ids may be
    in UTF-8. `reply_window_seconds` counts from the customer's last message, None where the
    provider sets no window. `vouches_for_sender` is whether what comes in proves who wrote it.
    `media` is what files it takes, `templates` whether there are messages that its provider has
    approved beforehand, which it takes outside the window too.
    """

    kind: ChannelKind
    tone: Tone
    text_limit: int = Field(gt=1)
    text_limit_above_buttons: int | None = Field(default=None, gt=1)
    text_unit: TextUnit = TextUnit.CODE_POINT
    buttons: int = Field(ge=0)
    button_title_limit: int = Field(ge=0)
    button_id_bytes: int = Field(default=64, ge=0)
    reply_window_seconds: int | None
    vouches_for_sender: bool = True
    media: Mapping[MediaKind, MediaLimits] = {}
    templates: bool = False
