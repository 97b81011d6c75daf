import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from notifiers import slack
from notifiers.slack import Slack
from notifiers.slack.address import SlackAddress, agent_pressing
from notifiers.slack.api import FAULTS, GONE, NOTHING_LEFT, OURS, SlackApi
from notifiers.slack.secret import BotToken, SigningSecrets
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
)
from sportello.messaging.outbound_http import Reply
from support.block_kit import check_message
from support.clouds.quick_moto import aws
from support.notices import notice
from support.template import ROOT

ADDRESS = {"channel": "C024BE91L", "language": "en"}
SECRETS = SigningSecrets.model_validate({"signing_secret": "8f742231b10e8888abcd99yyyzzz85a5"})
TOKEN = BotToken.model_validate({"bot_token": "xoxb-made-up"})
TAKEN = {"ok": True, "channel": "C024BE91L", "ts": "1772618400.000247", "message": {}}
RECEIPT = "C024BE91L:1772618400.000247"

TRIED_AGAIN = frozenset(
    {
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "streaming_state_conflict",
        "team_added_to_org",
        "update_failed",
    }
)


class SlackWorkspace:
    """Gives one answer to every call, and keeps the calls."""

    def __init__(self, answer: Any = TAKEN, status: int = 200, **headers: str) -> None:
        self.answer, self.status, self.headers = answer, status, headers
        self.calls: list[tuple[str, dict[str, Any], dict[str, str]]] = []

    def __call__(self, url: str, document: Any, headers: Mapping[str, str]) -> Reply:
        self.calls.append((url, document, dict(headers)))
        body = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        return Reply(status=self.status, headers=headers, body=body)

    def ring(self, name: str = "conversation.offered", **fields: Any) -> str:
        api = SlackApi(lambda: TOKEN, lambda: "https://slack.com/api/", self)
        return Slack(api, lambda: SECRETS).notify(notice(name, address=ADDRESS, **fields))


def test_a_ring_is_posted_to_its_channel_with_the_bots_token() -> None:
    workspace = SlackWorkspace()
    workspace.ring()
    [(url, document, headers)] = workspace.calls
    assert url == "https://slack.com/api/chat.postMessage"
    assert headers["authorization"] == "Bearer xoxb-made-up"
    assert document["channel"] == "C024BE91L"
    check_message(document["text"], document["blocks"])


def test_slack_is_told_to_make_nothing_of_texts() -> None:
    workspace = SlackWorkspace()
    workspace.ring()
    [(_, document, _)] = workspace.calls
    assert document["parse"] == "none"
    assert not any(document[each] for each in ("unfurl_links", "unfurl_media", "link_names"))


def test_a_ring_returns_where_it_stands() -> None:
    assert SlackWorkspace().ring() == RECEIPT


def test_a_ring_to_a_person_stands_in_the_channel_that_slack_names() -> None:
    workspace = SlackWorkspace(TAKEN | {"channel": "D024BE91L"})
    assert workspace.ring() == "D024BE91L:1772618400.000247"


def test_a_ring_without_a_place_cannot_be_taken_back() -> None:
    assert SlackWorkspace({"ok": True}).ring() == ""


@pytest.mark.parametrize("outcome", ["accepted", "declined", "withdrawn", "expired"])
def test_the_end_of_an_offer_replaces_its_ring(outcome: str) -> None:
    workspace = SlackWorkspace()
    data = {"offer_id": "handoff-2-0"}
    assert workspace.ring(f"offer.{outcome}", data=data, receipt=RECEIPT) == ""
    [(url, document, _)] = workspace.calls
    assert url == "https://slack.com/api/chat.update"
    assert (document["channel"], document["ts"]) == ("C024BE91L", "1772618400.000247")
    assert document["parse"] == "none"
    check_message(document["text"], document["blocks"])
    assert "actions" not in {block["type"] for block in document["blocks"]}


@pytest.mark.parametrize("receipt", ["", "C024BE91L", "C1:2", "not:1772618400.1", f"{RECEIPT}/../"])
def test_what_was_never_rung_is_not_taken_back(receipt: str) -> None:
    workspace = SlackWorkspace()
    assert workspace.ring("offer.expired", receipt=receipt) == ""
    assert workspace.calls == []


@pytest.mark.parametrize("error", sorted(NOTHING_LEFT))
def test_a_ring_that_is_gone_needs_no_taking_back(error: str) -> None:
    workspace = SlackWorkspace({"ok": False, "error": error})
    assert workspace.ring("offer.expired", receipt=RECEIPT) == ""


# What Slack answers


def listed_errors() -> dict[str, list[str]]:
    path = ROOT / "tests/vectors/slack_errors.json"
    errors: dict[str, list[str]] = json.loads(path.read_text())
    return errors


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_every_error_that_slack_lists_has_a_meaning(method: str) -> None:
    known = {*FAULTS, *GONE, *OURS, *NOTHING_LEFT, *TRIED_AGAIN}
    assert set(listed_errors()[method]) - known == set()


def test_no_error_means_two_things() -> None:
    meanings = [set(FAULTS), set(GONE), set(OURS), set(TRIED_AGAIN)]
    assert sum(map(len, meanings)) == len(set[str]().union(*meanings))


