"""A secret is filled in step by step, and each step works while later ones are still to come."""

import json

import pytest

from channels.telegram.receive import TelegramInbound
from channels.telegram.secret import BotToken, telegram_secret
from channels.whatsapp.receive import WhatsAppInbound
from channels.whatsapp.secret import AccessToken, whatsapp_secret
from sportello.aws import credentials
from sportello.errors import NotConfigured
from sportello.intake.receiving import Receiving, WebhookAnswer, shake_hands
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest
from support.builders import KEY
from support.clouds.table import table
from support.template import resources
from support.webhooks import (
    RECEIVED_AT,
    TELEGRAM_SECRET,
    WHATSAPP_SECRET,
    recorded,
    signed,
)

CHALLENGE = "1158201444"


class Secret:
    """A secret of the template, as it is deployed and then filled in by hand."""

    def __init__(self, name: str, generated: str) -> None:
        generator = resources("AWS::SecretsManager::Secret")[name]["GenerateSecretString"]
        self._document = json.loads(generator["SecretStringTemplate"])
        self.fill_in(**{generator["GenerateStringKey"]: generated})

    def fill_in(self, **fields: object) -> None:
        self._document |= fields
        credentials._secrets.clear()

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps(self._document)}


@pytest.fixture
def whatsapp(monkeypatch: pytest.MonkeyPatch) -> Secret:
    secret = Secret("WhatsAppSecret", WHATSAPP_SECRET["verify_token"])
    monkeypatch.setenv("WHATSAPP_SECRET", "the secret of the fixture")
    monkeypatch.setattr(credentials, "aws_client", lambda _: secret)
    return secret


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Secret:
    secret = Secret("TelegramSecret", TELEGRAM_SECRET["secret_token"])
    monkeypatch.setenv("TELEGRAM_SECRET", "the secret of the fixture")
    monkeypatch.setattr(credentials, "aws_client", lambda _: secret)
    return secret


def handshake(token: str) -> WebhookAnswer:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": CHALLENGE}
    request = WebhookRequest(
        method="GET", headers={}, query=query, body=b"", received_at=RECEIVED_AT
    )
    return shake_hands(WhatsAppInbound(whatsapp_secret), request)


def status(adapter: InboundAdapter, request: WebhookRequest) -> int:
    with table() as empty:
        return Receiving(adapter, empty, lambda: KEY).receive(request).status


@pytest.mark.usefixtures("whatsapp")
def test_metas_handshake_needs_nothing_that_meta_has_still_to_give() -> None:
    assert handshake(WHATSAPP_SECRET["verify_token"]) == WebhookAnswer(status=200, body=CHALLENGE)
    assert handshake("a guess").status == 403
    assert handshake("").status == 403


def test_messages_on_whatsapp_are_kept_before_any_can_be_sent(whatsapp: Secret) -> None:
    message = signed("whatsapp", recorded("whatsapp", "text"))
    assert status(WhatsAppInbound(whatsapp_secret), message) == 503
    whatsapp.fill_in(app_secret=WHATSAPP_SECRET["app_secret"])
    assert status(WhatsAppInbound(whatsapp_secret), message) == 200
    with pytest.raises(NotConfigured, match="access_token"):
        whatsapp_secret(AccessToken)


@pytest.mark.parametrize("wrong", [None, 7, ["a"], ""])
def test_one_field_that_is_wrong_leaves_the_steps_that_need_others(
    whatsapp: Secret, wrong: object
) -> None:
    whatsapp.fill_in(app_secret=wrong, access_token=WHATSAPP_SECRET["access_token"])
    assert handshake(WHATSAPP_SECRET["verify_token"]).status == 200
    assert whatsapp_secret(AccessToken).access_token.get_secret_value()
    message = signed("whatsapp", recorded("whatsapp", "text"))
    assert status(WhatsAppInbound(whatsapp_secret), message) == 503


def test_a_secret_without_a_verify_token_lets_no_handshake_pass(whatsapp: Secret) -> None:
    whatsapp.fill_in(verify_token="")
    assert handshake("").status == 503


def test_telegram_forgets_nothing_while_its_bot_is_unknown(telegram: Secret) -> None:
    """A message belongs to a bot, and the token alone names it: the provider calls again."""
    message = signed("telegram", recorded("telegram", "text"))
    assert status(TelegramInbound(telegram_secret), message) == 503
    telegram.fill_in(bot_token=TELEGRAM_SECRET["bot_token"])
    assert status(TelegramInbound(telegram_secret), message) == 200


def test_telegram_sends_whatever_its_webhook_lacks(telegram: Secret) -> None:
    telegram.fill_in(bot_token=TELEGRAM_SECRET["bot_token"], secret_token="")
    assert telegram_secret(BotToken).bot_id == "7000000001"
    message = signed("telegram", recorded("telegram", "text"))
    assert status(TelegramInbound(telegram_secret), message) == 503
