"""Agents who are connected, at a desk in memory: what they say, and the frames they get."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sportello.conversation.handing_over.audience import Audience
from sportello.conversation.state import ConversationState
from sportello.live.connections import Posted
from sportello.live.listening import Listening
from sportello.live.posting import Posting
from sportello.live.push_request import PushRequest
from sportello.live.pushing import Pushing
from sportello.live.tickets import connect, issue_ticket
from sportello.routing.profile import AgentProfile
from sportello.table.desk_table import DeskTable
from sportello.table.items import state_attributes
from sportello.table.outward.live_items import Connection
from sportello.table.settings.settings_store import SettingsStore
from support.builders import CONVERSATION, NOW, an_address


class RecordingConnections:
    """Every connection that is not `gone` takes what it is sent; those `failing` do not."""

    def __init__(self) -> None:
        self.frames: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.gone: set[str] = set()
        self.failing: set[str] = set()
        self.ended: list[str] = []

    def post(self, connection_id: str, data: bytes) -> Posted:
        if connection_id in self.gone:
            return Posted.GONE
        if connection_id in self.failing:
            return Posted.FAILED
        self.frames[connection_id].append(json.loads(data))
        return Posted.TAKEN

    def close(self, connection_id: str) -> None:
        self.ended.append(connection_id)
        self.gone.add(connection_id)


class LiveDesk:
    """`now` is when everything happens; connections are named c-1, c-2 ..."""

    def __init__(self, table: DeskTable) -> None:
        self.table, self.now = table, NOW
        self.connections = RecordingConnections()
        self.settings = SettingsStore(table, max_age_seconds=0)
        self.posting = Posting(table, self.settings, self.connections)
        self.listening = Listening(table, self.settings, self.posting)
        self.pushing = Pushing(table, self.settings, self.posting)
        self._opened = 0

    def keep(self, state: ConversationState, conversation_id: str = CONVERSATION) -> None:
        """Have a conversation be as it is here."""
        for item in (
            state_attributes(conversation_id, state),
            an_address(display_name="Giulia").to_attributes(conversation_id),
        ):
            self.table._client.put_item(TableName=self.table._name, Item=item)

    def has_profile(self, agent_id: str, *queues: str) -> None:
        profile = AgentProfile(queues=queues)
        stored = self.table.agents.profile(agent_id)
        version = stored.version if stored else 0
        self.table.agents.put_profile(agent_id, profile, version, self.now)

    def ticket(
        self,
        agent_id: str = "anna",
        *,
        roles: Iterable[str] = ("agent",),
        teams: Iterable[str] = (),
        scope: frozenset[str] | None = None,
    ) -> str:
        return issue_ticket(self.table, agent_id, roles, teams, scope, self.now)

    def opened(self, agent_id: str = "anna", **of: Any) -> str:
        """Open a connection that has said nothing yet."""
        self._opened += 1
        name = f"c-{self._opened}"
        assert connect(self.table, self.ticket(agent_id, **of), name, self.now) == agent_id
        return name

    def connected(self, agent_id: str = "anna", *, hello: Any = None, **of: Any) -> str:
        """Open a connection that has said hello."""
        name = self.opened(agent_id, **of)
        self.says(name, "hello", **(hello or {}))
        assert self.last(name)["t"] == "welcome"
        return name

    def says(self, connection_id: str, frame: str, **fields: Any) -> Connection | None:
        return self.sends(connection_id, json.dumps({"t": frame, **fields}))

    def sends(self, connection_id: str, body: str) -> Connection | None:
        return self.listening.take(connection_id, body, self.now)

    def closes(self, connection_id: str) -> None:
        self.connections.gone.add(connection_id)
        self.listening.closed(connection_id, self.now)

    def changes(self, *conversation_ids: str, former: Audience | None = None) -> None:
        """Have pushed that conversations have changed, as the dispatcher does."""
        changed = dict.fromkeys(conversation_ids, former or Audience())
        self.pushing.push(PushRequest(conversations=changed), self.now)

    def passes(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now

    def frames(self, connection_id: str, *kinds: str) -> list[dict[str, Any]]:
        frames = self.connections.frames[connection_id]
        return [frame for frame in frames if not kinds or frame["t"] in kinds]

    def last(self, connection_id: str) -> dict[str, Any]:
        return self.connections.frames[connection_id][-1]
