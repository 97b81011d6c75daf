"""What may be asked of a conversation. Each command carries all that its decision needs."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sportello.conversation.events import Author
from sportello.conversation.lost_answers.reopening import Reopening
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.model import Instant, Model
from sportello.priorities import Priority
from sportello.queues.waits import AnnouncedWait
from sportello.routing.choice import Choice
from sportello.sla.clocks import Clock, PromiseTerms


class Command(Model):
    """What a conversation may be asked; the module that does it lists it in its `HANDLERS`."""


class ReceivedItem(Model):
    """The facts of an inbound item; its content stays in the table.

    `thanks` is a mere "thank you", to which nobody owes an answer. `agrees` is a courtesy that may
    also say yes to a question of ours: "ok", a thumb up, a sticker. `files` is how many came along.
    """

    item_id: str
    kind: str
    wants_answer: bool
    thanks: bool = False
    agrees: bool = False
    visibility: Visibility
    sent_at: Instant
    received_at: Instant
    files: int = 0


class AccompanyingText(Model):
    """An automatic text that accompanies a handoff or a wait.

    `closed_since` is the start of the closed period the text speaks of, None in opening hours.
    """

    text: str
    closed_since: Instant | None = None


class ReceiveMessages(Command):
    """`away` is what to tell a customer who waits for people outside opening hours.

    `owner_left` is an agent who has the conversation and is at work no more.
    `thanks_reopen` says whether courtesies reopen a resolved matter.
    """

    items: tuple[ReceivedItem, ...]
    turn_id: str
    lease_seconds: int
    follow_up_seconds: int
    away: AccompanyingText | None = None
    owner_left: bool = False
    thanks_reopen: bool = False


class AnswerAsBot(Command):
    """An answer computed for `owner_version` and the items named; dropped if either moved on."""

    turn_id: str
    owner_version: int
    item_ids: tuple[str, ...] = Field(min_length=1)
    key: str
    text: str
    buttons: tuple[Button, ...] = ()
    promise: PromiseTerms | None = None
    lease_seconds: int


class RequestHuman(Command):
    """`announced` is the expected wait that `accompanying_text` speaks of.

    `rule` names what chose the queue. `waiting_ahead` are the conversations that wait for the same
    opening already.
    """

    turn_id: str
    owner_version: int
    reason: str
    queue: str
    rule: str = ""
    accompanying_text: AccompanyingText | None
    announced: AnnouncedWait | None = None
    waiting_ahead: int = 0


class ClosedDoors(Model):
    """What a ladder meets if the desk has closed meanwhile: people are rung at the opening.

    `away` is what the customer is told, `waiting_ahead` how many have waited longer.
    """

    away: AccompanyingText
    waiting_ahead: int


class OfferConversation(Command):
    """Ring one tier; `packet` is what its people see, and stays in the table."""

    handoff_id: str
    ladder_round: int = 0
    tier: int
    tier_name: str
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    task_token: str
    packet: dict[str, Any]
    closed: ClosedDoors | None = None


class RestartLadder(Command):
    """Ring anew for whoever waits and is not rung, although it is time."""


class OfferToAgent(Command):
    """Ask one agent, or with `assigns` give it to them at once; `packet` is as of a tier's offer.

    `endpoints` are the agent's own. `transferred_by` is a colleague who chose them by hand.
    """

    handoff_id: str
    agent_id: str
    endpoints: tuple[str, ...] = ()
    units: int
    expires_at: Instant
    choice: Choice = Choice()
    packet: Mapping[str, Any] = {}
    assigns: bool = False
    transferred_by: str = ""


class SpokenPromise(Model):
    text: str
    terms: PromiseTerms


class ExhaustLadder(Command):
    """`promise` is what the customer is told when nobody could take the conversation.

    A ladder that `ends` is of a version that did not go round: another one has to go on.
    """

    handoff_id: str
    ladder_round: int = 0
    ends: bool = False
    promise: SpokenPromise | None = None
    closed: ClosedDoors | None = None


class AgentCommand(Command):
    """What a person asks."""

    agent_id: str


class OwnersCommand(AgentCommand):
    """What is for the owner to ask; a supervisor may act in a colleague's conversation."""

    supervisor: bool = False


