"""What a channel may be asked about itself."""

from pydantic import Field

from sportello.channel_kinds import ChannelKind, Tone
from sportello.model import Model


class Capabilities(Model):
    """What a channel is and can carry; differences between channels are data, never an `if`.

    `text_limit` is in code points. `reply_window_seconds` counts from the customer's last
    message, None where the provider sets no window. `buttons` is how many choices a message may
    carry, `button_title_limit` their length in code points.
    """

    kind: ChannelKind
    tone: Tone
    text_limit: int = Field(gt=0)
    buttons: int = Field(ge=0)
    button_title_limit: int = Field(ge=0)
    reply_window_seconds: int | None
