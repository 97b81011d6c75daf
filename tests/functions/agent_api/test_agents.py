"""Agents as colleagues and their own tools see them."""

from typing import Any

import pytest

from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.teams import TeamSettings
from sportello.table.agents.agent_items import agent_key
from support.agent_calls import Answer, call
from support.builders import CONVERSATION
from support.clouds.staffed_desk import StaffedDesk

URL = "https://desk.example/secret"
WEBHOOK = AgentEndpoint.model_validate({"notifier": "webhook", "url": URL})


@pytest.fixture
def two_queues(staffed: StaffedDesk) -> StaffedDesk:
    """Queues `default` and `sales`; the team of partners has the latter alone."""
    staffed.configure(QueueSettings, queues={"default": {}, "sales": {}})
    staffed.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    return staffed


def ids(document: Any) -> list[str]:
    return [agent["agent_id"] for agent in document["agents"]]


def accept(offer_id: str, agent: str = "anna") -> Answer:
    body = {"offer_id": offer_id}
    return call("POST", f"/conversations/{CONVERSATION}/accept", body, agent=agent)


# One's own


@pytest.mark.usefixtures("staffed")
def test_whoever_was_never_there_is_offline_and_serves_the_queue_of_handoffs() -> None:
    answer = call("GET", "/agents/me")
    assert answer.status == 200
    assert answer.document == {
        "agent_id": "anna",
        "presence": "offline",
        "presence_until": None,
        "missed_offers": 0,
        "display_name": "",
        "queues": ["default"],
        "languages": [],
        "load": 0,
        "capacity": 10,
        "version": 0,
        "profile": AgentProfile().model_dump(mode="json"),
        "idle_since": None,
        "conversations": 0,
        "held": [],
        "offers": [],
    }


def test_an_offer_rings_in_what_an_agent_reads_of_themselves(staffed: StaffedDesk) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    document = call("GET", "/agents/me").document
    [offer] = document["offers"]
    assert offer == {
        "offer_id": offer["offer_id"],
        "conversation_id": CONVERSATION,
        "channel": "fake",
        "queue": "default",
        "priority": "normal",
        "reason": "asked_for_person",
        "units": 2,
        "offered_at": "2026-03-04T10:00:00Z",
        "expires_at": "2026-03-04T10:00:30Z",
    }
    assert (document["load"], document["capacity"], document["conversations"]) == (2, 10, 1)
    assert document["held"] == [
        {
            "conversation_id": CONVERSATION,
            "units": 2,
            "since": "2026-03-04T10:00:00Z",
            "offered": True,
            "counts_until": "2026-03-04T10:01:00Z",
        }
    ]


def test_an_offer_to_a_colleague_does_not_ring(staffed: StaffedDesk) -> None:
    staffed.at_work("bruno")
    staffed.comes("anna")
    staffed.waits(CONVERSATION)
    assert call("GET", "/agents/me").document["offers"] == []
    assert len(call("GET", "/agents/me", agent="bruno").document["offers"]) == 1


def test_an_offer_that_has_expired_rings_no_more(staffed: StaffedDesk) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    staffed.pass_time(30)
    assert call("GET", "/agents/me").document["offers"] == []


def test_what_was_accepted_is_held_and_no_offer_any_more(staffed: StaffedDesk) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    assert accept(call("GET", "/agents/me").document["offers"][0]["offer_id"]).status == 200
    document = call("GET", "/agents/me").document
    assert document["offers"] == []
    assert [(held["conversation_id"], held["offered"]) for held in document["held"]] == [
        (CONVERSATION, False)
    ]


def test_a_presence_that_only_a_later_version_knows_is_shown_as_it_is_written(
    staffed: StaffedDesk,
) -> None:
    staffed.comes("anna")
    staffed.table._client.update_item(
        TableName=staffed.table._name,
        Key=agent_key("anna", "WORK"),
        UpdateExpression="SET presence = :presence",
        ExpressionAttributeValues={":presence": {"S": "in_training"}},
    )
    assert call("GET", "/agents/me").document["presence"] == "in_training"
    assert call("GET", "/agents").document["agents"][0]["presence"] == "in_training"


# Colleagues


def test_a_colleague_is_shown_without_offers_and_without_addresses(staffed: StaffedDesk) -> None:
    staffed.comes("bruno", display_name="Bruno", endpoints={"desk": WEBHOOK})
    answer = call("GET", "/agents/bruno")
    assert answer.document["display_name"] == "Bruno"
    assert answer.document["presence"] == "available"
    assert answer.document["profile"]["endpoints"] == {"desk": {"notifier": "webhook"}}
    assert "offers" not in answer.document
    assert "secret" not in answer.body
    assert answer.headers["etag"] == '"1"'


