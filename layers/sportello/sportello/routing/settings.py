"""How people are found, as settings: of all queues, and of each. Pure."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sportello.channel_kinds import ChannelKind
from sportello.model import Model
from sportello.priorities import Priority
from sportello.routing.times_of_day import TimeOfDay
from sportello.settings_document import Name, SettingsDocument

type Units = Annotated[int, Field(ge=1, le=100)]
type Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=60, pattern=r"[^\W_]"),
]
"""A word or a few; of signs alone there is nothing to find."""


class OverflowTo(Model):
    """After so many seconds of waiting the agents of another queue are asked too."""

    queue: Name
    after_seconds: int = Field(default=120, ge=0, le=86_400)


class QueueRouting(Model):
    """How a queue's conversations come to a person.

    `offer` rings one agent after another until one accepts, `assign` gives it to the first at
    once. `longest_idle` asks who has had nothing for longest, `least_loaded` who has most room.
    Who had the conversation last is asked first if `last_agent_first`. An agent below
    `least_skill` on the channel, or of other languages, is asked only after so many seconds: None
    is never. An offer lasts `offer_seconds`.
    """

    assignment: Literal["offer", "assign"] = "offer"
    order: Literal["longest_idle", "least_loaded"] = "longest_idle"
    last_agent_first: bool = True
    least_skill: Annotated[int, Field(ge=1, le=5)] = 1
    skill_relaxed_after_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = 120
    language_relaxed_after_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = 300
    overflow: tuple[OverflowTo, ...] = Field(default=(), max_length=5)
    offer_seconds: int = Field(default=30, ge=5, le=3_600)


class QueueRule(Model):
    """Sends the conversations that fit to a queue; what is left empty fits all.

    `intents` are why the bot hands over. `words` fit if one of them stands in what the customer
    wrote since the last answer, as a whole word, whatever its case and accents. `verified` is
    whether the channel vouches for who writes.
    """

    name: Name
    queue: Name
    channels: tuple[Name, ...] = Field(default=(), max_length=50)
    channel_kinds: tuple[ChannelKind, ...] = ()
    accounts: tuple[Annotated[str, StringConstraints(max_length=128)], ...] = Field(
        default=(), max_length=100
    )
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        default=(), max_length=50
    )
    intents: tuple[Annotated[str, StringConstraints(max_length=64)], ...] = Field(
        default=(), max_length=100
    )
    segments: tuple[Name, ...] = Field(default=(), max_length=100)
    priorities: tuple[Priority, ...] = ()
    words: tuple[Word, ...] = Field(default=(), max_length=200)
    verified: bool | None = None
    times: tuple[TimeOfDay, ...] = Field(default=(), max_length=20)


class RoutingSettings(SettingsDocument):
    """`capacity` is of agents whose profile says none, in units; weights are units a conversation.

    `presence_seconds` is how long a presence is believed without another sign of life,
    `idle_after_seconds` how long an answered conversation still counts. When an agent leaves,
    `waiting` gives the conversations back to their queues in which the customer waits, `all` every
    one, `none` none. Who lets `away_after_missed_offers` run out in a row is away until they say
    that they are back; None is never.
    """

    kind = "routing"
    times_clocks = True
    rules: tuple[QueueRule, ...] = Field(default=(), max_length=200)
    capacity: int = Field(default=10, ge=0, le=200)
    weights: dict[ChannelKind, Units] = Field(
        default_factory=lambda: {
            ChannelKind.LIVE_CHAT: 2,
            ChannelKind.MESSAGING: 2,
            ChannelKind.EMAIL: 1,
            ChannelKind.PUBLIC: 1,
        }
    )
    presence_seconds: int = Field(default=300, ge=30, le=86_400)
    idle_after_seconds: int = Field(default=600, ge=0, le=86_400)
    away_after_missed_offers: Annotated[int, Field(ge=1, le=100)] | None = 3
    when_an_agent_leaves: Literal["waiting", "all", "none"] = "waiting"

    @model_validator(mode="after")
    def _rules_are_told_apart(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("two rules have the same name")
        return self

    def weight(self, kind: ChannelKind) -> int:
        """Return the units that a conversation of a kind of channel takes."""
        return self.weights.get(kind, 1)
