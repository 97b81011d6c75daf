"""The state of a conversation: a fold of its events (`evolution.py`), bounded in size. Pure.

Owner, lifecycle and activity are three axes of the conversation, visibility is one of each
message; none of them is derived from another.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer

from sportello.conversation.events import OwnerKind, TurnItem
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST
from sportello.model import Instant
from sportello.priorities import Priority
from sportello.queues.waits import AnnouncedWait
from sportello.routing.endpoints import personal
from sportello.sla.clocks import STORED_AWAITING_CUSTOMER, Clock, earliest
from sportello.stored import OrUnknown, Stored, is_unknown

MAX_TURN_ITEMS = 50
MAX_RECENT_ITEMS = 16
MAX_ALIASES = 12
MAX_PASSED_BY = 30
MAX_CONSULTED = 5
MAX_TAGS = 20
MAX_UNDELIVERED = 5
MAX_REPLIES_SINCE = 3
MAX_MESSAGE_NUMBERS = 10
MAX_SPEECHES = 3
SHORT_ID = 16
"""Characters of an item's id that tell it from the few others that are remembered."""

MAX_RECENT_DELIVERIES = 3
"""What is remembered of items and deliveries is a second guard, the first are the writes'
conditions; each commit pays for the state as a whole."""

REPLY = "reply:"
BOT_ANSWER = "bot:"
"""What the key of every message that a person writes begins with, and of every bot's answer."""

REPLY_BUDGET = 10
REPLY_BUDGET_WINDOW = timedelta(minutes=180)
INACTIVE_AFTER = timedelta(minutes=10)
BOT_STRETCH_LAPSE = timedelta(hours=1)
"""After such a silence the bot begins a new stretch: it counts anew and says again what it is."""


class Lifecycle(StrEnum):
    """`awaiting_customer` has been answered, by whomever and wherever: the customer's turn."""

    OPEN = "open"
    AWAITING_CUSTOMER = "awaiting_customer"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"

    @classmethod
    def _missing_(cls, value: object) -> "Lifecycle | None":
        return cls.AWAITING_CUSTOMER if value == STORED_AWAITING_CUSTOMER else None


def _as_stored(lifecycle: Lifecycle) -> str:
    return STORED_AWAITING_CUSTOMER if lifecycle is Lifecycle.AWAITING_CUSTOMER else lifecycle


