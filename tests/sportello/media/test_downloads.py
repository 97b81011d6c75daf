"""How files come in: no more than was allowed, and from nowhere that was not judged."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from sportello.errors import ConfigurationRefused, ForbiddenUrl, ProviderUnavailable
from sportello.media.downloads import download
from sportello.media.limits import FileRefused
from sportello.messaging.fetching_channel import FileAddress, FileGone
from support.file_server import FileServer, file_server

CONTENT = b"a picture, say" * 100


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as running:
        yield running


def fetched(server: FileServer, url: str, most_bytes: int = 10_000, **headers: str) -> bytes:
    file = io.BytesIO()
    address = FileAddress(url=url, headers=headers, api_url=server.url)
    download(address, file, most_bytes, resolve=lambda host, _port: [host], deadline_seconds=5)
    return file.getvalue()


def test_a_file_is_written_as_it_is_sent(server: FileServer) -> None:
    assert fetched(server, server.has("/file", CONTENT), authorization="Bearer t") == CONTENT
    _, headers = server.calls[0]
    assert headers["authorization"] == "Bearer t"
    assert headers["accept-encoding"] == "identity"


def test_a_file_announced_as_too_large_is_not_read(server: FileServer) -> None:
    url = server.has("/file", b"", content_length="99999999999")
    with pytest.raises(FileRefused, match="too_large"):
        fetched(server, url)


def test_a_file_that_is_larger_than_announced_is_cut_at_the_announcement(
    server: FileServer,
) -> None:
    url = server.has("/file", CONTENT, content_length="10")
    assert fetched(server, url) == CONTENT[:10]


def test_a_file_of_no_announced_length_ends_at_the_limit(server: FileServer) -> None:
    url = server.has("/file", CONTENT * 100, content_length="")
    with pytest.raises(FileRefused, match="too_large"):
        fetched(server, url)


def test_a_stream_without_end_is_left_at_the_limit(server: FileServer) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(b"x" * 100_000)

    with pytest.raises(FileRefused, match="too_large"):
        fetched(server, server.does("/flood", flood), most_bytes=1_000_000)


def test_a_file_cut_off_is_tried_again(server: FileServer) -> None:
    url = server.has("/file", CONTENT[:50], content_length=str(len(CONTENT)))
    with pytest.raises(ProviderUnavailable):
        fetched(server, url)


def test_what_is_sent_packed_is_not_unpacked(server: FileServer) -> None:
    """Ten bytes could become a gigabyte."""
    url = server.has("/file", b"\x1f\x8b packed", content_encoding="gzip")
    assert fetched(server, url) == b"\x1f\x8b packed"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ConfigurationRefused),
        (403, ConfigurationRefused),
        (404, FileGone),
        (410, FileGone),
        (204, FileGone),
        (429, ProviderUnavailable),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
    ],
)
def test_an_answer_means_what_it_says(
    server: FileServer, status: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        fetched(server, server.has("/file", b"", status=status))


def test_a_wish_to_wait_is_passed_on(server: FileServer) -> None:
    url = server.has("/file", b"", status=429, retry_after="17")
    with pytest.raises(ProviderUnavailable) as busy:
        fetched(server, url)
    assert busy.value.retry_after_seconds == 17


def test_a_redirect_is_followed_without_what_was_for_the_first_address(
    server: FileServer,
) -> None:
    server.has("/file", CONTENT)
    url = server.has("/moved", b"", status=307, location="/file")
    assert fetched(server, url, authorization="Bearer t") == CONTENT
    assert "authorization" not in server.calls[1][1]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "//user@127.0.0.1/",
        "https://[127.0.0.1/",
    ],
)
def test_a_redirect_to_a_private_address_is_not_followed(server: FileServer, location: str) -> None:
    url = server.has("/moved", b"", status=302, location=location)
    with pytest.raises(ForbiddenUrl):
        fetched(server, url)


def test_a_redirect_in_a_circle_ends(server: FileServer) -> None:
    url = server.has("/moved", b"", status=302, location="/moved")
    with pytest.raises(ForbiddenUrl):
        fetched(server, url)
    assert len(server.calls) == 4


def test_an_address_is_judged_though_the_provider_named_it(server: FileServer) -> None:
    url = server.has("/file", CONTENT)
    with pytest.raises(ForbiddenUrl):
        download(FileAddress(url=url, api_url="https://api.example"), io.BytesIO(), 1_000)


def test_what_drips_for_too_long_is_tried_again(server: FileServer) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(20):
            request.wfile.write(b"x")
            request.wfile.flush()
            threading.Event().wait(0.1)

    address = FileAddress(url=server.does("/drips", drip), api_url=server.url)
    with pytest.raises(ProviderUnavailable):
        download(address, io.BytesIO(), 1_000, deadline_seconds=0.5)
