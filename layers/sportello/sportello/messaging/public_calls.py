"""Calls to addresses that people typed into the settings: to the public internet, nowhere else.

The connection goes to the address that was judged. TLS is verified against the name in the URL.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from sportello.messaging.outbound_http import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    Reply,
    post,
)
from sportello.messaging.public_urls import PORTS, JudgedUrl, Resolve, judge_url

if TYPE_CHECKING:
    import urllib3


class Destination(NamedTuple):
    """Where one call goes: `pool` connects to a judged address, `host` is what TLS must prove."""

    pool: "urllib3.HTTPConnectionPool"
    host: str
    target: str


def post_to_settings_url(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool = False,
    resolve: Resolve | None = None,
) -> Reply:
    """POST once, as `outbound_http.post` does; raises ForbiddenUrl too."""
    destination = destination_of(url, allow_private=allow_private, resolve=resolve)
    with destination.pool as pool:
        return post(destination.target, body, {**headers, "host": destination.host}, pool=pool)


def destination_of(
    url: str, *, allow_private: bool = False, resolve: Resolve | None = None
) -> Destination:
    """Judge a URL, as `judge_url` does, and prepare the connection to the judged address."""
    judged = judge_url(url, allow_private=allow_private, resolve=resolve)
    return Destination(pool=_pool(judged), host=_host_header(judged), target=judged.target)


def _pool(judged: JudgedUrl) -> "urllib3.HTTPConnectionPool":
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS)
    if judged.scheme == "http":
        return urllib3.HTTPConnectionPool(
            judged.address, judged.port, timeout=timeout, retries=False
        )
    # With no assert_hostname of its own, OpenSSL checks the certificate against server_hostname.
    return urllib3.HTTPSConnectionPool(
        judged.address,
        judged.port,
        timeout=timeout,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        server_hostname=judged.host,
    )


def _host_header(judged: JudgedUrl) -> str:
    name = f"[{judged.host}]" if ":" in judged.host else judged.host
    return name if judged.port == PORTS[judged.scheme] else f"{name}:{judged.port}"
