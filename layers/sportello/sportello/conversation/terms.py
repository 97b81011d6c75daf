"""The settings in force for one conversation: when its people are there, and what they promise.

Pure. A decision is given the terms as an argument, as it is given the time.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, timedelta, tzinfo

from pydantic import Field

from sportello.channel_kinds import ChannelKind
from sportello.conversation.state import ConversationState
from sportello.hours.opening_hours import ClosedPeriod, NeverOpen, OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Instant, Model
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.sla.clocks import Clock, ClockKind, PromiseTerms
from sportello.sla.policies import Circumstances, SlaPolicy, Target
from sportello.sla.settings import SlaSettings

AROUND_THE_CLOCK = ""


class Staffing(Model):
    """Whether a queue's people are there at an instant.

    `closed` is None while they are, and for a calendar that never opens: then nobody can be
    waited for, and everything happens at once.
    """

    hours: OpeningHours | None
    closed: ClosedPeriod | None


class ServiceTerms(Model):
    """`past_hours` are earlier versions of the opening hours on which some clock still counts."""

    channel: str = ""
    channel_kind: ChannelKind = ChannelKind.MESSAGING
    account_id: str = ""
    sla: SlaSettings = Field(default_factory=SlaSettings)
    sla_version: int = 0
    opening_hours: OpeningHoursSettings = Field(default_factory=OpeningHoursSettings)
    hours_version: int = 0
    past_hours: Mapping[int, OpeningHoursSettings] = {}
    queues: QueueSettings = Field(default_factory=QueueSettings)
    routing: RoutingSettings = Field(default_factory=RoutingSettings)

    @property
    def units(self) -> int:
        """What a conversation of this channel takes of an agent."""
        return self.routing.weight(self.channel_kind)

    def policy(self, state: ConversationState) -> SlaPolicy:
        return self.sla.policy_for(
            Circumstances(
                channel=self.channel,
                channel_kind=self.channel_kind,
                queue=state.queue,
                priority=state.priority,
                segment=state.segment,
            )
        )

    def target(self, state: ConversationState, kind: ClockKind) -> Target | None:
        """Return how long something may take here; None if nothing is promised."""
        if kind is ClockKind.PROMISE:
            return None
        return self.policy(state).targets.get(kind)

    def calendar_name(self, queue: str) -> str:
        """Name the calendar of a queue, or the one that the channel account has for itself."""
        account = f"{self.channel}:{self.account_id}"
        own = self.opening_hours.accounts.get(account)
        settings = self._settings_of(queue)
        return own or (settings.calendar if settings else AROUND_THE_CLOCK)

    def queue(self, name: str) -> Queue:
        """Return a queue's settings; one that was removed rings nobody."""
        return self._settings_of(name) or Queue(tiers=())

    def _settings_of(self, queue: str) -> Queue | None:
        """Before its first handoff a conversation has no queue: what holds is where it would go."""
        return self.queues.queues.get(queue or self.queues.handoff_queue)

    def hours(self, calendar: str, version: int) -> OpeningHours | None:
        """Return a calendar as it was; None for around the clock and for one nobody knows."""
        settings = (
            self.opening_hours if version == self.hours_version else self.past_hours.get(version)
        )
        return settings.calendars.get(calendar) if settings else None

    def staffing(self, queue: str, now: Instant) -> Staffing:
        """Tell about a queue; a calendar missing or never open counts as always staffed."""
        hours = self.hours(self.calendar_name(queue), self.hours_version)
        if hours is None:
            return Staffing(hours=None, closed=None)
        try:
            return Staffing(hours=hours, closed=hours.closed_period(now))
        except NeverOpen:
            return Staffing(hours=None, closed=None)

    def promised_by(self, promise: PromiseTerms, queue: str, now: Instant) -> Instant:
        """Return when a promise made now is due."""
        hours = self.hours(self.calendar_name(queue), self.hours_version)
        if hours is not None and promise.in_opening_hours:
            with suppress(NeverOpen):
                return hours.due(now, promise.within_seconds)
        return now + timedelta(seconds=promise.within_seconds)

    def zone(self, queue: str) -> tzinfo:
        """Return the time zone that a queue's people tell the time in."""
        hours = self.hours(self.calendar_name(queue), self.hours_version)
        return hours.zone if hours else UTC

    def counting_from(self, clock: Clock, at: Instant) -> Clock:
        """Let a clock count on from an instant, on the calendar and version it names."""
        hours = self.hours(clock.calendar, clock.calendar_version)
        warn_left = max(clock.warn_seconds - clock.spent_seconds, 0)
        target_left = max(clock.target_seconds - clock.spent_seconds, 0)
        changes: dict[str, object] = {
            "counting_since": at,
            "warn_at": at + timedelta(seconds=warn_left),
            "due_at": at + timedelta(seconds=target_left),
        }
        if hours is not None:
            # A calendar that ends before the target is used up promises nothing: time runs on.
            changes |= {"calendar": AROUND_THE_CLOCK, "calendar_version": 0}
            with suppress(NeverOpen):
                changes |= {
                    "warn_at": hours.due(at, warn_left),
                    "due_at": hours.due(at, target_left),
                    "calendar": clock.calendar,
                    "calendar_version": clock.calendar_version,
                }
        return clock.model_copy(update=changes)

    def counted(self, clock: Clock, now: Instant) -> float:
        """Return the seconds a clock has counted until now."""
        since = clock.counting_since
        if since is None or now <= since:
            return clock.spent_seconds
        hours = self.hours(clock.calendar, clock.calendar_version)
        passed = hours.elapsed(since, now) if hours else (now - since).total_seconds()
        return clock.spent_seconds + passed
