"""The facts of a conversation, append-only. They carry ids and times, never content.

Message text, addresses and phone numbers live in the inbound items and effects that events point
at, so that erasing a person leaves the log's shape and counts intact.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    ConfigDict,
    Field,
    FieldSerializationInfo,
    TypeAdapter,
    field_serializer,
    model_serializer,
    model_validator,
)

from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.model import Instant
from sportello.priorities import Priority
from sportello.queues.waits import AnnouncedWait
from sportello.routing.choice import Reason
from sportello.sla.clocks import (
    STORED_AWAITING_CUSTOMER,
    Clock,
    ClockChange,
    ClockEnding,
    ClockKind,
    ClockState,
)
from sportello.stored import OrUnknown, Stored


class OwnerKind(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    NOBODY = "nobody"


class TurnItem(Stored):
    item_id: str
    sent_at: Instant
    counted_from: Instant
    received_at: Instant | None = None

    @property
    def place(self) -> tuple[Instant, Instant, str]:
        """What sorts items as the customer sent them; of one second, as they came in."""
        return self.sent_at, self.received_at or self.sent_at, self.item_id


class Author(StrEnum):
    BOT = "bot"
    SYSTEM = "system"
    AGENT = "agent"


class OfferOutcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RestartReason(StrEnum):
    """Why another ladder goes on: `goes_on` where one was long enough, or of an earlier version."""

    CUSTOMER_WROTE = "customer_wrote"
    NOT_TAKEN = "not_taken"
    STRANDED = "stranded"
    GOES_ON = "goes_on"


class Event(Stored):
    """`published` events go out on the bus, without the fields named in `confidential`.

    `hidden` ones are bookkeeping that people are not shown in a conversation's story.
    """

    published: ClassVar[bool] = False
    hidden: ClassVar[bool] = False
    confidential: ClassVar[frozenset[str]] = frozenset()

    at: Instant


class Remark(Event):
    """Tells of something that leaves the state as it is."""


class Utterance(Event):
    """Somebody of ours wrote; the text is kept with the effect named."""

    type: str
    effect_key: str
    author: Annotated[Author, OrUnknown()]
    agent_id: str = ""


class EpisodeOpened(Event):
    """`reopened` continues the episode of that number inside its follow-up window."""

    published = True
    type: Literal["EpisodeOpened"] = "EpisodeOpened"
    number: int
    reopened: bool


class MessageReceived(Event):
    """`sent_at` is the provider's time; `counted_from` is what clocks may start from."""

    published = True
    type: Literal["MessageReceived"] = "MessageReceived"
    item_id: str
    kind: str
    visibility: Annotated[Visibility, OrUnknown()]
    sent_at: Instant
    received_at: Instant
    counted_from: Instant


class ItemNoted(Event):
    """An edit, reaction, echo or machine's message: shown in the timeline, answered by nobody.

    `sent_at` is the provider's time, at most that of receipt; `received_at` is None in the log of
    versions that did not tell it.
    """

    type: Literal["ItemNoted"] = "ItemNoted"
    item_id: str
    kind: str
    sent_at: Instant
    received_at: Instant | None = None


class FileAskedFor(Remark):
    """Somebody has a file fetched once more, which could not be had before."""

    hidden = True
    type: Literal["FileAskedFor"] = "FileAskedFor"
    item_id: str
    number: int
    agent_id: str


class OwnerChanged(Event):
    published = True
    type: Literal["OwnerChanged"] = "OwnerChanged"
    kind: Annotated[OwnerKind, OrUnknown()]
    name: str = ""
    version: int


class TurnLeased(Event):
    hidden = True
    type: Literal["TurnLeased"] = "TurnLeased"
    turn_id: str
    expires_at: Instant
    attempt: int


class TurnAnswered(Event):
    """The items named are answered; items that came meanwhile stay in the turn.

    `by_nobody` is a turn that was given back to the bot, which answers from the next one on.
    """

    hidden = True
    type: Literal["TurnAnswered"] = "TurnAnswered"
    item_ids: tuple[str, ...]
    by_nobody: bool = False


class TurnEnded(Event):
    hidden = True
    type: Literal["TurnEnded"] = "TurnEnded"


class MessageQueued(Utterance):
    published = True
    type: Literal["MessageQueued"] = "MessageQueued"
    visibility: Annotated[Visibility, OrUnknown()]
    automatic: bool


class DeliveryRecorded(Event):
    """What became of a message, which people are shown with the message."""

    published = True
    hidden = True
    type: Literal["DeliveryRecorded"] = "DeliveryRecorded"
    effect_key: str
    status: Annotated[DeliveryStatus, OrUnknown()]
    error_code: str = ""


