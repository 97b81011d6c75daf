"""Replies: sent once for each idempotency key, unless a colleague was faster."""

from http import HTTPStatus
from typing import NamedTuple

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import hash_of, read_body, read_idempotency_key
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import SeenUpTo, act, checked, require_same_story
from agent_api.writing.composition import compose
from agent_api.writing.reply_content import ReplyContent
from agent_api.writing.reply_files import FilesAsked, files_of_reply
from sportello.conversation.commands import Reply
from sportello.conversation.effects import WrittenText, reply_key
from sportello.conversation.ownership import require_nobody_faster
from sportello.entrypoints import runtime
from sportello.errors import ColleagueReplied, IdempotencyKeyReused, Rejected
from sportello.messaging.items import DeliveryStatus
from sportello.model import Model, written
from sportello.sla.clocks import PromiseTerms
from sportello.table.desk import Step
from sportello.table.items import Conversation
from sportello.table.stories.draft_table import DraftName

MAX_QUOTED = 500

routes = Blueprint(__name__)


class NewReply(ReplyContent):
    """`promise` is what the text promises: it gets a clock of its own.

    With `seen_up_to` it is not sent if a colleague or the bot has answered since, unless it is to
    be sent `anyway`. `draft_version` is the draft that is done with once it is sent.
    """

    promise: PromiseTerms | None = None
    seen_up_to: SeenUpTo = None
    anyway: bool = False
    draft_version: int | None = Field(default=None, ge=1)

    @property
    def as_sent(self) -> "NewReply":
        """What is sent, without what was known when it was asked for: that may change."""
        update = {"seen_up_to": None, "anyway": False, "draft_version": None}
        return self.model_copy(update=update)


class ReplyRequest(NamedTuple):
    """What a repetition must have in common with the first request of its key."""

    hash: str
    text: str


class ReplyAccepted(Model):
    """`unseen` are the sequences of what the customer wrote that the writer had not seen."""

    effect_key: str
    status: DeliveryStatus
    unseen: tuple[int, ...] = ()


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/replies",
    Permission.WORK_CONVERSATIONS,
    body=NewReply,
    answers={202: ReplyAccepted},
    problems=(
        *("beyond-the-channel", "colleague-replied", "conversation-moved"),
        *("file-not-taken", "reply-window-closed", "unknown-template"),
    ),
    keyed=True,
)
def reply(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Send once for each idempotency key; asking again answers with what became of it."""
    checked(conversation_id)
    key = reply_key(agent.id, read_idempotency_key(request))
    body = read_body(request, NewReply)
    now = runtime.utc_now()
    reply_request = ReplyRequest(hash=hash_of(request, body.as_sent), text=body.text)
    wish = FilesAsked(agent.id, conversation_id, key, body.media_ids, body.as_link)
    files = files_of_reply(wish, now)

    def plan(conversation: Conversation) -> Step | None:
        require_theirs(agent, conversation)
        sent_before = status_of_reply(conversation, reply_request)
        if sent_before:
            return None
        require_same_story(conversation_id, conversation, body.seen_up_to)
        if body.media_ids and not body.anyway:
            # Before its files are looked at: they are still there for whoever sends it anyway.
            require_nobody_faster(conversation.state, agent.id, body.seen_up_to)
        composed = compose(body, files, conversation, runtime.table(), now)
        return Step(
            command=Reply(
                **agent.author,
                key=key,
                promise=body.promise,
                seen_up_to=body.seen_up_to,
                anyway=body.anyway,
                **composed._asdict(),
            ),
            terms=runtime.settings().terms(conversation),
            request_hashes={key: reply_request.hash},
        )

    try:
        committed = act(conversation_id, plan, Reply, now, key)
    except ColleagueReplied as replied:
        # What was kept of its files till then waits for the same request, sent anyway.
        raise colleague_replied(conversation_id, replied) from None
    except (Problem, Rejected):
        files.drop_unless(lambda: _is_decided(conversation_id, key))
        raise
    if body.draft_version is not None:
        drafts = runtime.table().drafts
        drafts.discard(DraftName(agent.id, conversation_id, "reply"), body.draft_version)
    status = status_of_reply(committed.before, reply_request) or DeliveryStatus.QUEUED
    unseen: tuple[int, ...] = ()
    if body.seen_up_to is not None and committed.decision.events:
        unseen = committed.before.state.unseen_messages(body.seen_up_to)
    return answer_with(ReplyAccepted(effect_key=key, status=status, unseen=unseen), status=202)


def _is_decided(conversation_id: str, key: str) -> bool:
    return bool(runtime.table().load_going_on(conversation_id, effect_keys=[key]).effects)


def colleague_replied(conversation_id: str, replied: ColleagueReplied) -> Problem:
    """Say what others have written, to somebody who was about to write as well."""
    table = runtime.table()
    going_on = table.load_going_on(conversation_id).conversation_id
    content = table.content(going_on, effect_keys=replied.effect_keys)
    written_since = [
        {
            "effect_key": record.effect.key,
            "at": written(record.decided_at),
            "author": record.message.author,
            "agent_id": record.message.agent_id,
            "text": record.message.text[:MAX_QUOTED],
            "status": record.status,
        }
        for record in content.effects
    ]
    return Problem(
        HTTPStatus.CONFLICT,
        "colleague-replied",
        "Read it, then send yours with anyway.",
        extension={"replies": written_since},
    )


def status_of_reply(conversation: Conversation, request: ReplyRequest) -> DeliveryStatus | None:
    """Return what became of the reply loaded with a conversation, None if it was never sent.

    Raises IdempotencyKeyReused if it was asked for otherwise; earlier versions kept of that no
    more than the text.
    """
    for record in conversation.effects:
        effect = record.effect
        same_text = isinstance(effect, WrittenText) and effect.text == request.text
        if not (record.request_hash == request.hash if record.request_hash else same_text):
            raise IdempotencyKeyReused
        return record.status
    return None
