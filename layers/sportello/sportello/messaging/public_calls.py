"""Calls to addresses that people typed into the settings: to the public internet, nowhere else.

The connection goes to the address that was judged. TLS is verified against the name in the URL.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from sportello.messaging.outbound_call import Call
from sportello.messaging.outbound_http import (
    TOTAL_SECONDS,
    USUAL_LIMITS,
    Reply,
    StepLimits,
    exchange,
    in_time,
    timeouts,
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
    deadline_seconds: float = TOTAL_SECONDS,
    limits: StepLimits = USUAL_LIMITS,
) -> Reply:
    """POST once, as `outbound_http.post` does; raises ForbiddenUrl too."""

    def make(call: Call) -> Reply:
        pool, host, target = destination_of(
            url, allow_private=allow_private, resolve=resolve, limits=limits
        )
        with pool:
            return exchange(pool, target, body, {**headers, "host": host}, call)

    return in_time(make, deadline_seconds)


def destination_of(
    url: str,
    *,
    allow_private: bool = False,
    resolve: Resolve | None = None,
    limits: StepLimits = USUAL_LIMITS,
) -> Destination:
    """Judge a URL, as `judge_url` does, and prepare the connection to the judged address."""
    judged = judge_url(url, allow_private=allow_private, resolve=resolve)
    return Destination(pool=_pool(judged, limits), host=_host_header(judged), target=judged.target)


def _pool(judged: JudgedUrl, limits: StepLimits) -> "urllib3.HTTPConnectionPool":
    import urllib3  # noqa: PLC0415 -- only whoever calls the outside loads it

    if judged.scheme == "http":
        return urllib3.HTTPConnectionPool(
            judged.address, judged.port, timeout=timeouts(limits), retries=False
        )
    # With no assert_hostname of its own, OpenSSL checks the certificate against server_hostname.
    return urllib3.HTTPSConnectionPool(
        judged.address,
        judged.port,
        timeout=timeouts(limits),
        retries=False,
        cert_reqs="CERT_REQUIRED",
        server_hostname=judged.host,
    )


def _host_header(judged: JudgedUrl) -> str:
    name = f"[{judged.host}]" if ":" in judged.host else judged.host
    return name if judged.port == PORTS[judged.scheme] else f"{name}:{judged.port}"
