"""How a file comes in over HTTP: a piece at a time, never more than was allowed.

Nothing is believed of the other side: not the length it announces, not where it leads on to.
"""

from collections.abc import Mapping
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from sportello.errors import ConfigurationRefused, ForbiddenUrl, ProviderUnavailable
from sportello.media.limits import FileRefused
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.fetching_channel import FileAddress, FileGone
from sportello.messaging.outbound_call import Call
from sportello.messaging.outbound_http import NoAnswer, in_time, reply_of, requested
from sportello.messaging.public_calls import destination_of
from sportello.messaging.public_urls import PORTS, Resolve

if TYPE_CHECKING:
    import urllib3

DOWNLOAD_SECONDS = 60.0
MOST_REDIRECTS = 3
_CHUNK_BYTES = 262_144
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429})
_FAULTS: Mapping[int, ChannelFault] = {401: ChannelFault.TOKEN, 403: ChannelFault.PERMISSION}


def download(
    address: FileAddress,
    into: BinaryIO,
    most_bytes: int,
    *,
    resolve: Resolve | None = None,
    deadline_seconds: float = DOWNLOAD_SECONDS,
) -> None:
    """Write what lies at an address into a file; every hop on the way is judged and pinned.

    Raises FileGone, FileRefused if it is too large, ForbiddenUrl, ConfigurationRefused, and
    ProviderUnavailable for whatever another attempt may bring.
    """

    def make(call: Call) -> None:
        url, headers = address.url, address.headers
        for _ in range(MOST_REDIRECTS + 1):
            next_url = _one_hop(url, headers, address.api_url, into, most_bytes, call, resolve)
            if not next_url:
                return
            url, headers = next_url, {}
        raise ForbiddenUrl("it leads on and on")

    try:
        in_time(make, deadline_seconds)
    except NoAnswer as error:
        raise ProviderUnavailable(f"the file was cut off: {error}") from None


def _one_hop(
    url: str,
    headers: Mapping[str, str],
    api_url: str,
    into: BinaryIO,
    most_bytes: int,
    call: Call,
    resolve: Resolve | None,
) -> str:
    """Fetch from one address; returns where it leads on to, empty where the file was."""
    pool, host, target = destination_of(url, allow_private=_is_at(url, api_url), resolve=resolve)
    sent = {**headers, "host": host, "accept-encoding": "identity"}
    with pool, requested(pool, "GET", target, b"", sent, call) as response, closing(response):
        if response.status in _REDIRECTS:
            return _led_on(url, response.headers.get("location", ""))
        _raise_unless_there(response)
        into.seek(0)
        into.truncate()
        _copy(response, into, most_bytes)
        return ""


def _led_on(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise ForbiddenUrl("it leads on to what is no address") from None


def _is_at(url: str, api_url: str) -> bool:
    """Tell whether an address is on the very server that the operator named."""
    if not api_url:
        return False
    try:
        one, other = urlsplit(url), urlsplit(api_url)
        ports = [each.port or PORTS.get(each.scheme) for each in (one, other)]
    except ValueError:
        return False
    same_host = (one.scheme, one.hostname) == (other.scheme, other.hostname)
    return same_host and ports[0] == ports[1] and one.username is None


def _raise_unless_there(response: "urllib3.BaseHTTPResponse") -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wish = reply_of(response).retry_after_seconds
        raise ProviderUnavailable(f"the file's server answered {status}", retry_after_seconds=wish)
    if fault := _FAULTS.get(status):
        raise ConfigurationRefused(fault, f"http_{status}")
    raise FileGone(f"the file's server answered {status}")


def _copy(response: "urllib3.BaseHTTPResponse", into: BinaryIO, most_bytes: int) -> None:
    """Announced or not, no more than was allowed is written."""
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > most_bytes:
        raise FileRefused("too_large")
    room = most_bytes
    for chunk in response.stream(_CHUNK_BYTES, decode_content=False):
        room -= len(chunk)
        if room < 0:
            raise FileRefused("too_large")
        into.write(chunk)
