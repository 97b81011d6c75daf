"""Why a message did not arrive, in words for people, and what they may do instead. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from sportello.model import Model


class Remedy(StrEnum):
    """What a person may do about it.

    `template` is a message that the provider has approved beforehand, sent with its own tools,
    `operator` a fault that only who runs the desk can mend.
    """

    WAIT = "wait_for_customer"
    OTHER_CHANNEL = "other_channel"
    CALL = "call"
    TEMPLATE = "template"
    REWRITE = "rewrite"
    WRITE_AGAIN = "write_again"
    OPERATOR = "operator"


class Explanation(Model):
    """`reason` is stable and for programs, `words` are for people."""

    reason: str
    words: str
    possible: tuple[Remedy, ...]


_ELSEWHERE = (Remedy.OTHER_CHANNEL, Remedy.CALL)


def _explained(reason: str, words: str, *possible: Remedy) -> Explanation:
    return Explanation(reason=reason, words=words, possible=possible)


WINDOW_CLOSED = _explained(
    "window_closed",
    "The channel takes no free text so long after the customer's last message.",
    Remedy.WAIT,
    Remedy.TEMPLATE,
    *_ELSEWHERE,
)
_NOT_REACHABLE = _explained(
    "not_reachable", "The customer cannot be reached on this channel.", *_ELSEWHERE
)
_NOT_ACCEPTED = _explained(
    "not_accepted",
    "The channel does not take this message as it is.",
    Remedy.REWRITE,
    *_ELSEWHERE,
)
_NOT_ALLOWED = _explained(
    "not_allowed",
    "The channel's rules forbid this message to this customer.",
    Remedy.WAIT,
    *_ELSEWHERE,
)
UNKNOWN = _explained(
    "unknown_reason",
    "The channel did not say why.",
    Remedy.WRITE_AGAIN,
    *_ELSEWHERE,
)

WITHDRAWN = "owner_changed"

EXPLANATIONS: Mapping[str, Explanation] = {
    "window_closed": WINDOW_CLOSED,
    "blocked": _explained("blocked", "The customer has blocked us on this channel.", *_ELSEWHERE),
    "recipient": _NOT_REACHABLE,
    "not_reachable": _NOT_REACHABLE,
    "content": _NOT_ACCEPTED,
    "not_accepted": _NOT_ACCEPTED,
    "too_long": _explained("too_long", "The message is too long for the channel.", Remedy.REWRITE),
    "policy": _NOT_ALLOWED,
    "not_allowed": _NOT_ALLOWED,
    **dict.fromkeys(
        (
            *("configuration", "secret", "token", "permission", "payment", "restricted"),
            *("sending_limit", "display_name", "registration", "account", "address"),
        ),
        _explained(
            "configuration",
            "The channel refuses the business's account until an operator mends it.",
            Remedy.OPERATOR,
            *_ELSEWHERE,
        ),
    ),
    WITHDRAWN: _explained(WITHDRAWN, "People took the conversation before it could leave."),
}
"""By the word that an outcome's code begins with: `Refusal` has them, and `delivering.py`."""


def explain_refusal(error_code: str) -> Explanation:
    """Explain an outcome by its code, `<word>:<provider's number>`; any other is unknown."""
    return EXPLANATIONS.get(error_code.partition(":")[0], UNKNOWN)
