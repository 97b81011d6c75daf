"""The lists that agents work through, each as the parts of the table that it is read from. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from sportello.conversation.state import ConversationState
from sportello.model import Instant, Model
from sportello.table.inbox.inbox_standing import Lane, own_standing, standing_of
from sportello.table.inbox.inbox_table import (
    Stretch,
    closed_since,
    due_until,
    own_stretch,
    stretches,
)

CLOSED_FOR = timedelta(days=7)
"""How long what was resolved is listed; it is found by searching ever after."""


class View(StrEnum):
    """`waiting` are those in line, of the queues that the agent serves, `unassigned` of all.

    `breaching` is whatever people have and is overdue, `all` what is not closed.
    """

    WAITING = "waiting"
    MINE = "mine"
    BREACHING = "breaching"
    SNOOZED = "snoozed"
    UNASSIGNED = "unassigned"
    ALL = "all"
    CLOSED = "closed"


_LANES: dict[View, tuple[tuple[Lane, ...], ...]] = {
    View.WAITING: ((Lane.QUEUE,),),
    View.MINE: (),
    View.BREACHING: ((Lane.QUEUE, Lane.AGENT),),
    View.SNOOZED: ((Lane.SNOOZED,),),
    View.UNASSIGNED: ((Lane.QUEUE,),),
    View.ALL: ((Lane.QUEUE, Lane.AGENT), (Lane.BOT,), (Lane.SNOOZED,)),
    View.CLOSED: ((Lane.CLOSED,),),
}
"""What a list is made of: lanes together are merged, those behind come when they are through."""


class Listed(Model):
    """A list as somebody asks for it: of these queues, as things are `at` an instant.

    An empty name among the queues stands for what was never handed over.
    """

    view: View
    agent_id: str
    queues: tuple[str, ...]
    at: Instant

    @property
    def newest_first(self) -> bool:
        return self.view is View.CLOSED

    @cached_property
    def phases(self) -> Sequence[Sequence[Stretch]]:
        """Return its parts: all of one phase sorts before all of the next."""
        if self.view is View.MINE:
            return [[own_stretch(self.agent_id)]]
        return [
            [
                part
                for queue in self.queues
                for lane in lanes
                for part in stretches(queue, lane, self._since, self._until)
            ]
            for lanes in _LANES[self.view]
        ]

    @property
    def _since(self) -> str:
        return closed_since(self.at - CLOSED_FOR) if self.view is View.CLOSED else ""

    @property
    def _until(self) -> str:
        return due_until(self.at) if self.view is View.BREACHING else ""

    def holds(self, conversation_id: str, state: ConversationState) -> bool:
        """Tell whether a conversation is one of the list; an index may be a moment behind."""
        if self.view is View.MINE:
            own = own_standing(conversation_id, state)
            return own is not None and own.agent_id == self.agent_id
        standing = standing_of(conversation_id, state)
        return standing is not None and any(
            part.partition == standing.partition and part.first <= standing.position <= part.last
            for phase in self.phases
            for part in phase
        )
