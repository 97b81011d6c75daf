"""What platforms write in a customer's name: a deep link's start, the entries of a bot's menu."""

import re
from typing import Any

from sportello.messaging.attachments import Origin

_SIGN = re.compile(
    r"/(?P<name>start|help|settings|stop)(?:@\w+)?(?:\s+(?P<rest>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def sign_fields(text: str) -> dict[str, Any]:
    """Return the fields of a message whose text is such a sign, or the text alone.

    A start may carry a reference of 64 letters, digits, dashes and underscores, which the
    business has put into a link or QR code; whatever else follows a sign was typed
    (core.telegram.org/bots/features#global-commands and #deep-linking).
    """
    match = _SIGN.fullmatch(text.strip())
    if match is None:
        return {"text": text}
    name, rest = match["name"].lower(), match["rest"] or ""
    if name == "start" and _REFERENCE.fullmatch(rest):
        return {"text": "", "platform_sign": name, "origin": Origin(kind="link", reference=rest)}
    return {"text": rest, "platform_sign": name}
