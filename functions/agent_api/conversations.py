"""Conversations: read one, take it, refuse it, answer in it, settle it, give it back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, NamedTuple

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.conversation_view import (
    ConversationView,
    ConversationWithTimeline,
    conversation_view,
)
from agent_api.identity import Agent
from agent_api.permissions import Permission
from agent_api.reply_window import reply_window, require_open_window
from agent_api.request_parts import (
    hash_of,
    read_body,
    read_idempotency_key,
    read_query,
)
from agent_api.ringing_on import ask_the_next
from agent_api.route_declaration import answer_with, route
from agent_api.scope import require_seen, require_theirs
from sportello.aws.logs import logger
from sportello.conversation.commands import Accept, Command, Decline, Reply, Resolve, ReturnToBot
from sportello.conversation.effects import reply_key
from sportello.conversation.events import AgentOfferEnded
from sportello.entrypoints import runtime
from sportello.errors import ConversationNotFound, IdempotencyKeyReused, StorageBusy
from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.messaging.items import DeliveryStatus
from sportello.model import Model
from sportello.people.room import versions_with_room
from sportello.sla.clocks import PromiseTerms
from sportello.table.desk import Committed, Step
from sportello.table.desk_table import EffectExists
from sportello.table.items import Conversation
from sportello.table.timeline import read_timeline

MAX_REPLY = 4 * 4_096
"""Code points; a longer text than the channel allows leaves in parts."""

routes = Blueprint(__name__)


class Page(Model):
    limit: int = Field(default=50, ge=1, le=100)
    before: int | None = Field(default=None, ge=1, le=999_999_999_999)


class AsSeen(Model):
    """The `owner.version` that the asker saw, where the request may be repeated late."""

    owner_version: int | None = Field(default=None, ge=0)


class Acceptance(AsSeen):
    """`offer_id` is the offer as the notice named it: one that is over takes nothing then.

    With `over_capacity` an agent takes it who has no room for it.
    """

    offer_id: str = Field(default="", max_length=128)
    over_capacity: bool = False


class NamedOffer(Model):
    """The offer as the notice named it; empty for whichever is open."""

    offer_id: str = Field(default="", max_length=128)


class NewReply(Model):
    """`promise` is what the text promises: it gets a clock of its own."""

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REPLY)
    ]
    promise: PromiseTerms | None = None


class ReplyRequest(NamedTuple):
    """What a repetition must have in common with the first request of its key."""

    hash: str
    text: str


class ReplyAccepted(Model):
    effect_key: str
    status: DeliveryStatus


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}",
    Permission.READ_CONVERSATIONS,
    query=Page,
    answers={200: ConversationWithTimeline},
)
def read_conversation(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    page = read_query(request, Page)
    table = runtime.table()
    # A cursor is one of the log it came from, also where the conversation has moved since.
    load = table.load_going_on if page.before is None else table.load
    conversation = require_seen(agent, load(conversation_id))
    conversation_id, now = conversation.conversation_id, runtime.utc_now()
    view = conversation_view(conversation_id, conversation.state, conversation.address, now)
    window = reply_window(table, conversation, now)
    timeline = read_timeline(table, conversation_id, page.limit, page.before)
    return answer_with(
        ConversationWithTimeline(**dict(view), reply_window=window, timeline=timeline)
    )


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/accept",
    Permission.WORK_CONVERSATIONS,
    body=Acceptance | None,
    answers={200: ConversationView},
    problems=("no-room",),
)
def accept(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Take it, as far as there is room: in a race for the same agent each looks anew."""
    checked(conversation_id)
    wish = read_body(request, Acceptance, default=b"{}")
    command = Accept(agent_id=agent.id, owner_version=wish.owner_version, offer_id=wish.offer_id)
    now = runtime.utc_now()

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        terms = runtime.settings().terms(conversation)
        versions: Mapping[str, int] = {}
        if not wish.over_capacity:
            versions = versions_with_room(runtime.table(), conversation, agent.id, terms, now)
        return Step(command=command, terms=terms, agent_versions=versions)

    return view_after(act(conversation_id, plan, Accept, now), now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/decline",
    Permission.WORK_CONVERSATIONS,
    body=NamedOffer | None,
    answers={200: ConversationView},
)
def decline(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Refuse it; of an offer to this agent alone the next one is asked at once."""
    checked(conversation_id)
    offer_id = read_body(request, NamedOffer, default=b"{}").offer_id
    now = runtime.utc_now()
    command = Decline(agent_id=agent.id, offer_id=offer_id)
    committed = act(conversation_id, under_terms(agent, command), Decline, now)
    if any(isinstance(event, AgentOfferEnded) for event in committed.decision.events):
        ask_the_next(committed.before.conversation_id, now)
    return view_after(committed, now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/resolve",
    Permission.WORK_CONVERSATIONS,
    body=AsSeen | None,
    answers={200: ConversationView},
)
def resolve(request: Request, agent: Agent, conversation_id: str) -> Response:
    version = owner_version_in(request)
    return issue(agent, conversation_id, Resolve(**agent.author, owner_version=version))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/return-to-bot",
    Permission.WORK_CONVERSATIONS,
    body=AsSeen | None,
    answers={200: ConversationView},
)
def return_to_bot(request: Request, agent: Agent, conversation_id: str) -> Response:
    version = owner_version_in(request)
    return issue(agent, conversation_id, ReturnToBot(**agent.author, owner_version=version))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/replies",
    Permission.WORK_CONVERSATIONS,
    body=NewReply,
    answers={202: ReplyAccepted},
    problems=("reply-window-closed",),
    keyed=True,
)
def reply(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Send once for each idempotency key; asking again answers with what became of it."""
    checked(conversation_id)
    key = reply_key(agent.id, read_idempotency_key(request))
    body = read_body(request, NewReply)
    now = runtime.utc_now()
    reply_request = ReplyRequest(hash=hash_of(request, body), text=body.text)
    command = Reply(**agent.author, key=key, text=body.text, promise=body.promise)

    def plan(conversation: Conversation) -> Step | None:
        require_theirs(agent, conversation)
        sent_before = status_of_reply(conversation, reply_request)
        if sent_before:
            return None
        require_open_window(runtime.table(), conversation, now)
        return Step(
            command=command,
            terms=runtime.settings().terms(conversation),
            request_hashes={key: reply_request.hash},
        )

    try:
        committed = act(conversation_id, plan, Reply, now, key)
        status = status_of_reply(committed.before, reply_request) or DeliveryStatus.QUEUED
    except EffectExists:
        # The same request was faster by a moment; what it sent can be read now.
        conversation = runtime.table().load(conversation_id, effect_keys=[key])
        settled = status_of_reply(conversation, reply_request)
        if settled is None:
            raise StorageBusy("the reply that stood in the way cannot be read") from None
        status = settled
    return answer_with(ReplyAccepted(effect_key=key, status=status), status=202)


def issue(agent: Agent, conversation_id: str, command: Command) -> Response:
    """Ask one thing of a conversation and answer with what it is like then."""
    checked(conversation_id)
    now = runtime.utc_now()
    return view_after(act(conversation_id, under_terms(agent, command), type(command), now), now)


def under_terms(agent: Agent, command: Command) -> Callable[[Conversation], Step]:
    """Plan a command of somebody whose conversation it is, or of whose queue."""

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        return Step(command=command, terms=runtime.settings().terms(conversation))

    return plan


def view_after(committed: Committed, now: datetime) -> Response:
    going_on = committed.before.conversation_id
    return answer_with(conversation_view(going_on, committed.state, committed.before.address, now))


def act(
    conversation_id: str,
    plan: Callable[[Conversation], Step | None],
    kind: type[Command],
    now: datetime,
    *keys: str,
) -> Committed:
    """Commit what is planned; `keys` are of the effects that the same request may have left."""
    committed = runtime.desk().act(conversation_id, plan, now, effect_keys=keys, follow=True)
    if committed.decision.events:
        logger.info("agent acted", command=kind.__name__, conversation_id=conversation_id)
    return committed


def status_of_reply(conversation: Conversation, request: ReplyRequest) -> DeliveryStatus | None:
    """Return what became of the reply loaded with a conversation, None if it was never sent.

    Raises IdempotencyKeyReused if it was asked for otherwise; earlier versions kept of that no
    more than the text.
    """
    for record in conversation.effects:
        same_text = record.message.text == request.text
        if not (record.request_hash == request.hash if record.request_hash else same_text):
            raise IdempotencyKeyReused
        return record.status
    return None


def owner_version_in(request: Request) -> int | None:
    return read_body(request, AsSeen, default=b"{}").owner_version


def checked(conversation_id: str) -> None:
    if not CONVERSATION_ID.fullmatch(conversation_id):
        raise ConversationNotFound
