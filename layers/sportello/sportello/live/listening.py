"""What a connected agent says: who they are here for, that they are there, what they look at."""

from datetime import datetime, timedelta

from sportello.aws.logs import logger
from sportello.conversation.state import ConversationState
from sportello.live.frames import (
    ALL_QUEUES,
    MOST_BYTES_IN,
    PROTOCOL,
    Frame,
    Hello,
    Ping,
    SayPresence,
    Typing,
    Unfit,
    Viewing,
    presence_fields,
    presence_frame,
    read_frame,
)
from sportello.live.pace import BURST, FRAMES_A_SECOND, busy_after
from sportello.live.posting import Posting
from sportello.live.rights import sees_conversation
from sportello.model import written
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import sees
from sportello.routing.work import Work
from sportello.table.desk_table import DeskTable
from sportello.table.outward import live_items as items
from sportello.table.outward.live_items import EVERY_QUEUE, Connection
from sportello.table.settings.settings_store import SettingsStore

MOST_CONNECTIONS = 5
RENEWED_BEFORE_END = timedelta(minutes=10)
LONGEST_SILENCE = timedelta(minutes=4)
"""API Gateway ends what is idle for ten minutes; two pings may get lost."""

VIEWED_FOR = timedelta(minutes=5)
TYPED_FOR = timedelta(seconds=6)
_ATTEMPTS = 5


