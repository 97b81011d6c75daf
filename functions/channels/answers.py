"""What a provider's answer means by its HTTP status alone, whatever its body says."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NoReturn

from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.fetching_channel import FileGone
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

BUSY = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""The message was surely not taken, and later it may be."""

FAULTS: Mapping[int, ChannelFault] = {
    HTTPStatus.UNAUTHORIZED: ChannelFault.TOKEN,
    HTTPStatus.PAYMENT_REQUIRED: ChannelFault.PAYMENT,
    HTTPStatus.FORBIDDEN: ChannelFault.PERMISSION,
    **dict.fromkeys(
        (
            HTTPStatus.NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
            HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
            HTTPStatus.GONE,
            HTTPStatus.MISDIRECTED_REQUEST,
            HTTPStatus.UPGRADE_REQUIRED,
        ),
        ChannelFault.ADDRESS,
    ),
}
"""What an operator cures; a provider that means something else by one says so itself."""

type Meaning = Refusal | ChannelFault
"""Why a message was not taken: of its own, or as any other would not have been."""


def judge_by_status(reply: Reply, meanings: Mapping[int, Meaning]) -> Delivery:
    """Judge a failure whose body is not the provider's: a gateway in between wrote it, perhaps.

    `meanings` is what the provider means by a status; any other client error is the content's.
    Raises ProviderUnavailable where the status says that the message was not taken, and
    ConfigurationRefused where an operator has to act first.
    """
    raise_if_busy(reply)
    code = f"http_{reply.status}"
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Delivery.unknown(code)
    if reply.status < HTTPStatus.BAD_REQUEST:
        # A redirect, which is never followed: the address is wrong.
        return refuse(ChannelFault.ADDRESS, code)
    return refuse({**FAULTS, **meanings}.get(reply.status, Refusal.CONTENT), code)


def refuse(meaning: Meaning, error_code: str) -> Delivery:
    """Return a refusal for good; raises ConfigurationRefused where an operator can cure it."""
    if isinstance(meaning, ChannelFault):
        raise ConfigurationRefused(meaning, error_code)
    return Delivery.refused(meaning, error_code)


def raise_for_file(reply: Reply, judged: Delivery) -> NoReturn:
    """Raise what a judged failure means for a file: asking for it again does no harm."""
    words = f"asked for a file, the provider answered {reply.status}"
    if judged.status is DeliveryStatus.UNKNOWN:
        raise ProviderUnavailable(words, retry_after_seconds=reply.retry_after_seconds)
    raise FileGone(words)


def raise_if_busy(reply: Reply) -> None:
    if reply.status in BUSY:
        raise ProviderUnavailable(
            f"the provider answered {reply.status}", retry_after_seconds=reply.retry_after_seconds
        )
