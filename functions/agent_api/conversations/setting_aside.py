"""What people do with a conversation besides answering: put it aside, rank it, keep a promise."""

from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import route
from agent_api.conversations.conversation import AsSeen, issue, issue_as_seen
from agent_api.conversations.conversation_view import ConversationView
from sportello.conversation.commands import Classify, EndSnooze, KeepPromise, Snooze
from sportello.conversation.people_commands import AcknowledgeUndelivered
from sportello.conversation.state import MAX_UNDELIVERED
from sportello.model import Instant, Model
from sportello.priorities import Priority

routes = Blueprint(__name__)


class SnoozeUntil(AsSeen):
    until: Instant


class Classification(Model):
    """What is left out stays as it is; an empty segment takes it away."""

    priority: Priority | None = None
    segment: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{0,64}$")] | None = None


class SeenTo(Model):
    """Answers that did not arrive and have been seen to; left empty, all of them."""

    effect_keys: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=128)], ...],
        Field(max_length=MAX_UNDELIVERED),
    ] = ()


class KeptPromise(Model):
    promise_id: str = Field(min_length=1, max_length=256)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/snooze",
    Permission.WORK_CONVERSATIONS,
    body=SnoozeUntil,
    answers={200: ConversationView},
    problems=("conversation-moved", "unseen-message"),
)
def snooze(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, SnoozeUntil)
    command = Snooze(**agent.author, **dict(body))
    return issue_as_seen(agent, conversation_id, command)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/unsnooze",
    Permission.WORK_CONVERSATIONS,
    answers={200: ConversationView},
)
def unsnooze(_request: Request, agent: Agent, conversation_id: str) -> Response:
    return issue(agent, conversation_id, EndSnooze(**agent.author))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/classify",
    Permission.WORK_CONVERSATIONS,
    body=Classification,
    answers={200: ConversationView},
)
def classify(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, Classification)
    command = Classify(**agent.author, priority=body.priority, segment=body.segment)
    return issue(agent, conversation_id, command)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/undelivered/acknowledge",
    Permission.WORK_CONVERSATIONS,
    body=SeenTo | None,
    answers={200: ConversationView},
)
def acknowledge_undelivered(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, SeenTo, default=b"{}")
    command = AcknowledgeUndelivered(**agent.author, effect_keys=body.effect_keys)
    return issue(agent, conversation_id, command)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/promises/keep",
    Permission.WORK_CONVERSATIONS,
    body=KeptPromise,
    answers={200: ConversationView},
)
def keep_promise(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, KeptPromise)
    return issue(agent, conversation_id, KeepPromise(**agent.author, promise_id=body.promise_id))
