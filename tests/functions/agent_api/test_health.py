"""How the outside takes what we send, as people's tools read it."""

from datetime import timedelta
from typing import Any

import pytest

from agent_api.reporting import health
from sportello.entrypoints import runtime
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.breaker import Breaker, after_failure
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.teams import Team, TeamSettings
from sportello.table.desk import Desk
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import call
from support.builders import NOW
from support.clouds.profiles import keep_endpoints
from support.clouds.table import configure

LATER = NOW + timedelta(hours=1)


def channels(groups: str = "agent") -> list[dict[str, str | None]]:
    answer = call("GET", "/health/channels", groups=groups)
    assert answer.status == 200
    accounts: list[dict[str, str | None]] = answer.document["channels"]
    return accounts


@pytest.mark.usefixtures("counter")
def test_a_desk_that_sent_nothing_yet_knows_of_no_account() -> None:
    assert channels() == []


def test_a_refusing_account_says_why_since_when_and_what_to_do(counter: Desk) -> None:
    counter.table.channels.note_success("whatsapp", "200300400500601", NOW)
    counter.table.channels.note_refusal("whatsapp", "200300400500601", "token", "190", LATER)
    assert channels() == [
        {
            "channel": "whatsapp",
            "account_id": "200300400500601",
            "state": "refused",
            "fault": "token",
            "to_do": "make a new access token at the provider and write it into the secret",
            "error_code": "190",
            "since": "2026-03-04T11:00:00Z",
            "last_success_at": "2026-03-04T10:00:00Z",
        }
    ]


def test_an_account_that_works_again_is_ok(counter: Desk) -> None:
    counter.table.channels.note_refusal("telegram", "7", "token", "401", NOW)
    counter.table.channels.note_success("telegram", "7", LATER)
    (account,) = channels(groups="supervisor")
    assert (account["state"], account["fault"], account["since"]) == ("ok", None, None)
    assert account["last_success_at"] == "2026-03-04T11:00:00Z"


def test_a_fault_that_a_newer_version_wrote_is_shown_without_advice(counter: Desk) -> None:
    counter.table.channels.note_refusal("telegram", "7", "on_the_moon", "999", NOW)
    (account,) = channels()
    assert (account["fault"], account["to_do"]) == ("on_the_moon", None)


# --- endpoints ----------------------------------------------------------------------------------


UNTRIED = {
    "since": None,
    "failures": 0,
    "reason": None,
    "last_failure_at": None,
    "last_success_at": None,
    "next_attempt_at": None,
}


def endpoints() -> list[dict[str, Any]]:
    answer = call("GET", "/health/endpoints")
    assert answer.status == 200
    assert "example" not in answer.body
    states: list[dict[str, Any]] = answer.document["endpoints"]
    return states


def put(**urls: str) -> None:
    addresses = {name: {"notifier": "webhook", "url": url} for name, url in urls.items()}
    document = {"endpoints": addresses}
    assert call("PUT", "/settings/agent_endpoints", document, groups="supervisor").status == 200


def mark_gone(desk: Desk, name: str) -> None:
    settings = SettingsStore(desk.table, max_age_seconds=0).get(AgentEndpointSettings)
    desk.table.endpoints.mark_gone(name, settings.endpoints[name].hash, NOW)


def test_an_endpoint_is_gone_since_it_said_so_until_its_settings_change(counter: Desk) -> None:
    put(desk="https://desk.example/ring", duty="https://duty.example/ring")
    ok = {"endpoint": "desk", "notifier": "webhook", "state": "ok", **UNTRIED}
    assert endpoints() == [ok, ok | {"endpoint": "duty"}]
    mark_gone(counter, "desk")
    assert endpoints()[0] == ok | {"state": "gone", "since": "2026-03-04T10:00:00Z"}
    put(desk="https://desk.example/ring", duty="https://duty.example/other")
    assert endpoints()[0]["state"] == "gone"
    put(desk="https://desk.example/other", duty="https://duty.example/other")
    assert endpoints()[0] == ok


def test_an_endpoint_that_is_taken_out_and_put_in_again_is_no_longer_gone(counter: Desk) -> None:
    put(desk="https://desk.example/ring")
    mark_gone(counter, "desk")
    put()
    assert endpoints() == []
    put(desk="https://desk.example/ring")
    assert endpoints()[0]["state"] == "ok"


