"""What a crash, a lost wake-up or a full queue left behind is found by its age and done."""

from datetime import datetime, timedelta

from sportello.desk_table import DeskTable, Left
from sportello.dispatching import Dispatcher
from sportello.inbox import Inbox
from sportello.ladder import Ladder
from sportello.observability import Metric, count, logger
from sportello.settings import BotSettings
from sportello.settings_store import SettingsStore
from sportello.triage import HandoffReason
from sportello.turns import ANSWERABLE_KINDS

GRACE = timedelta(seconds=60)
"""How long the ordinary way may take before the sweep does it."""

STATE_GRACE = timedelta(seconds=5)
"""A lease or a wake-up names the time it is due itself."""


class Sweeping:
    def __init__(
        self,
        table: DeskTable,
        settings: SettingsStore,
        dispatcher: Dispatcher,
        inbox: Inbox,
        ladder: Ladder,
    ) -> None:
        self._table = table
        self._settings = settings
        self._dispatcher = dispatcher
        self._inbox = inbox
        self._ladder = ladder

    def sweep(self, now: datetime) -> int:
        """Do everything overdue and return how much that was."""
        swept = 0
        for left in self._table.left_undone(now - STATE_GRACE):
            if left.entity != "state" and left.pending_since > now - GRACE:
                continue
            self._do(left, now)
            swept += 1
        if swept:
            logger.warning("swept", amount=swept)
            count(Metric.SWEPT, "all", swept)
        return swept

    def _do(self, left: Left, now: datetime) -> None:
        match left.entity:
            case "inbound":
                self._apply(left, now)
            case "effect":
                effect_key = left.sort_key.removeprefix("FX#")
                loaded = self._table.load(left.conversation_id, effect_keys=[effect_key])
                for record in loaded.effects:
                    self._dispatcher.carry_out(record)
            case "state":
                self._wake(left.conversation_id, now)

    def _apply(self, left: Left, now: datetime) -> None:
        item_id = left.sort_key.removeprefix("IN#")
        loaded = self._table.load(left.conversation_id, item_ids=[item_id])
        for record in loaded.inbound:
            if record.item.kind in ANSWERABLE_KINDS:
                self._dispatcher.start_triage(left.conversation_id, [item_id], _attempt_name(now))
            else:
                self._inbox.note(left.conversation_id, [item_id], now)

    def _wake(self, conversation_id: str, now: datetime) -> None:
        state = self._table.load(conversation_id).state
        if state.wake_at is not None and state.wake_at + STATE_GRACE <= now:
            self._ladder.tick(conversation_id, None, now)
        turn = state.turn
        if turn is None or turn.lease_expires_at is None or turn.lease_expires_at > now:
            return
        if turn.attempt >= self._settings.get(BotSettings).turn_attempts:
            self._ladder.request_human(conversation_id, HandoffReason.BOT_FAILED, now)
        else:
            self._dispatcher.start_triage(conversation_id, [], _attempt_name(now))


def _attempt_name(now: datetime) -> str:
    return f"sweep-{now:%Y%m%dT%H%M%S}"
