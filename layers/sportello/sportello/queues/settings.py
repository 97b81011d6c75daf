"""The queues of a business and the tiers that are rung for them, as a settings document. Pure."""

from typing import Self

from pydantic import Field, model_validator

from sportello.model import Model
from sportello.routing.settings import QueueRouting
from sportello.settings_document import DEFAULT, Name, SettingsDocument
from sportello.sla.clocks import PromiseTerms


class QueueTier(Model):
    """One rung of the ladder: who is rung, and for how long.

    With `agents` named, the next tier is rung as soon as all of them have declined; without,
    at the first refusal.
    """

    name: Name
    endpoints: tuple[Name, ...] = Field(default=(), max_length=20)
    agents: tuple[str, ...] = Field(default=(), max_length=100)
    ring_seconds: int = Field(default=60, ge=1, le=86_400)


MAX_RUNG = 30
"""Endpoints of all tiers of a queue: whoever has to be told is told in one transaction."""


class Queue(Model):
    calendar: Name = DEFAULT
    routing: QueueRouting = QueueRouting()
    tiers: tuple[QueueTier, ...] = Field(
        default=(QueueTier(name="first_line"), QueueTier(name="second_line")), max_length=10
    )
    alert_endpoints: tuple[Name, ...] = Field(default=(), max_length=20)
    """Supervisors: rung by the clocks that say so, and when no tier answered."""

    promise_when_unanswered: PromiseTerms | None = None
    """What the customer is promised when no tier answered; nothing unless the business says so."""

    @property
    def endpoints(self) -> frozenset[str]:
        """Whoever is rung for it sooner or later, by name."""
        of_tiers = (name for tier in self.tiers for name in tier.endpoints)
        return frozenset((*of_tiers, *self.alert_endpoints))

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

    def all_endpoints(self) -> tuple[str, ...]:
        """Every endpoint some tier of the handoff queue rings, each once."""
        tiers = self.queues[self.handoff_queue].tiers
        return tuple(dict.fromkeys(name for tier in tiers for name in tier.endpoints))

    @model_validator(mode="after")
    def _handoff_queue_exists(self) -> Self:
        if self.handoff_queue not in self.queues:
            raise ValueError(f"handoff_queue {self.handoff_queue!r} is not one of the queues")
        return self
