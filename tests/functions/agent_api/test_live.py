"""Tickets: whoever may read conversations may have them pushed."""

import pytest

from sportello.entrypoints import runtime
from sportello.live.tickets import connect
from sportello.routing.teams import Team, TeamSettings
from sportello.table.desk import Desk
from support.agent_calls import Answer, call
from support.clouds.table import all_items, configure


@pytest.fixture(autouse=True)
def endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_ENDPOINT", "https://abc.execute-api.eu-south-1.amazonaws.com/v1")


def issue(groups: str = "agent") -> Answer:
    return call("POST", "/live/tickets", {}, groups=groups)


def test_a_ticket_comes_with_where_and_how_long_it_is_good(counter: Desk) -> None:
    answer = issue()
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    document = answer.document
    assert document["url"] == "wss://abc.execute-api.eu-south-1.amazonaws.com/v1"
    assert document["expires_in"] == 30
    assert connect(counter.table, document["ticket"], "c-1", runtime.utc_now()) == "anna"


def test_it_holds_what_its_agent_sees_now(counter: Desk) -> None:
    configure(counter.table, TeamSettings(teams={"north": Team(queues=("sales", "returns"))}))
    ticket = issue("agent,team-north").document["ticket"]
    connect(counter.table, ticket, "c-1", runtime.utc_now())
    connection = counter.table.live.connection("c-1")
    assert connection
    assert connection.sees == frozenset({"sales", "returns"})
    assert (connection.roles, connection.teams) == (("agent",), ("north",))


@pytest.mark.parametrize("groups", ["designer", "analyst", "admin", ""])
def test_who_may_read_no_conversation_gets_none(counter: Desk, groups: str) -> None:
    assert issue(groups).problem == "forbidden"
    assert not [item for item in all_items(counter.table) if item["entity"]["S"] == "live_ticket"]


def test_who_got_one_is_written_down_and_the_ticket_is_not(counter: Desk) -> None:
    ticket = issue().document["ticket"]
    (entry,) = [item for item in all_items(counter.table) if item["entity"]["S"] == "audit"]
    assert "/live/tickets" in entry["entry"]["S"]
    assert ticket not in str(all_items(counter.table))
