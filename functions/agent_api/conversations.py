"""Conversations: read one, take it, refuse it, answer in it, settle it, give it back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, NamedTuple, Self

from chalice.app import Blueprint, Request, Response
from pydantic import Field, model_validator

from agent_api.composition import compose
from agent_api.conversation_view import (
    ConversationView,
    ConversationWithTimeline,
    conversation_view,
)
from agent_api.identity import Agent
from agent_api.permissions import Permission
from agent_api.problems import Problem
from agent_api.reply_content import ReplyContent
from agent_api.reply_files import FilesAsked, files_of_reply
from agent_api.reply_window import reply_window
from agent_api.request_parts import (
    hash_of,
    read_body,
    read_idempotency_key,
    read_query,
)
from agent_api.ringing_on import ask_the_next
from agent_api.route_declaration import answer_with, route
from agent_api.scope import require_seen, require_theirs
from sportello.aws.logs import logger
from sportello.conversation.commands import (
    Accept,
    Command,
    Decline,
    InformedCommand,
    Reply,
    Resolve,
    ReturnToBot,
)
from sportello.conversation.effects import WrittenText, reply_key
from sportello.conversation.events import AgentOfferEnded
from sportello.conversation.ownership import require_nobody_faster
from sportello.entrypoints import runtime
from sportello.errors import (
    ColleagueReplied,
    ConversationNotFound,
    IdempotencyKeyReused,
    Rejected,
)
from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.messaging.items import DeliveryStatus
from sportello.model import Model, written
from sportello.people.room import versions_with_room
from sportello.sla.clocks import PromiseTerms
from sportello.table.desk import Committed, Step
from sportello.table.desk_table import EffectExists
from sportello.table.draft_table import DraftName
from sportello.table.items import Conversation
from sportello.table.later_story import read_since
from sportello.table.timeline import read_timeline

LAST_SEQUENCE = 999_999_999_999
MAX_QUOTED = 500
type SeenUpTo = Annotated[int | None, Field(ge=0, le=LAST_SEQUENCE)]

routes = Blueprint(__name__)


class Page(Model):
    """Either what is older than a cursor or what is newer; neither is the newest page."""

    limit: int = Field(default=50, ge=1, le=100)
    before: int | None = Field(default=None, ge=1, le=LAST_SEQUENCE)
    after: int | None = Field(default=None, ge=0, le=LAST_SEQUENCE)

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if self.before is not None and self.after is not None:
            raise ValueError("name either before or after")
        return self


class OwnerAsSeen(Model):
    """The `owner.version` that the asker saw, where the request may be repeated late."""

    owner_version: int | None = Field(default=None, ge=0)


class AsSeen(OwnerAsSeen):
    """`seen_up_to` is the `sequence` of the story that they saw, besides."""

    seen_up_to: SeenUpTo = None


class Acceptance(OwnerAsSeen):
    """`offer_id` is the offer as the notice named it: one that is over takes nothing then.

    With `over_capacity` an agent takes it who has no room for it.
    """

    offer_id: str = Field(default="", max_length=128)
    over_capacity: bool = False


class NamedOffer(Model):
    """The offer as the notice named it; empty for whichever is open."""

    offer_id: str = Field(default="", max_length=128)


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
    "GET",
    "/conversations/{conversation_id}",
    Permission.READ_CONVERSATIONS,
    query=Page,
    answers={200: ConversationWithTimeline},
)
def read_conversation(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    page = read_query(request, Page)
    table = runtime.table()
    # A cursor is one of the log it came from, also where the conversation has moved since.
    has_cursor = page.before is not None or page.after is not None
    load = table.load if has_cursor else table.load_going_on
    conversation = require_seen(agent, load(conversation_id))
    conversation_id, now = conversation.conversation_id, runtime.utc_now()
    view = conversation_view(conversation_id, conversation.state, conversation.address, now)
    window = reply_window(table, conversation, now)
    if page.after is None:
        timeline = read_timeline(table, conversation_id, page.limit, page.before)
    else:
        timeline = read_since(table, conversation_id, page.limit, page.after)
    return answer_with(
        ConversationWithTimeline(**dict(view), reply_window=window, timeline=timeline)
    )


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/accept",
    Permission.WORK_CONVERSATIONS,
    body=Acceptance | None,
    answers={200: ConversationView},
    problems=("no-room",),
)
def accept(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Take it, as far as there is room: in a race for the same agent each looks anew."""
    checked(conversation_id)
    wish = read_body(request, Acceptance, default=b"{}")
    command = Accept(agent_id=agent.id, owner_version=wish.owner_version, offer_id=wish.offer_id)
    now = runtime.utc_now()

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        terms = runtime.settings().terms(conversation)
        versions: Mapping[str, int] = {}
        if not wish.over_capacity:
            versions = versions_with_room(runtime.table(), conversation, agent.id, terms, now)
        return Step(command=command, terms=terms, agent_versions=versions)

    return view_after(act(conversation_id, plan, Accept, now), now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/decline",
    Permission.WORK_CONVERSATIONS,
    body=NamedOffer | None,
    answers={200: ConversationView},
)
def decline(request: Request, agent: Agent, conversation_id: str) -> Response:
    """Refuse it; of an offer to this agent alone the next one is asked at once."""
    checked(conversation_id)
    offer_id = read_body(request, NamedOffer, default=b"{}").offer_id
    now = runtime.utc_now()
    command = Decline(agent_id=agent.id, offer_id=offer_id)
    committed = act(conversation_id, under_terms(agent, command), Decline, now)
    if any(isinstance(event, AgentOfferEnded) for event in committed.decision.events):
        ask_the_next(committed.before.conversation_id, now)
    return view_after(committed, now)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/resolve",
    Permission.WORK_CONVERSATIONS,
    body=AsSeen | None,
    answers={200: ConversationView},
    problems=("conversation-moved", "unseen-message"),
)
def resolve(request: Request, agent: Agent, conversation_id: str) -> Response:
    return issue_as_seen(agent, conversation_id, Resolve(**agent.author, **as_seen_in(request)))


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/return-to-bot",
    Permission.WORK_CONVERSATIONS,
    body=AsSeen | None,
    answers={200: ConversationView},
    problems=("conversation-moved", "unseen-message"),
)
def return_to_bot(request: Request, agent: Agent, conversation_id: str) -> Response:
    return issue_as_seen(agent, conversation_id, ReturnToBot(**agent.author, **as_seen_in(request)))


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