class AnswerLost(Event):
    """A reply, or an answer of the bot's, did not arrive: it answers nothing.

    `items` are open again; none where another answer stands. The rest is as it was before the
    answer, as far as nobody else has answered since. `of_part` is told of a part of it.
    """

    published = True
    type: Literal["AnswerLost"] = "AnswerLost"
    effect_key: str
    author: Annotated[Author, OrUnknown()]
    agent_id: str = ""
    reason: str
    items: tuple[TurnItem, ...]
    answered_by_person: bool
    answered_in_episode: bool
    people_since: Instant | None
    of_part: bool = False


class OutOfHoursTold(Event):
    published = True
    type: Literal["OutOfHoursTold"] = "OutOfHoursTold"
    closed_since: Instant


class ReplyBudgetExhausted(Event):
    published = True
    type: Literal["ReplyBudgetExhausted"] = "ReplyBudgetExhausted"


class HandoffRequested(Event):
    """`rings_at` is when people are rung for it first, `rule` what chose the queue, if one did.

    `given_up_by` is an agent who had it and does not get it straight back.
    """

    published = True
    type: Literal["HandoffRequested"] = "HandoffRequested"
    handoff_id: str
    queue: str
    reason: str
    rule: str = ""
    rings_at: Instant | None = None
    given_up_by: str = ""


class LadderPostponed(Event):
    """The desk had closed when people were to be rung: another ladder climbs at the opening."""

    published = True
    type: Literal["LadderPostponed"] = "LadderPostponed"
    handoff_id: str
    queue: str
    rings_at: Instant | None = None


class LadderRestarted(Event):
    """Another ladder goes on with the ringing, in the same round of it."""

    published = True
    type: Literal["LadderRestarted"] = "LadderRestarted"
    handoff_id: str
    queue: str
    reason: Annotated[RestartReason, OrUnknown()]
    rings_at: Instant


class ConversationOffered(Event):
    published = True
    confidential = frozenset({"task_token"})
    type: Literal["ConversationOffered"] = "ConversationOffered"
    handoff_id: str
    offer_id: str
    tier: int
    tier_name: str
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    task_token: str


class OfferRenewed(Event):
    """The workflow asks again for an offer that stands: its first answer got lost."""

    hidden = True
    type: Literal["OfferRenewed"] = "OfferRenewed"
    offer_id: str
    expires_at: Instant
    task_token: str


class OfferDeclined(Event):
    published = True
    type: Literal["OfferDeclined"] = "OfferDeclined"
    offer_id: str
    agent_id: str


class OfferEnded(Event):
    type: Literal["OfferEnded"] = "OfferEnded"
    offer_id: str
    outcome: Annotated[OfferOutcome, OrUnknown()]


class OfferNotNeeded(Remark):
    """The ladder came to ring for a handoff that no longer waits for people, or for that tier."""

    hidden = True
    type: Literal["OfferNotNeeded"] = "OfferNotNeeded"
    handoff_id: str


class ConsideredAgent(Stored):
    """An agent who was thought of, and why it is them or not."""

    agent_id: str
    reason: Annotated[Reason, OrUnknown()]


class AgentChosen(Event):
    """It was one agent; `others` are the first few who were not, and why.

    `endpoints` are the agent's own. Both are told to nobody by the event: others may be of queues
    that a reader does not see, and the routing of a conversation explains them as far as they do.
    """

    published = True
    confidential = frozenset({"endpoints", "others"})
    type: str
    handoff_id: str
    agent_id: str
    endpoints: tuple[str, ...] = ()
    reason: Annotated[Reason, OrUnknown()] | None = None
    others: tuple[ConsideredAgent, ...] = ()


class AgentOffered(AgentChosen):
    """One agent is asked; `transferred_by` is the colleague who chose the agent by hand."""

    type: Literal["AgentOffered"] = "AgentOffered"
    offer_id: str
    units: int
    expires_at: Instant
    transferred_by: str = ""


class AgentOfferEnded(Event):
    """`agent_id` was asked; `taken_by` has it now, the same or somebody who was faster."""

    published = True
    type: Literal["AgentOfferEnded"] = "AgentOfferEnded"
    offer_id: str
    agent_id: str
    outcome: Annotated[OfferOutcome, OrUnknown()]
    taken_by: str = ""


class AgentAssigned(AgentChosen):
    """The conversation was given to an agent without being asked."""

    type: Literal["AgentAssigned"] = "AgentAssigned"


class ConversationTransferred(Remark):
    """Somebody handed it on to a queue, there to one colleague first where `to_agent` names one."""

    published = True
    type: Literal["ConversationTransferred"] = "ConversationTransferred"
    agent_id: str
    queue: str
    to_agent: str = ""


