"""The queues on moto and on the small table: counts as far as they matter, and who may count."""

from collections.abc import Iterator

import pytest

from sportello.priorities import Priority
from sportello.queues.line_summary import summarized
from sportello.table.agents.line_item import COUNT_LAPSES, COUNTED_EVERY, CountedLine
from sportello.table.desk_table import DeskTable
from support.builders import NOW, seconds
from support.clouds.moto_table import TABLES
from support.waits import somebody_waiting


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def let_wait(desk_table: DeskTable, amount: int) -> None:
    for number in range(amount):
        item = somebody_waiting(f"c{number}", NOW - seconds(number))
        desk_table._client.put_item(TableName=desk_table._name, Item=item)


@pytest.mark.parametrize(("most", "length"), [(300, 39), (100, 39), (12, 12)])
def test_a_line_is_counted_as_far_as_it_matters(
    desk_table: DeskTable, most: int, length: int
) -> None:
    let_wait(desk_table, 40)
    assert desk_table.queues.length_before("default", NOW, most) == length


def test_the_newest_of_a_shard_are_told_as_far_back_as_asked(desk_table: DeskTable) -> None:
    let_wait(desk_table, 40)
    shards = [desk_table.queues.newest_waiting("default", n, NOW - seconds(19)) for n in range(4)]
    assert not any(newest.there_are_more for newest in shards)
    names = [each.conversation_id for newest in shards for each in newest.customers]
    assert sorted(names) == sorted(f"c{number}" for number in range(20))
    for newest in shards:
        since = [each.since for each in newest.customers]
        assert since == sorted(since, reverse=True)


def test_a_count_is_claimed_once(desk_table: DeskTable) -> None:
    queues = desk_table.queues
    assert queues.claim_count("default", None, NOW)
    assert not queues.claim_count("default", None, NOW)
    last = queues.counted_line("default")
    assert queues.claim_count("default", last, NOW + COUNT_LAPSES)
    assert not queues.claim_count("default", last, NOW + COUNT_LAPSES)
    assert queues.claim_count("another", None, NOW)


def test_a_claim_leaves_the_last_count_where_it_is(desk_table: DeskTable) -> None:
    queues, summary = desk_table.queues, summarized([(Priority.HIGH, NOW)], NOW)
    queues.claim_count("default", None, NOW)
    queues.keep_count("default", summary)
    later = NOW + COUNTED_EVERY
    queues.claim_count("default", queues.counted_line("default"), later)
    assert queues.counted_line("default") == CountedLine(claimed_at=later, summary=summary)


def test_a_count_that_took_too_long_is_not_kept(desk_table: DeskTable) -> None:
    queues = desk_table.queues
    queues.claim_count("default", None, NOW)
    later = NOW + COUNT_LAPSES
    queues.claim_count("default", queues.counted_line("default"), later)
    queues.keep_count("default", summarized([], NOW))
    assert queues.counted_line("default") == CountedLine(claimed_at=later)


def test_a_count_is_due_when_it_is_old_or_was_never_ended() -> None:
    under_way = CountedLine(claimed_at=NOW)
    assert not under_way.is_due(NOW + COUNT_LAPSES - seconds(1))
    assert under_way.is_due(NOW + COUNT_LAPSES)
    ended = CountedLine(claimed_at=NOW, summary=summarized([], NOW))
    assert not ended.is_due(NOW + COUNTED_EVERY - seconds(1))
    assert ended.is_due(NOW + COUNTED_EVERY)
