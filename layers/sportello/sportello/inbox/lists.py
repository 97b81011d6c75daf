"""A list of conversations, page by page, and how long it is: what it costs does not depend on it.

A page begins where the one before ended, at a position and not at a number: whoever stays where
they are is neither skipped nor shown twice, whatever becomes of the others meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain, islice

from sportello.aws.several_at_once import several_at_once
from sportello.conversation.state import ConversationState
from sportello.inbox.row import InboxRow, inbox_row
from sportello.inbox.views import Listed, View
from sportello.model import Instant, Model
from sportello.table.desk_table import DeskTable
from sportello.table.inbox.inbox_standing import (
    OwnStanding,
    conversation_at,
    own_standing,
    standing_of,
)
from sportello.table.inbox.inbox_table import Stretch
from sportello.table.items import Conversation

MOST_COUNTED = 100

_BEHIND_FOR_GOOD = timedelta(seconds=30)
"""An index is behind for a moment: where it still is so long after, something was left there."""

_MOST_PUT_RIGHT = 5

type MaySee = Callable[[ConversationState], bool]


class InboxPage(Model):
    """`goes_on_after` is the last position looked at, empty where nothing follows."""

    rows: tuple[InboxRow, ...]
    goes_on_after: str


class Amount(Model):
    """How many there are; at least so many, where `is_least` says so."""

    count: int
    is_least: bool


class InboxLists:
    """`may_see` says of a conversation whether whoever asks may know of it."""

    def __init__(self, table: DeskTable, may_see: MaySee) -> None:
        self._table = table
        self._lists = table.inbox
        self._may_see = may_see

    def page(self, listed: Listed, after: str, limit: int) -> InboxPage:
        """Return the rows behind a position; fewer than asked for where some have just moved."""
        positions, there_are_more = self._positions(listed, after, limit)
        conversations = self._table.load_several(map(conversation_at, positions))
        self._put_right(listed, positions, conversations)
        rows = [
            inbox_row(conversation)
            for name, conversation in conversations.items()
            if listed.holds(name, conversation.state) and self._may_see(conversation.state)
        ]
        return InboxPage(rows=tuple(rows), goes_on_after=positions[-1] if there_are_more else "")

    def _positions(self, listed: Listed, after: str, limit: int) -> tuple[list[str], bool]:
        positions: list[str] = []
        backwards = listed.newest_first
        for phase in listed.phases:
            missing = limit + 1 - len(positions)
            parts = [each.after(after, newest_first=backwards) for each in phase]

            def read(part: Stretch, most: int = missing) -> Sequence[str]:
                return self._lists.positions(part, most, newest_first=backwards)

            pages = several_at_once(read, [part for part in parts if part])
            positions += sorted(chain.from_iterable(pages), reverse=backwards)
            if len(positions) > limit:
                break
        return positions[:limit], len(positions) > limit

    def counts(self, lists: Iterable[Listed]) -> Mapping[View, Amount]:
        """Count lists, each part of them once, however many it is a part of."""
        lists = tuple(lists)
        parts = list(dict.fromkeys(part for each in lists for p in each.phases for part in p))
        numbers = several_at_once(lambda part: self._lists.count(part, MOST_COUNTED + 1), parts)
        lengths = dict(zip(parts, numbers, strict=True))
        return {
            each.view: _amount(sum(lengths[part] for phase in each.phases for part in phase))
            for each in lists
        }

    # --- what an earlier version left behind ----------------------------------------------------

    def _put_right(
        self, listed: Listed, positions: Iterable[str], conversations: Mapping[str, Conversation]
    ) -> None:
        pairs = ((each, conversations[conversation_at(each)]) for each in positions)
        wrong = (
            (position, conversation)
            for position, conversation in pairs
            if position != _position_of(listed, conversation)
            and _is_long_decided(conversation, listed.at)
        )
        for position, conversation in islice(wrong, _MOST_PUT_RIGHT):
            name, state = conversation.conversation_id, conversation.state
            if listed.view is View.MINE:
                own = OwnStanding(listed.agent_id, position)
                self._lists.strike(name, state.sequence, own)
            else:
                standing = standing_of(name, state)
                self._lists.put_right(name, state.sequence, standing, position)


def _position_of(listed: Listed, conversation: Conversation) -> str:
    name, state = conversation.conversation_id, conversation.state
    if listed.view is View.MINE:
        own = own_standing(name, state)
        return own.position if own and own.agent_id == listed.agent_id else ""
    standing = standing_of(name, state)
    return standing.position if standing else ""


def _is_long_decided(conversation: Conversation, now: Instant) -> bool:
    at = conversation.state.decided_at
    return at is not None and now - at > _BEHIND_FOR_GOOD


def counted_up_to(count: Callable[[int], int]) -> Amount:
    """Count something as far as it matters, given what counts it up to a most."""
    return _amount(count(MOST_COUNTED + 1))


def _amount(number: int) -> Amount:
    return Amount(count=min(number, MOST_COUNTED), is_least=number > MOST_COUNTED)