class VersionedCommand(AgentCommand):
    """`owner_version` is the one the agent saw; None takes the conversation as it is.

    With it a request that is repeated late, after others acted, is refused.
    """

    owner_version: int | None = None


class InformedCommand(VersionedCommand):
    """`seen_up_to` is the `sequence` of the story that the agent saw, None where they do not say.

    What would let a customer's later message go unread is refused then.
    """

    seen_up_to: int | None = None


class Accept(VersionedCommand):
    """With `offer_id` only what was offered is taken: an offer that is over takes nothing."""

    offer_id: str = ""


class Decline(AgentCommand):
    """`offer_id` empty declines the open offer; a named one that is over changes nothing."""

    offer_id: str = ""


class Reply(OwnersCommand):
    """The text may be empty beside `media`; of a `template` it is what the customer reads.

    With `seen_up_to` it is refused if a colleague or the bot has answered since. `anyway` says that
    they know.
    """

    key: str
    text: str
    buttons: tuple[Button, ...] = ()
    media: tuple[OutboundMedia, ...] = ()
    template: OutboundTemplate | None = None
    promise: PromiseTerms | None = None
    seen_up_to: int | None = None
    anyway: bool = False


class Resolve(OwnersCommand, InformedCommand):
    pass


class ReturnToBot(OwnersCommand, InformedCommand):
    pass


class Snooze(OwnersCommand, InformedCommand):
    until: Instant


class EndSnooze(OwnersCommand):
    pass


class Classify(OwnersCommand):
    """None leaves priority or segment as it is; an empty segment takes it away."""

    priority: Priority | None = None
    segment: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{0,64}$")] | None = None


class KeepPromise(OwnersCommand):
    promise_id: str


class WaitNow(Model):
    """The expected wait as of now, and how to say it."""

    wait: AnnouncedWait
    text: str


class Tick(Command):
    """`woken_for` is the instant the timer slept until, None when the sweep asks.

    `apology` is what to say for a promise not kept, `news` the expected wait where it has changed
    materially since it was told.
    """

    woken_for: Instant | None
    apology: str = ""
    news: WaitNow | None = None


class FitClocks(Command):
    """Nothing happened but that settings changed: clocks are made to fit them."""


class SentMessage(Model):
    """A message of ours as the table has it; `reopens` is None for one of an earlier version."""

    effect_key: str
    author: Author
    agent_id: str
    at: Instant
    status: DeliveryStatus
    reopens: Reopening | None = None


class RecordDelivery(Command):
    """`stored_status` is the one in the table, for messages older than the state's memory.

    Where the message turns out to be lost, or not to be, `sent` is it and `later` are those that
    were decided after it, in their order, as far as they are remembered. `of_part` is told of a
    part of it, which does not speak for the whole. `writers_bells` are the own endpoints of the
    person who wrote it.
    """

    effect_key: str
    stored_status: DeliveryStatus
    reported: DeliveryStatus
    error_code: str = ""
    of_part: bool = False
    sent: SentMessage | None = None
    later: tuple[SentMessage, ...] = ()
    writers_bells: tuple[str, ...] = ()


class OtherConversation(Model):
    """What goes on here of another conversation of the same customer."""

    conversation_id: str
    last_customer_message_at: Instant | None
    closed_period_told: Instant | None
    automatic_sent: tuple[Instant, ...]
    promises: tuple[Clock, ...]
    priority: Priority
    segment: str = ""
    people_since: Instant | None = None
    queued_since: Instant | None = None
    tags: tuple[str, ...] = ()


class LinkHandles(Command):
    """The customer goes by `aliases` too; `joins` is a conversation that moves here."""

    aliases: tuple[str, ...]
    joins: OtherConversation | None = None


class MoveTo(Command):
    """Another conversation goes on in place of this one, and answers `items`.

    Where it is `to_people`, the bot says nothing more here.
    """

    conversation_id: str
    items: tuple[str, ...] = ()
    to_people: bool = False


class RetryTurn(Command):
    """Take over a turn whose lease expired."""

    turn_id: str
    lease_seconds: int
