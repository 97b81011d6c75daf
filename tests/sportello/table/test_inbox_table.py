"""Lists and words, on the small table and on moto's alike."""

from collections.abc import Iterator

import pytest

from sportello.conversation.state import ConversationState
from sportello.table.desk_table import DeskTable
from sportello.table.inbox.inbox_standing import Lane, own_standing, standing_of
from sportello.table.inbox.inbox_table import due_until, own_stretch, stretches
from sportello.table.inbox.word_items import WordEntry, names_attributes, word_partition
from sportello.table.items import state_attributes
from sportello.table.keys import Attributes
from support.builders import CONVERSATION, NOW, queued, resolved, seconds, with_agent
from support.clouds.moto_table import TABLES

WAITING = stretches("default", Lane.QUEUE)[0]
NAMES = ("a", "b", "c", "d")


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def put(table: DeskTable, item: Attributes) -> None:
    table._client.put_item(TableName=table._name, Item=item)


def due_in(state: ConversationState, amount: float) -> ConversationState:
    clocks = [c.model_copy(update={"due_at": NOW + seconds(amount)}) for c in state.clocks]
    return state.model_copy(update={"clocks": tuple(clocks)})


@pytest.fixture
def four(table: DeskTable) -> DeskTable:
    """Four wait, each due a minute after the one before."""
    for number, name in enumerate(NAMES):
        put(table, state_attributes(name, due_in(queued(), 60 * number)))
    return table


def names(positions: list[str]) -> list[str]:
    return [position.rpartition("#")[2] for position in positions]


def test_a_lane_is_read_from_either_end_and_from_anywhere(four: DeskTable) -> None:
    lists = four.inbox
    forward = lists.positions(WAITING, 3)
    assert names(forward) == ["a", "b", "c"]
    assert names(lists.positions(WAITING, 3, newest_first=True)) == ["d", "c", "b"]
    behind = WAITING.after(forward[1], newest_first=False)
    before = WAITING.after(forward[1], newest_first=True)
    assert behind
    assert before
    assert names(lists.positions(behind, 9)) == ["c", "d"]
    assert names(lists.positions(before, 9, newest_first=True)) == ["a"]


def test_a_lane_is_counted_as_far_as_it_matters(four: DeskTable) -> None:
    assert four.inbox.count(WAITING, 9) == 4
    assert four.inbox.count(WAITING, 3) == 3
    (overdue,) = stretches("default", Lane.QUEUE, until=due_until(NOW + seconds(60)))
    assert four.inbox.count(overdue, 9) == 2


def test_what_stands_wrong_is_put_right_once(four: DeskTable) -> None:
    wrong = four.inbox.positions(WAITING, 1)[0]
    sequence, standing = queued().sequence, standing_of("a", resolved())
    assert four.inbox.put_right("a", sequence, standing, wrong)
    assert not four.inbox.put_right("a", sequence, standing, wrong)
    assert four.inbox.count(stretches("default", Lane.CLOSED)[0], 9) == 1
    assert four.inbox.put_right("b", sequence, None, four.inbox.positions(WAITING, 1)[0])
    assert names(four.inbox.positions(WAITING, 9)) == ["c", "d"]


def test_what_never_stood_anywhere_is_listed_with_its_agent_and_struck_off(
    table: DeskTable,
) -> None:
    state = with_agent()
    item = state_attributes("a", state)
    put(table, {name: value for name, value in item.items() if "inbox" not in name})
    standing, own = standing_of("a", state), own_standing("a", state)
    assert standing
    assert own
    for is_new in (True, False):
        assert table.inbox.list_missing("a", state.sequence, standing, own) is is_new
    assert table.inbox.count(stretches("default", Lane.AGENT)[0], 9) == 1
    assert names(table.inbox.positions(own_stretch("anna"), 9)) == ["a"]
    assert not table.inbox.strike("a", state.sequence + 1, own)
    assert table.inbox.strike("a", state.sequence, own)
    assert table.inbox.count(own_stretch("anna"), 9) == 0


def test_words_are_kept_in_any_number_and_read_from_the_newest(table: DeskTable) -> None:
    partition = word_partition("hash")
    entries = [
        WordEntry(partition, f"2026-03-{day:02}", CONVERSATION, f"IN#{day}") for day in range(1, 31)
    ]
    items = [entry.to_attributes(NOW) for entry in entries]
    table.words.put_all([*items, *items])
    newest = table.words.newest(partition, 2)
    assert list(newest.entries) == entries[:-3:-1]
    assert newest.there_are_more
    table.words.delete_all(items[:29])
    left_over = table.words.newest(partition, 9)
    assert (list(left_over.entries), left_over.there_are_more) == (entries[-1:], False)


def test_the_mark_of_names_is_read_where_there_is_one(table: DeskTable) -> None:
    table.words.put_all([names_attributes("a", "hash", "2026-03-04", NOW)])
    assert table.words.names_marks(["a", "b"]) == {"a": ("hash", "2026-03-04")}
