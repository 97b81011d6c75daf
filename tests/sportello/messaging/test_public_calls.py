import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.outbound_http import NoAnswer
from sportello.messaging.public_calls import destination_of, post_to_settings_url
from sportello.messaging.public_urls import Resolve

PUBLIC = "93.184.215.14"
NEVER = threading.Event()


def found_at(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


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
    destination = destination_of(url, resolve=found_at(PUBLIC))
    pool, host, target = destination
    assert (pool.host, pool.port, host, target) == expected


def test_a_forbidden_url_has_no_connection() -> None:
    with pytest.raises(ForbiddenUrl):
        destination_of("https://desk.example", resolve=found_at("10.0.0.1"))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/drips":
            self.drip()
            return
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("location", "/elsewhere")
        else:
            self.send_response(204)
        self.send_header("x-host", self.headers["host"])
        self.send_header("x-path", self.path)
        self.end_headers()

    def drip(self) -> None:
        """Answer a byte now and then for as long as anybody listens."""
        with suppress(OSError):
            while True:
                self.wfile.write(b"H")
                NEVER.wait(0.01)

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


def post(
    host: str, port: int, path: str, deadline_seconds: float = 5
) -> tuple[int, dict[str, str]]:
    reply = post_to_settings_url(
        f"https://{host}:{port}{path}",
        b"{}",
        {"content-type": "application/json"},
        allow_private=True,
        resolve=found_at("127.0.0.1"),
        deadline_seconds=deadline_seconds,
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


def test_an_answer_that_drips_through_tls_is_broken_off(receiver: int) -> None:
    with pytest.raises(NoAnswer):
        post("desk.example", receiver, "/drips", deadline_seconds=0.5)


def test_looking_up_the_name_counts_towards_the_deadline() -> None:
    answered = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        answered.wait(5)
        return [PUBLIC]

    with pytest.raises(ProviderUnavailable):
        post_to_settings_url("https://desk.example", b"", {}, resolve=slow, deadline_seconds=0.05)
    answered.set()
