"""What WhatsApp is and can carry.

Limits: developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages and
.../interactive-reply-buttons-messages, of files .../business-phone-numbers/media.
"""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_media import MAX_FILE_BYTES, MediaKind, MediaLimits

NAME = "whatsapp"

_CAPTION_LIMIT = 1_024

MEDIA = {
    MediaKind.IMAGE: MediaLimits(
        mime_types=frozenset({"image/jpeg", "image/png"}),
        max_bytes=5_000_000,
        caption_limit=_CAPTION_LIMIT,
    ),
    MediaKind.VIDEO: MediaLimits(
        mime_types=frozenset({"video/mp4", "video/3gpp"}),
        max_bytes=16_000_000,
        caption_limit=_CAPTION_LIMIT,
    ),
    # Ogg is taken with Opus in it, as phones record it, and with nothing else.
    MediaKind.VOICE: MediaLimits(mime_types=frozenset({"audio/ogg"}), max_bytes=16_000_000),
    MediaKind.AUDIO: MediaLimits(
        mime_types=frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"}),
        max_bytes=16_000_000,
    ),
    MediaKind.DOCUMENT: MediaLimits(
        mime_types=frozenset(
            {
                "text/plain",
                "application/pdf",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            }
        ),
        max_bytes=MAX_FILE_BYTES,
        caption_limit=_CAPTION_LIMIT,
    ),
}

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    text_limit_above_buttons=1_024,
    buttons=3,
    button_title_limit=20,
    button_id_bytes=256,
    reply_window_seconds=24 * 3_600,
    media=MEDIA,
    templates=True,
)