class Activity(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class Owner(Stored):
    """Who may speak, and since when; `version` grows at each change.

    A kind that only a later version knows counts as people: the bot is silent then.
    """

    kind: Annotated[OwnerKind, OrUnknown()] = OwnerKind.NOBODY
    name: str = ""
    version: int = 0
    since: Instant | None = None

    @property
    def is_people(self) -> bool:
        return self.kind in {OwnerKind.QUEUE, OwnerKind.AGENT} or is_unknown(self.kind)


class Turn(Stored):
    """What the customer said since somebody last answered, in the order it was sent.

    `items` keeps the newest 50. While `leased_to` names a turn id, that triage run alone
    answers; after `lease_expires_at` the sweep may start another attempt.
    """

    items: tuple[TurnItem, ...]
    counted_from: Instant
    leased_to: str = ""
    lease_expires_at: Instant | None = None
    attempt: int = 0


class Offer(Stored):
    handoff_id: str
    offer_id: str
    tier: int
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    task_token: str
    declined_by: tuple[str, ...] = ()


class PersonalOffer(Stored):
    """What is put before one agent, with room kept for it; see `AgentOffered`."""

    offer_id: str
    agent_id: str
    endpoints: tuple[str, ...] = ()
    units: int
    offered_at: Instant
    expires_at: Instant
    transferred_by: str = ""


class OutboundStatus(Stored):
    effect_key: str
    status: Annotated[DeliveryStatus, OrUnknown()]

    @property
    def is_reply(self) -> bool:
        return self.effect_key.startswith(REPLY)

    @property
    def is_answer(self) -> bool:
        return self.effect_key.startswith((REPLY, BOT_ANSWER))


def latest_items(item_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is remembered of items; earlier versions remembered more, by their whole ids."""
    return tuple(item_id[:SHORT_ID] for item_id in item_ids[-MAX_RECENT_ITEMS:])


def latest_deliveries(deliveries: tuple[OutboundStatus, ...]) -> tuple[OutboundStatus, ...]:
    """Return what is remembered of messages: the latest, and a person's latest that may stand.

    By it is known whether a question is answered whose own answer turns out not to have arrived.
    """
    latest = deliveries[-MAX_RECENT_DELIVERIES:]
    standing = [each for each in deliveries if each.is_reply and each.status not in LOST]
    return latest if not standing or standing[-1] in latest else (standing[-1], *latest)


class Speech(Stored):
    """What somebody of ours said, by its place in the log; `agent_id` is empty of a bot's."""

    sequence: int
    effect_key: str
    agent_id: str = ""


class UndeliveredAnswer(Stored):
    """A person's answer that did not arrive, or in part, and what people have written since.

    `made_up_by` are answers written since that stand for now: if they are lost, too, this one is
    undelivered again.
    """

    effect_key: str
    agent_id: str
    at: Instant
    of_part: bool = False
    replies_since: tuple[str, ...] = ()
    made_up_by: tuple[str, ...] = ()


class ConversationState(Stored):
    """`ConversationState()` is a conversation unborn.

    `sequence` counts the events folded in, `decided_at` is the time of the last one. What was sent
    until `echoed_at` has been answered by a person of the business outside Sportello.
    `answered_by_person` is about the time since people have had it, `answered_in_episode` about
    anybody's answer. `aliases` are the short names of what its customer's handles derive,
    `moved_to` the conversation that goes on in place of this one, and `points_to` that of somebody
    else to whom the number has passed since. At `joined_at` another conversation moved here.
    `passed_by` are agents who were offered it and did not take it, `last_agent` had it last.
    `ladder_exhausted` is whether any round of ringing was in vain, `ladder_round` counts them. By
    `ring_by` it should have gone on; `restarted_at` is when it last began at once. `consulted` are
    colleagues whom its agents have asked or mentioned, the latest last. `message_numbers` are the
    places in the log of what its customer wrote last, `speeches` of the last words of those of
    ours who spoke last. `undelivered` are people's answers that did not arrive, until one arrives
    that was written since or somebody acknowledges them. `tags_version` grows with each change of
    the tags.
    """

    sequence: int = 0
    decided_at: Instant | None = None
    owner: Owner = Field(default_factory=Owner)
    lifecycle: Annotated[Lifecycle, OrUnknown(), PlainSerializer(_as_stored, when_used="json")] = (
        Lifecycle.OPEN
    )
    snoozed_until: Instant | None = None
    priority: Annotated[Priority, OrUnknown()] = Priority.NORMAL
    segment: str = ""
    episode: int = 0
    resolved_at: Instant | None = None
    last_activity_at: Instant | None = None
    last_customer_message_at: Instant | None = None
    echoed_at: Instant | None = None
    turn: Turn | None = None
    answered_by_person: bool = False
    answered_in_episode: bool = False
    people_since: Instant | None = None
    bot_answers: int = 0
    recent_items: Annotated[tuple[str, ...], AfterValidator(latest_items)] = ()
    recent_deliveries: Annotated[tuple[OutboundStatus, ...], AfterValidator(latest_deliveries)] = ()
    automatic_sent: tuple[Instant, ...] = ()
    budget_exhausted_at: Instant | None = None
    closed_period_told: Instant | None = None
    handoff_id: str = ""
    handoff_reason: str = ""
    queue: str = ""
    offer: Offer | None = None
    personal_offer: PersonalOffer | None = None
    passed_by: tuple[str, ...] = ()
    last_agent: str = ""
    offered_tier: int = -1
    ladder_exhausted: bool = False
    ladder_round: int = 0
    ring_by: Instant | None = None
    restarted_at: Instant | None = None
    consulted: tuple[str, ...] = ()
    ringing: tuple[str, ...] = Field(default=())
    announced: AnnouncedWait | None = None
    clocks: tuple[Clock, ...] = ()
    wake_at: Instant | None = None
    aliases: tuple[str, ...] = ()
    moved_to: str = ""
    points_to: str = ""
    joined_at: Instant | None = None
    message_numbers: tuple[int, ...] = ()
    speeches: tuple[Speech, ...] = ()
    undelivered: tuple[UndeliveredAnswer, ...] = ()
    tags: tuple[str, ...] = ()
    tags_version: int = 0

    @property
    def bells(self) -> tuple[str, ...]:
        """Who was rung for it last; of agents' own bells only those of whoever has it now."""
        agent = self.owner.name if self.owner.kind is OwnerKind.AGENT else ""
        whose = ((name, personal(name)) for name in self.ringing)
        return tuple(name for name, own in whose if own is None or own.agent_id == agent)

    @property
    def waiting_since(self) -> Instant | None:
        """Since when the customer is in line; whose agent fell silent keeps their place."""
        if self.answered_by_person or self.people_since is None:
            return self.owner.since
        return self.people_since

    @property
    def rings_by(self) -> Instant | None:
        """By when ringing must have gone on; an earlier version leaves the instant behind."""
        return self.ring_by if self.owner.kind is OwnerKind.QUEUE else None

    @property
    def goes_on_in(self) -> str:
        """The conversation that goes on in place of this one; empty if this one does.

        An earlier version, which knows of no moving, may have had somebody answered here since.
        """
        return "" if self._has_somebody else self.moved_to

    @property
    def leads_to(self) -> str:
        """The conversation of whoever writes under this handle now; empty if it is this one."""
        return "" if self._has_somebody else self.points_to or self.moved_to

    @property
    def _has_somebody(self) -> bool:
        return self.turn is not None or self.owner.kind is not OwnerKind.NOBODY

    @property
    def open_personal_offer(self) -> PersonalOffer | None:
        """What one agent is asked; an earlier version leaves behind what somebody has taken."""
        return self.personal_offer if self.owner.kind is OwnerKind.QUEUE else None

    @property
    def open_undelivered(self) -> tuple[UndeliveredAnswer, ...]:
        """The answers that did not arrive and that nothing makes up for."""
        return tuple(each for each in self.undelivered if not each.made_up_by)

    def has_recorded(self, item_id: str) -> bool:
        """Tell whether an item is among the latest that were recorded."""
        return item_id[:SHORT_ID] in self.recent_items

    def unseen_messages(self, seen_up_to: int) -> tuple[int, ...]:
        """Return where the customer's messages stand that a reader of the story has not met."""
        return tuple(number for number in self.message_numbers if number >= seen_up_to)

    def unseen_speeches(self, seen_up_to: int, agent_id: str) -> tuple[Speech, ...]:
        """Return what others of ours have said that a reader of the story has not met."""
        return tuple(
            each
            for each in self.speeches
            if each.sequence >= seen_up_to and each.agent_id != agent_id
        )

    def activity(self, now: Instant) -> Activity:
        quiet_since = self.last_activity_at
        if quiet_since is not None and now - quiet_since < INACTIVE_AFTER:
            return Activity.ACTIVE
        return Activity.INACTIVE

    def budget_left(self, now: Instant) -> int:
        """How many automatic messages this counterpart may still get in the running window."""
        spent = [at for at in self.automatic_sent if now - at < REPLY_BUDGET_WINDOW]
        return REPLY_BUDGET - len(spent)

    def status_of(self, effect_key: str) -> DeliveryStatus | None:
        for delivery in self.recent_deliveries:
            if delivery.effect_key == effect_key:
                return delivery.status
        return None

    def next_threshold(self) -> Instant | None:
        """Return when time alone next changes something here."""
        return earliest(
            [
                *(clock.next_threshold() for clock in self.clocks),
                self.snoozed_until,
                self.open_personal_offer.expires_at if self.open_personal_offer else None,
                self.announced.review_at if self.announced else None,
            ]
        )
