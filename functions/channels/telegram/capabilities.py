"""What Telegram is and can carry.

core.telegram.org/bots/api says "characters" of a text and counts its entities in units of UTF-16:
within these it is within either.
"""

from sportello.channel_kinds import ChannelKind, Tone
from sportello.messaging.capabilities import Capabilities, TextUnit

NAME = "telegram"

CAPABILITIES = Capabilities(
    kind=ChannelKind.MESSAGING,
    tone=Tone.NEUTRAL,
    text_limit=4_096,
    text_unit=TextUnit.UTF_16,
    buttons=8,
    button_title_limit=40,
    button_id_bytes=64,
    reply_window_seconds=None,
)
