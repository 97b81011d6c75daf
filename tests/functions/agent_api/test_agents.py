"""Agents as colleagues and their own tools see them."""

from typing import Any

import pytest

from sportello.entrypoints import runtime
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.teams import Team, TeamSettings
from sportello.table.desk import Desk
from support.agent_calls import call
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.table import configure
from support.routing import at_work, have_profile, offer_to, somebody_waits

URL = "https://desk.example/secret"
WEBHOOK = AgentEndpoint.model_validate({"notifier": "webhook", "url": URL})

pytestmark = pytest.mark.usefixtures("in_opening_hours")


@pytest.fixture
def two_queues(counter: Desk) -> Desk:
    """Queues `default` and `sales`; the team of partners has the latter alone."""
    queues = QueueSettings(queues={"default": Queue(), "sales": Queue()})
    configure(counter.table, queues)
    configure(counter.table, TeamSettings(teams={"partners": Team(queues=("sales",))}))
    return counter


def ids(document: Any) -> list[str]:
    return [agent["agent_id"] for agent in document["agents"]]


# One's own


@pytest.mark.usefixtures("counter")
def test_whoever_was_never_there_is_offline_and_serves_the_queue_of_handoffs() -> None:
    answer = call("GET", "/agents/me")
    assert answer.status == 200
    assert answer.document == {
        "agent_id": "anna",
        "presence": "offline",
        "presence_until": None,
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


def test_an_offer_rings_in_what_an_agent_reads_of_themselves(counter: Desk) -> None:
    at_work(counter, "anna")
    somebody_waits(counter)
    offer_to(counter, "anna")
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


def test_an_offer_to_a_colleague_does_not_ring(counter: Desk) -> None:
    at_work(counter, "anna", "bruno")
    somebody_waits(counter)
    offer_to(counter, "bruno")
    assert call("GET", "/agents/me").document["offers"] == []


def test_an_offer_that_has_expired_rings_no_more(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work(counter, "anna")
    somebody_waits(counter)
    offer_to(counter, "anna")
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + seconds(30))
    assert call("GET", "/agents/me").document["offers"] == []


def test_what_was_accepted_is_held_and_no_offer_any_more(counter: Desk) -> None:
    at_work(counter, "anna")
    somebody_waits(counter)
    offer_to(counter, "anna")
    offer_id = call("GET", "/agents/me").document["offers"][0]["offer_id"]
    assert (
        call("POST", f"/conversations/{CONVERSATION}/accept", {"offer_id": offer_id}).status == 200
    )
    document = call("GET", "/agents/me").document
    assert document["offers"] == []
    assert [(held["conversation_id"], held["offered"]) for held in document["held"]] == [
        (CONVERSATION, False)
    ]


# Colleagues


def test_a_colleague_is_shown_without_offers_and_without_addresses(counter: Desk) -> None:
    have_profile(counter, "bruno", AgentProfile(display_name="Bruno", endpoints={"desk": WEBHOOK}))
    at_work(counter, "bruno")
    answer = call("GET", "/agents/bruno")
    assert answer.document["display_name"] == "Bruno"
    assert answer.document["presence"] == "available"
    assert answer.document["profile"]["endpoints"] == {"desk": {"notifier": "webhook"}}
    assert "offers" not in answer.document
    assert "secret" not in answer.body
    assert answer.headers["etag"] == '"1"'


@pytest.mark.parametrize(("agent", "groups"), [("bruno", "agent"), ("sofia", "supervisor")])
def test_addresses_are_shown_to_whose_they_are_and_to_supervisors(
    counter: Desk, agent: str, groups: str
) -> None:
    have_profile(counter, "bruno", AgentProfile(endpoints={"desk": WEBHOOK}))
    document = call("GET", "/agents/bruno", agent=agent, groups=groups).document
    assert document["profile"]["endpoints"] == {"desk": WEBHOOK.model_dump(mode="json")}


def test_an_administrator_sees_how_many_and_not_which_conversations_somebody_has(
    counter: Desk,
) -> None:
    at_work(counter, "bruno")
    somebody_waits(counter)
    offer_to(counter, "bruno")
    document = call("GET", "/agents/bruno", groups="admin").document
    assert (document["conversations"], document["held"]) == (1, None)


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("agent_id", ["nobody", "a" * 129, "a b", "..", "<script>", "%00"])
def test_an_agent_whom_nobody_knows_is_unknown_whatever_they_are_called(agent_id: str) -> None:
    assert call("GET", f"/agents/{agent_id.replace(' ', '%20')}").problem == "unknown-agent"


def test_a_team_sees_the_agents_of_its_queues_and_no_others(two_queues: Desk) -> None:
    have_profile(two_queues, "anna", AgentProfile(queues=("sales",)))
    have_profile(two_queues, "bruno", AgentProfile(queues=("default",)))
    have_profile(two_queues, "carla", AgentProfile(queues=("default", "sales")))
    partner: dict[str, Any] = {"agent": "paolo", "groups": "agent,team-partners"}
    assert ids(call("GET", "/agents", **partner).document) == ["anna", "carla"]
    assert call("GET", "/agents/bruno", **partner).problem == "unknown-agent"
    shown = call("GET", "/agents/anna", **partner).document
    assert (shown["agent_id"], shown["held"]) == ("anna", None)


def test_whoever_serves_a_queue_is_listed_with_presence_and_load(two_queues: Desk) -> None:
    have_profile(two_queues, "anna", AgentProfile(queues=("sales",), capacity=4))
    have_profile(two_queues, "bruno", AgentProfile(queues=("sales",)))
    at_work(two_queues, "anna", presence=Presence.BUSY)
    at_work(two_queues, "carla")
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


def test_a_long_list_is_read_page_by_page_each_agent_once(counter: Desk) -> None:
    everybody = [f"agent-{number:02}" for number in range(7)]
    at_work(counter, *everybody)
    found, cursor, pages = [], "", 0
    while pages < 10:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        document = call("GET", "/agents", query=query).document
        found += ids(document)
        pages += 1
        cursor = document["next"]
        if cursor is None:
            break
    assert (found, pages) == (everybody, 3)


@pytest.mark.usefixtures("counter")
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
