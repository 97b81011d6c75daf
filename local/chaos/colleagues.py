"""The people of the business at the agent API, in the load of `make chaos`."""

import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from local.cloud.laptop import Stack
from local.cloud.web import Answer, call_json, until_answered

ATTEMPTS = 12
NOT_FOUND = 404


@dataclass
class Tally:
    """What the load did, by name; safe to use from many threads.

    `promised` are the replies with a promise that were taken, as conversation and effect key,
    `written` the settings, as kind and version.
    """

    counts: Counter[str] = field(default_factory=Counter)
    promised: set[tuple[str, str]] = field(default_factory=set)
    written: set[tuple[str, int]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1


@dataclass(frozen=True)
class Colleague:
    """Somebody whose tool repeats a request that got no answer."""

    stack: Stack
    tally: Tally

    def request(
        self, who: str, method: str, path: str, document: Any, headers: Mapping[str, str]
    ) -> Answer | None:
        """Return the answer of a request that was taken; None if it was refused or given up."""
        what = f"{who} {path.rpartition('/')[2]}"
        authorized = {"Authorization": self.stack.tokens[who], **headers}

        def ask() -> Answer:
            return call_json(method, f"{self.stack.agent_api_base}{path}", document, authorized)

        def again(seconds: float) -> bool:
            self.tally.add(f"{who} requests repeated")
            time.sleep(seconds)
            return True

        # A person may know of a message before it is applied.
        answer = until_answered(ask, attempts=ATTEMPTS, again=again, not_yet={NOT_FOUND})
        if answer is None:
            self.tally.add(f"{what} given up")
            return None
        done = answer.status < 300  # noqa: PLR2004 - the class of success
        self.tally.add(f"{what}{'' if done else ' refused'}")
        return answer if done else None


class Agent(Colleague):
    def accept(self, conversation_id: str) -> bool:
        return self._act(conversation_id, "accept", {}) is not None

    def reply(
        self, conversation_id: str, text: str, promise: Mapping[str, Any] | None = None
    ) -> str:
        """Return the effect key of a reply that was taken, which is the id of its promise too."""
        answer = self._act(conversation_id, "replies", {"text": text, "promise": promise})
        if answer is None:
            return ""
        key = str(answer.document()["effect_key"])
        if promise:
            self.tally.add("promises made by agents")
            self.tally.promised.add((conversation_id, key))
        return key

    def resolve(self, conversation_id: str) -> None:
        self._act(conversation_id, "resolve", {})

    def return_to_bot(self, conversation_id: str) -> None:
        self._act(conversation_id, "return-to-bot", {})

    def keep_promise(self, conversation_id: str, promise_id: str) -> None:
        self._act(conversation_id, "promises/keep", {"promise_id": promise_id})

    def _act(self, conversation_id: str, what: str, document: Any) -> Answer | None:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        path = f"/conversations/{conversation_id}/{what}"
        return self.request("agent", "POST", path, document, headers)


class Supervisor(Colleague):
    def write(self, kind: str, document: Mapping[str, Any]) -> None:
        answer = self.request("supervisor", "PUT", f"/settings/{kind}", document, {})
        if answer is not None:
            self.tally.written.add((kind, int(answer.document()["version"])))
