"""Every error leaves as a problem document (RFC 9457), whoever raised it.

Chalice answers some errors itself, in a shape of its own; `speak_problems` stands around it and
translates those too. Texts are ours: what the caller sent is named by place, never repeated.
"""

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Request, Response

import sportello
from sportello.aws.logs import logger
from sportello.errors import (
    ConversationNotFound,
    IdempotencyKeyReused,
    NotAllowed,
    NotConfigured,
    SecretsUnavailable,
    StorageBusy,
    TagsChangedMeanwhile,
    UnseenMessage,
)
from sportello.model import Model
from sportello.people.placement.room import NoRoom

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, str] = {
    "malformed-json": "The body is not JSON",
    "malformed-calendar": "The body is not an iCalendar file",
    "idempotency-key-missing": "A usable Idempotency-Key header is required",
    "not-signed-in": "The call proves nobody's identity",
    "forbidden": "The caller may not do this",
    "unknown-path": "There is nothing here",
    "unknown-conversation": "There is no such conversation",
    "unknown-settings-kind": "There is no such kind of settings",
    "unknown-calendar": "There is no such calendar",
    "unknown-media": "There is no such file",
    "media-not-stored": "The file is not here",
    "media-gone": "The file is kept no longer",
    "media-settled": "Nothing is left to be fetched",
    "unknown-version": "There is no such version",
    "unknown-queue": "There is no such queue",
    "unknown-agent": "There is no such agent",
    "unknown-subscription": "There is no such subscription",
    "unknown-event-type": "No such event is published",
    "no-room": "The agent has no room for it",
    "too-many-endpoints": "The agent has as many endpoints as there may be",
    "method-not-allowed": "This path has no such method",
    "unseen-message": "The customer has written since",
    "colleague-replied": "Somebody else has answered since",
    "conversation-moved": "The conversation goes on as another one",
    "unknown-macro": "There is no such macro",
    "placeholder-empty": "Something is not known that the text speaks of",
    "not-allowed": "The conversation's owner or state forbids it",
    "version-mismatch": "Somebody changed it meanwhile",
    "body-too-large": "The body is too large",
    "unsupported-media-type": "The body must be of another type",
    "validation": "The request does not fit",
    "dangling-reference": "A name leads nowhere",
    "beyond-the-channel": "The channel does not carry it",
    "unknown-template": "There is no such template",
    "file-not-taken": "A file cannot be sent",
    "reply-window-closed": "The channel takes no reply any more",
    "queue-in-use": "Somebody waits in a queue that would be gone",
    "idempotency-key-reused": "The idempotency key was used for another request",
    "rate-limited": "The caller asks too often",
    "search-off": "This deployment keeps no words to search for",
    "internal": "Something broke on our side",
    "busy": "Try again in a moment",
    "settings-unfit": "Settings in force cannot be read",
}
"""The problems there are: the last part of `type`, which is stable, and its title."""


STATUSES: Mapping[int, tuple[str, ...]] = {
    400: (
        "malformed-json",
        "idempotency-key-missing",
    ),
    401: ("not-signed-in",),
    403: ("forbidden",),
    404: (
        "unknown-path",
        "unknown-conversation",
        "unknown-settings-kind",
        "unknown-calendar",
        "unknown-event-type",
        "unknown-subscription",
        "unknown-version",
        "unknown-queue",
        "unknown-agent",
        "unknown-macro",
        "unknown-media",
    ),
    405: ("method-not-allowed",),
    409: (
        "colleague-replied",
        "conversation-moved",
        "no-room",
        "not-allowed",
        "placeholder-empty",
        "reply-window-closed",
        "unseen-message",
        "media-not-stored",
        "media-settled",
    ),
    410: ("media-gone",),
    412: ("version-mismatch",),
    413: ("body-too-large",),
    415: ("unsupported-media-type",),
    422: (
        "malformed-calendar",
        "too-many-endpoints",
        "validation",
        "dangling-reference",
        "queue-in-use",
        "beyond-the-channel",
        "unknown-template",
        "file-not-taken",
        "idempotency-key-reused",
    ),
    429: ("rate-limited",),
    500: ("internal",),
    501: ("search-off",),
    503: (
        "busy",
        "settings-unfit",
    ),
}
"""By status the problems that come with it: each comes with one alone."""

