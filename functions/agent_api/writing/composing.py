"""What helps to write: canned replies, and what is wrong with a text before it is sent."""

from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.request_parts import read_body, read_query
from agent_api.calls.route_declaration import NothingNew, answer_with, route
from agent_api.calls.scope import require_seen
from agent_api.conversations.channel_capabilities import capabilities_of
from agent_api.conversations.conversation import checked
from agent_api.writing.reply_content import MAX_REPLY
from agent_api.writing.writing_place import WritingPlace
from sportello.composing.canned_replies import OfferedReply, has_words, offered_replies
from sportello.composing.lint import Finding, lint
from sportello.composing.lint_rules import LintRules, lint_rules
from sportello.composing.settings import CannedReplySettings
from sportello.entrypoints import runtime
from sportello.language.languages import Language
from sportello.language.settings import TextSettings
from sportello.model import Model
from sportello.table.items import Conversation

routes = Blueprint(__name__)

MAX_OFFERED = 50


class Sought(Model):
    """Words of what is looked for, in any order; none are all."""

    q: Annotated[str, StringConstraints(max_length=100)] = ""
    limit: int = Field(default=20, ge=1, le=MAX_OFFERED)


class OfferedReplies(Model):
    """`more` says that there are others, which more words may find."""

    conversation_id: str
    language: str
    replies: tuple[OfferedReply, ...]
    more: bool


class OfferedMacro(Model):
    """`steps` are what it does, in that order."""

    name: str
    title: str
    steps: tuple[str, ...]


class OfferedMacros(Model):
    conversation_id: str
    macros: tuple[OfferedMacro, ...]
    more: bool


class ChannelNamed(Model):
    """`language` is the text's, `words` that in which findings are said; both the desk's else."""

    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    language: Language | None = None
    words: Language | None = None


class TextToLint(Model):
    """`language` is the text's, else the conversation's; `words` the findings', else the desk's."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_REPLY)]
    language: Language | None = None
    words: Language | None = None


class Linted(Model):
    findings: tuple[Finding, ...]
    language: str


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/canned-replies",
    Permission.WORK_CONVERSATIONS,
    query=Sought,
    answers={200: OfferedReplies},
)
def read_canned_replies(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Offer what fits the conversation, said in its language and with its names."""
    sought = read_query(request, Sought)
    conversation = _conversation(agent, conversation_id)
    place = WritingPlace.of(conversation)
    settings = runtime.settings().get(CannedReplySettings)
    values = place.values(agent.id, settings)
    offered = offered_replies(settings, place.place, place.languages, values, sought.q)
    offers = [reply for reply, _ in zip(offered, range(sought.limit + 1), strict=False)]
    return answer_with(
        OfferedReplies(
            conversation_id=conversation.conversation_id,
            language=place.languages[0],
            replies=tuple(offers[: sought.limit]),
            more=len(offers) > sought.limit,
        )
    )


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/macros",
    Permission.WORK_CONVERSATIONS,
    query=Sought,
    answers={200: OfferedMacros},
)
def read_macros(request: Request, agent: Agent, conversation_id: str) -> Response:
    sought = read_query(request, Sought)
    conversation = _conversation(agent, conversation_id)
    place = WritingPlace.of(conversation).place
    macros = runtime.settings().get(CannedReplySettings).macros
    fitting = [
        OfferedMacro(name=name, title=macro.title, steps=tuple(step.do for step in macro.steps))
        for name, macro in sorted(macros.items())
        if macro.fits(place) and has_words(name, macro, sought.q)
    ]
    return answer_with(
        OfferedMacros(
            conversation_id=conversation.conversation_id,
            macros=tuple(fitting[: sought.limit]),
            more=len(fitting) > sought.limit,
        )
    )


@route(
    routes,
    "GET",
    "/lint/rules",
    Permission.READ_CONVERSATIONS,
    query=ChannelNamed,
    answers={200: LintRules},
)
def read_lint_rules(request: Request, _agent: Agent) -> Response:
    """Tell what is looked for on a channel, so that a page can look while somebody types."""
    named = read_query(request, ChannelNamed)
    default = runtime.settings().get(TextSettings).default_language
    rules = lint_rules(
        named.channel,
        capabilities_of(named.channel),
        named.language or default,
        spoken=named.words or default,
    )
    return answer_with(rules)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/lint",
    Permission.WORK_CONVERSATIONS,
    body=TextToLint,
    answers={200: Linted},
)
def lint_text(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Say what is wrong with a text; nothing comes of it, and nothing is kept."""
    body = read_body(request, TextToLint)
    conversation = _conversation(agent, conversation_id)
    rules = _rules(conversation, body)
    answer = answer_with(Linted(findings=lint(body.text, rules), language=rules.language))
    return NothingNew(answer.body, answer.headers)


def _rules(conversation: Conversation, body: TextToLint) -> LintRules:
    place = WritingPlace.of(conversation)
    default = runtime.settings().get(TextSettings).default_language
    return lint_rules(
        place.place.channel,
        capabilities_of(place.place.channel),
        body.language or place.languages[0],
        kind=place.place.channel_kind,
        tone=place.place.tone,
        spoken=body.words or default,
    )


def _conversation(agent: Agent, conversation_id: str) -> Conversation:
    checked(conversation_id)
    return require_seen(agent, runtime.table().load_going_on(conversation_id))
