"""What a page does: it reads lists to their ends, reads stories on, opens and sends files."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from local.cloud.web import Answer, call, call_json, until_answered

ATTEMPTS = 8
SPOKEN = {"MessageReceived": "item_id", "MessageQueued": "effect_key"}
"""What is shown as somebody's words, and what tells one from another."""

type Entry = Mapping[str, Any]


class Api:
    """Calls of the agent API by one agent's tool, each repeated until it is answered."""

    def __init__(self, base: str, token: str, again: Callable[[float], bool]) -> None:
        self._base = base
        self._authorized = {"Authorization": token}
        self._again = again

    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        """Raises TimeoutError if no answer comes, or the day is over."""
        answer = until_answered(
            lambda: call_json(
                method, f"{self._base}{path}", document, {**self._authorized, **headers}
            ),
            attempts=ATTEMPTS,
            again=self._again,
            not_yet=(429,),
        )
        if answer is None:
            raise TimeoutError(f"no answer to {method} {path}")
        return answer

    def once(self, method: str, path: str, document: Any) -> Answer:
        """Ask for something that is done once, however often it is asked for."""
        return self.ask(method, path, document, **{"Idempotency-Key": secrets.token_hex(8)})

    def rows(self, view: str) -> Iterator[Mapping[str, Any]]:
        """Read a list to its end."""
        cursor = ""
        while True:
            after = f"&cursor={cursor}" if cursor else ""
            answer = self.ask("GET", f"/inbox?view={view}&limit=50{after}").expect(200)
            page = answer.document()
            yield from page["rows"]
            cursor = page["cursor"]
            if not cursor:
                return


@dataclass
class Story:
    """A conversation as it stands on the page. `shown` counts how often each word was put there."""

    conversation_id: str
    sequence: int = 0
    entries: list[Entry] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)

    def read(self, api: Api) -> list[Entry]:
        """Read it, or read it on; returns what is new."""
        path = f"/conversations/{self.conversation_id}"
        new: list[Entry] = []
        while True:
            place = f"?after={self.sequence}&limit=100" if self.sequence else "?limit=100"
            timeline = api.ask("GET", f"{path}{place}").expect(200).document()["timeline"]
            new += timeline["entries"]
            self.sequence = timeline["sequence"]
            if timeline["newer"] is None:
                break
        self.entries += new
        self.shown.update(spoken(new))
        return new

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody but the bot has said anything since the customer did."""
        authors = (entry["author"] for entry in self.entries if entry["type"] in SPOKEN)
        people = [author for author in authors if author in {"customer", "agent"}]
        return people[-1:] == ["customer"]

    @property
    def files(self) -> Iterator[str]:
        """Name the files that the customer has sent."""
        for entry in self.entries:
            if entry["author"] == "customer":
                yield from (media["media_id"] for media in entry["detail"].get("media", ()))


def spoken(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        if key := SPOKEN.get(entry["type"]):
            yield entry["detail"][key]


def whole_story(api: Api, conversation_id: str) -> set[str]:
    """Read all that was said, from its last page back to the first."""
    said: set[str] = set()
    older: int | None = None
    while True:
        place = f"?limit=100&before={older}" if older else "?limit=100"
        answer = api.ask("GET", f"/conversations/{conversation_id}{place}").expect(200)
        timeline = answer.document()["timeline"]
        said.update(spoken(timeline["entries"]))
        older = timeline["older"]
        if older is None:
            return said


def opened_file(api: Api, conversation_id: str, media_id: str) -> str | None:
    """Return the hash of a file, None while it is not there yet."""
    answer = api.ask("GET", f"/conversations/{conversation_id}/media/{media_id}")
    if answer.status == 409:  # noqa: PLR2004 -- HTTP's: not stored yet
        return None
    link = answer.expect(200).document()["url"]
    return hashlib.sha256(call("GET", link).expect(200).body).hexdigest()


def upload(api: Api, conversation_id: str, name: str, mime_type: str, content: bytes) -> str:
    """Put a file where a reply takes it from, as a browser's form does; returns its name there."""
    wish = {"file_name": name, "mime_type": mime_type, "size_bytes": len(content)}
    slot = api.ask("POST", f"/conversations/{conversation_id}/uploads", wish).expect(201).document()
    form = [*slot["fields"].items(), ("file", (name, content, mime_type))]
    body, content_type = urllib3.encode_multipart_formdata(form)
    call("POST", slot["url"], body, {"content-type": content_type}).expect(200, 201, 204)
    return str(slot["media_id"])
