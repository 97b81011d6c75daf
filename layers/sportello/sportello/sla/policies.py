"""What a business promises itself: targets by kind of clock, and what to do when one is missed.

Pure. `PRESETS` are the policies of a fresh deployment; a business edits, orders and adds to them.
"""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from sportello.channel_kinds import ChannelKind
from sportello.model import Model
from sportello.priorities import Priority
from sportello.settings_document import Name
from sportello.sla.clocks import STORED_AWAITING_CUSTOMER, ClockKind
from sportello.sla.goals import ServiceLevelGoal


class ClockActions(Model):
    """What happens when a clock warns or breaches, besides the event on the bus.

    `alert_supervisors` rings the queue's `alert_endpoints`, `remind_agents` whoever was rung for
    the conversation. `raise_priority_to` never lowers. `ring_next_tier` ends the ringing of the
    current tier. `reassign` takes the conversation from its agent and puts it back in its queue.
    """

    alert_supervisors: bool = False
    remind_agents: bool = False
    raise_priority_to: Priority | None = None
    ring_next_tier: bool = False
    reassign: bool = False


REMIND = ClockActions(remind_agents=True)
ALERT = ClockActions(alert_supervisors=True)


def _named_anew(lifecycle: object) -> object:
    """Read what older documents call a conversation in which it is the customer's turn."""
    return "awaiting_customer" if lifecycle == STORED_AWAITING_CUSTOMER else lifecycle


type PausingLifecycle = Annotated[
    Literal["awaiting_customer", "snoozed"], BeforeValidator(_named_anew)
]


class Target(Model):
    """How long something may take, counted in the queue's opening hours or around the clock.

    `restarts` says what a clock does that would run once more in the same episode: begin anew,
    go on with what it had counted, or stay off.
    """

    seconds: int = Field(ge=1, le=31_536_000)
    warn_after_fraction: float = Field(default=0.8, gt=0, le=1)
    around_the_clock: bool = False
    pauses_while: tuple[PausingLifecycle, ...] = ("snoozed",)
    restarts: Literal["anew", "continued", "never"] = "anew"
    at_warning: ClockActions = ALERT
    at_breach: ClockActions = ALERT


type TargetedKind = Literal[
    ClockKind.FIRST_RESPONSE,
    ClockKind.FIRST_RESPONSE_ANY,
    ClockKind.NEXT_RESPONSE,
    ClockKind.RESOLUTION,
    ClockKind.QUEUE_WAIT,
    ClockKind.AGENT_SILENCE,
]
"""Every kind but the promise, which says its own target."""


class Circumstances(NamedTuple):
    """What a policy looks at in a conversation."""

    channel: str
    channel_kind: ChannelKind
    queue: str
    priority: Priority
    segment: str


class SlaPolicy(Model):
    """Targets for the conversations that fit; what is left empty fits all."""

    name: Name
    channel_kinds: tuple[ChannelKind, ...] = ()
    channels: tuple[Name, ...] = ()
    queues: tuple[Name, ...] = ()
    priorities: tuple[Priority, ...] = ()
    segments: tuple[Name, ...] = ()
    targets: dict[TargetedKind, Target]
    goal: ServiceLevelGoal | None = None

    def fits(self, circumstances: Circumstances) -> bool:
        return all(
            not condition or value in condition
            for condition, value in zip(self._conditions, circumstances, strict=True)
        )

    @property
    def fits_all(self) -> bool:
        return not any(self._conditions)

    @property
    def _conditions(self) -> tuple[tuple[str, ...], ...]:
        """Return what is asked of each of the circumstances, in their order."""
        return self.channels, self.channel_kinds, self.queues, self.priorities, self.segments

    @model_validator(mode="after")
    def _only_an_agent_can_be_replaced(self) -> Self:
        for kind, target in self.targets.items():
            reassigns = target.at_warning.reassign or target.at_breach.reassign
            if reassigns and kind is not ClockKind.AGENT_SILENCE:
                raise ValueError(f"{kind} cannot reassign: only agent_silence has an agent")
        return self


LIVE_CHAT = SlaPolicy(
    name="live_chat",
    channel_kinds=(ChannelKind.LIVE_CHAT,),
    targets={
        ClockKind.FIRST_RESPONSE: Target(seconds=20, warn_after_fraction=0.5, at_warning=REMIND),
        ClockKind.NEXT_RESPONSE: Target(seconds=60, warn_after_fraction=0.5, at_warning=REMIND),
        ClockKind.QUEUE_WAIT: Target(
            seconds=30, at_warning=ClockActions(), at_breach=ClockActions(ring_next_tier=True)
        ),
        ClockKind.AGENT_SILENCE: Target(
            seconds=90, at_warning=REMIND, at_breach=ClockActions(reassign=True)
        ),
        ClockKind.RESOLUTION: Target(
            seconds=4 * 3_600, pauses_while=("awaiting_customer", "snoozed")
        ),
    },
    goal=ServiceLevelGoal(threshold_seconds=20, goal=0.8, short_abandon_seconds=5),
)

MESSAGING = SlaPolicy(
    name="messaging",
    targets={
        ClockKind.FIRST_RESPONSE: Target(seconds=300),
        ClockKind.NEXT_RESPONSE: Target(seconds=300, at_warning=REMIND),
        ClockKind.QUEUE_WAIT: Target(seconds=600, at_warning=ClockActions()),
        ClockKind.AGENT_SILENCE: Target(
            seconds=900, at_warning=REMIND, at_breach=ClockActions(reassign=True)
        ),
        ClockKind.RESOLUTION: Target(
            seconds=8 * 3_600, pauses_while=("awaiting_customer", "snoozed")
        ),
    },
    goal=ServiceLevelGoal(threshold_seconds=300, goal=0.9),
)

EMAIL = SlaPolicy(
    name="email",
    channel_kinds=(ChannelKind.EMAIL,),
    targets={
        ClockKind.FIRST_RESPONSE: Target(seconds=4 * 3_600),
        ClockKind.NEXT_RESPONSE: Target(seconds=8 * 3_600),
        ClockKind.RESOLUTION: Target(
            seconds=16 * 3_600, pauses_while=("awaiting_customer", "snoozed")
        ),
    },
    goal=ServiceLevelGoal(threshold_seconds=4 * 3_600, goal=0.9),
)

PUBLIC = SlaPolicy(
    name="public",
    channel_kinds=(ChannelKind.PUBLIC,),
    targets={
        ClockKind.FIRST_RESPONSE: Target(
            seconds=3_600,
            at_breach=ClockActions(alert_supervisors=True, raise_priority_to=Priority.HIGH),
        ),
        ClockKind.NEXT_RESPONSE: Target(seconds=2 * 3_600),
        ClockKind.RESOLUTION: Target(
            seconds=16 * 3_600, pauses_while=("awaiting_customer", "snoozed")
        ),
    },
    goal=ServiceLevelGoal(threshold_seconds=3_600, goal=0.9),
)

PRESETS: tuple[SlaPolicy, ...] = (LIVE_CHAT, EMAIL, PUBLIC, MESSAGING)
