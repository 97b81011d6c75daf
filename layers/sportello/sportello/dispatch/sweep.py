"""What a crash, a lost wake-up or a full queue left behind is found by its age and done."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from sportello.aws.logs import Metric, count, logger
from sportello.bot.settings import BotSettings
from sportello.bot.triage import HandoffReason
from sportello.conversation.effects import SendMessage, is_known
from sportello.dispatch.tick import Ticking
from sportello.errors import SportelloError
from sportello.intake.applying import Applying
from sportello.messaging.items import UnknownItem, wants_answer
from sportello.people.escalation import Escalating
from sportello.table.desk_table import DeskTable
from sportello.table.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, PendingEntry
from sportello.table.settings_store import SettingsStore

GRACE = timedelta(seconds=60)
"""How long the ordinary way may take before the sweep does it."""

ITEMS_IN_A_RUN = 500
"""Items one triage run is told to apply; a workflow's input is bounded."""

LATER_VERSION_GRACE = timedelta(minutes=15)
"""How long an item is left to the later version that knows its kind: a deployment takes less."""

LATER_VERSION_PAUSE = timedelta(minutes=10)
"""How long, at most, an effect rests that only a later version can carry out."""

STATE_GRACE = timedelta(seconds=5)
"""A lease or a wake-up names the time it is due itself."""


class SweepPort(Protocol):
    """Where the sweep hands on what is overdue."""

    def carry_out(self, record: EffectRecord) -> None: ...

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None: ...


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

    def sweep(self, now: datetime) -> int:
        """Do everything overdue and return how much that was; what fails is left for next time."""
        swept = 0
        items: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self._table.overdue(now - STATE_GRACE):
            if entry.entity != "state" and entry.pending_since > now - GRACE:
                continue
            swept += 1
            if entry.entity == "inbound":
                items[entry.conversation_id].append(entry.sort_key.removeprefix("IN#"))
            elif entry.entity == "effect":
                self._try(entry.conversation_id, partial(self._carry_out, entry, now))
            elif entry.entity == "state":
                self._try(entry.conversation_id, partial(self._wake, entry.conversation_id, now))
            else:
                logger.warning("entity left to a later version", entity=entry.entity)
                count(Metric.OF_A_LATER_VERSION, "all")
        for conversation_id, item_ids in items.items():
            self._try(conversation_id, partial(self._apply, conversation_id, item_ids, now))
        if swept:
            logger.warning("swept", amount=swept)
            count(Metric.SWEPT, "all", swept)
        return swept

    def _try(self, conversation_id: str, do: Callable[[], None]) -> None:
        """Do one thing so that its failure keeps nothing else from being done."""
        logger.append_keys(conversation_id=conversation_id)
        try:
            do()
        except (ClientError, BotoCoreError, SportelloError, ValidationError) as error:
            logger.error("could not be swept", error=type(error).__name__)

    def _carry_out(self, entry: PendingEntry, now: datetime) -> None:
        effect_key = entry.sort_key.removeprefix("FX#")
        content = self._table.content(entry.conversation_id, effect_keys=[effect_key])
        for record in content.effects:
            self._dispatcher.carry_out(record)
            age = now - record.decided_at
            if not is_known(record.effect):
                again_in = min(age, LATER_VERSION_PAUSE)
                self._table.postpone(entry.conversation_id, effect_key, now + again_in)
            elif isinstance(record.effect, SendMessage):
                # It may well be waiting in its queue behind another one: ask ever less often.
                self._table.postpone(entry.conversation_id, effect_key, now + age)

    def _apply(self, conversation_id: str, item_ids: list[str], now: datetime) -> None:
        content = self._table.content(conversation_id, item_ids=item_ids)
        records = [
            record
            for record in content.inbound
            if not record.applied and not _is_left_to_later_version(record, now)
        ]
        answerable = [r.item_id for r in records if wants_answer(r.item)]
        others = [r for r in records if not wants_answer(r.item)]
        for start in range(0, len(answerable), ITEMS_IN_A_RUN):
            some = answerable[start : start + ITEMS_IN_A_RUN]
            self._dispatcher.start_triage(conversation_id, some, f"{_attempt_name(now)}-{start}")
        if others:
            self._applying.note(conversation_id, others, now)

    def _wake(self, conversation_id: str, now: datetime) -> None:
        conversation = self._table.load(conversation_id)
        wake_at = conversation.state.wake_at
        if wake_at is not None and wake_at + STATE_GRACE <= now:
            conversation = self._ticking.tick(conversation_id, None, now, conversation).after
        turn = conversation.state.turn
        if turn is None or turn.lease_expires_at is None or turn.lease_expires_at > now:
            return
        if turn.attempt >= self._settings.get(BotSettings).turn_attempts:
            self._escalating.request_human(
                conversation_id, turn.leased_to, HandoffReason.BOT_FAILED, now, conversation
            )
        else:
            self._dispatcher.start_triage(conversation_id, [], _attempt_name(now))


def _is_left_to_later_version(record: InboundRecord, now: datetime) -> bool:
    """Whether a kind nobody here knows is still hoped to be read by who stored it.

    After a rollback nobody comes: people are shown then that there is something.
    """
    young = now - record.received_at < LATER_VERSION_GRACE
    return young and isinstance(record.item, UnknownItem)


def _attempt_name(now: datetime) -> str:
    return f"sweep-{now:%Y%m%dT%H%M%S}"
