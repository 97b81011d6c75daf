"""Tags: what people sort conversations by."""

from collections.abc import Sequence
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import pointer, read_body
from agent_api.calls.route_declaration import route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import act, checked, view_after
from agent_api.conversations.conversation_view import ConversationView
from sportello.conversation.deskwork.tag_settings import TagSettings
from sportello.conversation.people_commands import ChangeTags
from sportello.conversation.state import MAX_TAGS
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.settings_document import Name
from sportello.table.desk import Step
from sportello.table.items import Conversation

routes = Blueprint(__name__)


class ConversationTags(Model):
    """All that it is to have; `version` is the `tags_version` that the asker saw."""

    tags: Annotated[tuple[Name, ...], Field(max_length=MAX_TAGS)]
    version: int | None = Field(default=None, ge=0)


@route(
    routes,
    "PUT",
    "/conversations/{conversation_id}/tags",
    Permission.WORK_CONVERSATIONS,
    body=ConversationTags,
    answers={200: ConversationView},
    problems=("version-mismatch",),
)
def set_tags(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    body = read_body(request, ConversationTags)
    command = ChangeTags(**agent.author, tags=body.tags, version=body.version)
    now = runtime.utc_now()

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        refuse_unfit(body.tags, conversation)
        return Step(command=command, terms=runtime.settings().terms(conversation))

    return view_after(act(conversation_id, plan, ChangeTags, now), now)


def refuse_unfit(tags: Sequence[str], conversation: Conversation) -> None:
    """Refuse tags that there are not; what a conversation has already may stay."""
    unfit = runtime.settings().get(TagSettings).unfit(tags)
    faults = [
        Fault(pointer=pointer(("tags", number)), detail="There is no such tag.")
        for number, tag in enumerate(tags)
        if tag in unfit and tag not in conversation.state.tags
    ]
    if faults:
        raise invalid(*faults)
