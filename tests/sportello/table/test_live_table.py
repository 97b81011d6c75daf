"""What the table holds of connections, as DynamoDB itself would have it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.table.outward.live_items import Connection, Listener, Ticket, Viewing
from sportello.table.outward.live_table import MOST_VIEWERS, LiveTable
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.moto_table import TABLES
from support.clouds.table import all_items, table

TWO_HOURS = NOW + timedelta(hours=2)


@pytest.fixture(params=TABLES)
def live(request: pytest.FixtureRequest) -> Iterator[LiveTable]:
    with TABLES[request.param]() as empty:
        yield empty.live


def a_connection(name: str = "c-1", agent: str = "anna", *queues: str) -> Connection:
    return Connection(
        connection_id=name,
        agent_id=agent,
        opened_at=NOW,
        lives_until=TWO_HOURS,
        queues=queues or ("default",),
    )


def names(listeners: list[Listener]) -> list[str]:
    return [each.connection_id for each in listeners]


def test_a_ticket_is_used_once_by_one(live: LiveTable) -> None:
    ticket = Ticket(agent_id="anna", good_until=NOW + seconds(30), lives_until=TWO_HOURS)
    live.keep_ticket("hash", ticket)
    assert live.use_ticket("other", "c-1", NOW) is None
    assert live.use_ticket("hash", "c-1", NOW + seconds(30)) is None
    assert live.use_ticket("hash", "c-1", NOW) == ticket
    assert live.use_ticket("hash", "c-1", NOW) == ticket
    assert live.use_ticket("hash", "c-2", NOW) is None


def test_a_connection_is_listed_where_it_listens_and_forgotten_there(live: LiveTable) -> None:
    connection = a_connection("c-1", "anna", "sales", "returns")
    live.open_connection(connection)
    assert not live.is_listened_to(NOW)
    assert live.list_connection(connection)
    assert live.is_listened_to(NOW)
    assert names(live.of_queue("sales", NOW)) == names(live.of_agent("anna", NOW)) == ["c-1"]
    live.unlist(connection, ["sales"])
    assert live.of_queue("sales", NOW) == []
    assert live.forget("c-1")
    assert not live.is_listened_to(NOW)
    assert live.of_queue("returns", NOW) == live.of_agent("anna", NOW) == []
    assert live.connection("c-1") is None


def test_one_that_was_closed_meanwhile_is_listed_nowhere(live: LiveTable) -> None:
    assert not live.list_connection(a_connection())
    assert live.of_queue("default", NOW) == []
    assert not live.is_listened_to(NOW)


def test_what_is_looked_at_and_what_is_listened_to_are_kept_apart(live: LiveTable) -> None:
    live.open_connection(a_connection("c-1", "anna", "sales"))
    before = live.connection("c-1")
    assert before
    assert live.list_connection(before.model_copy(update={"queues": ("returns",)}))
    assert live.note_viewing("c-1", CONVERSATION)
    assert live.list_connection(before.model_copy(update={"queues": ("default",)}))
    after = live.connection("c-1")
    assert after
    assert (after.queues, after.viewing) == (("default",), CONVERSATION)
    assert live.forget("c-1") == after
    assert not live.note_viewing("c-1", CONVERSATION)
    assert live.connection("c-1") is None


def test_one_that_says_hello_as_it_is_closed_is_listed_nowhere(live: LiveTable) -> None:
    live.open_connection(a_connection("c-1").model_copy(update={"queues": None}))
    quiet = live.connection("c-1")
    assert quiet
    assert live.list_connection(quiet.model_copy(update={"queues": ("sales",)}))
    assert live.forget(quiet.connection_id)
    assert live.forget(quiet.connection_id) is None
    assert live.of_queue("sales", NOW) == live.of_agent("anna", NOW) == []
    assert not live.is_listened_to(NOW)


def test_nobody_listens_whose_time_is_over(live: LiveTable) -> None:
    live.open_connection(a_connection())
    live.list_connection(a_connection())
    assert live.is_listened_to(TWO_HOURS - seconds(1))
    assert not live.is_listened_to(TWO_HOURS)
    assert live.of_queue("default", TWO_HOURS) == []


def test_of_two_frames_at_once_one_sees_that_the_other_was_faster(live: LiveTable) -> None:
    live.open_connection(a_connection())
    connection = live.connection("c-1")
    assert connection
    assert live.note_pace(connection, NOW + seconds(1))
    assert not live.note_pace(connection, NOW + seconds(1))
    again = live.connection("c-1")
    assert again
    assert again.busy_until == NOW + seconds(1)
    assert live.forget("c-1") == again
    assert not live.note_pace(again, NOW + seconds(2))


def test_who_looks_at_a_conversation_is_listed_for_a_while(live: LiveTable) -> None:
    for number in range(3):
        listener = a_connection(f"c-{number}").listener
        opened_at = NOW - seconds(number)
        listener = listener.model_copy(update={"opened_at": opened_at})
        viewing = Viewing(listener=listener, until=NOW + seconds(10 + number))
        live.keep_viewing(CONVERSATION, viewing)
    assert [view.listener.connection_id for view in live.viewings(CONVERSATION, NOW)] == [
        "c-2",
        "c-1",
        "c-0",
    ]
    assert len(live.viewings(CONVERSATION, NOW + seconds(11))) == 1
    live.end_viewing(CONVERSATION, "c-2")
    assert len(live.viewings(CONVERSATION, NOW)) == 2


def test_so_many_look_at_it_and_no_more() -> None:
    with table() as empty:
        for number in range(MOST_VIEWERS + 5):
            listener = a_connection(f"c-{number}").listener
            empty.live.keep_viewing(CONVERSATION, Viewing(listener=listener, until=TWO_HOURS))
        assert len(empty.live.viewings(CONVERSATION, NOW)) == MOST_VIEWERS
        assert len(all_items(empty)) == MOST_VIEWERS + 5


def test_a_later_versions_fields_stay(live: LiveTable) -> None:
    later = Connection.model_validate({**a_connection().model_dump(), "dances": True})
    live.open_connection(later)
    connection = live.connection("c-1")
    assert connection
    assert connection.model_extra == {"dances": True}
