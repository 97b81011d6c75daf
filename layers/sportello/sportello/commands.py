"""What may be asked of a conversation. Each command carries all that its decision needs."""

from typing import Any

from pydantic import Field

from sportello.channel import Button
from sportello.clocks import ClockPlan
from sportello.inbound import DeliveryStatus, Visibility
from sportello.model import Instant, Model


class ReceivedItem(Model):
    """The facts of an inbound item; its content stays in the table."""

    item_id: str
    kind: str
    wants_answer: bool
    visibility: Visibility
    sent_at: Instant
    received_at: Instant


class Courtesy(Model):
    """An automatic text that accompanies a handoff or a wait.

    `closed_since` is the start of the closed period the text speaks of, None in opening hours.
    """

    text: str
    closed_since: Instant | None = None


class ReceiveMessages(Model):
    """`away` is what to tell a customer who waits for people outside opening hours.

    `clock` is how the first response would be clocked from the earliest of these items.
    `endpoints` are rung for an agent who owns the conversation without ever having been rung.
    """

    items: tuple[ReceivedItem, ...]
    turn_id: str
    lease_seconds: int
    follow_up_seconds: int
    away: Courtesy | None = None
    clock: ClockPlan | None = None
    endpoints: tuple[str, ...] = ()


class AnswerAsBot(Model):
    """An answer computed for `owner_version` and the items named; dropped if either moved on."""

    turn_id: str
    owner_version: int
    item_ids: tuple[str, ...] = Field(min_length=1)
    key: str
    text: str
    buttons: tuple[Button, ...] = ()
    lease_seconds: int


class Tier(Model):
    name: str
    ring_seconds: int


class RequestHuman(Model):
    """`escalation_start_at` is when ringing begins: now, or the next opening."""

    turn_id: str
    owner_version: int
    reason: str
    queue: str
    courtesy: Courtesy | None
    clock: ClockPlan
    tiers: tuple[Tier, ...]
    escalation_start_at: Instant


class OfferConversation(Model):
    """Ring one tier; `packet` is what its people see, and stays in the table."""

    handoff_id: str
    tier: int
    tier_name: str
    agents: tuple[str, ...]
    endpoints: tuple[str, ...]
    expires_at: Instant
    task_token: str
    packet: dict[str, Any]


class ExhaustLadder(Model):
    handoff_id: str
    alert_endpoints: tuple[str, ...]


class Accept(Model):
    """`owner_version` is the one the agent saw; None takes the conversation as it is.

    With it a request that is repeated late, after others acted, is refused. So for `Resolve` and
    `ReturnToBot`.
    """

    agent_id: str
    owner_version: int | None = None


class Decline(Model):
    """`offer_id` empty declines the open offer; a named one that is over changes nothing."""

    agent_id: str
    offer_id: str = ""


class Reply(Model):
    """A person's message. A supervisor may write in a colleague's conversation."""

    agent_id: str
    key: str
    text: str
    supervisor: bool = False


class Resolve(Model):
    agent_id: str
    supervisor: bool = False
    owner_version: int | None = None


class ReturnToBot(Model):
    agent_id: str
    supervisor: bool = False
    owner_version: int | None = None


class Tick(Model):
    """`woken_for` is the instant the timer slept until, None when the sweep asks."""

    woken_for: Instant | None
    alert_endpoints: tuple[str, ...]


class RecordDelivery(Model):
    """`known` is the status on record in the table, for messages older than the state's memory."""

    effect_key: str
    known: DeliveryStatus
    reported: DeliveryStatus
    error_code: str = ""


class RetryTurn(Model):
    """Take over a turn whose lease expired."""

    turn_id: str
    lease_seconds: int


type Command = (
    ReceiveMessages
    | AnswerAsBot
    | RequestHuman
    | OfferConversation
    | ExhaustLadder
    | Accept
    | Decline
    | Reply
    | Resolve
    | ReturnToBot
    | Tick
    | RecordDelivery
    | RetryTurn
)
