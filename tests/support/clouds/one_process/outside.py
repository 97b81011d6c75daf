"""Who is called from inside: the channels' providers and the agents' endpoint, remembering it all.

WhatsApp tells what became of a message, with the tracker it was sent with; Telegram tells nothing.
Texts with certain words in them are refused, or fail after they were taken.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from support import files
from support.clouds.small.expressions import NotSpoken

REFUSED_TEXT = "(respinto)"
FAILING_TEXT = "(perduto)"


@dataclass(frozen=True)
class Taken:
    """A message that a provider was called with."""

    channel: str
    to: str
    text: str
    tracker: str = ""


@dataclass(frozen=True)
class Ring:
    """A notice an agents' endpoint got."""

    webhook_id: str
    endpoint: str
    notice: str
    conversation_id: str
    data: Mapping[str, Any]


class Answer:
    """What urllib3 gives for a response."""

    def __init__(self, document: Any, status: int = 200) -> None:
        self.status = status
        self.headers: dict[str, str] = {"content-type": "application/json"}
        self._body = json.dumps(document).encode()

    def read(self, limit: int) -> bytes:
        return self._body[:limit]

    def release_conn(self) -> None:
        """Nothing is held."""


class FileAnswer(Answer):
    """The bytes of a file, which are read piece by piece."""

    def __init__(self, content: bytes) -> None:
        super().__init__(None)
        self.headers = {"content-length": str(len(content))}
        self._body = content

    def stream(self, _amount: int, **_options: Any) -> Iterator[bytes]:
        yield self._body

    def close(self) -> None:
        """Nothing is held."""


class Outside:
    """`taken_by_whatsapp` is called with each message, so that receipts can follow.

    While `down` the providers say that they take nothing.
    """

    def __init__(self, taken_by_whatsapp: Callable[[str, Taken], None]) -> None:
        self.down = False
        self.blocked_by: set[int] = set()
        self.taken: list[Taken] = []
        self.rings: list[Ring] = []
        self._taken_by_whatsapp = taken_by_whatsapp
        self._numbers = itertools.count(1)

    def answer(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        path = url.removeprefix("http://127.0.0.1")
        if self.down and path != "/desk":
            return Answer({}, status=503)
        if not body or path.endswith("/getFile"):
            return self._file(path)
        document = json.loads(body)
        if path.startswith("/whatsapp/"):
            return self._whatsapp(document)
        if path.startswith("/telegram/") and path.endswith("/sendMessage"):
            return self._telegram(document)
        if path == "/desk":
            return self._ring(document, headers)
        raise NotSpoken(path)

    def _file(self, path: str) -> Answer:
        """Tell where a file is, as each provider does, or hand it out."""
        if path.endswith("/getFile"):
            return Answer({"ok": True, "result": {"file_path": "photos/file.jpg"}})
        if path.startswith("/telegram/file/") or path == "/whatsapp/files/1":
            return FileAnswer(files.jpeg(1280, 960))
        if path.startswith("/whatsapp/"):
            return Answer({"url": "http://127.0.0.1/whatsapp/files/1"})
        raise NotSpoken(path)

    def _whatsapp(self, document: Mapping[str, Any]) -> Answer:
        number = f"wamid.TAKEN{next(self._numbers)}"
        plain = "text" in document
        text = document["text"]["body"] if plain else document["interactive"]["body"]["text"]
        tracker = document["biz_opaque_callback_data"]
        to = document.get("to") or document["recipient"]
        taken = Taken("whatsapp", to, text, tracker)
        self.taken.append(taken)
        self._taken_by_whatsapp(number, taken)
        if REFUSED_TEXT in text:
            error = {"message": "(#131026) Message undeliverable", "code": 131026}
            return Answer({"error": error}, status=400)
        contact = {"input": to, "wa_id": to}
        return Answer(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": number}]}
        )

    def _telegram(self, document: Mapping[str, Any]) -> Answer:
        self.taken.append(Taken("telegram", str(document["chat_id"]), document["text"]))
        if document["chat_id"] in self.blocked_by:
            description = "Forbidden: bot was blocked by the user"
            refusal = {"ok": False, "error_code": 403, "description": description}
            return Answer(refusal, status=403)
        chat = {"id": document["chat_id"]}
        result = {"message_id": next(self._numbers), "chat": chat, "date": 1}
        return Answer({"ok": True, "result": result})

    def _ring(self, document: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        data = dict(document["data"])
        self.rings.append(
            Ring(
                webhook_id=headers["webhook-id"],
                endpoint=data["endpoint"],
                notice=document["type"],
                conversation_id=data["conversation_id"],
                data=data,
            )
        )
        return Answer({})
