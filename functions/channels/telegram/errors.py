"""What the Bot API's answer to a call means."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

from pydantic import ValidationError

from channels.answers import BUSY, judge_by_status, raise_if_busy, succeeded
from channels.reading import Decoration, Wire
from sportello.errors import ProviderUnavailable, Rejected
from sportello.messaging.outbound_channel import Delivery, Refusal
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
    if succeeded(reply):
        return _accepted(document)
    failure = _failure_of(document)
    if failure is None:
        return judge_by_status(reply, ERROR_CODES)
    _raise_if_later(reply, failure)
    return Delivery.refused(_refusal(failure), str(failure.error_code))


def raise_unless_done(reply: Reply) -> None:
    """Judge a call whose result is of no interest; raises ProviderUnavailable or Rejected."""
    if succeeded(reply):
        return
    if failure := _failure_of(reply.document()):
        _raise_if_later(reply, failure)
    else:
        raise_if_busy(reply)
    raise Rejected(f"Telegram error {reply.status}")


def _raise_if_later(reply: Reply, failure: _Failure) -> None:
    code = failure.error_code
    if code in BUSY or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wish = failure.parameters.retry_after if failure.parameters else None
        raise ProviderUnavailable(
            f"Telegram error {code}",
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
