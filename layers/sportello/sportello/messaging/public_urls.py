"""Calls to addresses that people typed into the settings: to the public internet, nowhere else.

The host is resolved once, every address it has is judged, and the connection goes to an address
that was judged: a name that points elsewhere a moment later (DNS rebinding) changes nothing.
TLS is verified against the name in the URL.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import urllib3
from urllib3.util import Url, parse_url

from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.outbound_http import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    Reply,
    post,
)

type Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host and port; raises OSError when there are none."""

_PORTS = {"https": 443, "http": 80}

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is routed today; IPv4-mapped, NAT64, unique and link-local lie outside."""

_TUNNELS = (
    ipaddress.IPv6Network("2002::/16"),  # 6to4
    ipaddress.IPv6Network("2001::/32"),  # Teredo
)
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
"""6to4 relays, withdrawn by RFC 7526; Python still counts them as global."""


class Destination(NamedTuple):
    """Where one call goes: `pool` connects to a judged address, `host` is what TLS must prove."""

    pool: urllib3.HTTPConnectionPool
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
    """Judge a URL and pin the address to connect to.

    `allow_private` lifts the rules on https and on addresses, for a cloud on one's own machine.
    Raises ForbiddenUrl, and ProviderUnavailable when the host has no address just now.
    """
    scheme, host, port, parsed = _parts(url, allow_private=allow_private)
    addresses = _addresses(host, port, resolve or resolve_host)
    if not allow_private and not all(map(is_public, addresses)):
        raise ForbiddenUrl("the host has an address that is not on the public internet")
    return Destination(
        pool=_pool(scheme, _preferred(addresses), port, host),
        host=_host_header(scheme, host, port),
        target=parsed.request_uri,
    )


def is_public(address: str) -> bool:
    """Tell whether an address is an ordinary one of the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip not in _RELAYS
    return ip in _GLOBAL_UNICAST and not any(ip in tunnel for tunnel in _TUNNELS)


def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system's resolver; it also reads forms such as `127.1`, so nothing slips past."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _parts(url: str, *, allow_private: bool) -> tuple[str, str, int, Url]:
    try:
        parsed = parse_url(url)
    except urllib3.exceptions.LocationParseError:
        raise ForbiddenUrl("not a URL") from None
    scheme = parsed.scheme or ""
    if scheme not in _PORTS:
        raise ForbiddenUrl("not a web address")
    if scheme != "https" and not allow_private:
        raise ForbiddenUrl("https is required")
    if parsed.auth is not None:
        raise ForbiddenUrl("credentials in the URL")
    host = (parsed.host or "").strip("[]").rstrip(".")
    if not host or "%" in host:
        raise ForbiddenUrl("no host")
    return scheme, host, parsed.port or _PORTS[scheme], parsed


def _addresses(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        addresses = resolve(host, port)
    except UnicodeError:
        raise ForbiddenUrl("not a host name") from None
    except OSError:
        addresses = ()
    if not addresses:
        raise ProviderUnavailable("the host has no address")
    return addresses


def _preferred(addresses: Sequence[str]) -> str:
    """Prefer IPv4: a function outside a VPC has no IPv6."""
    return min(addresses, key=lambda address: ":" in address)


def _pool(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    # With no assert_hostname of its own, OpenSSL checks the certificate against server_hostname.
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        server_hostname=host,
    )


def _host_header(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[scheme] else f"{name}:{port}"
