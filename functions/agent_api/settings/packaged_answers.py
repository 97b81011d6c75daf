"""The questions and answers that Sportello brings, for a business to begin its own from."""

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.request_parts import read_query
from agent_api.calls.route_declaration import answer_with, route
from sportello.bot.faq_entry import FaqEntry
from sportello.language.languages import Language
from sportello.model import Model

routes = Blueprint(__name__)


class OfLanguage(Model):
    language: Language


class PackagedAnswers(Model):
    """What answers in a language of which the settings say nothing."""

    language: Language
    entries: tuple[FaqEntry, ...]


@route(
    routes,
    "GET",
    "/settings/faq/packaged",
    Permission.READ_SETTINGS,
    query=OfLanguage,
    answers={200: PackagedAnswers},
)
def list_packaged_answers(request: Request, _agent: Agent) -> Response:
    from sportello.bot.faq import packaged_entries  # noqa: PLC0415 -- brings the search with it

    language = read_query(request, OfLanguage).language
    return answer_with(PackagedAnswers(language=language, entries=packaged_entries(language)))
