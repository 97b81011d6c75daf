"""Why a conversation is where it is, and who would be asked now."""

from typing import Any

import pytest

from sportello.entrypoints import runtime
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.choice import Choice, Considered, Reason
from sportello.routing.seats import Seat
from sportello.routing.settings import OverflowTo, QueueRouting
from sportello.routing.teams import Team, TeamSettings
from sportello.table.desk import Desk
from sportello.table.line_table import LineTable
from support import builders
from support.agent_calls import call
from support.builders import CONVERSATION, NIGHT, NOW, seconds
from support.clouds.table import configure
from support.routing import ask, offer_to, somebody_waits

HERE = f"/conversations/{CONVERSATION}/routing"

pytestmark = pytest.mark.usefixtures("in_opening_hours")


def a_seat(agent_id: str, idle_seconds: int, queue: str = "default", **changes: Any) -> Seat:
    fields: dict[str, Any] = {
        "agent_id": agent_id,
        "queue": queue,
        "room": 10,
        "share": 0.0,
        "idle_since": NOW - seconds(idle_seconds),
        "version": 1,
    }
    return Seat.model_validate(fields | changes)


@pytest.fixture(autouse=True)
def seats(monkeypatch: pytest.MonkeyPatch) -> list[Seat]:
    """Who has a seat; two to a page."""
    taken: list[Seat] = []

    def pages(_: LineTable, queue: str) -> Any:
        here = [seat for seat in taken if seat.queue == queue]
        return (here[start : start + 2] for start in range(0, max(len(here), 1), 2))

    monkeypatch.setattr(LineTable, "seats", pages)
    return taken


def explained(**who: Any) -> Any:
    answer = call("GET", HERE, **who)
    assert answer.status == 200
    return answer.document


def test_who_would_be_asked_is_told_with_why_not_the_others(
    counter: Desk, seats: list[Seat]
) -> None:
    seats += [a_seat("anna", 60), a_seat("bruno", 300), a_seat("carla", 900, languages=("en",))]
    somebody_waits(counter)
    document = explained()
    assert document["queue"] == "default"
    assert document["waiting_since"] == "2026-03-04T10:00:00Z"
    assert document["queues"] == [
        {
            "at": "2026-03-04T10:00:00Z",
            "queue": "default",
            "reason": "asked_for_person",
            "rule": None,
        }
    ]
    assert document["asked"] == []
    assert document["next"] == {
        "agent": {"agent_id": "bruno", "reason": "longest_idle"},
        "others": [
            {"agent_id": "carla", "reason": "other_language"},
            {"agent_id": "anna", "reason": "later_in_order"},
        ],
        "queues": ["default"],
        "relaxes_at": "2026-03-04T10:05:00Z",
        "opens_at": None,
    }


def test_whom_it_was_offered_to_is_told_with_how_it_ended(counter: Desk, seats: list[Seat]) -> None:
    seats += [a_seat("anna", 300), a_seat("bruno", 60)]
    somebody_waits(counter)
    offer_to(counter, "anna")
    [asked] = explained()["asked"]
    assert (asked["agent_id"], asked["outcome"], asked["ended_at"]) == ("anna", None, None)
    assert asked["expires_at"] == "2026-03-04T10:00:30Z"
    ask(counter, builders.decline("anna"))
    document = explained()
    [asked] = document["asked"]
    assert (asked["outcome"], asked["ended_at"]) == ("declined", "2026-03-04T10:00:00Z")
    assert document["passed_by"] == ["anna"]
    assert document["next"]["agent"] == {"agent_id": "bruno", "reason": "longest_idle"}
    assert document["next"]["others"] == [{"agent_id": "anna", "reason": "passed_by"}]


def test_while_somebody_is_asked_the_next_is_whoever_would_be_asked_after_them(
    counter: Desk, seats: list[Seat]
) -> None:
    seats += [a_seat("anna", 300), a_seat("bruno", 60)]
    somebody_waits(counter)
    offer_to(counter, "anna")
    assert explained()["next"]["agent"]["agent_id"] == "bruno"


def test_why_the_others_were_not_asked_is_remembered(counter: Desk) -> None:
    somebody_waits(counter)
    others = (Considered(agent_id="bruno", reason=Reason.NO_ROOM),)
    choice = Choice(agent_id="anna", reason=Reason.LAST_AGENT, others=others)
    offer_to(counter, "anna", choice=choice)
    [asked] = explained()["asked"]
    assert asked["reason"] == "last_agent"
    assert asked["others"] == [{"agent_id": "bruno", "reason": "no_room"}]


def test_what_was_given_without_being_asked_is_told_as_such(counter: Desk) -> None:
    somebody_waits(counter)
    offer_to(counter, "anna", assigns=True)
    document = explained()
    [asked] = document["asked"]
    assert (asked["agent_id"], asked["outcome"], asked["offer_id"]) == ("anna", "assigned", None)
    assert (document["next"], document["waiting_since"]) == (None, None)


def test_nobody_is_asked_before_the_queue_opens(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody_waits(counter, now=NIGHT)
    monkeypatch.setattr(runtime, "utc_now", lambda: NIGHT)
    document = explained()
    assert document["next"]["agent"] is None
    assert document["next"]["opens_at"] == "2026-03-05T08:00:00Z"


@pytest.fixture
def overflowing(counter: Desk) -> Desk:
    """After two minutes those of `sales` help out, of whom the team of partners knows alone."""
    routing = QueueRouting(overflow=(OverflowTo(queue="default", after_seconds=120),))
    queues = {"sales": Queue(routing=routing), "default": Queue()}
    configure(counter.table, QueueSettings(queues=queues))
    configure(counter.table, TeamSettings(teams={"partners": Team(queues=("sales",))}))
    return counter


def test_another_queue_helps_out_when_its_time_has_come(
    overflowing: Desk, seats: list[Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    seats += [a_seat("anna", 300)]
    somebody_waits(overflowing, queue="sales")
    told = explained()["next"]
    assert (told["agent"], told["queues"], told["relaxes_at"]) == (
        None,
        ["sales"],
        "2026-03-04T10:02:00Z",
    )
    assert told["others"] == [{"agent_id": "anna", "reason": "overflow_not_yet"}]
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + seconds(120))
    told = explained()["next"]
    assert told["agent"] == {"agent_id": "anna", "reason": "longest_idle"}
    assert told["queues"] == ["sales", "default"]


def test_a_team_is_not_told_who_serves_the_queues_of_others(
    overflowing: Desk, seats: list[Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    seats += [a_seat("anna", 300)]
    somebody_waits(overflowing, queue="sales")
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + seconds(120))
    told = explained(agent="paolo", groups="agent,team-partners")["next"]
    assert told["agent"] == {"agent_id": None, "reason": "longest_idle"}
    assert told["queues"] == ["sales"]


def test_a_team_is_told_nothing_of_a_conversation_it_does_not_see(overflowing: Desk) -> None:
    somebody_waits(overflowing, queue="default")
    answer = call("GET", HERE, agent="paolo", groups="agent,team-partners")
    assert answer.problem == "unknown-conversation"


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("conversation_id", [CONVERSATION, "../settings", "x" * 2_000])
def test_an_unknown_conversation_has_no_routing(conversation_id: str) -> None:
    assert call("GET", f"/conversations/{conversation_id}/routing").status == 404
