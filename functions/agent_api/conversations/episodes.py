"""What there was before: the episodes of a conversation, the latest first."""

from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_seen
from agent_api.conversations.conversation import checked
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.table.stories.episodes import STANDING, Episode, read_episodes

routes = Blueprint(__name__)


class EpisodesQuery(Model):
    limit: int = Field(default=10, ge=1, le=20)
    cursor: Annotated[str, cursor_to(STANDING)] = ""


class ConversationEpisodes(Model):
    """`cursor` is None once the beginning of the conversation is among them."""

    conversation_id: str
    episodes: tuple[Episode, ...]
    cursor: str | None


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/episodes",
    Permission.READ_CONVERSATIONS,
    query=EpisodesQuery,
    answers={200: ConversationEpisodes},
)
def list_episodes(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    query, table = read_query(request, EpisodesQuery), runtime.table()
    # A cursor is one of the log it came from, also where the conversation has moved since.
    load = table.load if query.cursor else table.load_going_on
    conversation_id = require_seen(agent, load(conversation_id)).conversation_id
    page = read_episodes(table, conversation_id, query.limit, query.cursor)
    return answer_with(
        ConversationEpisodes(
            conversation_id=conversation_id,
            episodes=tuple(page.episodes),
            cursor=cursor_of(page.goes_on) if page.goes_on else None,
        )
    )
