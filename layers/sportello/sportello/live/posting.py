"""Frames go to connections, several at once; one that is gone is forgotten with all it had."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sportello.aws.logs import logger
from sportello.aws.several_at_once import several_at_once
from sportello.live.connections import Connections, Posted
from sportello.live.frames import Frame, written_frame
from sportello.routing.settings import RoutingSettings
from sportello.table.desk_table import DeskTable
from sportello.table.outward.live_items import Connection, Listener
from sportello.table.settings.settings_store import SettingsStore

GRACE = timedelta(seconds=60)
"""How long who has lost their last connection is believed: a page is loaded anew, a train leaves
its tunnel."""


class PostedFrames(NamedTuple):
    """How many connections took a frame, and how many may have one day."""

    taken: int
    failed: int


class Posting:
    def __init__(self, table: DeskTable, settings: SettingsStore, connections: Connections) -> None:
        self._table = table
        self._settings = settings
        self._connections = connections

    def post(self, listeners: Iterable[Listener], frame: Frame, now: datetime) -> PostedFrames:
        data = written_frame(frame)
        return self.post_each(dict.fromkeys(_apart(listeners).values(), data), now)

    def post_each(self, frames: Mapping[Listener, bytes], now: datetime) -> PostedFrames:
        """Send each connection a frame of its own, as it is written."""

        def post(listener: Listener) -> Posted:
            return self._connections.post(listener.connection_id, frames[listener])

        outcomes = several_at_once(post, list(frames), few=1)
        for listener, outcome in zip(frames, outcomes, strict=True):
            if outcome is Posted.GONE and not self.forget(listener.connection_id, now):
                # Whoever forgot it was cut off, or a `hello` beside another had it listed.
                self._table.live.take_off(listener)
        return PostedFrames(outcomes.count(Posted.TAKEN), outcomes.count(Posted.FAILED))

    def answer(self, connection: Connection, frame: Frame, now: datetime) -> None:
        self.post([connection.listener], frame, now)

    def close(self, connection_id: str) -> None:
        self._connections.close(connection_id)

    def forget(self, connection_id: str, now: datetime) -> Connection | None:
        """Delete what there is of a connection; with the last one its agent is soon believed gone.

        Returns it, None where it is forgotten already.
        """
        live = self._table.live
        connection = live.forget(connection_id)
        if connection is None or connection.queues is None:
            return connection
        agent_id = connection.agent_id
        if not live.of_agent(agent_id, now):
            believed = self._settings.get(RoutingSettings).presence_seconds
            grace = min(GRACE, timedelta(seconds=believed))
            self._table.agents.curtail_presence(agent_id, now + grace, now)
            logger.info("last connection is gone", agent_id=agent_id)
        return connection


def _apart(listeners: Iterable[Listener]) -> Mapping[str, Listener]:
    return {listener.connection_id: listener for listener in listeners}
