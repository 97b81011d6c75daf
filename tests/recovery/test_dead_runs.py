"""A turn whose run dies, anywhere and with nobody to try it again, is swept in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sportello.bot.settings import BotSettings
from sportello.dispatch.backlog import STATE_GRACE
from sportello.dispatch.sweep import Sweeping
from sportello.table.items import EffectRecord
from support.builders import CONVERSATION, NOW
from support.clouds.working_desk import WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
MINUTE = timedelta(minutes=1)
SWEPT_WITHIN = timedelta(seconds=BotSettings().lease_seconds) + STATE_GRACE + MINUTE


class Killed(BaseException):
    """As SIGKILL: no handler of ours sees it."""


class Sweep:
    """Sweeps each minute; runs triage as the state machine does, and notes what it carries out."""

    def __init__(self, office: WorkingDesk) -> None:
        self.carried_out: set[str] = set()
        self._office = office
        self._sweeping = Sweeping(
            office.table, office.settings, self, office.applying, office.escalating, office.ticking
        )

    def every_minute_until(self, end: datetime) -> None:
        while self._office.now + MINUTE <= end:
            self._sweeping.sweep(self._office.pass_time(MINUTE))

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        assert conversation_id == CONVERSATION
        self._office.triage(*item_ids, turn_id=name)

    def have_agent_settled(self, agent_id: str, *, unasked: bool = False) -> None:
        """Give nobody anything: no agent is at work here."""

    def carry_out(self, record: EffectRecord) -> None:
        self.carried_out.add(record.effect.key)
        self._office.table.mark_carried_out(CONVERSATION, record.effect.key)


@contextmanager
def killed_after(office: WorkingDesk, most: int) -> Iterator[list[str]]:
    """Note the writes to the table; once `most` have taken effect, die at the next call."""
    client = office.table._client
    make_call = client._make_api_call  # type: ignore[attr-defined] # every method ends there
    written: list[str] = []

    def make_call_or_die(operation: str, arguments: dict[str, Any]) -> Any:
        if len(written) == most:
            raise Killed
        if operation in {"PutItem", "UpdateItem", "TransactWriteItems"}:
            written.append(operation)
        return make_call(operation, arguments)

    with patch.object(client, "_make_api_call", make_call_or_die):
        yield written


def test_a_run_killed_after_any_write_leaves_a_customer_who_is_answered_in_time() -> None:
    with working_desk() as office:
        with killed_after(office, most=99) as written:
            office.triage(office.write(QUESTION))
        expected = [message.text for message in office.messages()]
    assert len(written) >= 3
    for writes in range(1, len(written)):
        with working_desk() as office:
            with killed_after(office, writes), pytest.raises(Killed):
                office.triage(office.write(QUESTION))
            sweep = Sweep(office)
            sweep.every_minute_until(NOW + SWEPT_WITHIN)
            assert [message.text for message in office.messages()] == expected, written[:writes]
            assert office.state.turn is None, written[:writes]
            # What the sweep's own run decided goes its ordinary way, or by the next sweep.
            sweep.every_minute_until(office.now + MINUTE)
            decided = {record.effect.key for record in office.effects()}
            assert sweep.carried_out == decided, written[:writes]
