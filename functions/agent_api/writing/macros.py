"""Macros: several things that are asked of a conversation at once, all or none."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import hash_of, read_body, read_idempotency_key
from agent_api.calls.route_declaration import route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import (
    AsSeen,
    act,
    checked,
    require_same_request,
    require_same_story,
    view_after,
)
from agent_api.conversations.conversation_view import ConversationView
from agent_api.conversations.handing_on import MAX_NOTE, unknown_target
from agent_api.conversations.reply_window import require_open_window
from agent_api.conversations.ringing_on import ask_if_in_line
from agent_api.conversations.tags import refuse_unfit
from agent_api.writing.replies import colleague_replied
from agent_api.writing.reply_content import MAX_REPLY
from agent_api.writing.writing_place import WritingPlace
from sportello.composing.canned_replies import language_of
from sportello.composing.placeholders import Filled, fill
from sportello.composing.settings import (
    ENDINGS,
    CannedReplySettings,
    ClassifyStep,
    Macro,
    MacroStep,
    NoteStep,
    ReplyStep,
    ResolveStep,
    SnoozeStep,
    TagStep,
    TransferStep,
)
from sportello.conversation.commands import Classify, Command, Reply, Resolve, Snooze
from sportello.conversation.effects import macro_key, note_key, reply_key
from sportello.conversation.people_commands import CarryOut, ChangeTags, WriteDown
from sportello.conversation.terms import ServiceTerms
from sportello.entrypoints import runtime
from sportello.errors import ColleagueReplied, NotAllowed
from sportello.model import Model
from sportello.people.handing_on import Asker, HandingOn, UnknownTarget
from sportello.table.desk import Step
from sportello.table.items import Conversation

routes = Blueprint(__name__)


class MacroAsSeen(AsSeen):
    """What the asker saw, as with a reply and a resolution of one's own."""

    anyway: bool = False


class Running(Model):
    """A macro under way in a conversation as it was loaded; `key` is the client's."""

    agent: Agent
    key: str
    wish: MacroAsSeen
    conversation: Conversation
    terms: ServiceTerms
    now: datetime

    @property
    def place(self) -> WritingPlace:
        return WritingPlace.of(self.conversation)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/macros/{name}",
    Permission.WORK_CONVERSATIONS,
    body=MacroAsSeen | None,
    answers={200: ConversationView},
    problems=(
        *("colleague-replied", "conversation-moved", "placeholder-empty"),
        *("reply-window-closed", "unknown-macro", "unseen-message"),
    ),
    keyed=True,
)
def run_macro(request: Request, agent: Agent, conversation_id: str, name: str) -> Response:
    """Carry a macro out once for each idempotency key, in one commit: all its steps or none."""
    checked(conversation_id)
    settings = runtime.settings().get(CannedReplySettings)
    client_key = read_idempotency_key(request)
    key, wish = macro_key(agent.id, client_key), read_body(request, MacroAsSeen, default=b"{}")
    request_hash, now = hash_of(request, MacroAsSeen()), runtime.utc_now()

    def plan(conversation: Conversation) -> Step | None:
        require_theirs(agent, conversation)
        if conversation.effects:
            require_same_request(conversation, request_hash)
            return None
        macro = settings.macros.get(name)
        if macro is None:
            raise Problem(404, "unknown-macro", "See the macros of the conversation.")
        require_same_story(conversation_id, conversation, wish.seen_up_to)
        terms = runtime.settings().terms(conversation)
        running = Running(
            agent=agent,
            key=client_key,
            wish=wish,
            conversation=conversation,
            terms=terms,
            now=now,
        )
        if not macro.fits(running.place.place):
            raise NotAllowed("the macro is not for this channel or queue")
        command = CarryOut(
            **agent.author,
            owner_version=wish.owner_version,
            seen_up_to=wish.seen_up_to if _ends(macro) else None,
            key=key,
            macro=name,
            commands=_commands(macro, settings, running),
        )
        return Step(command=command, terms=terms, request_hashes={key: request_hash})

    try:
        committed = act(conversation_id, plan, CarryOut, now, key)
    except ColleagueReplied as replied:
        raise colleague_replied(conversation_id, replied) from None
    except UnknownTarget as unknown:
        raise unknown_target(unknown) from None
    if committed.decision.events:
        ask_if_in_line(committed, now)
    return view_after(committed, now)


def _ends(macro: Macro) -> bool:
    """Tell whether a macro lets go of the conversation, so that nothing may be unread in it."""
    return isinstance(macro.steps[-1], ENDINGS)


def _commands(macro: Macro, settings: CannedReplySettings, running: Running) -> tuple[Command, ...]:
    values = running.place.values(running.agent.id, settings)
    return tuple(
        _command(step, number, settings, running, values) for number, step in enumerate(macro.steps)
    )


def _command(  # noqa: PLR0911 -- one arm for each step, flat
    step: MacroStep,
    number: int,
    settings: CannedReplySettings,
    running: Running,
    values: Mapping[str, str],
) -> Command:
    author = running.agent.author
    match step:
        case ReplyStep():
            return _reply(step, settings, running, values)
        case NoteStep(text=wording):
            # A client's key has no line breaks: these keys and theirs never meet.
            key = note_key(running.agent.id, f"{running.key}\n{number}")
            text = _filled(fill(wording, values), MAX_NOTE)
            return WriteDown(agent_id=running.agent.id, key=key, text=text)
        case TagStep(adds=adds, removes=removes):
            refuse_unfit(adds, running.conversation)
            return ChangeTags(**author, adds=adds, removes=removes)
        case ClassifyStep(priority=priority, segment=segment):
            return Classify(**author, priority=priority, segment=segment)
        case SnoozeStep(seconds=seconds):
            return Snooze(**author, until=running.now + timedelta(seconds=seconds))
        case ResolveStep():
            return Resolve(**author)
        case TransferStep(queue=queue, note=note):
            filled = _filled(fill(note, values), MAX_NOTE) if note else ""
            asker = Asker(**author, note=filled)
            handing_on = HandingOn(runtime.table(), runtime.settings())
            return handing_on.to_queue(
                asker, queue, running.conversation, running.terms, running.now
            )


def _reply(
    step: ReplyStep, settings: CannedReplySettings, running: Running, values: Mapping[str, str]
) -> Reply:
    require_open_window(runtime.table(), running.conversation, running.now)
    texts = step.text or settings.replies[step.canned or ""].text
    wording = texts[language_of(texts, running.place.languages)]
    return Reply(
        **running.agent.author,
        key=reply_key(running.agent.id, f"{running.key}\nmacro"),
        text=_filled(fill(wording, values), MAX_REPLY),
        seen_up_to=running.wish.seen_up_to,
        anyway=running.wish.anyway,
    )


def _filled(filled: Filled, most: int) -> str:
    """Return a text that somebody could have written by hand; raises Problem where it is none."""
    if filled.missing:
        raise Problem(
            409,
            "placeholder-empty",
            "Write the reply by hand, or make it known.",
            extension={"missing": list(filled.missing)},
        )
    if len(filled.text) > most:
        raise NotAllowed("with its names filled in, a text of the macro is too long")
    return filled.text