class ConversationTakenOver(Remark):
    """A supervisor took it, from an agent or where nobody had it yet."""

    published = True
    type: Literal["ConversationTakenOver"] = "ConversationTakenOver"
    agent_id: str
    from_agent: str = ""


class ConsultRequested(Event):
    """An agent asked a colleague, who from now on may read it and write notes."""

    published = True
    type: Literal["ConsultRequested"] = "ConsultRequested"
    agent_id: str
    colleague: str


class NoteWritten(Utterance):
    """Among colleagues: its customer never reads it."""

    published = True
    type: Literal["NoteWritten"] = "NoteWritten"


class ColleaguesMentioned(Event):
    """A note names colleagues, who from now on may read the conversation and write notes."""

    published = True
    type: Literal["ColleaguesMentioned"] = "ColleaguesMentioned"
    agent_id: str
    colleagues: tuple[str, ...]
    effect_key: str


class UndeliveredAcknowledged(Event):
    """Somebody has seen to answers that did not arrive, in whatever way."""

    published = True
    type: Literal["UndeliveredAcknowledged"] = "UndeliveredAcknowledged"
    agent_id: str
    effect_keys: tuple[str, ...]


class TagsChanged(Event):
    """`tags` are all that it has now; nobody did it where a joined conversation brought them."""

    published = True
    type: Literal["TagsChanged"] = "TagsChanged"
    agent_id: str
    tags: tuple[str, ...]


class MacroCarriedOut(Remark):
    """What follows was asked for at once, by a macro's name; the effect keeps it from twice."""

    published = True
    type: Literal["MacroCarriedOut"] = "MacroCarriedOut"
    agent_id: str
    macro: str
    effect_key: str


class ChannelChangePromised(Remark):
    """The message named promises a call, or an answer on another channel."""

    published = True
    type: Literal["ChannelChangePromised"] = "ChannelChangePromised"
    agent_id: str
    effect_key: str
    way: str
    within_seconds: int


class LadderExhausted(Event):
    """A round, counted from 0, has ended in vain; the next one begins at `again_at`, if ever."""

    published = True
    type: Literal["LadderExhausted"] = "LadderExhausted"
    handoff_id: str
    ladder_round: int = 0
    again_at: Instant | None = None


class ClockStarted(Event):
    published = True
    type: Literal["ClockStarted"] = "ClockStarted"
    clock: Clock


class ClockChanged(Event):
    """What was counted stays counted; the rest is counted as `clock` says."""

    published = True
    type: Literal["ClockChanged"] = "ClockChanged"
    clock: Clock
    reason: Annotated[ClockChange, OrUnknown()]

    @field_serializer("reason", when_used="json")
    def _as_stored(self, reason: ClockChange, info: FieldSerializationInfo) -> str:
        stored = info.context == IN_THE_LOG and reason is ClockChange.AWAITING_CUSTOMER
        return STORED_AWAITING_CUSTOMER if stored else reason


class ClockAdvanced(Event):
    """Time alone moved the clock: to imminent, or to breaching."""

    published = True
    type: Literal["ClockAdvanced"] = "ClockAdvanced"
    kind: Annotated[ClockKind, OrUnknown()]
    promise_id: str = ""
    state: Annotated[ClockState, OrUnknown()]
    due_at: Instant


class ClockEnded(Event):
    """`due_at` is None for a clock that was paused, `counted_until` when it counted until `at`."""

    published = True
    type: Literal["ClockEnded"] = "ClockEnded"
    kind: Annotated[ClockKind, OrUnknown()]
    promise_id: str = ""
    state: Annotated[ClockState, OrUnknown()]
    due_at: Instant | None
    counted_seconds: float
    counted_until: Instant | None = None
    ending: Annotated[ClockEnding, OrUnknown()]


class ClockReopened(Event):
    """The answer that ended the clock, or let it pause, did not arrive: it goes on as `clock`.

    `stopped_at` is when it had ended, `queue` the one it had ended in.
    """

    published = True
    type: Literal["ClockReopened"] = "ClockReopened"
    clock: Clock
    stopped_at: Instant
    queue: str


class ConversationSnoozed(Event):
    """An agent puts it aside until an instant, or until the customer writes."""

    published = True
    type: Literal["ConversationSnoozed"] = "ConversationSnoozed"
    agent_id: str
    until: Instant


class SnoozeEnded(Event):
    """The instant came, or an agent ended it; a customer's message ends it by itself."""

    published = True
    type: Literal["SnoozeEnded"] = "SnoozeEnded"
    agent_id: str = ""


class ConversationClassified(Event):
    """`agent_id` is empty where a clock raised the priority."""

    published = True
    type: Literal["ConversationClassified"] = "ConversationClassified"
    priority: Annotated[Priority, OrUnknown()]
    segment: str
    agent_id: str = ""


