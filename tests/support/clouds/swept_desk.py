"""A desk and the sweep over it, whose hand-overs are remembered."""

from datetime import timedelta

from sportello.dispatch.sweep import Sweeping
from sportello.dispatch.sweep_budget import THINGS, SweepBudget
from sportello.errors import NotConfigured
from sportello.table.items import EffectRecord
from support.builders import CONVERSATION
from support.clouds.working_desk import WorkingDesk


class RecordingDispatcher:
    """Does with triage what the state machine does, and remembers what it was handed."""

    def __init__(self, office: WorkingDesk) -> None:
        self.office = office
        self.triaged: list[tuple[list[str], str]] = []
        self.carried_out: list[str] = []
        self.settled: list[tuple[str, bool]] = []
        self.broken: set[str] = set()
        self.attempts: list[str] = []

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        assert conversation_id == CONVERSATION
        self.attempts += item_ids
        self.triaged.append((item_ids, name))
        self.office.triage(*item_ids, turn_id=name)

    def have_agent_settled(self, agent_id: str, *, unasked: bool = False) -> None:
        self.settled.append((agent_id, unasked))

    def carry_out(self, record: EffectRecord) -> None:
        self.attempts.append(record.effect.key)
        if record.effect.key in self.broken:
            raise NotConfigured("no queue is declared for 'telex'")
        self.carried_out.append(record.effect.key)
        if record.effect.type != "SendMessage":
            self.office.table.mark_carried_out(CONVERSATION, record.effect.key)


class Sweep:
    def __init__(self, office: WorkingDesk) -> None:
        self.office = office
        self.dispatch_by(RecordingDispatcher(office))

    def dispatch_by(self, dispatcher: RecordingDispatcher) -> None:
        self.dispatcher, office = dispatcher, self.office
        self._sweeping = Sweeping(
            office.table,
            office.settings,
            dispatcher,
            office.applying,
            office.escalating,
            office.ticking,
        )

    def after(self, amount: timedelta, things: int = THINGS) -> int:
        now = self.office.pass_time(amount)
        return self._sweeping.sweep(now, SweepBudget(lambda: self.office.now, things=things))

    def nothing_left(self) -> None:
        """Carry out what the story so far has decided, so that only what follows is overdue."""
        for record in self.office.effects():
            self.office.table.mark_carried_out(CONVERSATION, record.effect.key)

    def every_minute(self, minutes: int) -> None:
        for _ in range(minutes):
            self.after(timedelta(minutes=1))