@pytest.mark.parametrize(("agent", "groups"), [("bruno", "agent"), ("sofia", "supervisor")])
def test_addresses_are_shown_to_whose_they_are_and_to_supervisors(
    staffed: StaffedDesk, agent: str, groups: str
) -> None:
    staffed.describe("bruno", endpoints={"desk": WEBHOOK})
    document = call("GET", "/agents/bruno", agent=agent, groups=groups).document
    assert document["profile"]["endpoints"] == {"desk": WEBHOOK.model_dump(mode="json")}


def test_an_administrator_sees_how_many_and_not_which_conversations_somebody_has(
    staffed: StaffedDesk,
) -> None:
    staffed.at_work("bruno")
    staffed.waits(CONVERSATION)
    document = call("GET", "/agents/bruno", groups="admin").document
    assert (document["conversations"], document["held"]) == (1, None)


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize("agent_id", ["nobody", "a" * 129, "a%20b", "..", "<script>", "%00"])
def test_an_agent_whom_nobody_knows_is_unknown_whatever_they_are_called(agent_id: str) -> None:
    assert call("GET", f"/agents/{agent_id}").problem == "unknown-agent"


def test_a_team_sees_the_agents_of_its_queues_and_no_others(two_queues: StaffedDesk) -> None:
    two_queues.describe("anna", queues=("sales",))
    two_queues.describe("bruno", queues=("default",))
    two_queues.describe("carla", queues=("default", "sales"))
    partner: dict[str, Any] = {"agent": "paolo", "groups": "agent,team-partners"}
    assert ids(call("GET", "/agents", **partner).document) == ["anna", "carla"]
    assert ids(call("GET", "/agents", query={"queue": "default"}, **partner).document) == []
    assert call("GET", "/agents/bruno", **partner).problem == "unknown-agent"
    shown = call("GET", "/agents/anna", **partner).document
    assert (shown["agent_id"], shown["held"]) == ("anna", None)


def test_a_team_is_not_told_which_queues_of_others_somebody_serves(
    two_queues: StaffedDesk,
) -> None:
    two_queues.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    two_queues.describe("carla", queues=("default", "sales"))
    partner: dict[str, Any] = {"agent": "paolo", "groups": "agent,team-partners"}
    [listed] = call("GET", "/agents", **partner).document["agents"]
    assert listed["queues"] == ["sales"]
    shown = call("GET", "/agents/carla", **partner).document
    assert (shown["queues"], shown["profile"]["queues"]) == (["sales"], ["sales"])
    themself = call("GET", "/agents/carla", agent="carla", groups="agent,team-partners").document
    assert themself["queues"] == ["default", "sales"]


def test_whoever_serves_a_queue_is_listed_with_presence_and_load(two_queues: StaffedDesk) -> None:
    two_queues.describe("anna", queues=("sales",), capacity=4)
    two_queues.describe("bruno", queues=("sales",))
    two_queues.present("anna", Presence.BUSY)
    two_queues.comes("carla")
    assert ids(call("GET", "/agents").document) == ["anna", "bruno", "carla"]
    of_sales = call("GET", "/agents", query={"queue": "sales"}).document
    assert [(a["agent_id"], a["presence"], a["capacity"]) for a in of_sales["agents"]] == [
        ("anna", "busy", 4),
        ("bruno", "offline", 10),
    ]
    assert of_sales["next"] is None
    there = call("GET", "/agents", query={"queue": "sales", "at_work": "true"}).document
    assert ids(there) == ["anna"]
    assert ids(call("GET", "/agents", query={"queue": "default"}).document) == ["carla"]


def test_a_long_list_is_read_page_by_page_each_agent_once(staffed: StaffedDesk) -> None:
    everybody = [f"agent-{number:02}" for number in range(7)]
    for agent_id in everybody:
        staffed.comes(agent_id)
    pages: list[list[str]] = []
    query = {"limit": "3"}
    while len(pages) < len(everybody):
        document = call("GET", "/agents", query=query).document
        pages.append(ids(document))
        if document["next"] is None:
            break
        query["cursor"] = document["next"]
    assert pages == [everybody[:3], everybody[3:6], everybody[6:]]


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "51"},
        {"queue": "No Queue"},
        {"cursor": "a b"},
        {"cursor": "a" * 129},
        {"sort": "name"},
    ],
)
def test_a_list_is_asked_for_within_bounds(query: dict[str, str]) -> None:
    assert call("GET", "/agents", query=query).problem == "validation"
