"""The one way out over HTTP: a single attempt, and an honest word on what became of it."""

import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sportello.errors import ProviderUnavailable
from sportello.model import Model

if TYPE_CHECKING:
    import urllib3

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 10.0
MAX_REPLY_BYTES = 262_144


class NoAnswer(Exception):
    """The request went out and no complete answer came back: it may have taken effect."""


class Reply(Model):
    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """Return the decoded body, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after_seconds(self) -> int | None:
        """The Retry-After header in seconds; None when absent or given as a date."""
        wish = self.headers.get("retry-after", "")
        return int(wish) if wish.isascii() and wish.isdigit() else None


@cache
def _pool() -> "urllib3.PoolManager":
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    return urllib3.PoolManager(
        num_pools=4,
        timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
        retries=False,
    )


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    pool: "urllib3.PoolManager | urllib3.HTTPConnectionPool | None" = None,
) -> Reply:
    """POST once on a connection of its own, following no redirect.

    A connection kept while the function was frozen may be dead without anybody knowing, and a
    send on it would end as an avoidable "perhaps".

    Raises ProviderUnavailable when no trusted connection could be made (surely not sent) and
    NoAnswer when the connection broke or timed out afterwards (perhaps sent).
    """
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    try:
        response = (pool or _pool()).request(
            "POST",
            url,
            body=body,
            headers={**headers, "connection": "close"},
            preload_content=False,
            redirect=False,
        )
        try:
            content = response.read(MAX_REPLY_BYTES)
        finally:
            response.release_conn()
    except (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.LocationParseError,
    ) as error:
        raise ProviderUnavailable(f"no connection: {type(error).__name__}") from None
    except urllib3.exceptions.SSLError as error:
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args):
            raise ProviderUnavailable("the certificate is not trusted") from None
        raise NoAnswer(type(error).__name__) from None
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(type(error).__name__) from None
    return Reply(
        status=response.status,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=content,
    )


def post_json(url: str, document: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """POST a JSON document; same promises as `post`."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return post(url, body, {"content-type": "application/json", **(headers or {})})
