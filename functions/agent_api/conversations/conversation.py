"""Conversations: read one, take it, refuse it, settle it, give it back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from chalice.app import Blueprint, Request, Response
from pydantic import Field, model_validator

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import (
    read_body,
    read_query,
)
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_seen, require_theirs
from agent_api.conversations.conversation_view import (
    ConversationView,
    ConversationWithTimeline,
    conversation_view,
)
from agent_api.conversations.reply_window import reply_window
from agent_api.conversations.ringing_on import ask_the_next
from sportello.aws.logs import logger
from sportello.conversation.commands import (
    Accept,
    Command,
    Decline,
    InformedCommand,
    Resolve,
    ReturnToBot,
)
from sportello.conversation.events import AgentOfferEnded
from sportello.entrypoints import runtime
from sportello.errors import (
    ConversationNotFound,
    IdempotencyKeyReused,
)
from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.model import Model
from sportello.people.placement.room import versions_with_room
from sportello.table.desk import Committed, Step
from sportello.table.desk_table import EffectExists
from sportello.table.items import Conversation
from sportello.table.stories.later_story import read_since
from sportello.table.stories.timeline import read_timeline

LAST_SEQUENCE = 999_999_999_999
type SeenUpTo = Annotated[int | None, Field(ge=0, le=LAST_SEQUENCE)]

routes = Blueprint(__name__)


class Page(Model):
    """Either what is older than a cursor or what is newer; neither is the newest page."""

    limit: int = Field(default=50, ge=1, le=100)
    before: int | None = Field(default=None, ge=1, le=LAST_SEQUENCE)
    after: int | None = Field(default=None, ge=0, le=LAST_SEQUENCE)

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if self.before is not None and self.after is not None:
            raise ValueError("name either before or after")
        return self


class OwnerAsSeen(Model):
    """The `owner.version` that the asker saw, where the request may be repeated late."""

    owner_version: int | None = Field(default=None, ge=0)


class AsSeen(OwnerAsSeen):
    """`seen_up_to` is the `sequence` of the story that they saw, besides."""

    seen_up_to: SeenUpTo = None


class Acceptance(OwnerAsSeen):
    """`offer_id` is the offer as the notice named it: one that is over takes nothing then.

    With `over_capacity` an agent takes it who has no room for it.
    """

    offer_id: str = Field(default="", max_length=128)
    over_capacity: bool = False


class NamedOffer(Model):
    """The offer as the notice named it; empty for whichever is open."""

    offer_id: str = Field(default="", max_length=128)


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
    has_cursor = page.before is not None or page.after is not None
    load = table.load if has_cursor else table.load_going_on
    conversation = require_seen(agent, load(conversation_id))
    conversation_id, now = conversation.conversation_id, runtime.utc_now()
    view = conversation_view(conversation_id, conversation.state, conversation.address, now)
    window = reply_window(table, conversation, now)
    if page.after is None:
        timeline = read_timeline(table, conversation_id, page.limit, page.before)
    else:
        timeline = read_since(table, conversation_id, page.limit, page.after)
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
    problems=("conversation-moved", "unseen-message"),
)
def resolve(request: Request, agent: Agent, conversation_id: str) -> Response:
    return issue_as_seen(agent, conversation_id, Resolve(**agent.author, **as_seen_in(request)))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/return-to-bot",
    Permission.WORK_CONVERSATIONS,
    body=AsSeen | None,
    answers={200: ConversationView},
    problems=("conversation-moved", "unseen-message"),
)
def return_to_bot(request: Request, agent: Agent, conversation_id: str) -> Response:
    return issue_as_seen(agent, conversation_id, ReturnToBot(**agent.author, **as_seen_in(request)))


def issue(agent: Agent, conversation_id: str, command: Command) -> Response:
    """Ask one thing of a conversation and answer with what it is like then."""
    checked(conversation_id)
    now = runtime.utc_now()
    return view_after(act(conversation_id, under_terms(agent, command), type(command), now), now)


def issue_as_seen(agent: Agent, conversation_id: str, command: InformedCommand) -> Response:
    """Ask what depends on how far the asker has read the story of just this conversation."""
    checked(conversation_id)
    now = runtime.utc_now()
    planned = under_terms(agent, command)

    def plan(conversation: Conversation) -> Step:
        step = planned(conversation)
        require_same_story(conversation_id, conversation, command.seen_up_to)
        return step

    return view_after(act(conversation_id, plan, type(command), now), now)


def require_same_story(
    conversation_id: str, conversation: Conversation, seen_up_to: int | None
) -> None:
    """Refuse a sequence of one log in another: the conversation has moved since it was read."""
    going_on = conversation.conversation_id
    if seen_up_to is not None and going_on != conversation_id:
        raise Problem(
            HTTPStatus.CONFLICT,
            "conversation-moved",
            "Read the story there, then decide.",
            extension={"conversation_id": going_on},
        )


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

    def commit() -> Committed:
        return runtime.desk().act(conversation_id, plan, now, effect_keys=keys, follow=True)

    try:
        committed = commit()
    except EffectExists:
        # The same request was faster by a moment; what it left can be read now.
        committed = commit()
    if committed.decision.events:
        logger.info("agent acted", command=kind.__name__, conversation_id=conversation_id)
    return committed


def require_same_request(conversation: Conversation, request_hash: str) -> None:
    """Refuse a key under which something else was asked for before."""
    if any(record.request_hash != request_hash for record in conversation.effects):
        raise IdempotencyKeyReused


def owner_version_in(request: Request) -> int | None:
    return read_body(request, OwnerAsSeen, default=b"{}").owner_version


def as_seen_in(request: Request) -> Mapping[str, int | None]:
    """Read what the asker saw, as the fields of a command that goes by it."""
    return dict(read_body(request, AsSeen, default=b"{}"))


def checked(conversation_id: str) -> None:
    if not CONVERSATION_ID.fullmatch(conversation_id):
        raise ConversationNotFound
