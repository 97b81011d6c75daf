"""The queues of a business and the tiers that are rung for them, as a settings document. Pure."""

from typing import Self

from pydantic import Field, model_validator

from sportello.model import Model
from sportello.routing.settings import QueueRouting
from sportello.settings_document import DEFAULT, Name, SettingsDocument
from sportello.sla.clocks import PromiseTerms


class QueueTier(Model):
    """One rung of the ladder: who is rung, and for how long.

    Besides its own `endpoints` it may ring the `supervisors`, and the tiers of other `queues`, to
    which it overflows. With `agents` named, the next tier is rung as soon as all of them have
    declined; without, at the first refusal.
    """

    name: Name
    endpoints: tuple[Name, ...] = Field(default=(), max_length=20)
    agents: tuple[str, ...] = Field(default=(), max_length=100)
    supervisors: bool = False
    queues: tuple[Name, ...] = Field(default=(), max_length=5)
    ring_seconds: int = Field(default=60, ge=1, le=86_400)


MAX_RUNG = 30
"""Endpoints of all tiers of a queue: whoever has to be told is told in one transaction."""


LONGEST_DOUBLING = 20
"""A second doubled so often is longer than any pause that settings allow."""


class Queue(Model):
    calendar: Name = DEFAULT
    routing: QueueRouting = QueueRouting()
    tiers: tuple[QueueTier, ...] = Field(
        default=(QueueTier(name="first_line"), QueueTier(name="second_line")), max_length=10
    )
    alert_endpoints: tuple[Name, ...] = Field(default=(), max_length=20)
    """Supervisors: rung by the clocks that say so, and after each round that nobody answered."""

    first_pause_seconds: int = Field(default=30, ge=1, le=86_400)
    longest_pause_seconds: int = Field(default=600, ge=1, le=86_400)
    """After the last tier the ladder rests, twice as long each time, and goes round again."""

    promise_when_unanswered: PromiseTerms | None = None
    """What the customer is promised when no tier answered; nothing unless the business says so."""

    def pause_seconds(self, ladder_round: int) -> int:
        """Return how long the ladder rests after a round, counted from 0."""
        doubled: int = self.first_pause_seconds << min(ladder_round, LONGEST_DOUBLING)
        return min(doubled, max(self.longest_pause_seconds, self.first_pause_seconds))

    @model_validator(mode="after")
    def _rings_no_crowd(self) -> Self:
        if len({name for tier in self.tiers for name in tier.endpoints}) > MAX_RUNG:
            raise ValueError(f"the tiers of a queue ring {MAX_RUNG} endpoints at most")
        return self


class QueueSettings(SettingsDocument):
    kind = "queues"
    times_clocks = True
    queues: dict[Name, Queue] = Field(default_factory=lambda: {DEFAULT: Queue()})
    handoff_queue: Name = DEFAULT

    def all_endpoints(self, queue: str = "") -> tuple[str, ...]:
        """Return every endpoint that tiers of a queue name, each once.

        Where they name none, and before the first handoff, those of the handoff queue.
        """
        own, handoff = (
            tuple(dict.fromkeys(e for tier in each.tiers for e in tier.endpoints))
            for each in (self.queues.get(queue, Queue(tiers=())), self.queues[self.handoff_queue])
        )
        return own or handoff

    def rung_by(self, queue: str, tier: QueueTier) -> tuple[str, ...]:
        """Return whom a tier of a queue rings, each once; those of a queue removed since are none.

        The tier's own come first: of a crowd the last are left out.
        """
        own = self.queues.get(queue)
        supervisors = own.alert_endpoints if own and tier.supervisors else ()
        others = (self.queues[name] for name in tier.queues if name in self.queues)
        overflow = (e for other in others for each in other.tiers for e in each.endpoints)
        rung = dict.fromkeys((*tier.endpoints, *supervisors, *overflow))
        return tuple(rung)[:MAX_RUNG]

    def endpoints_of(self, queue: str) -> frozenset[str]:
        """Return whoever is rung for a queue sooner or later, by name."""
        queue = queue or self.handoff_queue
        own = self.queues.get(queue)
        if own is None:
            return frozenset()
        of_tiers = (name for tier in own.tiers for name in self.rung_by(queue, tier))
        return frozenset((*of_tiers, *own.alert_endpoints))

    @model_validator(mode="after")
    def _handoff_queue_exists(self) -> Self:
        if self.handoff_queue not in self.queues:
            raise ValueError(f"handoff_queue {self.handoff_queue!r} is not one of the queues")
        return self

    @model_validator(mode="after")
    def _tiers_name_queues(self) -> Self:
        named = {q for queue in self.queues.values() for tier in queue.tiers for q in tier.queues}
        if unknown := sorted(named - set(self.queues)):
            raise ValueError(f"a tier overflows to {unknown[0]!r}, which is not one of the queues")
        return self
