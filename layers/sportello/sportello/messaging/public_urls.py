"""Addresses that people typed into the settings: of the public internet, or refused.

Every address that a host has is judged, and the judgement names one of them to connect to: a name
that points elsewhere a moment later (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sportello.errors import ForbiddenUrl, ProviderUnavailable

if TYPE_CHECKING:
    from urllib3.util import Url

type Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host and port; raises OSError when there are none."""

PORTS = {"https": 443, "http": 80}

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is routed today; IPv4-mapped, NAT64, unique and link-local lie outside."""

_TUNNELS = (
    ipaddress.IPv6Network("2002::/16"),  # 6to4
    ipaddress.IPv6Network("2001::/32"),  # Teredo
)
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
"""6to4 relays, withdrawn by RFC 7526; Python still counts them as global."""


class JudgedUrl(NamedTuple):
    """A URL that may be called, and the one of its host's addresses to connect to."""

    scheme: str
    host: str
    port: int
    target: str
    address: str


def judge_url(
    url: str, *, allow_private: bool = False, resolve: Resolve | None = None
) -> JudgedUrl:
    """Judge a URL and pin the address to connect to.

    `allow_private` lifts the rules on https and on addresses, for a cloud on one's own machine.
    Raises ForbiddenUrl, and ProviderUnavailable when the host has no address just now.
    """
    scheme, host, port, parsed = _parts(url, allow_private=allow_private)
    addresses = _addresses(host, port, resolve or resolve_host)
    if not allow_private and not all(map(is_public, addresses)):
        raise ForbiddenUrl("the host has an address that is not on the public internet")
    return JudgedUrl(scheme, host, port, parsed.request_uri, _preferred(addresses))


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
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in answers]


def _parts(url: str, *, allow_private: bool) -> "tuple[str, str, int, Url]":
    from urllib3.exceptions import LocationParseError  # noqa: PLC0415 -- only whoever calls the outside loads it
    from urllib3.util import parse_url  # noqa: PLC0415 -- same

    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise ForbiddenUrl("not a URL") from None
    scheme = parsed.scheme or ""
    if scheme not in PORTS:
        raise ForbiddenUrl("not a web address")
    if scheme != "https" and not allow_private:
        raise ForbiddenUrl("https is required")
    if parsed.auth is not None:
        raise ForbiddenUrl("credentials in the URL")
    host = (parsed.host or "").strip("[]").rstrip(".")
    if not host or "%" in host:
        raise ForbiddenUrl("no host")
    return scheme, host, parsed.port or PORTS[scheme], parsed


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