class Listening:
    """Takes the frames of connections, one by one; those of one may come side by side."""

    def __init__(self, table: DeskTable, settings: SettingsStore, posting: Posting) -> None:
        self._table = table
        self._settings = settings
        self._posting = posting

    def take(self, connection_id: str, body: str, now: datetime) -> Connection | None:
        """Act on a frame, and answer it; returns who said a presence that is news: it is an act.

        What cannot be read is answered and does no harm, one too many is answered and passed over.
        """
        connection = self._table.live.connection(connection_id)
        if connection is None:
            self._posting.close(connection_id)
            return None
        if connection.lives_until <= now:
            self._dismiss(connection, "expired", now)
            return None
        try:
            connection = self._paced(connection, now)
            frame = read_frame(body)
            return self._act(connection, frame, now) if frame else None
        except Unfit as unfit:
            logger.info("frame refused", code=unfit.code)
            field = {"field": unfit.field} if unfit.field else {}
            answer = {"t": "error", "code": unfit.code, **field}
            self._posting.answer(connection, answer, now)
            return None

    def closed(self, connection_id: str, now: datetime) -> None:
        """Forget a connection that its browser has ended."""
        connection = self._posting.forget(connection_id, now)
        if connection and connection.viewing:
            self._tell_who_views(connection.viewing, self._state(connection.viewing), now)

    def _paced(self, connection: Connection, now: datetime) -> Connection:
        for _ in range(_ATTEMPTS):
            busy_until = busy_after(connection.busy_until, now)
            if busy_until is None:
                break
            if self._table.live.note_pace(connection, busy_until):
                return connection.model_copy(update={"busy_until": busy_until})
            connection = self._table.live.connection(connection.connection_id) or connection
        raise Unfit("too-many-frames")

    def _act(self, connection: Connection, frame: object, now: datetime) -> Connection | None:
        if not isinstance(frame, Hello) and connection.queues is None:
            raise Unfit("hello-first")
        match frame:
            case Hello():
                self._greet(connection, frame, now)
            case Ping():
                self._answer_ping(connection, now)
            case SayPresence():
                return self._set_presence(connection, frame, now)
            case Viewing():
                self._view(connection, frame.conversation_id or "", now)
            case Typing():
                self._type(connection, frame, now)
        return None

    # --- there ------------------------------------------------------------------------------

    def _greet(self, connection: Connection, hello: Hello, now: datetime) -> None:
        """Push to it from now on; an older one that it replaces is not pushed to any more."""
        live = self._table.live
        before = connection.queues or ()
        queues = self._queues(connection, hello)
        listed = connection.model_copy(update={"queues": queues})
        if not live.list_connection(listed):
            return
        live.unlist(listed, (queue for queue in before if queue not in queues))
        if hello.replaces and hello.replaces != listed.connection_id:
            self._retire(listed, hello.replaces, now)
        self._make_room(listed, now)
        work = self._prolong(listed, now)
        self._posting.answer(listed, self._welcome(listed, work, now), now)

    def _queues(self, connection: Connection, hello: Hello) -> tuple[str, ...]:
        if hello.queues == ALL_QUEUES:
            return (EVERY_QUEUE,)
        names = self._served(connection) if hello.queues is None else hello.queues
        return tuple(dict.fromkeys(name for name in names if sees(connection.sees, name)))

    def _served(self, connection: Connection) -> tuple[str, ...]:
        stored = self._table.agents.profile(connection.agent_id)
        profile = stored.profile if stored else AgentProfile()
        return profile.serves(self._settings.get(QueueSettings).handoff_queue)

    def _retire(self, connection: Connection, former: str, now: datetime) -> None:
        """Take the place of a connection of the same agent; whoever else's it is stays as it is."""
        old = self._table.live.connection(former)
        if old is None or old.agent_id != connection.agent_id:
            return
        self._table.live.forget(former)
        if old.viewing:
            self._tell_who_views(old.viewing, self._state(old.viewing), now)

    def _make_room(self, connection: Connection, now: datetime) -> None:
        """Dismiss the oldest of an agent who has too many: whoever has one tab too many sees it."""
        listeners = self._table.live.of_agent(connection.agent_id, now)
        by_age = sorted(listeners, key=lambda each: (each.opened_at, each.connection_id))
        for listener in by_age[:-MOST_CONNECTIONS]:
            goodbye = {"t": "goodbye", "reason": "too-many-connections"}
            self._posting.post([listener], goodbye, now)
            self._posting.forget(listener.connection_id, now)
            self._posting.close(listener.connection_id)

    def _dismiss(self, connection: Connection, reason: str, now: datetime) -> None:
        self._posting.answer(connection, {"t": "goodbye", "reason": reason}, now)
        self._posting.forget(connection.connection_id, now)
        self._posting.close(connection.connection_id)

    def _welcome(self, connection: Connection, work: Work, now: datetime) -> Frame:
        believed = self._settings.get(RoutingSettings).presence_seconds
        queues = connection.queues or ()
        return {
            "t": "welcome",
            "v": PROTOCOL,
            "connection": connection.connection_id,
            "agent_id": connection.agent_id,
            "at": written(now),
            "queues": ALL_QUEUES if EVERY_QUEUE in queues else list(queues),
            **presence_fields(work, now),
            "ping_seconds": min(LONGEST_SILENCE // timedelta(seconds=1), believed // 2),
            "renew_at": written(_renew_at(connection)),
            "lives_until": written(connection.lives_until),
            "limits": {
                "frame_bytes": MOST_BYTES_IN,
                "frames_a_second": FRAMES_A_SECOND,
                "frames_at_once": BURST,
                "connections": MOST_CONNECTIONS,
            },
        }

    # --- still there ------------------------------------------------------------------------

    def _answer_ping(self, connection: Connection, now: datetime) -> None:
        work = self._prolong(connection, now)
        if connection.viewing:
            self._keep_viewing(connection, connection.viewing, now)
        pong = {"t": "pong", "at": written(now), **presence_fields(work, now)}
        self._posting.answer(connection, pong, now)
        if now >= _renew_at(connection):
            renew = {"t": "renew", "lives_until": written(connection.lives_until)}
            self._posting.answer(connection, renew, now)

    def _prolong(self, connection: Connection, now: datetime) -> Work:
        believed = timedelta(seconds=self._settings.get(RoutingSettings).presence_seconds)
        return self._table.agents.prolong_presence(connection.agent_id, now + believed, now)

    def _set_presence(
        self, connection: Connection, wish: SayPresence, now: datetime
    ) -> Connection | None:
        """Keep what an agent says of themselves, as `PUT /agents/me/presence` does."""
        agent_id, settings = connection.agent_id, self._settings.get(RoutingSettings)
        if wish.presence is Presence.AVAILABLE and not self._serves_only_its_teams(connection):
            raise Unfit("forbidden", "presence")
        noted = self._table.agents.set_presence(
            agent_id,
            wish.presence,
            now + timedelta(seconds=settings.presence_seconds),
            now,
            away_after=settings.away_after_missed_offers,
            is_back=wish.back,
        )
        tabs = self._table.live.of_agent(agent_id, now)
        self._posting.post(tabs, presence_frame(agent_id, noted.work, now), now)
        return connection if noted.is_news else None

    def _serves_only_its_teams(self, connection: Connection) -> bool:
        scope = connection.sees
        return scope is None or all(sees(scope, queue) for queue in self._served(connection))

    # --- before their eyes ------------------------------------------------------------------

    def _view(self, connection: Connection, conversation_id: str, now: datetime) -> None:
        state = self._require_seen(connection, conversation_id) if conversation_id else None
        self._look_at(connection, conversation_id, state, now)

    def _look_at(
        self,
        connection: Connection,
        conversation_id: str,
        state: ConversationState | None,
        now: datetime,
    ) -> None:
        before = connection.viewing
        if before and before != conversation_id:
            self._table.live.end_viewing(before, connection.connection_id)
        if before != conversation_id and not self._table.live.note_viewing(
            connection.connection_id, conversation_id
        ):
            return
        if conversation_id:
            self._keep_viewing(connection, conversation_id, now)
        if before and before != conversation_id:
            self._tell_who_views(before, self._state(before), now)
        if state:
            self._tell_who_views(conversation_id, state, now)

    def _type(self, connection: Connection, typing: Typing, now: datetime) -> None:
        state = self._require_seen(connection, typing.conversation_id)
        if connection.viewing != typing.conversation_id:
            self._look_at(connection, typing.conversation_id, state, now)
        else:
            self._keep_viewing(connection, typing.conversation_id, now)
        frame = {
            "t": "typing",
            "conversation_id": typing.conversation_id,
            "agent_id": connection.agent_id,
            "until": written(now + TYPED_FOR if typing.on else now),
        }
        fellows = [
            view.listener
            for view in self._viewings(typing.conversation_id, state, now)
            if view.listener.connection_id != connection.connection_id
        ]
        if fellows:
            self._posting.post(fellows, frame, now)

    def _keep_viewing(self, connection: Connection, conversation_id: str, now: datetime) -> None:
        viewing = items.Viewing(
            listener=connection.listener,
            until=min(now + VIEWED_FOR, connection.lives_until),
        )
        self._table.live.keep_viewing(conversation_id, viewing)

    def _tell_who_views(
        self, conversation_id: str, state: ConversationState, now: datetime
    ) -> None:
        """Tell all who look at a conversation who they are; whoever looks no more is not there."""
        viewings = self._viewings(conversation_id, state, now)
        until: dict[str, datetime] = {}
        for view in viewings:
            agent_id = view.listener.agent_id
            until[agent_id] = max(view.until, until.get(agent_id, view.until))
        frame = {
            "t": "viewing",
            "conversation_id": conversation_id,
            "at": written(now),
            "agents": [{"agent_id": name, "until": written(at)} for name, at in until.items()],
        }
        if viewings:
            self._posting.post([view.listener for view in viewings], frame, now)

    def _viewings(
        self, conversation_id: str, state: ConversationState, now: datetime
    ) -> list[items.Viewing]:
        """Return who looks at a conversation and still may: it may have gone to other teams."""
        handoff = self._settings.get(QueueSettings).handoff_queue
        return [
            view
            for view in self._table.live.viewings(conversation_id, now)
            if sees_conversation(view.listener.agent_id, view.listener.sees, state, handoff)
        ]

    def _state(self, conversation_id: str) -> ConversationState:
        return self._table.load(conversation_id).state

    def _require_seen(self, connection: Connection, conversation_id: str) -> ConversationState:
        state = self._state(conversation_id)
        handoff = self._settings.get(QueueSettings).handoff_queue
        if state.sequence == 0 or not sees_conversation(
            connection.agent_id, connection.sees, state, handoff
        ):
            raise Unfit("unknown-conversation", "conversation_id")
        return state


def _renew_at(connection: Connection) -> datetime:
    return connection.lives_until - RENEWED_BEFORE_END
