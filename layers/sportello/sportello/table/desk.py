"""The one write path: load, decide, commit; and again when somebody else was faster."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sportello.conversation.commands import Command
from sportello.conversation.decide import decide
from sportello.conversation.decision import Decision
from sportello.conversation.evolution import fold
from sportello.conversation.recorded_waits import ended_waits
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import StorageBusy
from sportello.model import Model
from sportello.table.counting import count_events, count_waits
from sportello.table.desk_table import Conflict, DeskTable
from sportello.table.items import Address, Conversation
from sportello.table.writes import Commit, as_committed

MAX_ATTEMPTS = 12
_LONGEST_PAUSE_SECONDS = 1.0


class Step(Model):
    """What to ask of a conversation just loaded; see `writes.Commit` for the rest."""

    command: Command
    terms: ServiceTerms
    address: Address | None = None
    applied: tuple[str, ...] = ()
    provider_message_ids: Mapping[str, str] = {}

    def channel_of(self, conversation: Conversation) -> str:
        """Name the channel of what is committed; empty for a conversation nobody has written in."""
        address = self.address or conversation.address
        return address.channel if address else ""


class Committed(Model):
    """`after` is `before` as the decision has left it: a next step may start from it."""

    before: Conversation
    decision: Decision
    after: Conversation

    @property
    def state(self) -> ConversationState:
        return self.after.state


class Desk:
    """What was decided while `publishes` was on is still published when it is off."""

    def __init__(
        self,
        table: DeskTable,
        pause: Callable[[float], None] = time.sleep,
        *,
        publishes: bool = True,
    ) -> None:
        self.table = table
        self._pause = pause
        self._publishes = publishes

    def act(
        self,
        conversation_id: str,
        plan: Callable[[Conversation], Step | None],
        now: datetime,
        *,
        item_ids: Iterable[str] = (),
        effect_keys: Iterable[str] = (),
        start: Conversation | None = None,
    ) -> Committed:
        """Commit what the planned command leads to; None plans nothing.

        The first attempt begins from `start`, if the conversation was loaded before with these
        items and effects. Raises what the decision raises, EffectExists, and StorageBusy when
        too many writers meet on one conversation.
        """
        keys = {"item_ids": tuple(item_ids), "effect_keys": tuple(effect_keys)}
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                longest = min(_LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)
                self._pause(random.uniform(0, longest))  # noqa: S311 -- jitter, no secret
                start = None
            conversation = start or self.table.load(conversation_id, **keys)
            step = plan(conversation)
            if step is None:
                return Committed(before=conversation, decision=Decision(), after=conversation)
            decision = decide(conversation.state, step.command, now, step.terms)
            if not self._publishes:
                decision = decision.unpublished()
            state = fold(decision.events, conversation.state)
            waits = ended_waits(
                conversation_id,
                step.terms.channel,
                conversation.state,
                decision.events,
                step.terms,
            )
            commit = Commit(
                decision=decision,
                address=step.address,
                applied=step.applied,
                provider_message_ids=step.provider_message_ids,
                waits=waits,
            )
            try:
                self.table.commit(conversation, commit, state, now)
            except Conflict:
                continue
            count_events(decision.events, step.channel_of(conversation))
            count_waits(waits)
            after = as_committed(conversation, commit, state)
            return Committed(before=conversation, decision=decision, after=after)
        raise StorageBusy(f"{MAX_ATTEMPTS} writers were faster")