_OUR_FOLDERS = (Path(__file__).parents[1], Path(sportello.__file__).parent)


class Fault(Model):
    """One thing wrong: at a JSON pointer into the body, or in a query parameter."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(Exception):
    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        extension: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind)
        self.status = int(status)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}
        self.extension = extension or {}

    def to_response(self, request: Request | None) -> Response:
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": TITLES[self.kind],
            "status": self.status,
            "detail": self.detail,
            **self.extension,
        }
        request_id = request.context.get("requestId") if request else None
        if request_id:
            document["instance"] = f"urn:uuid:{request_id}"
        if self.faults:
            document["errors"] = [fault.model_dump(exclude_none=True) for fault in self.faults]
        return Response(
            body=json.dumps(document),
            status_code=self.status,
            headers={"content-type": MEDIA_TYPE, "cache-control": "no-store", **self.headers},
        )


def invalid(*faults: Fault) -> Problem:
    """Return what is said of a body or query in which something is wrong."""
    return Problem(422, "validation", "See errors.", faults=faults)


def problem_of(error: Exception) -> Problem:  # noqa: C901, PLR0911 -- one arm for each error, flat
    """Say an error to the caller; what nobody foresaw is logged by type and place only."""
    match error:
        case Problem():
            return error
        case ConversationNotFound():
            return Problem(404, "unknown-conversation", "No customer has written in it.")
        case UnseenMessage(numbers=numbers):
            return Problem(
                409,
                "unseen-message",
                "Read the story on from there, then decide.",
                extension={"unseen": len(numbers), "sequences": list(numbers)},
            )
        case TagsChangedMeanwhile():
            return Problem(412, "version-mismatch", "Read it again, then decide.")
        case NotAllowed():
            return Problem(409, "not-allowed", str(error))
        case NoRoom():
            instead = "Settle or put aside what you have, or take it with over_capacity."
            return Problem(409, "no-room", instead, extension=vars(error))
        case IdempotencyKeyReused():
            return Problem(422, "idempotency-key-reused", "Use a new key for a new message.")
        case NotConfigured():
            logger.error("settings no longer fit", reason=str(error))
            return Problem(503, "settings-unfit", "A supervisor has to write them anew.")
        case StorageBusy() | SecretsUnavailable():
            logger.warning("busy", reason=str(error))
            return Problem(503, "busy", "Nothing has taken effect.", headers={"retry-after": "1"})
        case ClientError() | BotoCoreError():
            logger.error("an AWS call failed", error=_aws_code(error))
            return Problem(
                503, "busy", "A service we need does not answer.", headers={"retry-after": "5"}
            )
        case _:
            logger.error("request failed", error=type(error).__name__, where=_place(error))
            return Problem(500, "internal", "It has been recorded.")


def _aws_code(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__


def _place(error: Exception) -> str:
    """Return where in our code an error arose; its message is left out, it may quote a customer."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if any(Path(frame.filename).is_relative_to(folder) for folder in _OUR_FOLDERS)
    ]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


type Middleware = Callable[[Request | None, Callable[[Request | None], Response]], Response]


def speak_problems(routes: Mapping[str, Mapping[str, Any]]) -> Middleware:
    def middleware(
        request: Request | None, get_response: Callable[[Request | None], Response]
    ) -> Response:
        try:
            if request is not None:
                _check_route(request, routes)
            response = get_response(request)
        except Exception as error:  # noqa: BLE001 -- the last stop: whatever it is, it is answered
            return problem_of(error).to_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or _is_problem(response):
            return response
        logger.error("request was not routed", status=response.status_code)
        return Problem(500, "internal", "It has been recorded.").to_response(request)

    return middleware


def _check_route(request: Request, routes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what Chalice would answer in its own shape; a path without a route is unknown."""
    if request.path not in routes:
        raise Problem(404, "unknown-path", "See the documentation of the agent API.")
    methods = routes[request.path]
    if request.method not in methods:
        allow = ", ".join(sorted(methods))
        raise Problem(
            405, "method-not-allowed", f"Possible here: {allow}.", headers={"allow": allow}
        )


def _is_problem(response: Response) -> bool:
    return response.headers.get("content-type") == MEDIA_TYPE
