"""The files of conversations: opened by links of minutes, and asked for again."""

from datetime import timedelta
from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.route_declaration import NothingNew, answer_with, route
from agent_api.calls.scope import require_seen, require_theirs
from agent_api.conversations.conversation import act, checked
from sportello.conversation.people_commands import FetchAgain
from sportello.entrypoints import runtime
from sportello.media.kept_file import UNSETTLED, KeptFile, MediaState
from sportello.media.names import MediaName, read_media_id
from sportello.messaging.items import Content, Media
from sportello.model import Instant, Model
from sportello.table.desk import Step
from sportello.table.items import Conversation
from sportello.table.stories.withdrawals import is_withdrawn

ASKED_LATELY = timedelta(minutes=1)
"""Who asks again so soon is waiting for the same attempt."""

routes = Blueprint(__name__)


class MediaLink(Model):
    """`url` is good until `expires_at` for whoever has it; it saves a file as `file_name`."""

    media_id: str
    url: str
    expires_at: Instant
    mime_type: str
    size_bytes: int | None
    width: int | None
    height: int | None


class MediaAsked(Model):
    media_id: str
    state: MediaState


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/media/{media_id}",
    Permission.READ_CONVERSATIONS,
    answers={200: MediaLink},
    problems=("unknown-media", "media-not-stored", "media-gone"),
)
def hand_out(_request: Request, agent: Agent, conversation_id: str, media_id: str) -> Response:
    checked(conversation_id)
    conversation = require_seen(agent, runtime.table().load_going_on(conversation_id))
    name = _named(media_id, conversation)
    file = runtime.table().media.file(name)
    if file is None:
        # What is still to be fetched has no item yet; what no message has never gets one.
        _media_of(name)
    if file is None or file.state is not MediaState.STORED:
        raise _not_here(file)
    _require_not_withdrawn(name, conversation)
    store = runtime.media_store()
    if store.look(name.key) is None:
        raise _gone("It was kept for as long as files are kept here.")
    link = store.link(name.key, file.file_name, file.mime_type, runtime.utc_now())
    return answer_with(
        MediaLink(
            media_id=name.media_id,
            url=link.url,
            expires_at=link.expires_at,
            mime_type=file.mime_type,
            size_bytes=file.size_bytes,
            width=file.width,
            height=file.height,
        )
    )


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/media/{media_id}/fetch",
    Permission.WORK_CONVERSATIONS,
    answers={202: MediaAsked},
    problems=("unknown-media", "media-settled", "media-gone"),
)
def fetch_again(_request: Request, agent: Agent, conversation_id: str, media_id: str) -> Response:
    """Have a file fetched once more; what is here already, or was refused, stays as it is."""
    checked(conversation_id)
    conversation = require_theirs(agent, runtime.table().load_going_on(conversation_id))
    name = _named(media_id, conversation)
    media, now = _media_of(name), runtime.utc_now()
    before = runtime.table().media.file(name)
    if before and before.state not in UNSETTLED:
        raise _over_with(before)
    answer = answer_with(MediaAsked(media_id=name.media_id, state=MediaState.PENDING), status=202)
    if before and before.state is MediaState.PENDING and now - before.at < ASKED_LATELY:
        return NothingNew(answer.body, answer.headers, answer.status_code)
    _require_not_withdrawn(name, conversation)
    pending = KeptFile(
        state=MediaState.PENDING, at=now, kind=str(media.kind), file_name=media.file_name
    )
    if not runtime.table().media.keep(name, pending):
        raise _over_with(runtime.table().media.file(name))
    command = FetchAgain(
        agent_id=agent.id,
        conversation_id=name.conversation_id,
        item_id=name.item_id,
        number=name.number,
    )

    def plan(current: Conversation) -> Step:
        require_theirs(agent, current)
        return Step(command=command, terms=runtime.settings().terms(current))

    act(conversation.conversation_id, plan, FetchAgain, now)
    return answer


def _named(media_id: str, conversation: Conversation) -> MediaName:
    """Read an id, if the file is of this conversation or of one that leads to it.

    Raises Problem for a file of anybody else's, as for one that never was.
    """
    name, going_on = read_media_id(media_id), conversation.conversation_id
    if name is None:
        raise _unknown()
    if name.conversation_id != going_on:
        other = runtime.table().load_going_on(name.conversation_id)
        if other.conversation_id != going_on:
            raise _unknown()
    return name


def _require_not_withdrawn(name: MediaName, conversation: Conversation) -> None:
    """Refuse what the story shows no more; of a conversation that moved either log may tell it."""
    for log_of in dict.fromkeys((conversation.conversation_id, name.conversation_id)):
        if is_withdrawn(runtime.table(), log_of, name.conversation_id, name.item_id):
            raise _gone("Whoever sent it took it back.")


def _media_of(name: MediaName) -> Media:
    """Return what a customer sent; only that is anywhere else to be fetched from.

    The files of an item that was handed on are fetched where it is now, under another id.
    """
    content = runtime.table().content(name.conversation_id, item_ids=[name.item_id])
    for record in content.inbound:
        if record.forwarded_to or not isinstance(record.item, Content):
            continue
        if name.number < len(record.item.media):
            return record.item.media[name.number]
    raise _unknown()


def _unknown() -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND, "unknown-media", "This conversation has no file of this id."
    )


def _gone(detail: str) -> Problem:
    return Problem(HTTPStatus.GONE, "media-gone", detail)


def _not_here(file: KeptFile | None) -> Problem:
    state = file.state if file else MediaState.PENDING
    return Problem(
        HTTPStatus.CONFLICT,
        "media-not-stored",
        "There is nothing to open: see `state` and `reason`.",
        extension={"state": str(state), "reason": file.reason if file else ""},
    )


def _over_with(file: KeptFile | None) -> Problem:
    state = str(file.state) if file else ""
    return Problem(
        HTTPStatus.CONFLICT,
        "media-settled",
        "It is here already, or it was refused, which another attempt would not change.",
        extension={"state": state, "reason": file.reason if file else ""},
    )
