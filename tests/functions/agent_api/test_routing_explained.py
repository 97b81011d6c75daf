"""Why a conversation is where it is, and who would be asked now."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.people.placement.assigning import Assigning
from sportello.queues.settings import QueueSettings
from sportello.routing.teams import TeamSettings
from support import builders
from support.agent_calls import call
from support.builders import CONVERSATION, NIGHT
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import unaudited_items

HERE = f"/conversations/{CONVERSATION}"

PARTNER: dict[str, Any] = {"agent": "paolo", "groups": "agent,team-partners"}


def explained(**who: Any) -> Any:
    answer = call("GET", f"{HERE}/routing", **who)
    assert answer.status == 200
    return answer.document


def come_one_after_another(staffed: StaffedDesk, *agent_ids: str, **profile: Any) -> None:
    for agent_id in agent_ids:
        staffed.at_work(agent_id, **profile)
        staffed.pass_time(60)


def test_who_would_be_asked_is_told_with_why_not_the_others(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "carla", languages=("en",))
    come_one_after_another(staffed, "dario", capacity=0)
    come_one_after_another(staffed, "bruno", "anna")
    staffed.queue(CONVERSATION)
    document = explained()
    assert document["queue"] == "default"
    assert document["waiting_since"] == "2026-03-04T10:04:00Z"
    assert document["queues"] == [
        {
            "at": "2026-03-04T10:04:00Z",
            "queue": "default",
            "reason": "asked_for_person",
            "rule": None,
        }
    ]
    assert document["offers"] == []
    assert document["next"] == {
        "agent": {"agent_id": "bruno", "reason": "longest_idle"},
        "others": [
            {"agent_id": "carla", "reason": "other_language"},
            {"agent_id": "dario", "reason": "no_room"},
            {"agent_id": "anna", "reason": "later_in_order"},
        ],
        "queues": ["default"],
        "relaxes_at": "2026-03-04T10:09:00Z",
        "opens_at": None,
    }


def test_what_is_told_to_come_next_comes_next(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "carla", languages=("en",))
    come_one_after_another(staffed, "bruno", "anna")
    staffed.queue(CONVERSATION)
    told = explained()["next"]["agent"]["agent_id"]
    staffed.place(CONVERSATION)
    assert staffed.asked_for(CONVERSATION) == told


def test_explaining_changes_nothing(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "bruno", "anna")
    staffed.queue(CONVERSATION)
    before = unaudited_items(staffed.table)
    explained()
    assert unaudited_items(staffed.table) == before


def test_whom_it_was_offered_to_is_told_with_how_it_ended(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "anna", "bruno")
    staffed.waits(CONVERSATION)
    [asked] = explained()["offers"]
    assert (asked["agent_id"], asked["reason"]) == ("anna", "longest_idle")
    assert asked["others"] == [{"agent_id": "bruno", "reason": "later_in_order"}]
    assert (asked["outcome"], asked["ended_at"]) == (None, None)
    assert asked["expires_at"] == "2026-03-04T10:02:30Z"
    staffed.ask(CONVERSATION, builders.decline("anna"))
    document = explained()
    [asked] = document["offers"]
    assert (asked["outcome"], asked["ended_at"]) == ("declined", "2026-03-04T10:02:01Z")
    assert document["passed_by"] == ["anna"]
    assert document["next"]["agent"] == {"agent_id": "bruno", "reason": "longest_idle"}
    assert document["next"]["others"] == [{"agent_id": "anna", "reason": "passed_by"}]


def test_while_somebody_is_asked_the_next_is_whoever_would_be_asked_after_them(
    staffed: StaffedDesk,
) -> None:
    come_one_after_another(staffed, "anna", "bruno")
    staffed.waits(CONVERSATION)
    assert explained()["next"]["agent"]["agent_id"] == "bruno"


def test_what_was_given_without_being_asked_is_told_as_such(staffed: StaffedDesk) -> None:
    staffed.configure(QueueSettings, queues={"default": {"routing": {"assignment": "assign"}}})
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    document = explained()
    [asked] = document["offers"]
    assert (asked["agent_id"], asked["outcome"], asked["offer_id"]) == ("anna", "assigned", None)
    assert (document["next"], document["waiting_since"]) == (None, None)


def test_whoever_had_it_last_is_found_behind_everybody_else(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "zoe")
    staffed.waits(CONVERSATION)
    call("POST", f"{HERE}/accept", agent="zoe")
    call("POST", f"{HERE}/return-to-bot", agent="zoe")
    staffed.settle_all()
    come_one_after_another(staffed, "anna")
    staffed.pass_time(60)
    version = staffed.state(CONVERSATION).owner.version
    staffed.ask(CONVERSATION, builders.receive(builders.an_item("again", staffed.now)))
    staffed.ask(CONVERSATION, builders.request_human(owner_version=version))
    assert explained()["next"]["agent"] == {"agent_id": "zoe", "reason": "last_agent"}


def test_whoever_had_it_last_stands_like_others_where_they_do_not_come_first(
    staffed: StaffedDesk,
) -> None:
    routing = {"last_agent_first": False}
    staffed.configure(QueueSettings, queues={"default": {"routing": routing}, "sales": {}})
    come_one_after_another(staffed, "zoe")
    staffed.waits(CONVERSATION)
    call("POST", f"{HERE}/accept", agent="zoe")
    call("POST", f"{HERE}/return-to-bot", agent="zoe")
    staffed.describe("zoe", queues=("sales",))
    staffed.settle_all()
    version = staffed.state(CONVERSATION).owner.version
    staffed.ask(CONVERSATION, builders.receive(builders.an_item("again", staffed.now)))
    staffed.ask(CONVERSATION, builders.request_human(owner_version=version))
    assert (explained()["next"]["agent"], explained()["next"]["others"]) == (None, [])


def test_nobody_is_asked_before_the_queue_opens(staffed: StaffedDesk) -> None:
    staffed.now = NIGHT
    staffed.queue(CONVERSATION)
    assert explained()["next"]["agent"] is None
    assert explained()["next"]["opens_at"] == "2026-03-05T08:00:00Z"


@pytest.fixture
def overflowing(staffed: StaffedDesk) -> StaffedDesk:
    """After two minutes those of `default` help out in `sales`; a team has the latter alone."""
    overflow = [{"queue": "default", "after_seconds": 120}]
    queues = {"sales": {"routing": {"overflow": overflow}}, "default": {}}
    staffed.configure(QueueSettings, queues=queues)
    staffed.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    staffed.at_work("anna")
    return staffed


def test_another_queue_helps_out_when_its_time_has_come(overflowing: StaffedDesk) -> None:
    overflowing.queue(CONVERSATION, queue="sales")
    told = explained()["next"]
    assert (told["agent"], told["queues"]) == (None, ["sales"])
    assert told["relaxes_at"] == "2026-03-04T10:02:00Z"
    assert told["others"] == [{"agent_id": "anna", "reason": "overflow_not_yet"}]
    overflowing.pass_time(120)
    told = explained()["next"]
    assert told["agent"] == {"agent_id": "anna", "reason": "longest_idle"}
    assert told["queues"] == ["sales", "default"]


def test_a_team_is_not_told_who_serves_the_queues_of_others(overflowing: StaffedDesk) -> None:
    overflowing.queue(CONVERSATION, queue="sales")
    overflowing.pass_time(120)
    told = explained(**PARTNER)["next"]
    assert told["agent"] == {"agent_id": None, "reason": "longest_idle"}
    assert told["queues"] == ["sales"]


def test_a_team_is_not_told_who_of_the_queues_of_others_was_asked(
    overflowing: StaffedDesk,
) -> None:
    overflowing.pass_time(60)
    overflowing.at_work("bruno")
    overflowing.queue(CONVERSATION, queue="sales")
    overflowing.pass_time(120)
    overflowing.place(CONVERSATION)
    assert decline("anna") == 200
    told = explained()
    assert [offer["agent_id"] for offer in told["offers"]] == ["anna", "bruno"]
    assert told["passed_by"] == ["anna"]
    told = explained(**PARTNER)
    assert [offer["agent_id"] for offer in told["offers"]] == [None, None]
    assert [offer["others"] for offer in told["offers"]] == [
        [{"agent_id": None, "reason": "later_in_order"}],
        [{"agent_id": None, "reason": "passed_by"}],
    ]
    assert told["passed_by"] == []


def test_a_team_is_told_of_its_own_people(overflowing: StaffedDesk) -> None:
    overflowing.at_work("sara", queues=("default", "sales"))
    overflowing.waits(CONVERSATION, queue="sales")
    told = explained(**PARTNER)
    [asked] = told["offers"]
    assert asked["agent_id"] == "sara"
    assert decline("sara") == 200
    assert explained(**PARTNER)["passed_by"] == ["sara"]


def test_a_team_is_told_nothing_of_a_conversation_it_does_not_see(
    overflowing: StaffedDesk,
) -> None:
    overflowing.queue(CONVERSATION, queue="default")
    assert call("GET", f"{HERE}/routing", **PARTNER).problem == "unknown-conversation"


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize("conversation_id", [CONVERSATION, "..", "x" * 2_000])
def test_an_unknown_conversation_has_no_routing(conversation_id: str) -> None:
    assert call("GET", f"/conversations/{conversation_id}/routing").status == 404


# When one declines, the next is asked


def decline(agent: str = "anna") -> int:
    return call("POST", f"{HERE}/decline", agent=agent).status


def test_the_next_agent_is_asked_within_the_call_that_declines(staffed: StaffedDesk) -> None:
    come_one_after_another(staffed, "anna", "bruno", "carla")
    staffed.waits(CONVERSATION)
    assert staffed.asked_for(CONVERSATION) == "anna"
    assert decline("anna") == 200
    assert staffed.asked_for(CONVERSATION) == "bruno"
    assert [
        o["conversation_id"] for o in call("GET", "/agents/me", agent="bruno").document["offers"]
    ]
    assert decline("bruno") == 200
    assert staffed.asked_for(CONVERSATION) == "carla"


def test_a_refusal_stands_though_nobody_else_can_be_asked(
    staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_one_after_another(staffed, "anna", "bruno")
    staffed.waits(CONVERSATION)

    def fail(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(Assigning, "place", fail)
    assert decline("anna") == 200
    assert staffed.asked_for(CONVERSATION) == ""
    assert staffed.state(CONVERSATION).passed_by == ("anna",)


def test_declining_what_rings_a_tier_asks_no_agent(staffed: StaffedDesk) -> None:
    staffed.queue(CONVERSATION)
    staffed.ask(CONVERSATION, builders.offer(expires_at=staffed.now + timedelta(minutes=1)))
    staffed.at_work("bruno")
    before = staffed.asked_for(CONVERSATION)
    assert call("POST", f"{HERE}/decline", agent="anna").status == 200
    assert staffed.asked_for(CONVERSATION) == before == "bruno"
