"""An agent of the shift, as their tool makes them look: rung by a webhook, working by the API."""

import heapq
import itertools
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Self

import urllib3

from local.cloud.web import Answer, call_json
from local.shift.cast import PRESENCE_SECONDS, Manner, Member

HEARTBEAT_SECONDS = PRESENCE_SECONDS / 3
LOOK_FOR_OFFERS_SECONDS = 6.0
"""A tool whose bell is broken still sees what is offered."""

RESOLVES_AFTER_SECONDS = 6.0
AWAY_SECONDS = 25.0
LINE_LOST_SECONDS = 75.0
MISBEHAVES_AFTER = 4
"""Conversations that are taken before an agent leaves, or loses the line."""

ATTEMPTS = 8
SERVER_ERROR = 500


@dataclass(frozen=True)
class Tool:
    """The calls of one agent; what got no answer is asked again."""

    base: str
    token: Callable[[], str]
    counts: Counter[str]

    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> Answer | None:
        for attempt in range(ATTEMPTS):
            try:
                answer = call_json(
                    method,
                    f"{self.base}{path}",
                    document,
                    {"Authorization": self.token(), **headers},
                )
            except urllib3.exceptions.HTTPError:
                answer = None
            if answer is not None and answer.status < SERVER_ERROR:
                return answer
            self.counts["calls repeated"] += 1
            time.sleep(min(2.0, 0.2 * 2**attempt))
        return None

    def done(self, method: str, path: str, document: Any = None, **headers: str) -> bool:
        answer = self.ask(method, path, document, **headers)
        return answer is not None and answer.status < 300  # noqa: PLR2004 -- the class of success


@dataclass
class Worker:
    """`counts` are of this agent alone: what they did, by name."""

    member: Member
    agent_id: str
    tool: Tool
    dice: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    _rings: "Queue[Mapping[str, Any]]" = field(default_factory=Queue)
    _tasks: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _seen: set[str] = field(default_factory=set)
    _held: dict[str, float] = field(default_factory=dict)
    _stopping: Event = field(default_factory=Event)
    _misbehaved: bool = False

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._work, name=self.member.name)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._thread.join()

    def ring(self, notice: Mapping[str, Any]) -> None:
        """Take a notice of the agent's own webhook."""
        self._rings.put(notice)

    # --- at work --------------------------------------------------------------------------

    def _work(self) -> None:
        self._say("available")
        self._every(HEARTBEAT_SECONDS, lambda: self._say("available"))
        self._every(LOOK_FOR_OFFERS_SECONDS, self._look_for_offers)
        while not self._stopping.is_set():
            self._do_what_is_due()
            try:
                notice = self._rings.get(timeout=0.2)
            except Empty:
                continue
            self._hear(notice["type"], notice["data"])
        self._say("offline")

    def _say(self, presence: str) -> None:
        self.tool.done("PUT", "/agents/me/presence", {"presence": presence})

    def _hear(self, notice: str, data: Mapping[str, Any]) -> None:
        conversation = str(data["conversation_id"])
        match notice:
            case "conversation.offered":
                self._consider(conversation, str(data["offer_id"]))
            case "message.received" if conversation in self._held:
                self._in(self.dice.uniform(0.5, 2), lambda: self._reply(conversation))

    def _look_for_offers(self) -> None:
        answer = self.tool.ask("GET", "/agents/me")
        if answer is None or answer.status != 200:  # noqa: PLR2004 -- HTTP's
            return
        for offer in answer.document()["offers"]:
            self._consider(offer["conversation_id"], offer["offer_id"])

    def _consider(self, conversation: str, offer: str) -> None:
        if offer in self._seen:
            return
        self._seen.add(offer)
        self.counts["rung"] += 1
        third = self.counts["rung"] % 3 == 0
        match self.member.manner:
            case Manner.DECLINES if third:
                self._in(1, lambda: self._decline(conversation, offer))
            case Manner.SILENT if third:
                self.counts["let ring out"] += 1
            case _:
                self._in(self.dice.uniform(0.3, 2), lambda: self._accept(conversation, offer))

    def _accept(self, conversation: str, offer: str) -> None:
        path = f"/conversations/{conversation}/accept"
        if not self.tool.done("POST", path, {"offer_id": offer}):
            self.counts["came too late"] += 1
            return
        self.counts["accepted"] += 1
        self._held[conversation] = time.monotonic()
        leaving = {Manner.LEAVES, Manner.LOSES_LINE}
        if self.member.manner in leaving and not self._misbehaved:
            self._misbehaved = self.counts["accepted"] >= MISBEHAVES_AFTER
            if self._misbehaved:
                self._be_gone()
                return
        self._in(self.dice.uniform(1, 3), lambda: self._reply(conversation))

    def _decline(self, conversation: str, offer: str) -> None:
        if self.tool.done("POST", f"/conversations/{conversation}/decline", {"offer_id": offer}):
            self.counts["declined"] += 1

    def _reply(self, conversation: str) -> None:
        if conversation not in self._held:
            return
        text = f"Eccomi, sono {self.member.name.capitalize()}. Pratica {secrets.token_hex(4)}."
        path = f"/conversations/{conversation}/replies"
        key = {"Idempotency-Key": secrets.token_hex(8)}
        if not self.tool.done("POST", path, {"text": text}, **key):
            self._held.pop(conversation, None)  # somebody else has it by now
            return
        self.counts["replied"] += 1
        self._held[conversation] = time.monotonic()
        self._in(RESOLVES_AFTER_SECONDS, lambda: self._resolve_if_quiet(conversation))

    def _resolve_if_quiet(self, conversation: str) -> None:
        last = self._held.get(conversation)
        if last is None or time.monotonic() - last < RESOLVES_AFTER_SECONDS - 0.5:
            return
        self._held.pop(conversation)
        if self.tool.done("POST", f"/conversations/{conversation}/resolve", {}):
            self.counts["resolved"] += 1

    # --- away -----------------------------------------------------------------------------

    def _be_gone(self) -> None:
        """Leave with conversations in hand: after a word, or without any."""
        lost = self.member.manner is Manner.LOSES_LINE
        self.counts["was gone"] += 1
        if not lost:
            self._say("offline")
        self._stopping.wait(LINE_LOST_SECONDS if lost else AWAY_SECONDS)
        self._tasks.clear()
        self._held.clear()
        while not self._rings.empty():
            self._rings.get_nowait()
        self._say("available")
        self._every(HEARTBEAT_SECONDS, lambda: self._say("available"))
        self._every(LOOK_FOR_OFFERS_SECONDS, self._look_for_offers)

    # --- what is to be done, by time --------------------------------------------------------

    def _in(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._tasks, (time.monotonic() + seconds, next(self._numbers), do))

    def _every(self, seconds: float, do: Callable[[], None]) -> None:
        def again() -> None:
            do()
            self._in(seconds, again)

        self._in(seconds, again)

    def _do_what_is_due(self) -> None:
        while self._tasks and self._tasks[0][0] <= time.monotonic():
            heapq.heappop(self._tasks)[2]()
