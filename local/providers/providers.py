"""Stands in for channels, Slack, Teams, push services, webhooks and subscribers; keeps all calls.

Files that customers send are fetched from here too; as calls, and for faults, that is `files`.

    GET /_calls        every call so far          DELETE /_calls     forget them
    POST /_faults      make the next calls fail   DELETE /_faults    behave again

A fault is `{"channel": "whatsapp", "status": 503, "times": 2}`, or instead of the status
`"fault": "timeout"` (never answers) or `"hang_up"` (takes the message, then drops the line).
"""

import hashlib
import json
import re
import secrets
import socket
import threading
import time
from dataclasses import asdict
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from local.providers.files import Files, error_of_meta, is_file_path
from local.providers.provider_calls import HANG_UP, TIMEOUT, BadRequest, CallLog, Fault

WHATSAPP_VERSION = "v25.0"
LOOK_FOR_STOP_SECONDS = 0.02
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS

_PATHS = {
    "files": re.compile(
        r"/telegram/bot[^/]+/getFile|/telegram/file/bot[^/]+/.+"
        rf"|/whatsapp/{re.escape(WHATSAPP_VERSION)}/[^/]+|/whatsapp/files/.+"
    ),
    "whatsapp": re.compile(rf"/whatsapp/{re.escape(WHATSAPP_VERSION)}/[^/]+/(?:messages|media)"),
    "telegram": re.compile(r"/telegram/bot[^/]+/(?P<method>\w+)"),
    "agents": re.compile(r"/agents/[^/]+"),
    "slack": re.compile(r"/slack/(?:api/[\w.]+|actions/.+)"),
    "teams": re.compile(r"/teams/[^/]+"),
    "push": re.compile(r"/push/[^/]+"),
    "subscribers": re.compile(r"/subscribers/[^/]+"),
    "slow": re.compile(r"/slow/[^/]+"),
}

TELEGRAM_SENDS = ("sendMessage", "sendPhoto", "sendVideo", "sendVoice", "sendAudio", "sendDocument")

SLOW_SECONDS = 4.0
"""How long a subscriber at `/slow/<name>` takes for each of its answers."""

type Answer = tuple[int, Any]

_WHATEVER_IS_SENT: dict[str, Answer] = {
    "agents": (HTTPStatus.NO_CONTENT, None),
    "teams": (HTTPStatus.ACCEPTED, {}),
    "push": (HTTPStatus.CREATED, None),
    "subscribers": (HTTPStatus.NO_CONTENT, None),
    "slow": (HTTPStatus.NO_CONTENT, None),
}
"""What is answered by whoever does not say more than that it was taken."""


def channel_of(path: str) -> str | None:
    bare = path.partition("?")[0]
    return next((name for name, shape in _PATHS.items() if shape.fullmatch(bare)), None)


def name_message(channel: str) -> str:
    """Return the provider's own name for a message that it is sent."""
    match channel:
        case "whatsapp":
            return f"wamid.{secrets.token_hex(12)}"
        case "telegram":
            return str(secrets.randbelow(2**31))
        case "slack":
            return f"{int(time.time())}.{secrets.randbelow(10**6):06}"
        case _:
            return ""


def answer(channel: str, path: str, headers: Any, body: bytes, message_id: str) -> Answer:
    """Say what the provider says to a call that nothing is wrong with."""
    if channel in _WHATEVER_IS_SENT:
        return _WHATEVER_IS_SENT[channel]
    try:
        document = json.loads(body)
    except ValueError:
        return refusal(channel, HTTPStatus.BAD_REQUEST)
    if channel == "whatsapp":
        return _whatsapp_answer(path.rpartition("/")[2], headers, document, message_id)
    if channel == "slack":
        return _slack_answer(path.rpartition("/")[2], headers, document, message_id)
    return _telegram_answer(path.rpartition("/")[2], document, message_id)


