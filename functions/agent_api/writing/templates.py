"""The messages that a conversation's channel takes when its window is shut."""

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import checked
from agent_api.conversations.reply_window import fitting_templates
from sportello.entrypoints import runtime
from sportello.messaging.settings import MessageTemplate
from sportello.model import Model

routes = Blueprint(__name__)


class FittingTemplates(Model):
    templates: tuple[MessageTemplate, ...]


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/templates",
    Permission.READ_CONVERSATIONS,
    answers={200: FittingTemplates},
)
def read_templates(_request: Request, agent: Agent, conversation_id: str) -> Response:
    """List those of the customer's language first, and else by name."""
    checked(conversation_id)
    conversation = require_theirs(agent, runtime.table().load_going_on(conversation_id))
    spoken = conversation.address.language if conversation.address else ""
    fitting = fitting_templates(conversation)
    in_order = sorted(fitting, key=lambda each: not _is_in(each.language, spoken))
    return answer_with(FittingTemplates(templates=tuple(in_order)))


def _is_in(language: str, spoken: str) -> bool:
    return bool(spoken) and language.partition("_")[0] == spoken.partition("-")[0]
