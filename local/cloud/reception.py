"""Where customers of the stand-ins come in, and where it is heard what people answer them."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition

from local.providers.provider_calls import Call

MARK = "Pratica"
"""What stands in every word of an agent's, and in nothing else."""


class Reception:
    """`counts` says by name what became of those who came."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()
        self._is_over = False
        self._changed = Condition()

    def see(self, call: Call) -> None:
        """Take notice of what reaches a customer."""
        if MARK in call.body:
            document = json.loads(call.body)
            with self._changed:
                self._answers[str(document.get("to") or document.get("chat_id"))] += 1
                self._changed.notify_all()

    def answers(self, address: str) -> int:
        """Count what people have answered at a number, or in a chat."""
        with self._changed:
            return self._answers[address]

    def is_answered(self, address: str, times: int, *, seconds: float) -> bool:
        """Wait for so many answers; nobody waits any more who was sent home."""

        def enough() -> bool:
            return self._answers[address] >= times

        with self._changed:
            self._changed.wait_for(lambda: self._is_over or enough(), timeout=seconds)
            return enough()

    def count(self, what: str) -> None:
        with self._changed:
            self.counts[what] += 1

    def told(self) -> str:
        """Say how far it is."""
        with self._changed:
            return listed(self.counts)

    def send_home(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    @contextmanager
    def visits(self, at_once: int) -> Iterator[Executor]:
        """Let so many be there at once; at the end of the block everybody goes home."""
        with ThreadPoolExecutor(at_once) as threads:
            try:
                yield threads
            finally:
                # Interrupted, nobody waits any more, and those who have not begun never do.
                self.send_home()
                threads.shutdown(wait=False, cancel_futures=True)


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{amount} {what}" for what, amount in sorted(counts.items()))
