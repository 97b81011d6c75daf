"""What the Bot API's answer to a call means."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

from pydantic import ValidationError

from channels.reading import Decoration, Wire
from sportello.errors import ProviderUnavailable, Rejected
from sportello.messaging.channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

ERROR_CODES: Mapping[int, Refusal] = {
    HTTPStatus.BAD_REQUEST: Refusal.CONTENT,
    # The token is wrong, or malformed: it is part of the path.
    HTTPStatus.UNAUTHORIZED: Refusal.CONFIGURATION,
    HTTPStatus.NOT_FOUND: Refusal.CONFIGURATION,
    # The customer blocked the bot, left, or never pressed Start.
    HTTPStatus.FORBIDDEN: Refusal.RECIPIENT,
}

_CHAT_NOT_FOUND = "chat not found"
"""Telegram has one number for every bad request, and this one is not the content's fault."""


class _Parameters(Wire):
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


class _Failure(Wire):
    ok: Literal[False]
    error_code: int
    description: str = ""
    parameters: Decoration[_Parameters] = None


class _Chat(Wire):
    id: int


class _Sent(Wire):
    message_id: int
    chat: _Chat


class _Success(Wire):
    ok: Literal[True]
    result: _Sent


def judge(reply: Reply) -> Delivery:
    """Raises ProviderUnavailable where the answer says that the message was not taken."""
    document = reply.document()
    if _succeeded(reply):
        return _accepted(document)
    failure = _failure_of(document)
    _raise_if_later(reply, failure)
    if failure is None:
        return _without_failure(reply.status)
    return Delivery.refused(_refusal(failure), str(failure.error_code))


def raise_unless_done(reply: Reply) -> None:
    """Judge a call whose result is of no interest; raises ProviderUnavailable or Rejected."""
    if not _succeeded(reply):
        _raise_if_later(reply, _failure_of(reply.document()))
        raise Rejected(f"Telegram error {reply.status}")


def _succeeded(reply: Reply) -> bool:
    return HTTPStatus(200) <= reply.status < HTTPStatus(300)


def _raise_if_later(reply: Reply, failure: _Failure | None) -> None:
    status = failure.error_code if failure else reply.status
    later = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    if later or (failure and status >= HTTPStatus.INTERNAL_SERVER_ERROR):
        wish = failure.parameters.retry_after if failure and failure.parameters else None
        raise ProviderUnavailable(
            f"Telegram error {status}",
            retry_after_seconds=reply.retry_after_seconds if wish is None else wish,
        )


def _accepted(document: Any) -> Delivery:
    try:
        sent = _Success.model_validate(document).result
    except ValidationError:
        return Delivery.unknown("unreadable_answer")
    return Delivery.accepted(f"{sent.chat.id}:{sent.message_id}")


def _failure_of(document: Any) -> _Failure | None:
    try:
        return _Failure.model_validate(document)
    except ValidationError:
        return None


def _refusal(failure: _Failure) -> Refusal:
    moved = failure.parameters and failure.parameters.migrate_to_chat_id
    if moved or _CHAT_NOT_FOUND in failure.description.lower():
        return Refusal.RECIPIENT
    return ERROR_CODES.get(failure.error_code, Refusal.CONTENT)


def _without_failure(status: int) -> Delivery:
    """Judge an answer by its status alone: it came from a gateway in between, perhaps."""
    code = f"http_{status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Delivery.unknown(code)
    if status >= HTTPStatus.BAD_REQUEST:
        return Delivery.refused(ERROR_CODES.get(status, Refusal.CONTENT), code)
    # A redirect, which is never followed: the address is wrong.
    return Delivery.refused(Refusal.CONFIGURATION, code)
