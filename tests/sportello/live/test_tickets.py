from datetime import timedelta

import pytest

from sportello.live.tickets import GOOD_FOR, LIVES_FOR, connect
from support.clouds.table import all_items
from support.live import LiveDesk


def test_a_ticket_opens_one_connection_as_its_agent_with_what_they_saw(live: LiveDesk) -> None:
    ticket = live.ticket("anna", roles=["agent"], teams=["north"], scope=frozenset({"sales"}))
    assert connect(live.table, ticket, "c-1", live.now) == "anna"
    connection = live.table.live.connection("c-1")
    assert connection
    assert (connection.agent_id, connection.roles, connection.teams) == (
        "anna",
        ("agent",),
        ("north",),
    )
    assert connection.sees == frozenset({"sales"})
    assert connection.lives_until == live.now + LIVES_FOR


def test_a_ticket_that_was_used_is_worth_nothing(live: LiveDesk) -> None:
    ticket = live.ticket()
    assert connect(live.table, ticket, "c-1", live.now)
    assert connect(live.table, ticket, "c-2", live.now) is None
    assert live.table.live.connection("c-2") is None


def test_a_call_that_was_sent_again_finds_its_own_use(live: LiveDesk) -> None:
    ticket = live.ticket()
    assert connect(live.table, ticket, "c-1", live.now)
    assert connect(live.table, ticket, "c-1", live.now)


def test_a_ticket_is_good_for_thirty_seconds(live: LiveDesk) -> None:
    ticket = live.ticket()
    assert timedelta(seconds=30) == GOOD_FOR
    live.passes(seconds=30)
    assert connect(live.table, ticket, "c-1", live.now) is None


@pytest.mark.parametrize("ticket", [None, "", "x", 7, "é" * 43, "a" * 43, "a" * 10_000, ["a"]])
def test_what_was_never_issued_opens_nothing(live: LiveDesk, ticket: object) -> None:
    live.ticket()
    assert connect(live.table, ticket, "c-1", live.now) is None


def test_whoever_reads_the_table_can_use_no_ticket(live: LiveDesk) -> None:
    ticket = live.ticket()
    assert ticket not in str(all_items(live.table))
    (item,) = all_items(live.table)
    expires = int(item["expires_at"]["N"])
    assert 0 <= expires - (live.now + GOOD_FOR).timestamp() <= 1
