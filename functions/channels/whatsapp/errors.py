"""What the Cloud API's answer to a send means, decided by its numbers and never by its titles."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from pydantic import ValidationError

from channels.answers import BUSY, FAULTS, Meaning, judge_by_status, raise_for_file, refuse
from channels.reading import Wire
from channels.whatsapp.error_codes import ERROR_CODES, WRONG_NUMBER_ID, TryAgain
from sportello.errors import ProviderUnavailable
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.fetching_channel import FileGone
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

GONE: Mapping[int, Meaning] = dict.fromkeys(
    (HTTPStatus.NOT_FOUND, HTTPStatus.GONE), Refusal.CONTENT
)
"""Of a file; of a message these say that the address is wrong."""


class _Error(Wire):
    code: int
    error_subcode: int | None = None
    is_transient: bool = False


class _Failure(Wire):
    error: _Error


class _Sent(Wire):
    id: str


class _Accepted(Wire):
    messages: list[_Sent]


def judge(reply: Reply) -> Delivery:
    """Raises ProviderUnavailable or ConfigurationRefused where the message was not taken."""
    return _accepted(reply.document()) if reply.is_success else _refused(reply)


def judge_upload(reply: Reply) -> str | Delivery:
    """Return the id of a file that was taken, or the refusal that its message gets for it.

    Raises as `judge` does, and ProviderUnavailable too where nobody knows: a file that was taken
    twice shows to nobody.
    """
    if reply.is_success:
        try:
            return _Sent.model_validate(reply.document()).id
        except ValidationError:
            raise ProviderUnavailable("the upload has no readable answer") from None
    refusal = _refused(reply)
    if refusal.status is DeliveryStatus.UNKNOWN:
        raise ProviderUnavailable("nobody knows whether the file was taken")
    return refusal


def _refused(reply: Reply) -> Delivery:
    error = _error_of(reply.document())
    if error is None:
        return judge_by_status(reply, {})
    match _rule(error, reply.status):
        case Refusal() | ChannelFault() as meaning:
            return refuse(meaning, str(error.code))
        case TryAgain(after_seconds=seconds):
            wish = reply.retry_after_seconds
            raise ProviderUnavailable(
                f"WhatsApp error {error.code}",
                retry_after_seconds=seconds if wish is None else wish,
            )


def raise_without_file(reply: Reply) -> NoReturn:
    """Judge a refusal to tell where a file is: one that is gone looks like a wrong id of ours.

    Raises FileGone, ProviderUnavailable or ConfigurationRefused.
    """
    error = _error_of(reply.document())
    if error is None:
        raise_for_file(reply, judge_by_status(reply, GONE))
    if (error.code, error.error_subcode) == WRONG_NUMBER_ID:
        raise FileGone(f"WhatsApp error {error.code}")
    raise_for_file(reply, _refused(reply))


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
        return _Failure.model_validate(document).error
    except ValidationError:
        return None


def _rule(error: _Error, status: int) -> Meaning | TryAgain:
    if (error.code, error.error_subcode) == WRONG_NUMBER_ID:
        return ChannelFault.ADDRESS
    if rule := ERROR_CODES.get(error.code):
        return rule
    if error.is_transient or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in BUSY:
        return TryAgain()
    return FAULTS.get(status, Refusal.CONTENT)
