"""What WhatsApp is and can carry.

Limits: developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages and
.../interactive-reply-buttons-messages.
"""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities

NAME = "whatsapp"

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    text_limit_above_buttons=1_024,
    buttons=3,
    button_title_limit=20,
    button_id_bytes=256,
    reply_window_seconds=24 * 3_600,
)
