"""What an agent has begun to write, kept for them alone until it is sent."""

from http import HTTPStatus
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls import preconditions
from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.preconditions import etag
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import NothingNew, answer_with, route
from agent_api.calls.scope import require_seen
from agent_api.calls.versions import not_modified, refuse_other_version, version_mismatch
from agent_api.conversations.conversation import SeenUpTo, checked
from agent_api.writing.reply_content import MAX_REPLY
from sportello.entrypoints import runtime
from sportello.errors import StorageBusy
from sportello.model import Instant, Model
from sportello.table.stories.draft_table import Draft, DraftChanged, DraftName, StoredDraft

routes = Blueprint(__name__)

PATH = "/conversations/{conversation_id}/drafts/{draft_kind}"

KINDS = ("reply", "note")

_ATTEMPTS = 3


class NewDraft(Model):
    """As it was typed, white space and all; `seen_up_to` is how far its writer had read."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_REPLY)]
    seen_up_to: SeenUpTo = None


class DraftAnswer(Model):
    """`version` is 0 where there is none."""

    text: str
    seen_up_to: int | None
    version: int = Field(ge=0)
    written_at: Instant | None
    expires_at: Instant | None


@route(
    routes,
    "GET",
    PATH,
    Permission.WORK_CONVERSATIONS,
    answers={200: DraftAnswer},
    versioned=True,
)
def read_draft(request: Request, agent: Agent, conversation_id: str, draft_kind: str) -> Response:
    name = _name(agent, conversation_id, draft_kind)
    stored = runtime.table().drafts.draft(name, runtime.utc_now())
    return not_modified(request, stored.version) or _answer(stored)


@route(
    routes,
    "PUT",
    PATH,
    Permission.WORK_CONVERSATIONS,
    body=NewDraft,
    answers={200: DraftAnswer},
    versioned=True,
)
def keep_draft(request: Request, agent: Agent, conversation_id: str, draft_kind: str) -> Response:
    """Keep it in place of the one there is; a precondition makes sure of which one that is.

    It is no act yet: nobody else sees it, and it is written again every few seconds.
    """
    name = _name(agent, conversation_id, draft_kind)
    body = read_body(request, NewDraft)
    drafts, now = runtime.table().drafts, runtime.utc_now()
    for _ in range(_ATTEMPTS):
        before = drafts.draft(name, now).version
        refuse_other_version(request, before)
        try:
            stored = drafts.keep(name, Draft(**dict(body)), before, now)
        except DraftChanged:
            continue
        answer = _answer(stored)
        return NothingNew(answer.body, answer.headers)
    raise StorageBusy("the draft is written elsewhere at the same time")


@route(
    routes,
    "DELETE",
    PATH,
    Permission.WORK_CONVERSATIONS,
    answers={204: None},
    versioned=True,
)
def discard_draft(
    request: Request, agent: Agent, conversation_id: str, draft_kind: str
) -> Response:
    name = _name(agent, conversation_id, draft_kind)
    drafts = runtime.table().drafts
    version: int | None = None
    if preconditions.names_a_version(request):
        version = drafts.draft(name, runtime.utc_now()).version
        if version:
            refuse_other_version(request, version)
    # What is not there needs no deleting, and what comes meanwhile is of another version.
    if version != 0 and not drafts.discard(name, version):
        raise version_mismatch()
    return NothingNew("", {"cache-control": "no-store"}, HTTPStatus.NO_CONTENT)


def _name(agent: Agent, conversation_id: str, draft_kind: str) -> DraftName:
    checked(conversation_id)
    if draft_kind not in KINDS:
        raise Problem(404, "unknown-path", f"There are drafts of: {', '.join(KINDS)}.")
    require_seen(agent, runtime.table().load_going_on(conversation_id))
    return DraftName(agent.id, conversation_id, draft_kind)


def _answer(stored: StoredDraft) -> Response:
    return answer_with(
        DraftAnswer(
            text=stored.draft.text,
            seen_up_to=stored.draft.seen_up_to,
            version=stored.version,
            written_at=stored.written_at,
            expires_at=stored.expires_at,
        ),
        headers={"etag": etag(stored.version)},
    )