def legible(headers: Any, body: bytes) -> bytes:
    """Return a body as it is remembered: of a form its fields, and of its file what tells it."""
    content_type = str(headers.get("Content-Type", ""))
    if not content_type.startswith("multipart/form-data"):
        return body
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    return json.dumps(dict(map(_field, form.iter_parts()))).encode()


def _field(part: Any) -> tuple[str, Any]:
    name = part.get_param("name", header="content-disposition")
    content = part.get_payload(decode=True)
    if (file_name := part.get_filename()) is None:
        return name, content.decode()
    kind = part.get_content_type()
    digest = hashlib.sha256(content).hexdigest()
    return name, {"name": file_name, "type": kind, "size": len(content), "sha256": digest}


def _whatsapp_answer(
    resource: str, headers: Any, document: dict[str, Any], message_id: str
) -> Answer:
    if not str(headers.get("Authorization", "")).startswith("Bearer "):
        return refusal("whatsapp", HTTPStatus.UNAUTHORIZED)
    if resource == "media":
        return HTTPStatus.OK, {"id": message_id.removeprefix("wamid.")}
    to = document.get("to", document.get("recipient", ""))
    return HTTPStatus.OK, {
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": message_id}],
    }


def _telegram_answer(method: str, document: dict[str, Any], message_id: str) -> Answer:
    if method == "answerCallbackQuery":
        return HTTPStatus.OK, {"ok": True, "result": True}
    if method not in TELEGRAM_SENDS:
        return refusal("telegram", HTTPStatus.NOT_FOUND)
    sent = {
        "message_id": int(message_id),
        "chat": {"id": int(document.get("chat_id", 0)), "type": "private"},
        "text": document.get("text", ""),
    }
    return HTTPStatus.OK, {"ok": True, "result": sent}


def _slack_answer(method: str, headers: Any, document: dict[str, Any], message_id: str) -> Answer:
    """Answer as Slack's API, which says 200 to everything; a response URL takes what it is told."""
    if "response_type" in document or "replace_original" in document:
        return HTTPStatus.OK, {"ok": True}
    if not str(headers.get("Authorization", "")).startswith("Bearer "):
        return HTTPStatus.OK, {"ok": False, "error": "not_authed"}
    channel = re.sub("^[UW]", "D", str(document.get("channel", "")))
    match method:
        case "chat.postMessage":
            return HTTPStatus.OK, {"ok": True, "channel": channel, "ts": message_id}
        case "chat.update":
            return HTTPStatus.OK, {"ok": True, "channel": channel, "ts": document.get("ts")}
        case _:
            return HTTPStatus.OK, {"ok": False, "error": "unknown_method"}


def refusal(channel: str, status: int) -> Answer:
    """Say what the provider says along with an error status."""
    reason = HTTPStatus(status).phrase
    if channel == "whatsapp":
        code = {401: 190, 400: 131009, 429: 130429}.get(status, 131000)
        return status, {"error": {"message": reason, "type": "OAuthException", "code": code}}
    if channel == "telegram":
        return status, {"ok": False, "error_code": status, "description": reason}
    if channel == "slack":
        return status, {
            "ok": False,
            "error": "ratelimited" if status == TOO_MANY else "fatal_error",
        }
    return status, {"error": reason}


