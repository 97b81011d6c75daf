"""Notes among colleagues: written once, read a page at a time; who is mentioned is told."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import hash_of, read_body, read_idempotency_key, read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_seen, works_on
from agent_api.conversations.conversation import LAST_SEQUENCE, act, checked, require_same_request
from agent_api.conversations.handing_on import NoteText, unknown_target
from sportello.conversation.effects import note_key
from sportello.conversation.handing_over.audience import audience_of
from sportello.conversation.people_commands import WriteDown
from sportello.conversation.state import MAX_CONSULTED, ConversationState
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.people.handing_on import HandingOn, UnknownTarget
from sportello.routing.profile import AgentId
from sportello.table.desk import Step
from sportello.table.items import Conversation
from sportello.table.stories.draft_table import DraftName
from sportello.table.stories.notes import Notes, read_notes

routes = Blueprint(__name__)


class NewNote(Model):
    """`mentions` are colleagues who are told of it, and may read the conversation from now on."""

    text: NoteText
    mentions: Annotated[tuple[AgentId, ...], Field(max_length=MAX_CONSULTED)] = ()
    draft_version: int | None = Field(default=None, ge=1)

    @property
    def as_kept(self) -> "NewNote":
        return self.model_copy(update={"draft_version": None})


class NoteKept(Model):
    effect_key: str


class NotesPage(Model):
    limit: int = Field(default=20, ge=1, le=100)
    before: int | None = Field(default=None, ge=1, le=LAST_SEQUENCE)


class ConversationNotes(Notes):
    conversation_id: str


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/notes",
    Permission.READ_CONVERSATIONS,
    query=NotesPage,
    answers={200: ConversationNotes},
)
def read_notes_of(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    page = read_query(request, NotesPage)
    table = runtime.table()
    load = table.load_going_on if page.before is None else table.load
    conversation_id = require_seen(agent, load(conversation_id)).conversation_id
    notes = read_notes(table, conversation_id, page.limit, page.before)
    return answer_with(ConversationNotes(conversation_id=conversation_id, **dict(notes)))


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
    request_hash = hash_of(request, body.as_kept)
    handing_on = HandingOn(runtime.table(), runtime.settings())

    def plan(conversation: Conversation) -> Step | None:
        require_seen(agent, conversation)
        if conversation.effects:
            require_same_request(conversation, request_hash)
            return None
        command = WriteDown(agent_id=agent.id, key=key, text=body.text)
        if body.mentions:
            _refuse_letting_in(agent, body.mentions, conversation.state)
            command = _mentioning(handing_on, command, body.mentions, conversation)
        terms = runtime.settings().terms(conversation)
        return Step(command=command, terms=terms, request_hashes={key: request_hash})

    act(conversation_id, plan, WriteDown, runtime.utc_now(), key)
    if body.draft_version is not None:
        name = DraftName(agent.id, conversation_id, "note")
        runtime.table().drafts.discard(name, body.draft_version)
    return answer_with(NoteKept(effect_key=key), status=HTTPStatus.CREATED)


def _refuse_letting_in(agent: Agent, names: Sequence[str], state: ConversationState) -> None:
    """Refuse whoever was only asked to have others read it: that is for whose it is."""
    if not works_on(agent, state) and not {agent.id, *audience_of(state).agents}.issuperset(names):
        detail = "You were asked about it: you may mention who reads it already."
        raise Problem(HTTPStatus.FORBIDDEN, "forbidden", detail)


def _mentioning(
    handing_on: HandingOn,
    command: WriteDown,
    names: Sequence[str],
    conversation: Conversation,
) -> WriteDown:
    try:
        return handing_on.mention(command, names, conversation)
    except UnknownTarget as unknown:
        raise unknown_target(unknown) from None