def issue(agent: Agent, conversation_id: str, command: Command) -> Response:
    """Ask one thing of a conversation and answer with what it is like then."""
    checked(conversation_id)
    now = runtime.utc_now()
    return view_after(act(conversation_id, under_terms(agent, command), type(command), now), now)


def issue_as_seen(agent: Agent, conversation_id: str, command: InformedCommand) -> Response:
    """Ask what depends on how far the asker has read the story of just this conversation."""
    checked(conversation_id)
    now = runtime.utc_now()
    planned = under_terms(agent, command)

    def plan(conversation: Conversation) -> Step:
        step = planned(conversation)
        require_same_story(conversation_id, conversation, command.seen_up_to)
        return step

    return view_after(act(conversation_id, plan, type(command), now), now)


def require_same_story(
    conversation_id: str, conversation: Conversation, seen_up_to: int | None
) -> None:
    """Refuse a sequence of one log in another: the conversation has moved since it was read."""
    going_on = conversation.conversation_id
    if seen_up_to is not None and going_on != conversation_id:
        raise Problem(
            HTTPStatus.CONFLICT,
            "conversation-moved",
            "Read the story there, then decide.",
            extension={"conversation_id": going_on},
        )


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


def under_terms(agent: Agent, command: Command) -> Callable[[Conversation], Step]:
    """Plan a command of somebody whose conversation it is, or of whose queue."""

    def plan(conversation: Conversation) -> Step:
        require_theirs(agent, conversation)
        return Step(command=command, terms=runtime.settings().terms(conversation))

    return plan


def view_after(committed: Committed, now: datetime) -> Response:
    going_on = committed.before.conversation_id
    return answer_with(conversation_view(going_on, committed.state, committed.before.address, now))


def act(
    conversation_id: str,
    plan: Callable[[Conversation], Step | None],
    kind: type[Command],
    now: datetime,
    *keys: str,
) -> Committed:
    """Commit what is planned; `keys` are of the effects that the same request may have left."""

    def commit() -> Committed:
        return runtime.desk().act(conversation_id, plan, now, effect_keys=keys, follow=True)

    try:
        committed = commit()
    except EffectExists:
        # The same request was faster by a moment; what it left can be read now.
        committed = commit()
    if committed.decision.events:
        logger.info("agent acted", command=kind.__name__, conversation_id=conversation_id)
    return committed


def require_same_request(conversation: Conversation, request_hash: str) -> None:
    """Refuse a key under which something else was asked for before."""
    if any(record.request_hash != request_hash for record in conversation.effects):
        raise IdempotencyKeyReused


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


def owner_version_in(request: Request) -> int | None:
    return read_body(request, OwnerAsSeen, default=b"{}").owner_version


def as_seen_in(request: Request) -> Mapping[str, int | None]:
    """Read what the asker saw, as the fields of a command that goes by it."""
    return dict(read_body(request, AsSeen, default=b"{}"))


def checked(conversation_id: str) -> None:
    if not CONVERSATION_ID.fullmatch(conversation_id):
        raise ConversationNotFound
