"""An agent of the shift, as their tool makes them look: rung by a webhook, working by the API."""

import heapq
import itertools
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from queue import Empty, Queue
from typing import Any, override

from local.beside import Beside
from local.cloud.reception import MARK
from local.cloud.staff import Account
from local.cloud.web import Answer, call_json, until_answered
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


class Worker(Beside):
    """`counts` are of this agent alone: what they did, by name."""

    def __init__(self, member: Member, account: Account, base: str, dice: random.Random) -> None:
        super().__init__(member.name)
        self.member = member
        self.counts: Counter[str] = Counter()
        self._base = base
        self._authorized = {"Authorization": account.token}
        self._dice = dice
        self._rings: Queue[Mapping[str, Any]] = Queue()
        self._tasks: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._seen: set[tuple[str, str]] = set()
        self._held: dict[str, float] = {}
        self._misbehaved = False

    def ring(self, notice: Mapping[str, Any]) -> None:
        """Take a notice of the agent's own webhook."""
        self._rings.put(notice)

    # --- at work --------------------------------------------------------------------------

    @override
    def _run(self) -> None:
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
        self._done("PUT", "/agents/me/presence", {"presence": presence})

    def _hear(self, notice: str, data: Mapping[str, Any]) -> None:
        conversation = str(data["conversation_id"])
        match notice:
            case "conversation.offered":
                self._consider(conversation, str(data["offer_id"]))
            case "message.received" if conversation in self._held:
                self._in(self._dice.uniform(0.5, 2), lambda: self._reply(conversation))

    def _look_for_offers(self) -> None:
        answer = self._ask("GET", "/agents/me")
        if answer is None or answer.status != 200:  # noqa: PLR2004 -- HTTP's
            return
        for offer in answer.document()["offers"]:
            self._consider(offer["conversation_id"], offer["offer_id"])

    def _consider(self, conversation: str, offer: str) -> None:
        # An offer is named within its conversation.
        if (conversation, offer) in self._seen:
            return
        self._seen.add((conversation, offer))
        self.counts["rung"] += 1
        third = self.counts["rung"] % 3 == 0
        match self.member.manner:
            case Manner.DECLINES if third:
                self._in(1, lambda: self._decline(conversation, offer))
            case Manner.SILENT if third:
                self.counts["let ring out"] += 1
            case _:
                self._in(self._dice.uniform(0.3, 2), lambda: self._accept(conversation, offer))

    def _accept(self, conversation: str, offer: str) -> None:
        path = f"/conversations/{conversation}/accept"
        if not self._done("POST", path, {"offer_id": offer}):
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
        self._in(self._dice.uniform(1, 3), lambda: self._reply(conversation))

    def _decline(self, conversation: str, offer: str) -> None:
        if self._done("POST", f"/conversations/{conversation}/decline", {"offer_id": offer}):
            self.counts["declined"] += 1

    def _reply(self, conversation: str) -> None:
        if conversation not in self._held:
            return
        text = f"Eccomi, sono {self.member.name.capitalize()}. {MARK} {secrets.token_hex(4)}."
        path = f"/conversations/{conversation}/replies"
        key = {"Idempotency-Key": secrets.token_hex(8)}
        if not self._done("POST", path, {"text": text}, **key):
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
        if self._done("POST", f"/conversations/{conversation}/resolve", {}):
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

    # --- at the agent API ---------------------------------------------------------------------

    def _ask(self, method: str, path: str, document: Any = None, **headers: str) -> Answer | None:
        """Ask again what got no answer, but not when the shift is over."""
        return until_answered(
            lambda: call_json(
                method, f"{self._base}{path}", document, {**self._authorized, **headers}
            ),
            attempts=ATTEMPTS,
            again=self._asks_again,
        )

    def _asks_again(self, seconds: float) -> bool:
        self.counts["calls repeated"] += 1
        return not self._stopping.wait(seconds)

    def _done(self, method: str, path: str, document: Any = None, **headers: str) -> bool:
        answer = self._ask(method, path, document, **headers)
        return answer is not None and answer.status < 300  # noqa: PLR2004 -- the class of success
