"""The one way out over HTTP: a single attempt, and an honest word on what became of it."""

import json
import math
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_call import Call
from sportello.model import Model

if TYPE_CHECKING:
    import urllib3

TOTAL_SECONDS = 15.0
"""For a whole call: name, connection, TLS, request, headers and body."""

UPLOAD_SECONDS = 30.0
"""For a call that carries a file, its answer included."""

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 10.0
MAX_REPLY_BYTES = 262_144
_MOST_DIGITS = 9
"""More of them are no number of seconds that anybody waits, but may be too many to read."""


class StepLimits(NamedTuple):
    """How long single steps of a call may take."""

    connect_seconds: float = CONNECT_TIMEOUT_SECONDS
    read_seconds: float = READ_TIMEOUT_SECONDS


USUAL_LIMITS = StepLimits()


class NoAnswer(Exception):
    """The request went out and no complete answer came back: it may have taken effect."""


class Reply(Model):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return HTTPStatus(200) <= self.status < HTTPStatus(300)

    def document(self) -> Any:
        """Return the decoded body, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after_seconds(self) -> int | None:
        """The Retry-After header in seconds, a date in it counted from the answer's own.

        None when absent or unreadable. RFC 9110, 10.2.3.
        """
        wish = self.headers.get("retry-after", "").strip()
        if wish.isascii() and wish.isdigit():
            return int(wish[:_MOST_DIGITS])
        until, now = _date(wish), _date(self.headers.get("date", ""))
        return max(0, math.ceil((until - now).total_seconds())) if until and now else None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    deadline_seconds: float = TOTAL_SECONDS,
    read_seconds: float = READ_TIMEOUT_SECONDS,
) -> Reply:
    """POST once on a connection of its own, following no redirect, within the deadline.

    A connection kept while the function was frozen may be dead without anybody knowing, and a
    send on it would end as an avoidable "perhaps".

    Raises ProviderUnavailable when no trusted connection could be made (surely not sent) and
    NoAnswer when the connection broke or timed out afterwards (perhaps sent).
    """
    limits = StepLimits(read_seconds=read_seconds)
    return in_time(
        lambda call: _exchange_at(url, "POST", body, headers, call, limits), deadline_seconds
    )


def get(url: str, headers: Mapping[str, str]) -> Reply:
    """GET once; as nothing takes effect, NoAnswer is ProviderUnavailable too."""
    try:
        return in_time(lambda call: _exchange_at(url, "GET", b"", headers, call), TOTAL_SECONDS)
    except NoAnswer as error:
        raise ProviderUnavailable(f"no answer: {error}") from None


def _exchange_at(
    url: str,
    method: str,
    body: bytes,
    headers: Mapping[str, str],
    call: Call,
    limits: StepLimits = USUAL_LIMITS,
) -> Reply:
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    try:
        pool = urllib3.connection_from_url(url, timeout=timeouts(limits), retries=False)
        target = urllib3.util.parse_url(url).request_uri
    except urllib3.exceptions.LocationValueError as error:
        raise ProviderUnavailable(f"no address: {type(error).__name__}") from None
    with pool, requested(pool, method, target, body, headers, call) as response:
        return reply_of(response)


def timeouts(limits: StepLimits) -> "urllib3.Timeout":
    """Limits within the deadline, of one step each: the first of several addresses may hang."""
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    return urllib3.Timeout(connect=limits.connect_seconds, read=limits.read_seconds)


def exchange(
    pool: "urllib3.HTTPConnectionPool",
    target: str,
    body: bytes,
    headers: Mapping[str, str],
    call: Call,
) -> Reply:
    """POST to where the pool leads, as a call that may be broken off; raises as `post` does."""
    with requested(pool, "POST", target, body, headers, call) as response:
        return reply_of(response)


@contextmanager
def requested(
    pool: "urllib3.HTTPConnectionPool",
    method: str,
    target: str,
    body: bytes,
    headers: Mapping[str, str],
    call: Call,
) -> "Iterator[urllib3.BaseHTTPResponse]":
    """Ask, and let the answer be read within; raises as `post` does, also while it is read."""
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    connection_class = pool.ConnectionCls
    pool.ConnectionCls = lambda *args, **kwargs: call.watch(connection_class(*args, **kwargs))  # type: ignore[assignment, arg-type] # makes one, as a class does
    try:
        response = pool.request(
            method,
            target,
            body=body or None,
            headers={**headers, "connection": "close"},
            preload_content=False,
            redirect=False,
        )
        try:
            yield response
        finally:
            response.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise _failure_of(error, call) from None


def reply_of(response: "urllib3.BaseHTTPResponse") -> Reply:
    """Read an answer, as far as answers go; one without a date is of this moment."""
    content = response.read(MAX_REPLY_BYTES)
    return Reply(
        status=response.status,
        headers={
            "date": formatdate(usegmt=True),
            **{name.lower(): value for name, value in response.headers.items()},
        },
        body=content,
    )


def _failure_of(
    error: "urllib3.exceptions.HTTPError", call: Call
) -> ProviderUnavailable | NoAnswer:
    """Tell a request that surely did not leave from one that may have."""
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    name = type(error).__name__
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args):
        return ProviderUnavailable("the certificate is not trusted")
    unconnected = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.LocationParseError,
    )
    if call.is_connecting or isinstance(error, unconnected):
        return ProviderUnavailable(f"no connection: {name}")
    return NoAnswer(name)


def in_time[R](make: Callable[[Call], R], seconds: float) -> R:
    """Make a call, on a thread that is left to itself if it takes longer.

    Time limits of sockets count from one byte to the next, and looking up a name knows none.
    Raises what the call raises; at the deadline ProviderUnavailable if surely nothing was sent,
    and NoAnswer if something may have been.
    """
    call = Call()
    replies: list[R] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            replies.append(make(call))
        except BaseException as failure:  # noqa: BLE001 -- whoever waits raises it
            failures.append(failure)

    worker = threading.Thread(target=work, name="outbound", daemon=True)
    worker.start()
    worker.join(seconds)
    if replies:
        return replies[0]
    if failures:
        raise failures[0]
    if call.break_off():
        raise NoAnswer("no complete answer in time")
    raise ProviderUnavailable("no connection in time")


def post_json(url: str, document: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """POST a JSON document; same promises as `post`."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return post(url, body, {"content-type": "application/json", **(headers or {})})


class FormFile(Model):
    """A file as a field of a form."""

    field: str
    name: str
    mime_type: str
    content: bytes


def post_form(
    url: str,
    fields: Mapping[str, str],
    file: FormFile,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """POST a form with a file (RFC 7578); same promises as `post`, with time for the file."""
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    body, content_type = urllib3.encode_multipart_formdata(
        [*fields.items(), (file.field, (file.name, file.content, file.mime_type))]
    )
    return post(
        url,
        body,
        {"content-type": content_type, **(headers or {})},
        deadline_seconds=UPLOAD_SECONDS,
        read_seconds=UPLOAD_SECONDS,
    )


def _date(text: str) -> datetime | None:
    """Read an HTTP-date in any of its three forms (RFC 9110, 5.6.7), None if it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
