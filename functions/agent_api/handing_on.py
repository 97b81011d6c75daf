"""From one to the other: transfers, take-overs, notes and questions among colleagues."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints, model_validator

from agent_api.conversation_view import ConversationView
from agent_api.conversations import AsSeen, act, checked, issue, owner_version_in, view_after
from agent_api.identity import Agent
from agent_api.permissions import Permission
from agent_api.problems import Fault, Problem
from agent_api.request_parts import hash_of, read_body, read_idempotency_key
from agent_api.ringing_on import ask_the_next
from agent_api.route_declaration import answer_with, route
from agent_api.scope import require_seen, require_theirs
from sportello.conversation.commands import Command
from sportello.conversation.effects import note_key
from sportello.conversation.events import OwnerKind
from sportello.conversation.people_commands import Consult, HandOver, TakeOver, WriteDown
from sportello.conversation.terms import ServiceTerms
from sportello.entrypoints import runtime
from sportello.errors import IdempotencyKeyReused
from sportello.model import Model
from sportello.people.handing_on import Asker, HandingOn, UnknownTarget
from sportello.routing.profile import AgentId
from sportello.settings_document import Name
from sportello.table.desk import Committed, Step
from sportello.table.desk_table import EffectExists
from sportello.table.items import Conversation

MAX_NOTE = 4_000
"""Code points."""

routes = Blueprint(__name__)

type NoteText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE)
]
type OptionalNote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE)]


class Transfer(Model):
    """Either a queue or a colleague."""

    queue: Name | None = None
    agent_id: AgentId | None = None
    note: OptionalNote = ""
    owner_version: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.queue is None) == (self.agent_id is None):
            raise ValueError("name either a queue or an agent_id")
        return self


class NewNote(Model):
    text: NoteText


class Question(Model):
    agent_id: AgentId
    note: NoteText


class NoteKept(Model):
    effect_key: str


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/transfer",
    Permission.WORK_CONVERSATIONS,
    body=Transfer,
    answers={200: ConversationView},
)
def transfer(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, Transfer)
    now = runtime.utc_now()
    asker = Asker(**agent.author, note=body.note, owner_version=body.owner_version)
    handing_on = HandingOn(runtime.table(), runtime.settings())

    def command(conversation: Conversation, terms: ServiceTerms) -> Command:
        if body.queue is not None:
            return handing_on.to_queue(asker, body.queue, conversation, terms, now)
        return handing_on.to_agent(asker, body.agent_id or "", conversation, terms, now)

    committed = _issue(agent, conversation_id, HandOver, command, now)
    state = committed.state
    if state.owner.kind is OwnerKind.QUEUE and state.personal_offer is None:
        ask_the_next(committed.before.conversation_id, now)
    return view_after(committed, now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/take-over",
    Permission.TAKE_OVER,
    body=AsSeen | None,
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


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/notes",
    Permission.WORK_CONVERSATIONS,
    body=NewNote,
    answers={201: NoteKept},
    keyed=True,
)
def write_note(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Keep once for each idempotency key; asking again changes nothing."""
    checked(conversation_id)
    key = note_key(agent.id, read_idempotency_key(request))
    body = read_body(request, NewNote)
    request_hash = hash_of(request, body)
    command = WriteDown(agent_id=agent.id, key=key, text=body.text)

    def plan(conversation: Conversation) -> Step | None:
        require_seen(agent, conversation)
        if conversation.effects:
            _require_same(conversation, request_hash)
            return None
        terms = runtime.settings().terms(conversation)
        return Step(command=command, terms=terms, request_hashes={key: request_hash})

    try:
        act(conversation_id, plan, WriteDown, runtime.utc_now(), key)
    except EffectExists:
        _require_same(runtime.table().load(conversation_id, effect_keys=[key]), request_hash)
    return answer_with(NoteKept(effect_key=key), status=HTTPStatus.CREATED)


def _require_same(conversation: Conversation, request_hash: str) -> None:
    if any(record.request_hash != request_hash for record in conversation.effects):
        raise IdempotencyKeyReused


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
        fault = Fault(pointer=f"/{unknown.field}", detail="There is none of this name.")
        raise Problem(422, "validation", "See errors.", faults=[fault]) from None
