"""The inbox over the API: full rows, cursors, and nothing of a queue that is not the caller's."""

import base64
from typing import Any

import pytest

from agent_api.inbox.inbox import MOST_QUEUES
from sportello.conversation.commands import Snooze
from sportello.inbox.views import View
from sportello.queues.settings import QueueSettings
from sportello.routing.teams import TeamSettings
from support import builders
from support.agent_calls import Answer, call
from support.builders import NOW, a_queue
from support.clouds.staffed_desk import StaffedDesk

NORTH, SOUTH = "agent,team-north", "agent,team-south"


@pytest.fixture
def teams(staffed: StaffedDesk) -> StaffedDesk:
    """North has the queue `default`, south has `sales`."""
    staffed.configure(QueueSettings, queues={"default": a_queue(), "sales": a_queue()})
    both = {"north": {"queues": ["default"]}, "south": {"queues": ["sales"]}}
    staffed.configure(TeamSettings, teams=both)
    return staffed


@pytest.fixture
def everything(teams: StaffedDesk) -> StaffedDesk:
    """One conversation of `default` in each state that a list is about."""
    for name in ("waits", "taken", "aside", "late", "closed"):
        teams.queue(name)
    for name in ("taken", "aside", "closed"):
        teams.ask(name, builders.accept("bruno"))
    teams.ask("aside", Snooze(agent_id="bruno", until=NOW.replace(day=6)))
    teams.ask("closed", builders.resolve("bruno"))
    teams.ask("begun", builders.receive(builders.an_item("item-begun")), builders.an_address())
    teams.pass_time(3_600)
    return teams


def inbox(view: View | str, groups: str = "agent", agent: str = "anna", **query: str) -> Answer:
    return call("GET", "/inbox", query={"view": view, **query}, groups=groups, agent=agent)


def names(answer: Answer) -> set[str]:
    assert answer.status == 200, answer.body
    return {row["conversation_id"] for row in answer.document["rows"]}


OF_EACH_VIEW: dict[View, set[str]] = {
    View.WAITING: {"waits", "late"},
    View.MINE: {"taken", "aside"},
    View.BREACHING: {"waits", "late", "taken"},
    View.SNOOZED: {"aside"},
    View.UNASSIGNED: {"waits", "late"},
    View.ALL: {"waits", "late", "taken", "aside", "begun"},
    View.CLOSED: {"closed"},
}


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("view", View)
def test_nobody_sees_a_row_of_a_queue_that_they_may_not_see(view: View) -> None:
    whose = "bruno" if view is View.MINE else "anna"
    for groups in ("agent", NORTH, f"{SOUTH},team-north"):
        assert names(inbox(view, groups, whose)) == OF_EACH_VIEW[view]
    assert names(inbox(view, SOUTH)) == set()
    assert names(inbox(view, "agent,team-west")) == set()
    if view is not View.MINE:
        hidden = inbox(view, SOUTH, queue="default")
        assert (hidden.status, hidden.problem) == (404, "unknown-queue")


@pytest.mark.usefixtures("everything")
def test_counts_tell_nothing_of_others_queues() -> None:
    def counts(groups: str, agent: str = "bruno", **query: str) -> Any:
        return call("GET", "/inbox/counts", query=query, groups=groups, agent=agent).document[
            "counts"
        ]

    own = counts(NORTH)
    assert own == {view: {"count": len(n), "is_least": False} for view, n in OF_EACH_VIEW.items()}
    assert counts(NORTH, queue="default") == own
    others = counts(SOUTH, agent="anna")
    assert {amount["count"] for amount in others.values()} == {0}
    assert call("GET", "/inbox/counts", query={"queue": "default"}, groups=SOUTH).status == 404


def test_a_row_is_the_whole_row(staffed: StaffedDesk) -> None:
    staffed.queue("c1", display_name="Giulia")
    document = inbox(View.WAITING).document
    assert document["view"] == "waiting"
    (row,) = document["rows"]
    assert (row["name"], row["channel"], row["unread"]) == ("Giulia", "fake", 1)
    assert row["waiting_since"] == "2026-03-04T10:00:00Z"
    assert "reply_to" not in row


def test_a_list_goes_on_where_its_cursor_says(staffed: StaffedDesk) -> None:
    for number in range(5):
        staffed.queue(f"c{number}")
        staffed.pass_time(1)
    first = inbox(View.WAITING, limit="2").document
    assert [row["conversation_id"] for row in first["rows"]] == ["c0", "c1"]
    staffed.ask("c0", builders.accept("bruno"))
    second = inbox(View.WAITING, limit="2", cursor=first["cursor"]).document
    assert [row["conversation_id"] for row in second["rows"]] == ["c2", "c3"]
    last = inbox(View.WAITING, limit="2", cursor=second["cursor"]).document
    assert [row["conversation_id"] for row in last["rows"]] == ["c4"]
    assert last["cursor"] is None


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    "cursor",
    ["x", "ä", "%%%", base64.b64encode(b"1#2026#c1").decode(), "A" * 5_000, "MSMyMDI2"],
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    answer = inbox(View.ALL, cursor=cursor)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["parameter"] == "cursor"


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    "query", [{"view": "theirs"}, {"limit": "51"}, {"limit": "0"}, {"queue": "#"}, {"q": "x"}]
)
def test_what_does_not_fit_is_refused(query: dict[str, str]) -> None:
    assert call("GET", "/inbox", query=query).problem == "validation"


def test_waiting_are_those_of_the_queues_that_an_agent_serves(teams: StaffedDesk) -> None:
    teams.queue("c1")
    teams.queue("c2", "sales")
    teams.describe("anna", queues=("sales",))
    assert names(inbox(View.WAITING)) == {"c2"}
    assert names(inbox(View.WAITING, queue="default")) == {"c1"}
    assert names(inbox(View.UNASSIGNED)) == {"c1", "c2"}
    assert names(inbox(View.WAITING, NORTH)) == set()


def test_what_was_taken_out_of_the_settings_is_still_listed_by_name(teams: StaffedDesk) -> None:
    teams.queue("c1", "former")
    assert names(inbox(View.ALL, queue="former")) == {"c1"}
    assert inbox(View.ALL, queue="nowhere").problem == "unknown-queue"
    former = call("GET", "/inbox/counts", query={"queue": "former"})
    assert former.document["counts"]["all"]["count"] == 1
    nowhere = call("GET", "/inbox/counts", query={"queue": "nowhere"})
    assert (nowhere.status, nowhere.problem) == (404, "unknown-queue")


def test_of_very_many_queues_one_has_to_be_named(staffed: StaffedDesk) -> None:
    queues: Any = {f"q{number}": {} for number in range(MOST_QUEUES)}
    staffed.configure(QueueSettings, queues={"default": {}, **queues})
    staffed.queue("c1")
    answer = inbox(View.ALL)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["parameter"] == "queue"
    assert names(inbox(View.ALL, queue="default")) == {"c1"}
    counts = call("GET", "/inbox/counts").document["counts"]
    assert counts["all"] == {"count": 1, "is_least": True}
    assert counts["mine"] == {"count": 0, "is_least": False}


@pytest.mark.usefixtures("counter")
def test_who_reads_no_conversations_has_no_inbox() -> None:
    for path in ("/inbox", "/inbox/counts"):
        assert call("GET", path, groups="analyst").problem == "forbidden"
