"""What a provider's answer means by its HTTP status alone, whatever its body says."""

from collections.abc import Mapping
from http import HTTPStatus

from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""The message was surely not taken, and later it may be."""


def succeeded(reply: Reply) -> bool:
    return HTTPStatus(200) <= reply.status < HTTPStatus(300)


def judge_by_status(reply: Reply, refusals: Mapping[int, Refusal]) -> Delivery:
    """Judge a failure whose body is not the provider's: a gateway in between wrote it, perhaps.

    `refusals` says what the provider means by a status; any other client error is the content's.
    Raises ProviderUnavailable where the status says that the message was not taken.
    """
    raise_if_busy(reply)
    code = f"http_{reply.status}"
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Delivery.unknown(code)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return Delivery.refused(refusals.get(reply.status, Refusal.CONTENT), code)
    # A redirect, which is never followed: the address is wrong.
    return Delivery.refused(Refusal.CONFIGURATION, code)


def raise_if_busy(reply: Reply) -> None:
    if reply.status in BUSY:
        raise ProviderUnavailable(
            f"the provider answered {reply.status}", retry_after_seconds=reply.retry_after_seconds
        )
