"""Rows go to those agents who are shown a conversation, and a word to those who are not any more.

A push is a hint: the table is the truth, and whoever connects anew reads it again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sportello.aws.logs import logger
from sportello.conversation.handing_over.audience import Audience, audience_of
from sportello.inbox.row import inbox_row
from sportello.live.frames import Frame, presence_frame, written_frame
from sportello.live.posting import Posting
from sportello.live.push_request import PushRequest
from sportello.live.rights import sees_conversation
from sportello.queues.settings import QueueSettings
from sportello.routing.teams import sees
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation
from sportello.table.outward.live_items import EVERY_QUEUE, Listener
from sportello.table.settings.settings_store import SettingsStore

MOST_AT_ONCE = 50
"""Conversations that one call of the table reads: two items of each."""

type Listeners = Mapping[str, Listener]
"""By connection."""


class Pushing:
    def __init__(self, table: DeskTable, settings: SettingsStore, posting: Posting) -> None:
        self._table = table
        self._settings = settings
        self._posting = posting

    def push(self, request: PushRequest, now: datetime) -> None:
        """Show changes as they are now, whatever has come since: each row says how new it is."""
        directory = _Directory(self._table, now)
        names = list(request.conversations)
        for start in range(0, len(names), MOST_AT_ONCE):
            loaded = self._table.load_several(names[start : start + MOST_AT_ONCE])
            for name, conversation in loaded.items():
                self._show(conversation, request.conversations[name], directory, now)
        for agent_id in request.agents:
            if tabs := directory.of_agent(agent_id):
                work = self._table.agents.work(agent_id)
                self._posting.post(tabs, presence_frame(agent_id, work, now), now)

    def _show(
        self, conversation: Conversation, former: Audience, directory: "_Directory", now: datetime
    ) -> None:
        logger.append_keys(conversation_id=conversation.conversation_id)
        handoff = self._settings.get(QueueSettings).handoff_queue
        shown = self._shown(conversation, directory, handoff)
        losing = _listeners(former, directory, handoff)
        lost = {name: each for name, each in losing.items() if name not in shown}
        if not shown and not lost:
            return
        row, gone = written_frame(_row(conversation)), written_frame(_gone(conversation))
        frames = dict.fromkeys(shown.values(), row) | dict.fromkeys(lost.values(), gone)
        self._posting.post_each(frames, now)

    def _shown(
        self, conversation: Conversation, directory: "_Directory", handoff: str
    ) -> Listeners:
        """Return who is to see a row: asked once more of each, whatever they listen to."""
        state = conversation.state
        if state.sequence == 0:
            return {}
        listeners = _listeners(audience_of(state), directory, handoff)
        return {
            name: each
            for name, each in listeners.items()
            if sees_conversation(each.agent_id, each.sees, state, handoff)
        }


def _row(conversation: Conversation) -> Frame:
    return {"t": "row", "row": inbox_row(conversation).model_dump(mode="json")}


def _gone(conversation: Conversation) -> Frame:
    sequence = conversation.state.sequence
    return {"t": "gone", "conversation_id": conversation.conversation_id, "sequence": sequence}


def _listeners(audience: Audience, directory: "_Directory", handoff: str) -> Listeners:
    queues = [queue or handoff for queue in audience.queues]
    listeners = [each for queue in queues for each in directory.of_queue(queue)]
    listeners += [each for agent in audience.agents for each in directory.of_agent(agent)]
    return {each.connection_id: each for each in listeners}


class _Directory:
    """Who listens to what, each asked for once in a batch."""

    def __init__(self, table: DeskTable, now: datetime) -> None:
        self._live = table.live
        self._now = now
        self._queues: dict[str, list[Listener]] = {}
        self._agents: dict[str, list[Listener]] = {}

    def of_queue(self, queue: str) -> Iterable[Listener]:
        """Return who listens to a queue, and who listens to all and sees this one."""
        if queue not in self._queues:
            self._queues[queue] = self._live.of_queue(queue, self._now)
        if EVERY_QUEUE not in self._queues:
            self._queues[EVERY_QUEUE] = self._live.of_queue(EVERY_QUEUE, self._now)
        everybody = self._queues[EVERY_QUEUE]
        return (*self._queues[queue], *(each for each in everybody if sees(each.sees, queue)))

    def of_agent(self, agent_id: str) -> Iterable[Listener]:
        if agent_id not in self._agents:
            self._agents[agent_id] = self._live.of_agent(agent_id, self._now)
        return self._agents[agent_id]
