"""What the Bot API's answer to a call means."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal, NoReturn

from pydantic import ValidationError

from channels.answers import (
    BUSY,
    FAULTS,
    Meaning,
    judge_by_status,
    raise_for_file,
    raise_if_busy,
    refuse,
)
from channels.reading import Decoration, Wire
from sportello.errors import ProviderUnavailable, Rejected
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.fetching_channel import FileTooLarge
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

ERROR_CODES: Mapping[int, Meaning] = {
    HTTPStatus.BAD_REQUEST: Refusal.CONTENT,
    # The token was revoked with its bot, is wrong, or malformed: it is part of the path.
    HTTPStatus.UNAUTHORIZED: ChannelFault.TOKEN,
    HTTPStatus.NOT_FOUND: ChannelFault.TOKEN,
    # The customer left, never pressed Start, or does not exist any more.
    HTTPStatus.FORBIDDEN: Refusal.RECIPIENT,
}

DESCRIPTIONS: Mapping[str, Meaning] = {
    **dict.fromkeys(
        (
            "chat not found",
            "user not found",
            "peer_id_invalid",
            "input_user_deactivated",
            "chat_write_forbidden",
            "chat_restricted",
            "have no rights to send",
        ),
        Refusal.RECIPIENT,
    ),
    **dict.fromkeys(("user_is_blocked", "blocked by the user"), Refusal.BLOCKED),
    **dict.fromkeys(("message is too long", "message_too_long"), Refusal.TOO_LONG),
    # The bot was moved to a server of somebody's own, and has left this one.
    "logged out": ChannelFault.ADDRESS,
    # Telegram has frozen the bot, and hears its appeal.
    "frozen": ChannelFault.RESTRICTED,
}
"""Telegram has one number for every bad request and one for every door that is shut."""

WITH_DESCRIPTIONS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, 420})
"""Telegram's own 420 is a wait, or says that the bot may do no such thing."""


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
    """Raises ProviderUnavailable or ConfigurationRefused where the message was not taken."""
    return _accepted(reply.document()) if reply.is_success else _refused(reply)


def _refused(reply: Reply) -> Delivery:
    failure = _failure_of(reply.document())
    if failure is None:
        # Not Telegram's words: whatever stands in between lets none of our messages through.
        return judge_by_status(reply, {})
    _raise_if_later(reply, failure)
    return refuse(_meaning(failure), str(failure.error_code))


def raise_unless_done(reply: Reply) -> None:
    """Judge a call whose result is of no interest; raises ProviderUnavailable or Rejected."""
    if reply.is_success:
        return
    if failure := _failure_of(reply.document()):
        _raise_if_later(reply, failure)
    else:
        raise_if_busy(reply)
    raise Rejected(f"Telegram error {reply.status}")


def raise_without_file(reply: Reply) -> NoReturn:
    """Judge a refusal to tell where a file is.

    Raises FileTooLarge, FileGone, ProviderUnavailable or ConfigurationRefused.
    """
    failure = _failure_of(reply.document())
    words = failure.description.lower() if failure else ""
    if "too big" in words:
        raise FileTooLarge("more than Telegram hands to bots")
    if "temporarily unavailable" in words:
        raise ProviderUnavailable("Telegram cannot find the file just now")
    raise_for_file(reply, _refused(reply))


def _raise_if_later(reply: Reply, failure: _Failure) -> None:
    code = failure.error_code
    wish = failure.parameters.retry_after if failure.parameters else None
    if wish is not None or code in BUSY or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
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


def _meaning(failure: _Failure) -> Meaning:
    if failure.parameters and failure.parameters.migrate_to_chat_id:
        return Refusal.RECIPIENT
    if failure.error_code in WITH_DESCRIPTIONS:
        description = failure.description.lower()
        for words, meaning in DESCRIPTIONS.items():
            if words in description:
                return meaning
    return ERROR_CODES.get(failure.error_code, FAULTS.get(failure.error_code, Refusal.CONTENT))
