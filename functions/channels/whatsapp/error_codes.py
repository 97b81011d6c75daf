"""What the numbers of the Cloud API's errors mean, in its answers and in its receipts.

developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, and for what
every Graph API shares developers.facebook.com/docs/graph-api/guides/error-handling.
"""

from collections.abc import Mapping

from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.outbound_channel import Refusal
from sportello.model import Model


class TryAgain(Model):
    """The message was not taken, and later it may be."""

    after_seconds: int | None = None


WRONG_NUMBER_ID = (100, 33)
"""Code and subcode: no such object, or the token may not see it."""

ERROR_CODES: Mapping[int, Refusal | ChannelFault | TryAgain] = {
    # Throughput of the number, the account, the app, the API; a throttled flow.
    **dict.fromkeys((4, 17, 32, 341, 613, *range(80000, 80015), 130429, 132069), TryAgain()),
    # One message every six seconds to the same person.
    131056: TryAgain(after_seconds=6),
    # Something went wrong over there; 131057 is maintenance, 134101 a template being copied.
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 133004, 134101, 135000), TryAgain()),
    131047: Refusal.WINDOW_CLOSED,
    131001: Refusal.TOO_LONG,
    # Frequency cap, experiment group, the customer stopped marketing.
    **dict.fromkeys((131049, 130472, 131050), Refusal.POLICY),
    **dict.fromkeys((131021, 131026, 131030, 131062, 130497), Refusal.RECIPIENT),
    **dict.fromkeys((100, 131008, 131009, 131051, 131052, 131053, 131055), Refusal.CONTENT),
    # Templates, paused and disabled ones too, and blocked flows: of this message alone.
    **dict.fromkeys((*range(132000, 132017), 132018, 132068, 134100, 134102), Refusal.CONTENT),
    # The token, whatever the subcode says of it: expired, revoked, of a changed password.
    **dict.fromkeys((0, 102, 104, 190), ChannelFault.TOKEN),
    **dict.fromkeys((3, 5, 10, *range(200, 300), 131005), ChannelFault.PERMISSION),
    # 134011 is about the terms of WhatsApp Payments.
    **dict.fromkeys((131042, 134011), ChannelFault.PAYMENT),
    # Restricted, locked, blocked or disabled for policy reasons.
    **dict.fromkeys((368, 131031, 131064, 133007), ChannelFault.RESTRICTED),
    # Customers blocked or reported too many messages of this number.
    131048: ChannelFault.SENDING_LIMIT,
    131037: ChannelFault.DISPLAY_NAME,
    # The number was deleted, has a wrong certificate, or is not registered (any more).
    **dict.fromkeys(
        (33, 131045, *range(133000, 133004), 133005, 133006), ChannelFault.REGISTRATION
    ),
    **dict.fromkeys((133008, 133009, 133010, 133015, 133016), ChannelFault.REGISTRATION),
    # A version of the API that is gone, a path that never was, an id that names nothing.
    **dict.fromkeys((12, 803, 2500, 2635, 131006), ChannelFault.ADDRESS),
}


def in_words(code: int) -> str:
    """Return an error as outcomes are recorded, `<word>:<number>`; the number alone says less."""
    rule = ERROR_CODES.get(code)
    return str(code) if rule is None or isinstance(rule, TryAgain) else f"{rule}:{code}"
