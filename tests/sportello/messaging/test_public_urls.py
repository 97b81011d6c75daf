import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.public_urls import (
    Resolve,
    destination_of,
    is_public,
    post_to_settings_url,
    resolve_host,
)

PUBLIC = "93.184.215.14"


def found_at(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


def pinned(url: str, *addresses: str) -> tuple[str, int | None, str, str]:
    destination = destination_of(url, resolve=found_at(*addresses))
    return destination.pool.host, destination.pool.port, destination.host, destination.target


# Which addresses


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:2800:21f:cb07:6820::1"]
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "::1",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "fc00::1", "fd00:ec2::254",
        "169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%eth0",
        "224.0.0.1", "239.255.255.250", "ff02::1",
        "0.0.0.0", "0.1.2.3", "::",  # noqa: S104 -- nothing is bound to it
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "100.64.0.1", "192.88.99.1",
        "2001:db8::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8",
        "2002:7f00:1::", "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1",
        "", "localhost", "127.1", "0x7f000001", "2130706433",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_no_disguise_of_any_address_is_public(address: object) -> None:
    number = int(address)  # type: ignore[call-overload] # an IPv4Address, which hypothesis does not say
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    assert not is_public(f"::ffff:{high}:{low}")
    assert not is_public(f"::{high}:{low}")
    assert not is_public(f"64:ff9b::{high}:{low}")
    assert not is_public(f"2002:{high}:{low}::1")


# Which URLs


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://desk.example/", "https"),
        ("ftp://desk.example/", "web address"),
        ("file:///etc/passwd", "web address"),
        ("desk.example", "web address"),
        ("//desk.example", "web address"),
        ("", "web address"),
        ("https://anna@desk.example/", "credentials"),
        ("https://anna:secret@desk.example/", "credentials"),
        ("https:///ring", "no host"),
        ("https://[fe80::1%25eth0]/", "no host"),
        ("https://desk.example:99999/", "not a URL"),
        ("https://[::1/", "not a URL"),
    ],
)
def test_a_url_that_may_never_be_called_is_refused_unresolved(url: str, reason: str) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("there is nothing to resolve")

    with pytest.raises(ForbiddenUrl, match=reason) as refused:
        destination_of(url, resolve=resolve)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://desk.example", (PUBLIC, 443, "desk.example", "/")),
        ("https://Desk.Example.:8443/a?b=c#d", (PUBLIC, 8443, "desk.example:8443", "/a?b=c")),
        ("https://desk.example:443/a%2Fb", (PUBLIC, 443, "desk.example", "/a%2Fb")),
    ],
)
def test_the_connection_is_pinned_and_the_request_names_the_host(
    url: str, expected: tuple[str, int, str, str]
) -> None:
    assert pinned(url, PUBLIC) == expected


def test_a_name_is_asked_for_once() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    destination = destination_of("https://desk.example", resolve=lambda *_: next(answers))
    assert destination.pool.host == PUBLIC
    assert next(answers) == ["127.0.0.1"]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ForbiddenUrl):
        destination_of("https://desk.example", resolve=found_at(PUBLIC, "10.0.0.1"))


def test_ipv4_is_preferred() -> None:
    assert pinned("https://desk.example", "2606:2800::1", PUBLIC)[0] == PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/",
        "https://localhost/",
    ],
)  # fmt: skip
def test_every_way_to_write_this_machine_is_seen_through(url: str) -> None:
    with pytest.raises((ForbiddenUrl, ProviderUnavailable)):
        destination_of(url, resolve=resolve_host)


@pytest.mark.parametrize("error", [OSError("no such host"), None])
def test_a_name_without_an_address_may_have_one_later(error: Exception | None) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        if error:
            raise error
        return []

    with pytest.raises(ProviderUnavailable):
        destination_of("https://desk.example", resolve=resolve)


def test_a_name_that_can_be_none_is_forbidden() -> None:
    with pytest.raises(ForbiddenUrl, match="host name"):
        destination_of(f"https://{'a' * 64}.example/", resolve=resolve_host)


def test_the_local_cloud_may_call_itself() -> None:
    destination = destination_of("http://localhost:4566/a", allow_private=True)
    assert (destination.pool.host, destination.pool.port) == ("127.0.0.1", 4566)


# The call itself


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("location", "/elsewhere")
        else:
            self.send_response(204)
        self.send_header("x-host", self.headers["host"])
        self.send_header("x-path", self.path)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def certificate(folder: Path, name: str) -> Path:
    """Make a self-signed certificate, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "certificate.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a TLS server on this machine that proves to be desk.example."""
    path = certificate(tmp_path, "desk.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def post(host: str, port: int, path: str) -> tuple[int, dict[str, str]]:
    reply = post_to_settings_url(
        f"https://{host}:{port}{path}",
        b"{}",
        {"content-type": "application/json"},
        allow_private=True,
        resolve=found_at("127.0.0.1"),
    )
    return reply.status, dict(reply.headers)


def test_tls_is_verified_against_the_name_and_not_the_address(receiver: int) -> None:
    status, headers = post("desk.example", receiver, "/ring?a=b")
    assert status == 204
    assert headers["x-host"] == f"desk.example:{receiver}"
    assert headers["x-path"] == "/ring?a=b"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_not_believed(receiver: int, host: str) -> None:
    with pytest.raises(ProviderUnavailable, match="certificate"):
        post(host, receiver, "/ring")


def test_a_redirect_is_not_followed(receiver: int) -> None:
    assert post("desk.example", receiver, "/moved")[0] == 307
