import json
from typing import Any

import pytest

from local.providers.providers import Providers
from notifiers.slack.messages import SlackMessage
from notifiers.slack.responses import SECONDS, Responding, alone, instead, is_below
from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_http import NoAnswer, Reply

SLACK = "https://slack.com/api"
URL = "https://hooks.slack.com/actions/T0G9PQBBK/1232321423432/D09sSasdasdAS9091209"


class Hook:
    """Takes what is posted; `failure` is raised instead of an answer."""

    def __init__(self, status: int = 200, failure: Exception | None = None) -> None:
        self.status, self.failure = status, failure
        self.calls: list[tuple[str, Any, float]] = []

    def __call__(
        self, url: str, body: bytes, _headers: dict[str, str], *, deadline_seconds: float
    ) -> Reply:
        self.calls.append((url, json.loads(body), deadline_seconds))
        if self.failure:
            raise self.failure
        return Reply(status=self.status, headers={}, body=b"ok")


def test_whoever_pressed_is_told_alone_and_in_time() -> None:
    hook = Hook()
    Responding(lambda: SLACK, hook)(URL, alone("Over & <done>"))
    [(url, response, seconds)] = hook.calls
    assert (url, seconds) == (URL, SECONDS)
    assert response == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "Over &amp; &lt;done&gt;",
    }


def test_a_message_takes_the_place_of_the_buttons() -> None:
    hook = Hook()
    block = {"type": "section", "text": {"type": "plain_text", "text": "Done", "emoji": False}}
    message = SlackMessage(text="Done", blocks=(block,))
    Responding(lambda: SLACK, hook)(URL, instead(message))
    [(_, response, _)] = hook.calls
    assert response == {"replace_original": True, "text": "Done", "blocks": [block]}


@pytest.mark.parametrize("failure", [NoAnswer(), ProviderUnavailable("no connection")])
def test_that_nobody_could_be_told_is_no_failure(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    Responding(lambda: SLACK, Hook(failure=failure))(URL, alone("Over"))
    Responding(lambda: SLACK, Hook(404))(URL, alone("Over"))
    written = caplog.text
    assert written.count("whoever pressed was not told") == 2
    assert "T0G9PQBBK" not in written


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        (URL, SLACK),
        ("https://slack.com/x", SLACK),
        ("https://HOOKS.slack.com/x", SLACK),
        ("https://hooks.slack-gov.com/x", "https://slack-gov.com/api/"),
        ("http://localhost:4567/actions", "http://localhost:4567/slack/api"),
    ],
)
def test_what_is_below_slacks_host_is_slacks(url: str, api_url: str) -> None:
    assert is_below(url, api_url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/x",
        "https://evil.example/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://evil.example#.slack.com/x",
        "https://evil.example/?.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com/x?next=https://evil.example",
        "https://hooks.slack.com/x\nhost: evil.example",
        "https://hooks.slack.com",
        "//hooks.slack.com/x",
        "file:///etc/passwd",
        "",
        "https://hooks.slаck.com/x",  # noqa: RUF001 -- a Cyrillic letter
    ],
)
def test_no_other_host_is_ever_called(url: str) -> None:
    hook = Hook()
    Responding(lambda: SLACK, hook)(url, alone("Over"))
    assert hook.calls == []


def test_it_is_posted_as_it_stands(providers: Providers) -> None:
    url = f"{providers.url}/agents/hook"
    Responding(lambda: f"{providers.url}/slack/api")(url, alone("Fatto"))
    [call] = providers.log.calls()
    assert json.loads(call.body)["text"] == "Fatto"
