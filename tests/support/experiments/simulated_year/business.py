"""The business that lives through the year: its calendars, its targets and its changes of mind."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sportello.channel_kinds import ChannelKind
from sportello.conversation.terms import ServiceTerms
from sportello.hours.closed_days import Closure
from sportello.hours.opening_hours import OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.priorities import Priority
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.sla.clocks import ClockKind, PromiseTerms
from sportello.sla.policies import PRESETS, ClockActions, SlaPolicy, Target
from sportello.sla.settings import SlaSettings

ROME = "Europe/Rome"
CACHE_SECONDS = 30
"""For how long a function may still read the settings that were in force before."""

DESK, CHAT, NIGHT, OFFICE = "desk", "chat", "night", "office"


def weekly(**windows: list[tuple[str, str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Spell `mon_fri` for "mon-fri"."""
    return {days.replace("_", "-"): tuple(spans) for days, spans in windows.items()}


def calendars(year: int) -> dict[str, OpeningHours]:
    return {
        DESK: OpeningHours(
            time_zone=ROME,
            weekly=weekly(
                mon_fri=[("09:00", "13:00"), ("14:30", "18:30")], sat=[("09:00", "12:30")]
            ),
            closed=(Closure(first=date(year, 8, 10), last=date(year, 8, 23), label="Ferie"),),
            special={date(year, 12, 24): (("09:00", "12:00"),)},
            holidays=("IT", "IT-RM"),
        ),
        CHAT: OpeningHours(
            time_zone=ROME,
            weekly=weekly(mon_sat=[("08:00", "20:00")], sun=[("10:00", "13:00")]),
            holidays=("IT",),
        ),
        NIGHT: OpeningHours(time_zone=ROME, weekly=weekly(mon_sun=[("21:00", "04:00")])),
        OFFICE: OpeningHours(
            time_zone=ROME, weekly=weekly(mon_fri=[("09:00", "17:00")]), holidays=("IT",)
        ),
    }


NIGHT_POLICY = SlaPolicy(
    name="night",
    queues=(NIGHT,),
    targets={
        ClockKind.FIRST_RESPONSE_ANY: Target(seconds=60, around_the_clock=True),
        ClockKind.FIRST_RESPONSE: Target(
            seconds=1_800,
            at_warning=ClockActions(ring_next_tier=True),
            at_breach=ClockActions(alert_supervisors=True, raise_priority_to=Priority.URGENT),
        ),
        ClockKind.NEXT_RESPONSE: Target(
            seconds=3_600, restarts="continued", pauses_while=("awaiting_customer", "snoozed")
        ),
        ClockKind.QUEUE_WAIT: Target(seconds=5_400, restarts="never"),
        ClockKind.RESOLUTION: Target(seconds=4 * 3_600, warn_after_fraction=1, pauses_while=()),
    },
)
"""What the packaged policies leave out: other restarts, warnings at the due time, no pause."""

URGENT_POLICY = SlaPolicy(
    name="urgent",
    priorities=(Priority.URGENT,),
    targets={
        ClockKind.NEXT_RESPONSE: Target(seconds=120),
        ClockKind.AGENT_SILENCE: Target(seconds=600, at_breach=ClockActions(reassign=True)),
        ClockKind.RESOLUTION: Target(seconds=2 * 3_600, around_the_clock=True),
    },
)

POLICIES: tuple[SlaPolicy, ...] = (URGENT_POLICY, NIGHT_POLICY, *PRESETS)


def queue(calendar: str, *ring_seconds: int, promise: PromiseTerms | None = None) -> Queue:
    tiers = tuple(
        QueueTier(name=f"tier_{number}", endpoints=(f"{calendar}_{number}",), ring_seconds=ring)
        for number, ring in enumerate(ring_seconds)
    )
    return Queue(
        calendar=calendar,
        tiers=tiers,
        alert_endpoints=("supervisor",),
        promise_when_unanswered=promise,
    )


QUEUES = QueueSettings(
    queues={
        DESK: queue(
            DESK, 60, 120, promise=PromiseTerms(within_seconds=1_200, in_opening_hours=True)
        ),
        CHAT: queue(CHAT, 15, 30),
        NIGHT: queue(NIGHT, 300, promise=PromiseTerms(within_seconds=3_600)),
        OFFICE: queue(OFFICE, 60, 60),
    },
    handoff_queue=DESK,
)


class Business:
    """The settings in force at an instant; some readers go on with the last ones for a while."""

    def __init__(
        self,
        hours: Mapping[str, OpeningHours],
        policies: tuple[SlaPolicy, ...] = POLICIES,
        queues: QueueSettings = QUEUES,
    ) -> None:
        self.sla = {1: SlaSettings(policies=policies)}
        self.hours = {1: OpeningHoursSettings(calendars=dict(hours))}
        self._queues = queues
        self._changed_at: datetime | None = None
        self._before = (1, 1)
        self._terms: dict[tuple[str, int, int], ServiceTerms] = {}

    @property
    def versions(self) -> tuple[int, int]:
        return len(self.sla), len(self.hours)

    def change_policies(self, policies: tuple[SlaPolicy, ...], now: datetime) -> None:
        self._before, self._changed_at = self.versions, now
        self.sla[len(self.sla) + 1] = SlaSettings(policies=policies)

    def change_calendars(self, hours: Mapping[str, OpeningHours], now: datetime) -> None:
        self._before, self._changed_at = self.versions, now
        self.hours[len(self.hours) + 1] = OpeningHoursSettings(calendars=dict(hours))

    def calendar(self, name: str, version: int | None = None) -> OpeningHours:
        return self.hours[version or len(self.hours)].calendars[name]

    def terms(self, kind: ChannelKind, reader: str, now: datetime) -> ServiceTerms:
        """Return what a reader goes by; every third one keeps what it knows for its time."""
        stale = (
            self._changed_at is not None
            and now - self._changed_at < timedelta(seconds=CACHE_SECONDS)
            and (sum(reader.encode()) + now.second) % 3 == 0
        )
        return self._terms_of(kind, *(self._before if stale else self.versions))

    def newest_terms(self, kind: ChannelKind) -> ServiceTerms:
        return self._terms_of(kind, *self.versions)

    def _terms_of(self, kind: ChannelKind, sla: int, hours: int) -> ServiceTerms:
        key = (kind, sla, hours)
        # A new version is past to the readers of older ones: they, too, must be able to read it.
        if key not in self._terms or len(self._terms[key].past_hours) < len(self.hours) - 1:
            self._terms[key] = ServiceTerms(
                channel=kind,
                channel_kind=kind,
                account_id="account-1",
                sla=self.sla[sla],
                sla_version=sla,
                opening_hours=self.hours[hours],
                hours_version=hours,
                past_hours={
                    version: known for version, known in self.hours.items() if version != hours
                },
                queues=self._queues,
            )
        return self._terms[key]
