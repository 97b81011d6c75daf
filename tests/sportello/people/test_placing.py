"""Who is ahead of a customer: exactly in a short line, nearly so in a long one, and its cost."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.people.placement.placing import (
    OVERTAKEN_BY,
    SUMMARY_SERVES,
    Placing,
    line_ahead,
    line_ahead_by_summary,
)
from sportello.priorities import Priority
from sportello.queues.line_summary import summarized
from sportello.queues.waits import WaitRecord
from sportello.routing.choice import choose_conversation
from sportello.routing.line import InLine
from sportello.routing.settings import QueueRouting
from sportello.table.agents.line_item import COUNT_LAPSES, COUNTED_EVERY
from sportello.table.desk_table import DeskTable
from sportello.table.items import Line, Waiting
from support.builders import NOW, seconds
from support.clouds.metered import metered
from support.clouds.table import table
from support.seats import a_seat
from support.waits import a_wait, somebody_waiting

NOBODY_ENDED: Sequence[WaitRecord] = ()


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


def let_wait(desk_table: DeskTable, customers: Iterable[Waiting]) -> None:
    for each in customers:
        item = somebody_waiting(each.conversation_id, each.since, each.priority)
        desk_table._client.put_item(TableName=desk_table._name, Item=item)


def let_leave(desk_table: DeskTable, customers: Iterable[Waiting]) -> None:
    for each in customers:
        item = somebody_waiting(each.conversation_id, each.since)
        key = {"pk": item["pk"], "sk": item["sk"]}
        desk_table._client.delete_item(TableName=desk_table._name, Key=key)


def came(
    amount: int, until: datetime = NOW, *, apart: float = 10, name: str = "c"
) -> list[Waiting]:
    """Customers who came one after another, the first first, the last just before an instant."""
    return [
        Waiting(
            conversation_id=f"{name}{number}",
            priority=Priority.NORMAL,
            since=until - seconds(apart * (amount - number)),
        )
        for number in range(amount)
    ]


def entering(at: datetime = NOW, priority: Priority = Priority.NORMAL) -> Waiting:
    return Waiting(conversation_id="entering", priority=priority, since=at)


def ahead_of(
    desk_table: DeskTable,
    customer: Waiting,
    now: datetime = NOW,
    ended: Sequence[WaitRecord] = NOBODY_ENDED,
) -> Line | None:
    return Placing(desk_table).ahead_of("default", customer, ended, now)


def length_ahead(desk_table: DeskTable, customer: Waiting, now: datetime = NOW) -> int:
    line = ahead_of(desk_table, customer, now)
    assert line is not None
    return line.length


def is_counted(desk_table: DeskTable) -> bool:
    return desk_table.queues.counted_line("default") is not None


# --- who is ahead -----------------------------------------------------------------------------


def test_only_who_is_no_more_urgent_overtakes() -> None:
    left_lying = Waiting(conversation_id="1", priority=Priority.HIGH, since=NOW - seconds(60))

    def ahead(amount: int, priority: Priority, *, answered: bool = True) -> int:
        came_later = a_wait(10, priority=priority, answered=answered)
        return line_ahead(entering(), [left_lying], [came_later] * amount).length

    assert ahead(OVERTAKEN_BY, Priority.HIGH) == ahead(OVERTAKEN_BY, Priority.NORMAL) == 0
    assert ahead(OVERTAKEN_BY - 1, Priority.HIGH) == 1
    assert ahead(OVERTAKEN_BY, Priority.URGENT) == 1
    assert ahead(OVERTAKEN_BY, Priority.NORMAL, answered=False) == 1


def test_who_was_overtaken_often_enough_is_told_by_place_and_not_by_arrival() -> None:
    answered = [a_wait(ago) for ago in range(1, OVERTAKEN_BY + 1)]

    def ahead(came_ago: float, priority: Priority = Priority.NORMAL) -> int:
        since = NOW - seconds(came_ago)
        other = Waiting(conversation_id="1", priority=priority, since=since)
        return line_ahead(entering(), [other], answered).length

    assert ahead(OVERTAKEN_BY) == 1
    assert ahead(OVERTAKEN_BY + 0.5) == 0
    head_start = 15 * 60
    assert ahead(OVERTAKEN_BY + 0.5 + head_start, Priority.LOW) == 0
    assert ahead(OVERTAKEN_BY + head_start, Priority.LOW) == 1
    assert ahead(0, Priority.HIGH) == 0


def test_nobody_is_ahead_of_themselves() -> None:
    customer = Waiting(conversation_id="1", priority=Priority.NORMAL, since=NOW)
    # As the index had them a moment ago, before they were classified.
    stale = customer.model_copy(update={"priority": Priority.HIGH})
    assert line_ahead(customer, [stale], []).length == 0


def test_who_has_waited_long_is_ahead_of_the_urgent_who_just_came() -> None:
    urgent = entering(priority=Priority.URGENT)
    hour, less = (
        Waiting(conversation_id="1", priority=Priority.NORMAL, since=NOW - seconds(ago))
        for ago in (3_601, 3_599)
    )
    assert line_ahead(urgent, [hour], NOBODY_ENDED).length == 1
    assert line_ahead(urgent, [less], NOBODY_ENDED).length == 0
    assert line_ahead(less, [urgent], NOBODY_ENDED).length == 1


# --- a short line -----------------------------------------------------------------------------


def customers(most: int) -> st.SearchStrategy[list[Waiting]]:
    """Lines of customers of every priority, who came in the last two hours or just now."""
    each = st.tuples(st.sampled_from(Priority), st.integers(0, 7_200))
    return st.lists(each, max_size=most).map(
        lambda drawn: [
            Waiting(conversation_id=f"c{number}", priority=priority, since=NOW - seconds(ago))
            for number, (priority, ago) in enumerate(drawn)
        ]
    )


@given(line=customers(30))
def test_the_position_told_is_the_one_in_which_agents_are_given_them(line: list[Waiting]) -> None:
    """Agents take from the line by `InLine.place`; customers are counted from the waiting index."""
    in_line = [
        InLine(
            conversation_id=each.conversation_id,
            queue="default",
            channel="fake",
            units=1,
            since=each.since,
            priority=each.priority,
        )
        for each in line
    ]
    given = []
    while in_line:
        first = choose_conversation(a_seat(), in_line, QueueRouting(), NOW)
        assert first is not None
        in_line.remove(first)
        given.append(first.conversation_id)
    ahead = {each.conversation_id: line_ahead(each, line, ()).length for each in line}
    assert sorted(ahead, key=ahead.__getitem__) == given
    assert sorted(ahead.values()) == list(range(len(line)))


def ended_waits() -> st.SearchStrategy[list[WaitRecord]]:
    """Answers that overtook some of those who still wait."""
    each = st.builds(a_wait, counted=st.integers(0, 7_200), priority=st.sampled_from(Priority))
    return st.lists(each, max_size=2 * OVERTAKEN_BY)


@given(
    line=customers(100),
    ended=ended_waits(),
    priority=st.sampled_from(Priority),
    ago=st.integers(0, 7_200),
)
def test_a_short_line_is_counted_one_by_one(
    line: list[Waiting], ended: list[WaitRecord], priority: Priority, ago: int
) -> None:
    customer = entering(NOW - seconds(ago), priority)
    with table() as desk_table:
        let_wait(desk_table, line)
        with metered(desk_table) as usage:
            told = ahead_of(desk_table, customer, ended=ended)
    assert told == line_ahead(customer, line, ended)
    assert usage.calls == {"Query": 4}
    assert usage.read_units == 2


def test_the_forgotten_make_no_long_line(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(1_000, NOW - timedelta(days=3), name="forgotten"))
    let_wait(desk_table, came(12))
    answered = [a_wait(240, ended_at=NOW - seconds(200))] * OVERTAKEN_BY
    with metered(desk_table) as usage:
        line = ahead_of(desk_table, entering(), ended=answered)
    assert line == Line(length=12, head_since=NOW - seconds(120))
    assert usage.read_units == 2
    assert not is_counted(desk_table)


# --- a long line ------------------------------------------------------------------------------


def test_the_first_who_meets_a_long_line_counts_it(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(300))
    assert ahead_of(desk_table, entering()) == Line(length=300, head_since=NOW - seconds(3_000))
    assert is_counted(desk_table)


def test_the_next_are_told_by_that_count(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(300))
    ahead_of(desk_table, entering())
    with metered(desk_table) as usage:
        line = ahead_of(desk_table, entering())
    assert line == Line(length=300, head_since=NOW - seconds(3_000))
    assert usage.calls == {"Query": 1, "GetItem": 1}
    assert usage.read_units <= 2
    assert usage.write_units == 0


@given(
    line=customers(400).filter(bool),
    ended=ended_waits(),
    priority=st.sampled_from(Priority),
    ago=st.integers(0, 7_200),
)
def test_a_place_in_a_long_line_is_right_to_a_hundredth_of_it(
    line: list[Waiting], ended: list[WaitRecord], priority: Priority, ago: int
) -> None:
    customer = entering(NOW - seconds(ago), priority)
    summary = summarized(((each.priority, each.since) for each in line), NOW)
    told = line_ahead_by_summary(customer, summary, (), 0, ended)
    exact = line_ahead(customer, line, ended)
    # Where the customer stands is one cut through the line, where the forgotten end another.
    cuts = 1 + len(Priority)
    assert abs(told.length - exact.length) <= cuts * (len(line) // 200 + 1)


@given(line=customers(400).filter(bool), priority=st.sampled_from(Priority))
def test_the_head_of_a_long_line_is_exact(line: list[Waiting], priority: Priority) -> None:
    summary = summarized(((each.priority, each.since) for each in line), NOW)
    customer = entering(NOW + seconds(1), priority)
    told = line_ahead_by_summary(customer, summary, (), 0, NOBODY_ENDED)
    assert told == line_ahead(customer, line, NOBODY_ENDED)


def test_the_more_urgent_are_ahead_though_they_came_later(desk_table: DeskTable) -> None:
    line = came(300)
    urgent = [
        Waiting(conversation_id=f"u{number}", priority=Priority.URGENT, since=NOW - seconds(number))
        for number in range(5)
    ]
    let_wait(desk_table, line + urgent)
    ahead_of(desk_table, entering())
    assert length_ahead(desk_table, line[9]) == 9 + 5


def test_the_forgotten_are_not_summed_up(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(1_000, NOW - timedelta(days=3), name="forgotten"))
    line = came(300)
    let_wait(desk_table, line)
    answered = [a_wait(4_000)] * OVERTAKEN_BY
    for _ in range(2):
        told = ahead_of(desk_table, entering(), ended=answered)
        assert told == Line(length=300, head_since=line[0].since)


# --- what happens between two counts ----------------------------------------------------------


def test_who_came_since_is_counted_in(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(400))
    ahead_of(desk_table, entering())
    later = NOW + seconds(50)
    let_wait(desk_table, came(48, later, apart=1, name="later"))
    assert length_ahead(desk_table, entering(later), later) == pytest.approx(448, abs=20)


@pytest.mark.parametrize("amount", [160, 1_000, 3_000])
@pytest.mark.parametrize("within", [0.0, 0.2, 2, 45])
def test_a_crowd_that_came_since_is_counted_however_fast_it_came(
    desk_table: DeskTable, amount: int, within: float
) -> None:
    let_wait(desk_table, came(400))
    ahead_of(desk_table, entering())
    later = NOW + seconds(50)
    let_wait(desk_table, came(amount, later, apart=within / amount, name="later"))
    soon = later + seconds(1)
    assert length_ahead(desk_table, entering(soon), soon) == pytest.approx(400 + amount, rel=0.25)


@pytest.mark.parametrize("early", [0, 1, 20, 49])
def test_who_stood_there_before_the_crowd_stands_where_they_stood(
    desk_table: DeskTable, early: int
) -> None:
    line = came(400)
    let_wait(desk_table, line)
    ahead_of(desk_table, entering())
    later = NOW + seconds(50)
    let_wait(desk_table, came(500, later, apart=0.01, name="later"))
    assert length_ahead(desk_table, line[early], later) == pytest.approx(early, abs=5)


def test_of_a_crowd_that_grows_faster_than_can_be_counted_nothing_is_told(
    desk_table: DeskTable,
) -> None:
    let_wait(desk_table, came(400))
    ahead_of(desk_table, entering())
    later = NOW + seconds(50)
    let_wait(desk_table, came(6_000, later, apart=0.001, name="later"))
    with metered(desk_table) as usage:
        assert ahead_of(desk_table, entering(later), later) is None
    assert usage.read_units < 25


def test_who_left_since_is_ahead_no_more(desk_table: DeskTable) -> None:
    line = came(300)
    let_wait(desk_table, line)
    ahead_of(desk_table, entering())
    later = NOW + seconds(50)
    let_leave(desk_table, line[:5])
    ended = [a_wait(waiting_since=each.since, ended_at=later - seconds(1)) for each in line[:5]]
    told = ahead_of(desk_table, line[7], later, ended)
    assert told is not None
    assert told.length == 2


# --- counting anew ----------------------------------------------------------------------------


def test_an_old_count_is_made_anew_by_one(desk_table: DeskTable) -> None:
    line = came(300)
    let_wait(desk_table, line)
    ahead_of(desk_table, entering())
    let_leave(desk_table, line[:100])
    later = NOW + COUNTED_EVERY
    assert length_ahead(desk_table, entering(later), later) == 200
    with metered(desk_table) as usage:
        assert length_ahead(desk_table, entering(later), later) == 200
    assert usage.calls == {"Query": 1, "GetItem": 1}


def claim(desk_table: DeskTable, at: datetime) -> None:
    """Let another step begin to count, and get no further."""
    last = desk_table.queues.counted_line("default")
    assert desk_table.queues.claim_count("default", last, at)


def test_while_one_counts_anew_the_others_go_by_the_last_count(desk_table: DeskTable) -> None:
    line = came(300)
    let_wait(desk_table, line)
    ahead_of(desk_table, entering())
    let_leave(desk_table, line[:100])
    later = NOW + COUNTED_EVERY
    claim(desk_table, later)
    assert length_ahead(desk_table, entering(later), later) == 300


def test_while_one_counts_for_the_first_time_the_others_know_nothing(
    desk_table: DeskTable,
) -> None:
    let_wait(desk_table, came(300))
    claim(desk_table, NOW)
    assert ahead_of(desk_table, entering()) is None


def test_a_count_of_long_ago_tells_nothing(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(300))
    ahead_of(desk_table, entering())
    later = NOW + SUMMARY_SERVES + seconds(1)
    claim(desk_table, later)
    assert ahead_of(desk_table, entering(later), later) is None


def test_who_died_over_a_count_is_replaced(desk_table: DeskTable) -> None:
    let_wait(desk_table, came(300))
    claim(desk_table, NOW)
    later = NOW + COUNT_LAPSES
    assert length_ahead(desk_table, entering(later), later) == 300
