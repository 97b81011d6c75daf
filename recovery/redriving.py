"""Redriving a dead-letter queue, and waiting until it is known what became of its letters.

SQS has a move task of its own. It does not say which letters it moved, so nobody could tell what
became of them, and emulators lack it; moving them one by one does the same everywhere.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from recovery import stream_records
from recovery.letters import Letter, delete, effect_of, looked_at, move_back
from recovery.stack import DeadLetterQueue, Stack
from sportello.messaging.items import DeliveryStatus

LOOK_EVERY_SECONDS = 1.0
DONE = "done"
GONE = "gone"
MOVED = "moved"
UNDER_WAY = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})


@dataclass
class Redriven:
    """`became` counts letters by what the table says of their effects in the end.

    `remaining` letters are in the queue then; `backlog` names the items that stream records stay
    for.
    """

    queue: DeadLetterQueue
    moved: int = 0
    became: Counter[str] = field(default_factory=Counter)
    backlog: list[str] = field(default_factory=list)
    remaining: int = 0

    @property
    def complete(self) -> bool:
        under_way = sum(self.became[status] for status in UNDER_WAY)
        return not (self.remaining or under_way)


class Redriving:
    """`pause` waits between two looks; it and `patience_seconds` bound how long is waited."""

    def __init__(
        self,
        stack: Stack,
        patience_seconds: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stack = stack
        self._looks = max(1, round(patience_seconds / LOOK_EVERY_SECONDS))
        self._pause = pause

    def redrive(self, queue: DeadLetterQueue) -> Redriven:
        if queue.source_url is None:
            return self._settle_stream_records(queue)
        letters: list[Letter] = []
        # As many as there are now: what fails at once and comes back is not moved for ever.
        most = self._stack.depth(queue).total
        for _ in self._looking():
            letters += move_back(self._stack, queue, most - len(letters))
            if len(letters) >= most or not self._stack.depth(queue).total:
                break
        redriven = Redriven(queue, moved=len(letters))
        redriven.became = self._outcomes(letters)
        redriven.remaining = self._stack.depth(queue).total
        return redriven

    def _outcomes(self, letters: list[Letter]) -> Counter[str]:
        outcomes: dict[str, str] = {}
        for _ in self._looking():
            for letter in letters:
                if outcomes.get(letter.message_id, DeliveryStatus.QUEUED) in UNDER_WAY:
                    outcomes[letter.message_id] = self._outcome(letter)
            if not UNDER_WAY.intersection(outcomes.values()):
                break
        return Counter(outcomes.values())

    def _outcome(self, letter: Letter) -> str:
        if not letter.effect_key:
            return MOVED  # a button press to acknowledge: nothing keeps what became of it
        effect = effect_of(self._stack, letter)
        return str(effect.status) if effect else GONE

    def _settle_stream_records(self, queue: DeadLetterQueue) -> Redriven:
        """Delete the records whose items are done; the next sweep tries the others."""
        redriven = Redriven(queue)
        if self._stack.depth(queue).total:
            stream_records.bring_forward(self._stack.table)
        for _ in self._looking():
            with looked_at(self._stack, queue) as letters:
                pending = stream_records.pending(self._stack.table)
                named = [(x, stream_records.undone(pending, x.about)) for x in letters]
                for letter in [letter for letter, undone in named if not undone]:
                    delete(self._stack, queue, letter)
                    letters.remove(letter)
                    redriven.became[DONE] += 1
            redriven.backlog = sorted({item for _, undone in named for item in undone})
            redriven.remaining = self._stack.depth(queue).total
            if not redriven.remaining:
                break
        return redriven

    def _looking(self) -> Iterator[None]:
        for look in range(self._looks):
            if look:
                self._pause(LOOK_EVERY_SECONDS)
            yield
