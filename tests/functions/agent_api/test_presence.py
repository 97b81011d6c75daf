"""Coming to work, a sign of life, going home."""

from typing import Any

import pytest

from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import TeamSettings
from support.agent_calls import Answer, call
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import all_items, unaudited_items


def say(presence: str, **others: Any) -> Answer:
    return call("PUT", "/agents/me/presence", {"presence": presence, **others})


def now_said(agent: str = "anna") -> str:
    presence: str = call("GET", "/agents/me", agent=agent).document["presence"]
    return presence


@pytest.mark.usefixtures("staffed")
def test_a_presence_is_believed_for_as_long_as_the_settings_say() -> None:
    assert say("available").document == {
        "presence": "available",
        "presence_until": "2026-03-04T10:05:00Z",
        "missed_offers": 0,
    }
    assert now_said() == "available"


def test_without_another_sign_of_life_an_agent_is_offline(staffed: StaffedDesk) -> None:
    say("available")
    staffed.pass_time(299)
    assert now_said() == "available"
    staffed.pass_time(1)
    assert now_said() == "offline"


def test_a_sign_of_life_goes_on_with_what_was_said(staffed: StaffedDesk) -> None:
    say("busy")
    staffed.pass_time(200)
    assert say("busy").document["presence_until"] == "2026-03-04T10:08:20Z"


def test_a_sign_of_life_while_the_last_is_fresh_writes_nothing(
    staffed: StaffedDesk,
) -> None:
    say("available")
    before = all_items(staffed.table)
    staffed.pass_time(100)
    assert say("available").document["presence_until"] == "2026-03-04T10:05:00Z"
    assert all_items(staffed.table) == before


def test_a_change_is_written_at_once_however_fresh_the_last_is(staffed: StaffedDesk) -> None:
    say("available")
    assert say("away").document["presence"] == "away"
    assert staffed.table.agents.work("anna").presence is Presence.AWAY


@pytest.mark.usefixtures("staffed")
def test_whoever_goes_home_is_offline_at_once() -> None:
    say("available")
    gone = {"presence": "offline", "presence_until": None, "missed_offers": 0}
    assert say("offline").document == gone
    assert now_said() == "offline"


@pytest.mark.usefixtures("staffed")
def test_a_presence_is_believed_at_most_four_times_as_long_as_usual() -> None:
    assert say("available", for_seconds=1_200).document["presence_until"] == "2026-03-04T10:20:00Z"
    answer = say("available", for_seconds=1_201)
    assert answer.problem == "validation"
    assert answer.document["errors"] == [{"pointer": "/for_seconds", "detail": "At most 1200."}]


def test_how_long_is_a_setting(staffed: StaffedDesk) -> None:
    staffed.configure(RoutingSettings, presence_seconds=60)
    assert say("available").document["presence_until"] == "2026-03-04T10:01:00Z"
    assert say("available", for_seconds=241).problem == "validation"


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"presence": "lunch"},
        {"presence": "available", "for_seconds": 0},
        {"presence": "available", "for_seconds": 10**30},
        {"presence": "available", "for_seconds": "soon"},
        {"presence": "available", "agent_id": "bruno"},
        {"presence": ["available"]},
    ],
)
def test_what_is_no_presence_changes_nothing(body: Any) -> None:
    assert call("PUT", "/agents/me/presence", body).problem == "validation"
    assert now_said() == "offline"


def test_coming_and_going_is_audited_and_a_sign_of_life_is_not(staffed: StaffedDesk) -> None:
    say("available")
    for _ in range(5):
        staffed.pass_time(100)
        say("available")
    staffed.pass_time(1)
    say("offline")
    staffed.pass_time(1)
    acts = call("GET", "/audit", groups="admin", agent="ada").document["acts"]
    assert [(act["agent_id"], act["at"]) for act in acts] == [
        ("anna", "2026-03-04T10:08:21Z"),
        ("anna", "2026-03-04T10:00:00Z"),
    ]


def test_what_is_refused_is_audited_however_often(staffed: StaffedDesk) -> None:
    call("PUT", "/agents/bruno/presence", {"presence": "offline"})
    staffed.pass_time(1)
    [act] = call("GET", "/audit", groups="admin").document["acts"]
    assert (act["route"], act["status"], act["problem"]) == (
        "/agents/{agent_id}/presence",
        403,
        "forbidden",
    )


# Of others


def test_a_supervisor_sends_somebody_home(staffed: StaffedDesk) -> None:
    staffed.comes("anna")
    answer = call(
        "PUT", "/agents/anna/presence", {"presence": "offline"}, agent="sofia", groups="supervisor"
    )
    assert answer.document["presence"] == "offline"
    assert now_said("anna") == "offline"
    say("available")
    assert now_said("anna") == "available"


def test_an_agent_says_nothing_of_a_colleague(staffed: StaffedDesk) -> None:
    staffed.comes("bruno")
    answer = call("PUT", "/agents/bruno/presence", {"presence": "offline"})
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert now_said("bruno") == "available"


@pytest.mark.parametrize("agent_id", ["nobody", "x" * 129, "%20"])
def test_nobody_is_set_to_work_who_was_never_there(staffed: StaffedDesk, agent_id: str) -> None:
    path = f"/agents/{agent_id}/presence"
    answer = call("PUT", path, {"presence": "available"}, groups="supervisor")
    assert (answer.status, answer.problem) == (404, "unknown-agent")
    assert unaudited_items(staffed.table) == []


def test_a_teams_supervisor_says_it_of_whoever_serves_its_queues_alone(
    staffed: StaffedDesk,
) -> None:
    staffed.configure(QueueSettings, queues={"default": {}, "sales": {}})
    staffed.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    staffed.describe("anna", queues=("sales",))
    staffed.describe("carla", queues=("default", "sales"))
    staffed.describe("dario")

    def say_of(agent_id: str) -> int:
        return call(
            "PUT",
            f"/agents/{agent_id}/presence",
            {"presence": "busy"},
            agent="paolo",
            groups="supervisor,team-partners",
        ).status

    assert [say_of(agent_id) for agent_id in ("anna", "carla", "dario")] == [200, 403, 404]


@pytest.mark.parametrize(
    ("queues", "status"), [((), 403), (("sales",), 200), (("sales", "default"), 403)]
)
def test_whoever_is_in_a_team_is_available_for_its_queues_alone(
    staffed: StaffedDesk, queues: tuple[str, ...], status: int
) -> None:
    staffed.configure(QueueSettings, queues={"default": {}, "sales": {}})
    staffed.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    staffed.describe("paolo", queues=queues)

    def say_as_a_partner(presence: str) -> int:
        path, groups = "/agents/me/presence", "agent,team-partners"
        return call("PUT", path, {"presence": presence}, agent="paolo", groups=groups).status

    assert say_as_a_partner("available") == status
    assert (staffed.agent("paolo").work.presence is Presence.AVAILABLE) is (status == 200)
    assert say_as_a_partner("away") == 200
