"""The seats of agents: where each could take one more, kept true to what they have."""

from datetime import datetime

from sportello.channel_kinds import ChannelKind
from sportello.errors import StorageBusy
from sportello.hours.opening_hours import NeverOpen, OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.seating import look_again_at, seats_of
from sportello.routing.settings import RoutingSettings
from sportello.routing.work import Agent
from sportello.table.agents.agent_items import AgentRecord, RankedSeat, as_held, ranked
from sportello.table.agents.agent_writes import Reseating
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore

MAX_ATTEMPTS = 12


class Seating:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings

    def seat(self, agent_id: str, now: datetime) -> AgentRecord:
        """Read an agent whole and let them have the seats that are theirs; returns them so."""
        for _ in range(MAX_ATTEMPTS):
            record = self._table.agents.record(agent_id)
            seats = self.seats_of(record.agent, now)
            if as_held(seats) == record.held_seats:
                return record
            if self._table.agents.reseat(record, Reseating(had=record.held_seats, has=seats)):
                return record.reseated(seats)
        raise StorageBusy(f"{MAX_ATTEMPTS} writers were faster")

    def seats_of(self, agent: Agent, now: datetime) -> tuple[RankedSeat, ...]:
        """Return the seats that an agent should have, in the queues that there are."""
        self._settings.read_together(QueueSettings, RoutingSettings, OpeningHoursSettings)
        if not self._is_on_duty(agent, now):
            return ()
        routing, settings = self._settings.get(RoutingSettings), self._settings.get(QueueSettings)
        served = agent.profile.serves(settings.handoff_queue)
        queues = [name for name in served if name in settings.queues]
        return tuple(
            ranked(seat, settings.queues[seat.queue].routing.order, least_units(routing))
            for seat in seats_of(agent, queues, routing.capacity, now)
        )

    def look_at(self, agent: Agent, now: datetime) -> datetime | None:
        """Return when time alone next changes what an agent may be given."""
        routing = self._settings.get(RoutingSettings)
        heaviest = max(map(routing.weight, ChannelKind))
        upcoming = [look_again_at(agent, routing.capacity, heaviest, now)]
        hours = self._hours(agent)
        if hours is not None and agent.work.presence_at(now) is Presence.AVAILABLE:
            upcoming.append(_next_boundary(hours, now))
        return min((at for at in upcoming if at is not None), default=None)

    def _is_on_duty(self, agent: Agent, now: datetime) -> bool:
        hours = self._hours(agent)
        return hours is None or hours.is_open(now)

    def _hours(self, agent: Agent) -> OpeningHours | None:
        """Return when an agent works; None for always, and for a calendar nobody knows."""
        if not agent.profile.calendar:
            return None
        return self._settings.get(OpeningHoursSettings).calendars.get(agent.profile.calendar)


def least_units(routing: RoutingSettings) -> int:
    """Return what a conversation takes at least: who has less room has none."""
    return min(map(routing.weight, ChannelKind))


def _next_boundary(hours: OpeningHours, now: datetime) -> datetime | None:
    try:
        return hours.next_closing(now) if hours.is_open(now) else hours.next_opening(now)
    except NeverOpen:
        return None
