"""How the outside takes what we send, as people's tools read it."""

from datetime import timedelta

import pytest

from sportello.table.desk import Desk
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
