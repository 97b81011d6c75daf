"""Colleagues in Slack press what the real notifier has posted, as the real endpoint reads it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.cloud.laptop import Stack
from local.providers.colleagues import SlackColleague, rings
from local.providers.providers import Providers
from notifiers.slack import Slack
from notifiers.slack.api import SlackApi
from notifiers.slack.buttons import unsealed
from notifiers.slack.presses import check_signature, form_of, read_press
from notifiers.slack.responses import Responding, alone
from notifiers.slack.secret import BotToken, SigningSecrets
from sportello.errors import Unauthenticated
from support.notices import notice

SECRET = "made-up-signing-secret"
TOKEN = BotToken.model_validate({"bot_token": "xoxb-made-up"})
SIGNING = SigningSecrets.model_validate({"signing_secret": SECRET})


def rung(providers: Providers, channel: str = "C024BE91L") -> str:
    """Ring as the notifier does; return where the ring stands."""
    api = SlackApi(lambda: TOKEN, lambda: f"{providers.url}/slack/api")
    return Slack(api, lambda: SIGNING).notify(notice(address={"channel": channel}))


@pytest.fixture
def anna(stack: Stack, providers: Providers) -> SlackColleague:
    return SlackColleague(replace(stack, provider_base=providers.url), "U024BE7LH")


@pytest.mark.parametrize("channel", ["C024BE91L", "U024BE7LH"])
def test_a_press_is_read_as_it_was_made(
    channel: str, providers: Providers, posted: list[Any], anna: SlackColleague
) -> None:
    receipt = rung(providers, channel)
    (ring,) = rings(providers.log.calls())
    anna.press("decline", ring).expect(200)
    [(method, url, body, headers)] = posted
    assert (method, url) == ("POST", "http://127.0.0.1:1/webhooks/answers/slack")
    signed = {name.lower(): value for name, value in headers.items()}
    check_signature(signed, body, SIGNING.keys, datetime.now(UTC))
    press = read_press(form_of(body)["payload"])
    assert press is not None
    assert (press.user, press.action) == ("U024BE7LH", "offer.decline")
    assert f"{press.pressed_in}:{ring.message_id}" == receipt
    button = unsealed(press.value, SIGNING.keys)
    assert button is not None
    assert button.endpoint == "desk"


def test_what_whoever_pressed_is_told_reaches_slack(
    providers: Providers, posted: list[Any], anna: SlackColleague
) -> None:
    rung(providers)
    (ring,) = rings(providers.log.calls())
    anna.press("accept", ring)
    press = read_press(form_of(posted[0][2])["payload"])
    assert press is not None
    Responding(lambda: f"{providers.url}/slack/api")(press.response_url, alone("Fatto"))
    told = providers.log.calls()[-1]
    assert told.path.startswith("/slack/actions/")
    assert json.loads(told.body)["text"] == "Fatto"


def test_a_press_can_be_forged(
    providers: Providers, posted: list[Any], anna: SlackColleague
) -> None:
    rung(providers)
    (ring,) = rings(providers.log.calls())
    anna.press("accept", ring, signing_secret="another")
    [(_, _, body, headers)] = posted
    signed = {name.lower(): value for name, value in headers.items()}
    with pytest.raises(Unauthenticated):
        check_signature(signed, body, SIGNING.keys, datetime.now(UTC))


def test_only_what_has_buttons_is_a_ring(providers: Providers) -> None:
    api = SlackApi(lambda: TOKEN, lambda: f"{providers.url}/slack/api")
    Slack(api, lambda: SIGNING).notify(notice("ladder.exhausted", address={"channel": "C024BE91L"}))
    assert rings(providers.log.calls()) == []
