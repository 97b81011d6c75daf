"""Lists are filled with what was last written before there were any: once, by an operator.

What people have and somebody waits for, or a clock runs in, is in the index `pending`; whatever
else is quiet is listed by its next commit.
"""

from collections.abc import Iterator, Sequence

from sportello.table.desk_table import DeskTable
from sportello.table.inbox.inbox_standing import own_standing, standing_of
from sportello.table.keys import PENDING_SHARDS

_AT_ONCE = 50


def list_what_never_was(table: DeskTable) -> int:
    """List conversations that are in no list; returns how many. Done again, it does nothing."""
    return sum(_list(table, names) for names in _open_conversations(table))


def _open_conversations(table: DeskTable) -> Iterator[Sequence[str]]:
    for shard in range(PENDING_SHARDS):
        start = None
        while True:
            entries, start = table.pending_page(shard, _AT_ONCE, start)
            if names := [each.conversation_id for each in entries if each.entity == "state"]:
                yield names
            if start is None:
                break


def _list(table: DeskTable, names: Sequence[str]) -> int:
    listed = 0
    for name, conversation in table.load_several(names).items():
        state = conversation.state
        standing = standing_of(name, state)
        if standing is not None:
            own = own_standing(name, state)
            listed += table.inbox.list_missing(name, state.sequence, standing, own)
    return listed