class Providers:
    """The stand-ins, serving on a free loopback port while the context is open."""

    def __init__(self) -> None:
        self.log = CallLog()
        self.files = Files()
        self._server = _Server(self.log, self.files)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(LOOK_FOR_STOP_SECONDS,), name="providers"
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, log: CallLog, files: Files) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.log = log
        self.files = files
        self.stopping = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet; in two, delayed acknowledgement costs 40 ms.
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_faults":
            self._inject(body)
            return
        body = legible(self.headers, body)
        channel = channel_of(self.path)
        if channel is None:
            self._reply(HTTPStatus.NOT_FOUND, {"error": f"nothing stands in for {self.path}"})
            return
        message_id = name_message(channel)
        if self._meets_a_fault(channel, body, message_id):
            return
        if channel == "files":
            self._tell_where(body)
        else:
            self._reply(*answer(channel, self.path, self.headers, body, message_id))

    def _meets_a_fault(self, channel: str, body: bytes, message_id: str) -> bool:
        """Record a call, and let it fail if it is to."""
        fault = self.server.log.receive(
            channel, self.command, self.path, dict(self.headers.items()), body, message_id
        )
        if channel == "slow":
            self.server.stopping.wait(SLOW_SECONDS)
        if fault is None:
            return False
        if fault.status is not None:
            status, usual = refusal(channel, fault.status)
            self._reply(status, usual if fault.body is None else fault.body)
        elif fault.fault == TIMEOUT:
            self._wait_until_the_caller_gives_up()
        elif fault.fault == HANG_UP:
            self._drop_the_line()
        return True

    def _tell_where(self, body: bytes) -> None:
        """Answer Telegram's `getFile`."""
        try:
            name = str(json.loads(body)["file_id"])
        except (ValueError, TypeError, KeyError):
            self._reply(*refusal("telegram", HTTPStatus.BAD_REQUEST))
            return
        file = self.server.files.telegram_path(name)
        if file is None:
            self._reply(*refusal("telegram", HTTPStatus.BAD_REQUEST))
        else:
            self._reply(HTTPStatus.OK, {"ok": True, "result": file})

    def _hand_out(self) -> None:
        """Answer the Graph API's GET of a media id, and the GET of a file itself."""
        if self._meets_a_fault("files", b"", ""):
            return
        if is_file_path(self.path):
            self._send_file()
            return
        if not str(self.headers.get("Authorization", "")).startswith("Bearer "):
            self._reply(*refusal("whatsapp", HTTPStatus.UNAUTHORIZED))
            return
        base = f"http://{self.headers['Host']}"
        media = self.server.files.whatsapp_media(self.path, base)
        self._reply(*((HTTPStatus.OK, media) if media else error_of_meta()))

    def _send_file(self) -> None:
        file = self.server.files.at(self.path)
        if file is None:
            self._reply(HTTPStatus.NOT_FOUND, {"error": "no such file"})
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", file.mime_type)
        self.send_header("Content-Length", str(len(file.content)))
        self.end_headers()
        self.wfile.write(file.content)

    def do_GET(self) -> None:
        if self.path == "/_calls":
            self._reply(HTTPStatus.OK, [asdict(call) for call in self.server.log.calls()])
        elif channel_of(self.path) == "files":
            self._hand_out()
        else:
            self._reply(HTTPStatus.NOT_FOUND, {"error": "GET /_calls is what can be read"})

    def do_DELETE(self) -> None:
        forget = {"/_calls": self.server.log.forget, "/_faults": self.server.log.heal}
        if self.path in forget:
            forget[self.path]()
            self._reply(HTTPStatus.NO_CONTENT, None)
        else:
            self._reply(HTTPStatus.NOT_FOUND, {"error": "DELETE takes /_calls or /_faults"})

    def _inject(self, body: bytes) -> None:
        try:
            self.server.log.inject(Fault.from_document(json.loads(body)))
        except (BadRequest, ValueError) as problem:
            self._reply(HTTPStatus.BAD_REQUEST, {"error": str(problem)})
        else:
            self._reply(HTTPStatus.NO_CONTENT, None)

    def _reply(self, status: int, document: Any) -> None:
        self.send_response(status)
        if document is None:
            self.end_headers()
            return
        content = json.dumps(document, ensure_ascii=False).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _wait_until_the_caller_gives_up(self) -> None:
        self.connection.settimeout(0.2)
        while not self.server.stopping.is_set():
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.close_connection = True

    def _drop_the_line(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Every call is in `/_calls`; the terminal belongs to the person using it."""
