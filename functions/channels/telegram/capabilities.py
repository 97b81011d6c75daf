"""What Telegram is and can carry."""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities

NAME = "telegram"

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    buttons=8,
    button_title_limit=40,
    reply_window_seconds=None,
)
