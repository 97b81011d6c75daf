"""Agent endpoints that are open desks: a ring goes over the connections of those it is for.

Whoever is not connected is not rung, and the ladder goes on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import Field

from sportello.entrypoints import runtime
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import NobodyThere, ProviderUnavailable
from sportello.live.connections import Connections, gateway
from sportello.live.frames import Frame, written_frame
from sportello.live.posting import Posting
from sportello.live.rights import sees_conversation
from sportello.model import Model, written
from sportello.people.notifying.notifier import AddressFault, Notification, notice_tag
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import OFFERED, takes_back
from sportello.routing.profile import AgentId
from sportello.routing.teams import sees
from sportello.table.desk_table import DeskTable
from sportello.table.outward.live_items import EVERY_QUEUE, Listener
from sportello.table.settings.settings_store import SettingsStore

NOT_DELIVERED = "message.not_delivered"
_LONG = ("transcript", "customer", "note")
"""What is left out of a notice that is too large: its conversation has all of it."""


class WebSocketAddress(Model):
    """`agents` are who is rung; left out, whoever listens to the queue of the conversation.

    In somebody's own profile it needs nothing: it is they who are rung.
    """

    agents: tuple[AgentId, ...] = Field(default=(), min_length=1, max_length=100)


class WebSocket:
    name = "websocket"
    address = WebSocketAddress
    notices: frozenset[str] | None = None

    def __init__(
        self,
        table: Callable[[], DeskTable],
        settings: Callable[[], SettingsStore],
        connections: Callable[[], Connections],
        now: Callable[[], datetime],
    ) -> None:
        self._table = table
        self._settings = settings
        self._connections = connections
        self._now = now

    def faults(self, address: WebSocketAddress) -> Sequence[AddressFault]:  # noqa: ARG002 -- the port has it
        return []

    def notify(self, notification: Notification) -> str:
        """Ring; the receipt of an offer at a shared endpoint is the queue that it rang in."""
        now, table = self._now(), self._table()
        queue, listeners = self._listeners(notification, now)
        posting = Posting(table, self._settings(), self._connections())
        posted = posting.post(listeners, frame_of(notification), now) if listeners else None
        if posted and posted.taken:
            return queue if notification.notice == OFFERED else ""
        if posted and posted.failed:
            raise ProviderUnavailable("no connection took the ring")
        if takes_back(notification.notice):
            return ""
        raise NobodyThere("nobody is connected")

    def _listeners(
        self, notification: Notification, now: datetime
    ) -> tuple[str, Sequence[Listener]]:
        """Return the connections of those who are meant, and in which queue.

        Of many only those who see it; the end of an offer is for who heard it, wherever the
        conversation has gone since.
        """
        live = self._table().live
        if notification.agent_id:
            return "", live.of_agent(notification.agent_id, now)
        address = WebSocketAddress.model_validate(notification.address, extra="ignore")
        handoff = self._settings().get(QueueSettings).handoff_queue
        state = self._table().load(notification.conversation_id).state
        queue = notification.receipt or state.queue or handoff
        if address.agents:
            listeners = [each for name in address.agents for each in live.of_agent(name, now)]
        else:
            everybody = live.of_queue(EVERY_QUEUE, now)
            listeners = live.of_queue(queue, now)
            listeners += [each for each in everybody if sees(each.sees, queue)]
        return queue, [
            each
            for each in listeners
            if sees(each.sees, queue) or sees_conversation(each.agent_id, each.sees, state, handoff)
        ]


def frame_of(notification: Notification) -> Frame:
    """Return what is pushed; two attempts at one notice have the same `id`."""
    frame = {
        "t": _kind(notification.notice),
        "id": notice_tag(notification.id),
        "notice": notification.notice,
        "at": written(notification.at),
        "conversation_id": notification.conversation_id,
        "channel": notification.channel,
        "data": notification.data,
    }
    if _fits(frame):
        return frame
    brief = {name: value for name, value in notification.data.items() if name not in _LONG}
    return {**frame, "data": brief if _fits({**frame, "data": brief}) else {}}


def _kind(notice: str) -> str:
    if notice == OFFERED:
        return "ring"
    if takes_back(notice):
        return "ring_ended"
    return "not_delivered" if notice == NOT_DELIVERED else "notice"


def _fits(frame: Frame) -> bool:
    try:
        written_frame(frame)
    except ValueError:
        return False
    return True


def _now() -> datetime:
    return runtime.utc_now()


notifier = WebSocket(runtime.table, runtime.settings, gateway, _now)
notify = notify_queue(notifier)