@pytest.mark.parametrize("error", [*sorted(TRIED_AGAIN), "never_heard_of", "", None, 7])
def test_what_may_pass_is_tried_again(error: Any) -> None:
    with pytest.raises(ProviderUnavailable):
        SlackWorkspace({"ok": False, "error": error}).ring()


@pytest.mark.parametrize("error", sorted(FAULTS))
def test_what_an_operator_cures_is_said_with_slacks_word(error: str) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        SlackWorkspace({"ok": False, "error": error}).ring()
    assert (refused.value.fault, refused.value.error_code) == (FAULTS[error], error)


@pytest.mark.parametrize("error", sorted(GONE))
def test_a_closed_channel_is_gone(error: str) -> None:
    with pytest.raises(EndpointGone):
        SlackWorkspace({"ok": False, "error": error}).ring()


@pytest.mark.parametrize("error", sorted(OURS))
def test_a_message_that_slack_never_takes_is_rejected(error: str) -> None:
    with pytest.raises(Rejected, match=error):
        SlackWorkspace({"ok": False, "error": error}).ring()


def test_an_error_that_is_no_word_is_not_written_anywhere() -> None:
    with pytest.raises(ProviderUnavailable) as refused:
        SlackWorkspace({"ok": False, "error": "user 393331234567"}).ring()
    assert "393331234567" not in str(refused.value)


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"ok": "yes"}', TAKEN])
def test_what_is_no_answer_of_slacks_is_tried_again(status: int, answer: Any) -> None:
    with pytest.raises(ProviderUnavailable, match=str(status)):
        SlackWorkspace(answer, status).ring()


def test_slacks_own_wish_is_passed_on() -> None:
    workspace = SlackWorkspace({"ok": False, "error": "ratelimited"}, 429, retry_after="30")
    with pytest.raises(ProviderUnavailable) as busy:
        workspace.ring()
    assert busy.value.retry_after_seconds == 30


# The address


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "#general"},
        {"channel": "general"},
        {"channel": "C024BE91L/../x"},
        {"channel": "C024BE91L", "agents": {"anna": "a"}},
        {"channel": "C024BE91L", "agents": {"U024BE91L": ""}},
        {"channel": "C024BE91L", "agents": {"U024BE91L": "anna@example.com"}},
        {"channel": "C024BE91L", "language": "italiano"},
        {"channel": "C024BE91L", "token": "xoxb-never-here"},
        {},
    ],
)
def test_an_address_is_made_of_ids(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SlackAddress.model_validate(fields)


SHARED = SlackAddress(channel="C024BE91L", agents={"U0ANNA": "anna", "U0BRUNO": "bruno"})
ANNAS_OWN = SlackAddress(channel="U0ANNA")
ANNAS_CHAT = SlackAddress(channel="D0ANNA")


@pytest.mark.parametrize(
    ("address", "owner", "user", "pressed_in", "agent_id"),
    [
        (SHARED, "", "U0ANNA", "C024BE91L", "anna"),
        (SHARED, "", "U0CARLA", "C024BE91L", ""),
        (ANNAS_OWN, "", "U0ANNA", "D0ANNA", ""),
        (ANNAS_OWN, "anna", "U0ANNA", "D0ANNA", "anna"),
        (ANNAS_OWN, "anna", "U0BRUNO", "D0BRUNO", ""),
        (ANNAS_OWN, "anna", "U0ANNA", "C024BE91L", ""),
        (ANNAS_CHAT, "anna", "U0ANNA", "D0ANNA", "anna"),
        (ANNAS_CHAT, "anna", "U0BRUNO", "D0BRUNO", ""),
        (SlackAddress(channel="C024BE91L"), "anna", "U0ANNA", "C024BE91L", ""),
        (SHARED, "anna", "U0ANNA", "C024BE91L", "anna"),
        (SHARED, "anna", "U0BRUNO", "C024BE91L", ""),
    ],
)
def test_who_presses_is_known_by_the_address(
    address: SlackAddress, owner: str, user: str, pressed_in: str, agent_id: str
) -> None:
    assert agent_pressing(address, owner, user, pressed_in) == agent_id


# The secret


def test_the_secret_in_force_comes_first_and_an_empty_one_is_none() -> None:
    both = {"signing_secret": "new", "previous_signing_secret": "old", "bot_token": "x"}
    assert SigningSecrets.model_validate(both).keys == [b"new", b"old"]
    assert SigningSecrets.model_validate(both | {"previous_signing_secret": ""}).keys == [b"new"]
    with pytest.raises(ValidationError):
        SigningSecrets.model_validate({"signing_secret": ""})


def test_without_its_secret_the_notifier_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_SECRET", "slack")
    monkeypatch.setenv("SLACK_API_URL", "https://slack.com/api")
    empty = json.dumps({"bot_token": "", "signing_secret": ""})
    with aws():
        boto3.client("secretsmanager").create_secret(Name="slack", SecretString=empty)
        with pytest.raises(NotConfigured, match="signing_secret"):
            slack.notifier.notify(notice(address=ADDRESS))
