"""One call of a subscriber: what it carries, and what came of it."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple

from sportello.conversation.published_events import PublishedEvent
from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.outbound_http import NoAnswer, Reply
from sportello.model import written

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5.0, 15.0, 20.0

FORBIDDEN_ADDRESS = "forbidden_address"
NO_CONNECTION = "no_connection"
NO_ANSWER = "no_answer"
REDIRECTED = "redirected"
GONE = "gone"
REFUSED = "refused"
NO_KEY = "no_signing_key"
KEY_UNAVAILABLE = "key_unavailable"
"""The words for what went wrong, of which a subscriber's own answer says no more."""

type Post = Callable[[str, bytes, Mapping[str, str]], Reply]


class Outcome(NamedTuple):
    """`error` is empty where it was taken; `wish_seconds` is when the subscriber wants it again."""

    status: int | None = None
    error: str = ""
    wish_seconds: int = 0


def body_of(event: PublishedEvent) -> bytes:
    """Return what is sent, byte for byte the same at every attempt and replay."""
    document = {"type": event.type, "timestamp": written(event.at), "data": event.data}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def call(post: Post, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Call once, following no redirect; of the answer nothing but its status is kept."""
    try:
        reply = post(url, body, headers)
    except ForbiddenUrl:
        return Outcome(error=FORBIDDEN_ADDRESS)
    except ProviderUnavailable:
        return Outcome(error=NO_CONNECTION)
    except NoAnswer:
        return Outcome(error=NO_ANSWER)
    return Outcome(reply.status, _error_in(reply), reply.retry_after_seconds or 0)


def _error_in(reply: Reply) -> str:
    if reply.is_success:
        return ""
    if reply.status == HTTPStatus.GONE:
        return GONE
    is_redirect = HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST
    return REDIRECTED if is_redirect else REFUSED