class WaitAnnounced(Event):
    """`wait` is None where nothing can be said any more."""

    published = True
    type: Literal["WaitAnnounced"] = "WaitAnnounced"
    wait: AnnouncedWait | None


class HandlesLinked(Event):
    """The customer goes by these handles too; they are named by what they derive."""

    hidden = True
    type: Literal["HandlesLinked"] = "HandlesLinked"
    aliases: tuple[str, ...]


class HandlePointed(Event):
    """What this handle derives is no conversation of its own: the one named goes on for it."""

    hidden = True
    type: Literal["HandlePointed"] = "HandlePointed"
    moved_to: str


class ConversationMoved(Event):
    """Its customer is known elsewhere: from now on everything is in the conversation named.

    `handed_on` are the items that still wait for an answer, which they get there. Where people
    give it, `silenced` says that no answer of the bot leaves here any more.
    """

    published = True
    type: Literal["ConversationMoved"] = "ConversationMoved"
    moved_to: str
    handed_on: tuple[str, ...] = ()
    silenced: bool = False


class ConversationJoined(Event):
    """The customer's other conversation has moved here, with what limits automatic messages.

    `people_since` and `queued_since` are its place in line.
    """

    published = True
    confidential = frozenset({"automatic_sent"})
    type: Literal["ConversationJoined"] = "ConversationJoined"
    conversation_id: str
    last_customer_message_at: Instant | None = None
    closed_period_told: Instant | None = None
    automatic_sent: tuple[Instant, ...] = ()
    people_since: Instant | None = None
    queued_since: Instant | None = None


class WakePlanned(Event):
    """A timer will tick at `wake_at`; None when nothing is due any more."""

    hidden = True
    type: Literal["WakePlanned"] = "WakePlanned"
    wake_at: Instant | None


class ConversationResolved(Event):
    published = True
    type: Literal["ConversationResolved"] = "ConversationResolved"
    agent_id: str


class ConversationReturned(Remark):
    """A person gave the conversation back to the bot."""

    published = True
    type: Literal["ConversationReturned"] = "ConversationReturned"
    agent_id: str


class UnknownEvent(Remark):
    """An event that this version cannot read: only a later one knows what it changes."""

    type: Literal["UnknownEvent"] = "UnknownEvent"
    stored: Mapping[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, document: Any) -> Any:
        is_json = isinstance(document, Mapping)
        return {"at": document.get("at"), "stored": document} if is_json else document

    @model_serializer
    def _as_stored(self) -> dict[str, Any]:
        return dict(self.stored)

    @property
    def stored_type(self) -> str:
        return str(self.stored.get("type", ""))


type KnownEvent = Annotated[
    EpisodeOpened
    | MessageReceived
    | ItemNoted
    | OwnerChanged
    | TurnLeased
    | TurnAnswered
    | TurnEnded
    | MessageQueued
    | DeliveryRecorded
    | AnswerLost
    | OutOfHoursTold
    | ReplyBudgetExhausted
    | HandoffRequested
    | LadderPostponed
    | LadderRestarted
    | ConversationOffered
    | OfferRenewed
    | OfferDeclined
    | OfferEnded
    | OfferNotNeeded
    | AgentOffered
    | AgentOfferEnded
    | AgentAssigned
    | ConversationTransferred
    | ConversationTakenOver
    | ConsultRequested
    | NoteWritten
    | ColleaguesMentioned
    | UndeliveredAcknowledged
    | TagsChanged
    | MacroCarriedOut
    | FileAskedFor
    | ChannelChangePromised
    | LadderExhausted
    | ClockStarted
    | ClockChanged
    | ClockAdvanced
    | ClockEnded
    | ClockReopened
    | ConversationSnoozed
    | SnoozeEnded
    | ConversationClassified
    | WaitAnnounced
    | HandlesLinked
    | HandlePointed
    | ConversationMoved
    | ConversationJoined
    | WakePlanned
    | ConversationResolved
    | ConversationReturned,
    Field(discriminator="type"),
]

type ConversationEvent = Annotated[KnownEvent | UnknownEvent, Field(union_mode="left_to_right")]

IN_THE_LOG = "log"
"""The context in which events are written for the table, and not for the bus or for people."""

EVENT_LOG: TypeAdapter[tuple[ConversationEvent, ...]] = TypeAdapter(
    tuple[ConversationEvent, ...], config=ConfigDict(hide_input_in_errors=True)
)
"""Reads and writes the events of one commit as JSON."""


def bus_detail(event: Event) -> dict[str, Any]:
    """Return what the outside may know of an event."""
    hidden = event.confidential | event.unknown_fields | {"type"}
    return event.model_dump(mode="json", exclude=set(hidden))
