"""How the outside takes what we send, as people's tools read it."""

from datetime import timedelta

import pytest

from sportello.people.settings import AgentEndpointSettings
from sportello.table.desk import Desk
from sportello.table.settings_store import SettingsStore
from support.agent_calls import call
from support.builders import NOW

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


def endpoints() -> list[dict[str, str | None]]:
    answer = call("GET", "/health/endpoints")
    assert answer.status == 200
    assert "example" not in answer.body
    states: list[dict[str, str | None]] = answer.document["endpoints"]
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
    ok = {"endpoint": "desk", "notifier": "webhook", "state": "ok", "since": None}
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
