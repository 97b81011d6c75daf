"""Searching: conversations by name, handle, id or tag, or by what was written in them."""

import re
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import sees_conversation
from sportello.aws.credentials import read_secret_text
from sportello.aws.environment import Environment
from sportello.entrypoints import runtime
from sportello.inbox.searching import Hit, Searching
from sportello.inbox.words import conversation_in
from sportello.model import Model

LONGEST_QUERY = 256

_POSITION = re.compile(r"2\d{3}-\d\d-\d\d#[0-9a-f]{32}", re.ASCII)

routes = Blueprint(__name__)


class SearchEnvironment(Environment):
    """The secret that words are hashed with; empty where none are kept."""

    conversation_key_secret: str = ""


class SearchQuery(Model):
    q: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=2, max_length=LONGEST_QUERY)
    ]
    limit: int = Field(default=20, ge=1, le=50)
    cursor: Annotated[str, cursor_to(_POSITION)] = ""


class SearchHits(Model):
    """`cursor` is None once everything that was looked up is through."""

    hits: tuple[Hit, ...]
    bounded: bool
    cursor: str | None


@route(
    routes,
    "GET",
    "/search",
    Permission.READ_CONVERSATIONS,
    query=SearchQuery,
    answers={200: SearchHits},
    problems=("search-off",),
)
def search(request: Request, agent: Agent) -> Response:
    query = read_query(request, SearchQuery)
    secret = SearchEnvironment.load().conversation_key_secret
    if not secret and not conversation_in(query.q):
        raise Problem(501, "search-off", "Only ids are looked up here: no words are kept.")
    searching = Searching(
        runtime.table(),
        lambda: read_secret_text(secret).encode(),
        lambda state: sees_conversation(agent, state),
    )
    hits = searching.search(query.q, query.cursor, query.limit)
    cursor = cursor_of(hits.goes_on_after) if hits.goes_on_after else None
    return answer_with(SearchHits(hits=hits.hits, bounded=hits.bounded, cursor=cursor))
