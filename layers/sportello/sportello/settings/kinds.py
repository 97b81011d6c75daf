"""The documents a business edits, with defaults that make a fresh deployment useful. Pure.

Each kind is one document of the table; `KINDS` lists them. Writing one replaces it whole, after
validation; nothing that another document refers to is checked here, `check_references` does that.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, HttpUrl, StringConstraints, model_validator

from sportello.bot.faq import FaqEntry
from sportello.hours.opening_hours import OpeningHours
from sportello.language.detection import Language
from sportello.language.texts import TextName, check_overrides
from sportello.model import Model
from sportello.priorities import Priority
from sportello.sla.clocks import PromiseTerms
from sportello.sla.policies import PRESETS, Name, SlaPolicy

type AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{1,32}:.{1,128}$")]

DEFAULT = "default"


class SettingsDocument(Model):
    kind: ClassVar[str]


class OpeningHoursSettings(SettingsDocument):
    """Calendars by name; `default` is the one used where a queue names none.

    `accounts` gives a channel account, `<channel>:<account id>`, a calendar of its own, which
    then holds whatever the queue.
    """

    kind = "opening_hours"
    calendars: dict[Name, OpeningHours] = Field(
        default_factory=lambda: {
            DEFAULT: OpeningHours(
                time_zone="Europe/Rome",
                weekly={"mon-fri": [["09:00", "13:00"], ["14:00", "18:00"]]},  # type: ignore[dict-item] # parsed
                holidays=("IT",),
            )
        }
    )
    accounts: dict[AccountName, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _accounts_keep_calendars_there_are(self) -> Self:
        if unknown := set(self.accounts.values()) - self.calendars.keys():
            raise ValueError(f"accounts name unknown calendars: {', '.join(sorted(unknown))}")
        return self


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
    tiers: tuple[QueueTier, ...] = Field(
        default=(QueueTier(name="first_line"), QueueTier(name="second_line")), max_length=10
    )
    alert_endpoints: tuple[Name, ...] = Field(default=(), max_length=20)
    """Supervisors: rung by the clocks that say so, and when no tier answered."""

    promise_when_unanswered: PromiseTerms | None = None
    """What the customer is promised when no tier answered; nothing unless the business says so."""

    @model_validator(mode="after")
    def _rings_no_crowd(self) -> Self:
        if len({name for tier in self.tiers for name in tier.endpoints}) > MAX_RUNG:
            raise ValueError(f"the tiers of a queue ring {MAX_RUNG} endpoints at most")
        return self


class QueueSettings(SettingsDocument):
    kind = "queues"
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


class AgentEndpoint(Model):
    """Where people are rung; `notifier` is a file in `functions/notifiers/`."""

    notifier: Literal["webhook"]
    url: HttpUrl


class AgentEndpointSettings(SettingsDocument):
    kind = "agent_endpoints"
    endpoints: dict[Name, AgentEndpoint] = Field(default_factory=dict, max_length=200)


class SlaSettings(SettingsDocument):
    """The first policy that fits a conversation is the one that holds."""

    kind = "sla_policies"
    policies: tuple[SlaPolicy, ...] = Field(default=PRESETS, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _last_fits_all(self) -> Self:
        if not self.policies[-1].fits_all:
            raise ValueError("the last policy must fit all, so that every conversation has one")
        names = [policy.name for policy in self.policies]
        if len(set(names)) < len(names):
            raise ValueError("two policies have the same name")
        return self

    def policy_for(self, channel: str, queue: str, priority: Priority, segment: str) -> SlaPolicy:
        return next(
            policy for policy in self.policies if policy.fits(channel, queue, priority, segment)
        )


class BotSettings(SettingsDocument):
    """How the bot behaves.

    `collect_seconds` is how long it waits for the rest of a burst, `lease_seconds` how long a
    turn may take before the sweep gives it to another attempt, `answers_per_stretch` after how
    many answers in a row a person is asked, `follow_up_hours` how long a resolved matter reopens
    as the same episode, `courtesy_reopens` whether a mere "thank you" reopens it too.
    """

    kind = "bot"
    enabled: bool = True
    collect_seconds: int = Field(default=1, ge=0, le=30)
    lease_seconds: int = Field(default=90, ge=30, le=300)
    turn_attempts: int = Field(default=3, ge=1, le=10)
    answers_per_stretch: int = Field(default=6, ge=1, le=20)
    follow_up_hours: int = Field(default=72, ge=0, le=8_760)
    courtesy_reopens: bool = False


class FaqSettings(SettingsDocument):
    """The business's own questions and answers; a language left out keeps the packaged ones."""

    kind = "faq"
    entries: dict[Language, tuple[FaqEntry, ...]] = Field(default_factory=dict)


class TextSettings(SettingsDocument):
    """Customer texts in the business's own words, by language and name."""

    kind = "texts"
    texts: dict[
        Language, dict[TextName, Annotated[str, StringConstraints(min_length=1, max_length=4_000)]]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_said(self) -> Self:
        check_overrides(self.texts)
        return self


KINDS: Mapping[str, type[SettingsDocument]] = {
    document.kind: document
    for document in (
        OpeningHoursSettings,
        QueueSettings,
        AgentEndpointSettings,
        SlaSettings,
        BotSettings,
        FaqSettings,
        TextSettings,
    )
}
