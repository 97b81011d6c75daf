"""What the Cloud API's answer to a send means, decided by its numbers and never by its titles.

Numbers: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from channels.answers import judge_by_status, succeeded
from channels.reading import Wire
from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply
from sportello.model import Model


class TryAgain(Model):
    """The message was not taken, and later it may be."""

    after_seconds: int | None = None


_WRONG_NUMBER_ID = (100, 33)
"""Code and subcode: no such object, or the token may not see it."""

ERROR_CODES: Mapping[int, Refusal | TryAgain] = {
    # Throughput of the number, the account, the app.
    **dict.fromkeys((4, 80007, 130429), TryAgain()),
    # One message every six seconds to the same person.
    131056: TryAgain(after_seconds=6),
    # Something went wrong over there; 131057 is maintenance of the account.
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 133004, 135000), TryAgain()),
    131047: Refusal.WINDOW_CLOSED,
    # Frequency cap, experiment group, the customer stopped marketing.
    **dict.fromkeys((131049, 130472, 131050), Refusal.POLICY),
    **dict.fromkeys((131021, 131026, 131030, 131062, 130497), Refusal.RECIPIENT),
    **dict.fromkeys((100, 131008, 131009, 131051, 131053), Refusal.CONTENT),
    **dict.fromkeys(range(132000, 132017), Refusal.CONTENT),
    # Token and permissions.
    **dict.fromkeys((0, 3, 10, 190, *range(200, 300), 131005), Refusal.CONFIGURATION),
    # The account, its payment, the number and its registration.
    **dict.fromkeys((131042, 131045, 131037, 133010), Refusal.CONFIGURATION),
    # Blocked or restricted for policy reasons: nothing leaves this number until ops act.
    **dict.fromkeys((368, 131031, 131048, 131064), Refusal.CONFIGURATION),
}

_STATUSES: Mapping[int, Refusal] = {
    HTTPStatus.UNAUTHORIZED: Refusal.CONFIGURATION,
    HTTPStatus.FORBIDDEN: Refusal.CONFIGURATION,
    HTTPStatus.NOT_FOUND: Refusal.CONFIGURATION,
}


class _Error(Wire):
    code: int
    error_subcode: int | None = None
    is_transient: bool = False


class _Refused(Wire):
    error: _Error


class _Sent(Wire):
    id: str


class _Accepted(Wire):
    messages: list[_Sent]


def judge(reply: Reply) -> Delivery:
    """Raises ProviderUnavailable where the answer says that the message was not taken."""
    document = reply.document()
    if succeeded(reply):
        return _accepted(document)
    error = _error_of(document)
    if error is None:
        return judge_by_status(reply, _STATUSES)
    match _rule(error, reply.status):
        case Refusal() as refusal:
            return Delivery.refused(refusal, str(error.code))
        case TryAgain(after_seconds=seconds):
            wish = reply.retry_after_seconds
            raise ProviderUnavailable(
                f"WhatsApp error {error.code}",
                retry_after_seconds=seconds if wish is None else wish,
            )


def _accepted(document: Any) -> Delivery:
    try:
        sent = _Accepted.model_validate(document).messages
    except ValidationError:
        sent = []
    if len(sent) == 1 and sent[0].id:
        return Delivery.accepted(sent[0].id)
    return Delivery.unknown("unreadable_answer")


def _error_of(document: Any) -> _Error | None:
    try:
        return _Refused.model_validate(document).error
    except ValidationError:
        return None


def _rule(error: _Error, status: int) -> Refusal | TryAgain:
    if (error.code, error.error_subcode) == _WRONG_NUMBER_ID:
        return Refusal.CONFIGURATION
    if rule := ERROR_CODES.get(error.code):
        return rule
    if error.is_transient or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryAgain()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryAgain()
    return _STATUSES.get(status, Refusal.CONTENT)
