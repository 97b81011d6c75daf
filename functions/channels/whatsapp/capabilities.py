"""What WhatsApp is and can carry."""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities

NAME = "whatsapp"

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    buttons=3,
    button_title_limit=20,
    reply_window_seconds=24 * 3_600,
)
