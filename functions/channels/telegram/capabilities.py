"""What Telegram is and can carry.

core.telegram.org/bots/api says "characters" of a text and counts its entities in units of UTF-16:
within these it is within either.
"""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities, TextUnit
from sportello.messaging.outbound_media import MAX_FILE_BYTES, MediaKind, MediaLimits

NAME = "telegram"

_CAPTION_LIMIT = 1_024


def _of_types(*mime_types: str, max_bytes: int = MAX_FILE_BYTES) -> MediaLimits:
    return MediaLimits(
        mime_types=frozenset(mime_types), max_bytes=max_bytes, caption_limit=_CAPTION_LIMIT
    )


MEDIA = {
    # A larger or longer picture goes as a document.
    MediaKind.IMAGE: _of_types(
        "image/jpeg", "image/png", "image/webp", max_bytes=10_000_000
    ).model_copy(update={"sides": 10_000, "ratio": 20}),
    MediaKind.VIDEO: _of_types("video/mp4"),
    MediaKind.VOICE: _of_types("audio/ogg"),
    MediaKind.AUDIO: _of_types("audio/mpeg", "audio/mp4"),
    MediaKind.DOCUMENT: _of_types(),
}
"""The Bot API takes 50 MB of all but photos: more than is held in memory here."""

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    text_unit=TextUnit.UTF_16,
    buttons=8,
    button_title_limit=40,
    button_id_bytes=64,
    reply_window_seconds=None,
    media=MEDIA,
)
