"""Plain HTTP calls to the deployed APIs and the emulator: one attempt each, nothing followed.

Who has to insist says so, with `until_answered`.
"""

import json
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import urllib3

# The first call of a function starts its process, and a laptop may start several at once.
TIMEOUT_SECONDS = 60.0

SERVER_ERROR = 500
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0

_pool = urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False, maxsize=32)


class Unexpected(Exception):
    """A call was answered, and not as it had to be."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> Any:
        return json.loads(self.body)

    def expect(self, *statuses: int) -> "Answer":
        if self.status not in statuses:
            raise Unexpected(f"HTTP {self.status}: {self.body[:500].decode(errors='replace')}")
        return self


def call(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float = TIMEOUT_SECONDS,
) -> Answer:
    """Make the call; raises urllib3's HTTPError when no answer comes."""
    answer = _pool.request(method, url, body=body, headers=dict(headers or {}), timeout=timeout)
    return Answer(answer.status, answer.data, answer.headers)


def call_json(
    method: str, url: str, document: Any = None, headers: Mapping[str, str] | None = None
) -> Answer:
    body = None if document is None else json.dumps(document, ensure_ascii=False).encode()
    return call(method, url, body, {"content-type": "application/json", **(headers or {})})


def until_answered(
    ask: Callable[[], Answer],
    *,
    attempts: int,
    again: Callable[[float], bool],
    not_yet: Container[int] = (),
) -> Answer | None:
    """Ask until an answer tells what came of it; returns None if none does.

    `again` waits for so many seconds before the next attempt, and says whether to make it. Answers
    with a status of `not_yet` tell nothing, like errors of the server.
    """
    pause = FIRST_PAUSE_SECONDS
    for attempt in range(attempts):
        if attempt:
            if not again(pause):
                return None
            pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)
        with suppress(urllib3.exceptions.HTTPError):
            answer = ask()
            if answer.status < SERVER_ERROR and answer.status not in not_yet:
                return answer
    return None