def fail(desk: Desk, name: str, endpoint: AgentEndpoint, times: int) -> None:
    breaker = Breaker(settings_hash=endpoint.hash, last_success_at=NOW - timedelta(hours=2))
    for minute in range(times):
        at = NOW + timedelta(minutes=minute)
        breaker = after_failure(breaker, "the endpoint answered 503", at)
    desk.table.endpoints.note_success(name, breaker)


def shared(desk: Desk) -> AgentEndpoint:
    settings = SettingsStore(desk.table, max_age_seconds=0).get(AgentEndpointSettings)
    return settings.endpoints["desk"]


FIVE_TIMES = {
    "since": "2026-03-04T10:00:00Z",
    "failures": 5,
    "reason": "the endpoint answered 503",
    "last_failure_at": "2026-03-04T10:04:00Z",
    "last_success_at": "2026-03-04T08:00:00Z",
    "next_attempt_at": "2026-03-04T10:05:00Z",
}


@pytest.mark.parametrize(
    ("times", "minutes", "state", "next_attempt_at"),
    [
        (4, 4, "failing", None),
        (5, 4, "resting", "2026-03-04T10:05:00Z"),
        (5, 5, "failing", None),
    ],
)
def test_a_failing_endpoint_says_since_when_why_and_when_it_is_tried_again(
    counter: Desk,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    minutes: int,
    state: str,
    next_attempt_at: str | None,
) -> None:
    put(desk="https://desk.example/ring")
    fail(counter, "desk", shared(counter), times)
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + timedelta(minutes=minutes))
    (health,) = endpoints()
    expected = {**FIVE_TIMES, "state": state, "failures": times, "next_attempt_at": next_attempt_at}
    if times == 4:
        expected["last_failure_at"] = "2026-03-04T10:03:00Z"
    assert health == {"endpoint": "desk", "notifier": "webhook", **expected}


def test_an_endpoint_whose_settings_changed_begins_anew(counter: Desk) -> None:
    put(desk="https://desk.example/ring")
    fail(counter, "desk", shared(counter), 5)
    put(desk="https://desk.example/other")
    assert endpoints() == [{"endpoint": "desk", "notifier": "webhook", "state": "ok", **UNTRIED}]


PHONE = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://anna.example/ring"})


def test_agents_own_endpoints_are_told_of_while_they_are_not_well(counter: Desk) -> None:
    keep_endpoints(counter.table, "anna", {"phone": PHONE, "tablet": PHONE, "watch": PHONE})
    fail(counter, "@anna/phone", PHONE, 5)
    counter.table.endpoints.mark_gone("@anna/tablet", PHONE.hash, NOW)
    well = Breaker(settings_hash=PHONE.hash, last_success_at=NOW)
    counter.table.endpoints.note_success("@anna/watch", well)
    fail(counter, "@bruno/phone", PHONE, 5)
    told = [(each["endpoint"], each["notifier"], each["state"]) for each in endpoints()]
    assert told == [
        ("@anna/phone", "webhook", "failing"),
        ("@anna/tablet", "webhook", "gone"),
    ]


def test_of_very_many_agents_whose_bells_fail_some_are_told_of(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_AGENTS", 1)
    for agent_id in ("anna", "bruno"):
        keep_endpoints(counter.table, agent_id, {"phone": PHONE, "tablet": PHONE})
        fail(counter, f"@{agent_id}/phone", PHONE, 5)
    fail(counter, "@anna/tablet", PHONE, 5)
    document = call("GET", "/health/endpoints").document
    told = [each["endpoint"] for each in document["endpoints"]]
    assert (told, document["more"]) == (["@anna/phone", "@anna/tablet"], True)


def test_writing_the_shared_endpoints_forgets_no_agents_own(counter: Desk) -> None:
    keep_endpoints(counter.table, "anna", {"phone": PHONE})
    fail(counter, "@anna/phone", PHONE, 5)
    put(desk="https://desk.example/ring")
    assert [each["endpoint"] for each in endpoints()] == ["desk", "@anna/phone"]


def test_of_agents_bells_a_team_sees_ones_own_alone(counter: Desk) -> None:
    configure(counter.table, TeamSettings(teams={"north": Team(queues=("default",))}))
    put(desk="https://desk.example/ring")
    for agent_id in ("anna", "bruno"):
        keep_endpoints(counter.table, agent_id, {"phone": PHONE.model_dump(mode="json")})
        fail(counter, f"@{agent_id}/phone", PHONE, 5)
    seen = call("GET", "/health/endpoints", groups="agent,team-north").document["endpoints"]
    assert [each["endpoint"] for each in seen] == ["desk", "@anna/phone"]
    assert len(endpoints()) == 3
