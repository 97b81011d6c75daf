"""What a crash, a lost wake-up or a full queue left behind is found by its age and done.

Customers' messages come first, with half of the budget while anything else is overdue too: their
answers are among the effects. Whatever is tried is put off before it is tried, so that what fails,
or kills the function, comes again ever less often and keeps nothing else from being done.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sportello.aws.logs import Metric, count, logger
from sportello.bot.settings import BotSettings
from sportello.bot.triage import HandoffReason
from sportello.conversation.effects import SendMessage
from sportello.conversation.state import ConversationState
from sportello.dispatch.backlog import (
    GRACE,
    LONGEST_PAUSE,
    STATE_GRACE,
    Backlog,
    grace,
    pause_after,
)
from sportello.dispatch.sweep_budget import SweepBudget
from sportello.dispatch.tick import Ticking
from sportello.errors import Retryable
from sportello.intake.applying import Applying
from sportello.messaging.items import UnknownItem, wants_answer
from sportello.people.escalation import Escalating
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, PendingEntry
from sportello.table.settings.settings_store import SettingsStore

LISTED_IN_A_SHARD = 10_000
"""What a run looks at, so that it finds messages among ten times what it can do."""

MESSAGES_SHARE = 0.5

LATER_VERSION_GRACE = timedelta(minutes=15)
"""How long an item is left to the later version that knows its kind: a deployment takes less."""

SETTLED_AGAIN_AFTER = timedelta(minutes=5)
"""How long an agent may take to be settled before they are put into the queue again."""

LONGEST_STAY_IN_A_QUEUE = timedelta(days=1)
"""How long a message may wait behind others in its queue before it is put there again."""


class Task(NamedTuple):
    """Something overdue that can be done by itself; `amount` is how many things that is."""

    amount: int
    do: Callable[[], None]


class SweepPort(Protocol):
    """Where the sweep hands on what is overdue."""

    def carry_out(self, record: EffectRecord) -> None: ...

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None: ...

    def have_agent_settled(self, agent_id: str, *, unasked: bool = False) -> None: ...


class Sweeping:
    def __init__(
        self,
        table: DeskTable,
        settings: SettingsStore,
        dispatcher: SweepPort,
        applying: Applying,
        escalating: Escalating,
        ticking: Ticking,
    ) -> None:
        self._table = table
        self._settings = settings
        self._dispatcher = dispatcher
        self._applying = applying
        self._escalating = escalating
        self._ticking = ticking

    def sweep(self, now: datetime, budget: SweepBudget | None = None) -> int:
        """Do what is overdue as far as the budget goes, and return how much that was.

        Without a budget time stands still, and only the number of things is bounded.
        """
        budget = budget or SweepBudget(lambda: now)
        listed = self._table.overdue(now - STATE_GRACE, LISTED_IN_A_SHARD)
        backlog = Backlog.of(listed, now)
        messages = deque(
            Task(len(items), partial(self._hand_in, items, now)) for items in backlog.messages
        )
        others = deque(Task(1, partial(self._take_up, entry, now)) for entry in backlog.others)
        swept = _work_off(messages, budget, MESSAGES_SHARE if others else 1)
        swept += _work_off(others, budget)
        swept += _work_off(messages, budget)
        logger.remove_keys(["conversation_id"])
        if swept:
            logger.warning("swept", amount=swept)
            count(Metric.SWEPT, "all", swept)
        if left_over := len(messages) + len(others):
            logger.warning("the budget of the sweep is used up", left_over=left_over)
        return swept

    # --- messages ---------------------------------------------------------------------------

    def _hand_in(self, entries: Sequence[PendingEntry], now: datetime) -> None:
        """Hand in items of one conversation: what the bot answers together, others as they are."""
        conversation_id = entries[0].conversation_id
        logger.append_keys(conversation_id=conversation_id)
        records = [
            record
            for record, entry in self._items(entries, now)
            if not record.applied
            and self._put_off(entry, now, pause_after(now - record.received_at))
            and not _is_left_to_later_version(record, now)
        ]
        answerable = [record.item_id for record in records if wants_answer(record.item)]
        if answerable:
            count(Metric.MESSAGES_SWEPT, "all", len(answerable))
            name = _attempt_name(now)
            _tried(lambda: self._dispatcher.start_triage(conversation_id, answerable, name))
        others = [record for record in records if not wants_answer(record.item)]
        _together_or_alone(lambda some: self._applying.note(conversation_id, some, now), others)

    def _items(
        self, entries: Sequence[PendingEntry], now: datetime
    ) -> list[tuple[InboundRecord, PendingEntry]]:
        """Read items and tell whose entry each is; put off those that nobody can read."""
        conversation_id = entries[0].conversation_id
        entry_of = {entry.sort_key.removeprefix("IN#"): entry for entry in entries}
        records: list[InboundRecord] = []

        def read(item_ids: Sequence[str]) -> None:
            records.extend(self._table.content(conversation_id, item_ids=item_ids).inbound)

        for item_id in _together_or_alone(read, list(entry_of)):
            self._put_off(entry_of[item_id], now, LONGEST_PAUSE)
        return [(record, entry_of[record.item_id]) for record in records]

    # --- turns, clocks and effects ----------------------------------------------------------

    def _take_up(self, entry: PendingEntry, now: datetime) -> None:
        logger.append_keys(conversation_id=entry.conversation_id)
        match entry.entity:
            case "agent":
                failure = _tried(lambda: self._settle(entry, now))
            case "state":
                failure = _tried(lambda: self._wake(entry, now))
            case "effect":
                failure = _tried(lambda: self._carry_out(entry, now))
            case _:
                logger.warning("entity left to a later version", entity=entry.entity)
                count(Metric.OF_A_LATER_VERSION, "all")
                self._put_off(entry, now, LONGEST_PAUSE)
                return
        if _is_lasting(failure):
            # It may not even have come to be put off: what cannot be read does not tell its age.
            self._put_off(entry, now, LONGEST_PAUSE)

    def _carry_out(self, entry: PendingEntry, now: datetime) -> None:
        effect_key = entry.sort_key.removeprefix("FX#")
        content = self._table.content(entry.conversation_id, effect_keys=[effect_key])
        for record in content.effects:
            age = now - record.decided_at
            put_off = self._put_off(entry, now, pause_after(age))
            if put_off is None:
                return
            self._dispatcher.carry_out(record)
            if isinstance(record.effect, SendMessage):
                # It may well be waiting in its queue behind another one: ask ever less often.
                self._put_off(put_off, now, GRACE + min(age, LONGEST_STAY_IN_A_QUEUE))

    def _wake(self, entry: PendingEntry, now: datetime) -> None:
        conversation_id = entry.conversation_id
        conversation = self._table.load(conversation_id)
        if not self._put_off(entry, now, pause_after(now - _due_at(conversation.state, now))):
            return
        wake_at = conversation.state.wake_at
        if wake_at is not None and wake_at + STATE_GRACE <= now:
            conversation = self._ticking.tick(conversation_id, None, now, conversation).after
        rings_by = conversation.state.rings_by
        if rings_by is not None and rings_by <= now:
            conversation = self._escalating.restart(conversation_id, now, conversation).after
        turn = conversation.state.turn
        if turn is None or turn.lease_expires_at is None or turn.lease_expires_at > now:
            return
        if turn.attempt >= self._settings.get(BotSettings).turn_attempts:
            self._escalating.request_human(
                conversation_id, turn.leased_to, HandoffReason.BOT_FAILED, now, conversation
            )
        else:
            self._dispatcher.start_triage(conversation_id, [], _attempt_name(now))

    def _settle(self, entry: PendingEntry, now: datetime) -> None:
        """Have an agent looked at; until that is done they are only put off."""
        if self._put_off(entry, now, SETTLED_AGAIN_AFTER):
            self._dispatcher.have_agent_settled(entry.agent_id, unasked=True)

    def _put_off(self, entry: PendingEntry, now: datetime, pause: timedelta) -> PendingEntry | None:
        """Have it looked at again after a pause; None where somebody else is at it meanwhile."""
        later = entry.model_copy(update={"pending_since": now + pause - grace(entry)})
        return later if self._table.postpone(entry, later.pending_since) else None


def _work_off(line: deque[Task], budget: SweepBudget, share: float = 1) -> int:
    amount = 0
    while line and budget.spend(share):
        task = line.popleft()
        _tried(task.do)
        amount += task.amount
    return amount


def _tried(do: Callable[[], None]) -> Exception | None:
    """Do one thing so that its failure, which is returned, keeps nothing else from being done."""
    try:
        do()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the others are to be done
        logger.error("could not be swept", error=type(error).__name__)
        count(Metric.NOT_SWEPT, "all")
        return error
    return None


def _together_or_alone[T](do: Callable[[Sequence[T]], None], things: Sequence[T]) -> list[T]:
    """Do it for all at once, or for each where one of them is at fault; returns those at fault."""
    if not things or not _is_lasting(_tried(lambda: do(things))):
        return []
    if len(things) == 1:
        return list(things)
    return [one for one in things if _is_lasting(_tried(partial(do, [one])))]


def _is_lasting(failure: Exception | None) -> bool:
    """Tell whether a failure is the thing's own, and not one of the moment."""
    passing = ClientError | BotoCoreError | Retryable
    return failure is not None and not isinstance(failure, passing)


def _is_left_to_later_version(record: InboundRecord, now: datetime) -> bool:
    """Whether a kind nobody here knows is still hoped to be read by who stored it.

    After a rollback nobody comes: people are shown then that there is something.
    """
    young = now - record.received_at < LATER_VERSION_GRACE
    return young and isinstance(record.item, UnknownItem)


def _due_at(state: ConversationState, now: datetime) -> datetime:
    lease = state.turn.lease_expires_at if state.turn else None
    return min((at for at in (lease, state.wake_at, state.rings_by) if at), default=now)


def _attempt_name(now: datetime) -> str:
    return f"sweep-{now:%Y%m%dT%H%M%S}"
