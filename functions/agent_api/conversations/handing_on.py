"""From one to the other: transfers, take-overs and questions among colleagues."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Self

from chalice.app import Blueprint, Request, Response
from pydantic import StringConstraints, model_validator

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import (
    AsSeen,
    OwnerAsSeen,
    act,
    checked,
    issue,
    owner_version_in,
    require_same_story,
    view_after,
)
from agent_api.conversations.conversation_view import ConversationView
from agent_api.conversations.ringing_on import ask_if_in_line
from sportello.conversation.commands import Command
from sportello.conversation.people_commands import Consult, HandOver, TakeOver
from sportello.conversation.terms import ServiceTerms
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.people.handing_on import Asker, HandingOn, UnknownTarget
from sportello.routing.profile import AgentId
from sportello.settings_document import Name
from sportello.table.desk import Committed, Step
from sportello.table.items import Conversation

MAX_NOTE = 4_000
"""Code points."""

routes = Blueprint(__name__)

type NoteText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE)
]
type OptionalNote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE)]


class Transfer(AsSeen):
    """Either a queue or a colleague."""

    queue: Name | None = None
    agent_id: AgentId | None = None
    note: OptionalNote = ""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.queue is None) == (self.agent_id is None):
            raise ValueError("name either a queue or an agent_id")
        return self


class Question(Model):
    agent_id: AgentId
    note: NoteText


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/transfer",
    Permission.WORK_CONVERSATIONS,
    body=Transfer,
    answers={200: ConversationView},
    problems=("conversation-moved", "unseen-message"),
)
def transfer(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, Transfer)
    now = runtime.utc_now()
    as_seen = {"owner_version": body.owner_version, "seen_up_to": body.seen_up_to}
    asker = Asker.model_validate({**agent.author, **as_seen, "note": body.note})
    handing_on = HandingOn(runtime.table(), runtime.settings())

    def command(conversation: Conversation, terms: ServiceTerms) -> Command:
        require_same_story(conversation_id, conversation, body.seen_up_to)
        if body.queue is not None:
            return handing_on.to_queue(asker, body.queue, conversation, terms, now)
        return handing_on.to_agent(asker, body.agent_id or "", conversation, terms, now)

    committed = _issue(agent, conversation_id, HandOver, command, now)
    ask_if_in_line(committed, now)
    return view_after(committed, now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/take-over",
    Permission.TAKE_OVER,
    body=OwnerAsSeen | None,
    answers={200: ConversationView},
)
def take_over(request: Request, agent: Agent, conversation_id: str) -> Response:
    version = owner_version_in(request)
    return issue(agent, conversation_id, TakeOver(**agent.author, owner_version=version))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/consult",
    Permission.WORK_CONVERSATIONS,
    body=Question,
    answers={200: ConversationView},
)
def consult(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, Question)
    now = runtime.utc_now()
    asker = Asker(**agent.author, note=body.note)
    handing_on = HandingOn(runtime.table(), runtime.settings())

    def command(conversation: Conversation, _terms: ServiceTerms) -> Command:
        return handing_on.consult(asker, body.agent_id, conversation)

    return view_after(_issue(agent, conversation_id, Consult, command, now), now)


def _issue(
    agent: Agent,
    conversation_id: str,
    kind: type[Command],
    command: Callable[[Conversation, ServiceTerms], Command],
    now: datetime,
) -> Committed:
    """Ask what is worked out of the conversation as it was loaded."""
    checked(conversation_id)

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        terms = runtime.settings().terms(conversation)
        return Step(command=command(conversation, terms), terms=terms)

    try:
        return act(conversation_id, plan, kind, now)
    except UnknownTarget as unknown:
        raise unknown_target(unknown) from None


def unknown_target(unknown: UnknownTarget) -> Problem:
    fault = Fault(pointer=f"/{unknown.field}", detail="There is none of this name.")
    return invalid(fault)
