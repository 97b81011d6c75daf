"""What every channel makes of a send, whatever its provider answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from channels.telegram.secret import BotToken, SecretTokens
from channels.whatsapp.secret import AccessToken, AppSecrets
from sportello.errors import (
    ConfigurationRefused,
    ProviderUnavailable,
    SportelloError,
    Unauthenticated,
)
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.messaging.items import (
    DeliveryStatus,
)
from sportello.messaging.outbound_channel import Button, Delivery, OutboundMessage
from sportello.messaging.outbound_http import NoAnswer, Reply
from support.webhooks import PROVIDERS, signed

every_channel = pytest.mark.parametrize("channel", sorted(PROVIDERS))

names = st.sampled_from(["ok", "result", "message_id", "chat", "id", "messages", "error", "code"])
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


class Answering:
    """An HTTP port that gives one answer, and remembers what it was asked."""

    def __init__(self, answer: Reply | Exception) -> None:
        self.answer = answer
        self.requests: list[tuple[str, Any, dict[str, str]]] = []

    def __call__(self, url: str, document: Any, headers: Mapping[str, str]) -> Reply:
        self.requests.append((url, document, dict(headers)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def reply(status: int, document: Any = None, **headers: str) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status=status, headers=headers, body=body)


def outbound(channel: str, **changes: Any) -> OutboundMessage:
    provider = PROVIDERS[channel]
    fields = {
        "account_id": provider.account_id,
        "to": provider.to,
        "text": "Arriva domani.",
        "tracker": "fx-1",
    }
    return OutboundMessage.model_validate(fields | changes)


def send(channel: str, answer: Reply | Exception) -> Delivery:
    return PROVIDERS[channel].outbound(Answering(answer)).send(outbound(channel))


@every_channel
def test_a_taken_message_is_accepted_with_the_providers_id(channel: str) -> None:
    delivery = send(channel, reply(200, PROVIDERS[channel].taken))
    assert delivery.status is DeliveryStatus.ACCEPTED
    assert delivery.provider_message_id


@every_channel
def test_buttons_within_the_capabilities_are_sent_in_one_call(channel: str) -> None:
    count = PROVIDERS[channel].outbound(Answering(reply(200))).capabilities.buttons
    port = Answering(reply(200, PROVIDERS[channel].taken))
    buttons = tuple(Button(id=f"choice_{n}", title=f"Scelta {n}") for n in range(count))
    PROVIDERS[channel].outbound(port).send(outbound(channel, buttons=buttons))
    [(_, document, _)] = port.requests
    assert all(f"choice_{n}" in json.dumps(document) for n in range(count))


@every_channel
def test_a_handle_of_another_channel_is_refused_without_a_call(channel: str) -> None:
    port = Answering(reply(200))
    delivery = PROVIDERS[channel].outbound(port).send(outbound(channel, to="carrier_pigeon:1"))
    assert delivery.status is DeliveryStatus.REFUSED
    assert port.requests == []


@pytest.mark.parametrize("part", [AccessToken, AppSecrets, BotToken, SecretTokens])
def test_what_was_copied_with_a_token_is_in_no_request(part: type[BaseModel]) -> None:
    """A head that cannot be written looks like a crash in the middle: nobody sends it again."""
    token = next(iter(part.model_fields))
    held = part.model_validate({token: "made:up\r\n"})
    assert getattr(held, token).get_secret_value() == "made:up"
    with pytest.raises(ValidationError):
        part.model_validate({token: "\u200bmade:up"})


@pytest.mark.parametrize("status", [400, 413, 422])
@every_channel
def test_a_refusal_without_a_readable_error_is_still_a_refusal(channel: str, status: int) -> None:
    delivery = send(channel, reply(status, b"<html>"))
    assert delivery.status is DeliveryStatus.REFUSED
    assert delivery.refusal
    assert delivery.error_code == f"http_{status}"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 402, 403, 404, 405, 407, 410])
@every_channel
def test_what_would_hit_any_other_message_as_well_is_an_operators_to_cure(
    channel: str, status: int
) -> None:
    with pytest.raises(ConfigurationRefused) as raised:
        send(channel, reply(status, b"<html>"))
    assert ChannelFault(raised.value.fault) in REMEDIES
    assert raised.value.error_code == f"http_{status}"


@pytest.mark.parametrize("status", [408, 425, 429, 503])
@every_channel
def test_when_the_provider_is_busy_the_message_is_surely_not_taken(
    channel: str, status: int
) -> None:
    with pytest.raises(ProviderUnavailable) as raised:
        send(channel, reply(status, b"busy", **{"retry-after": "7"}))
    assert raised.value.retry_after_seconds == 7


@every_channel
def test_without_a_connection_the_message_is_surely_not_taken(channel: str) -> None:
    with pytest.raises(ProviderUnavailable):
        send(channel, ProviderUnavailable("no connection"))


@every_channel
def test_without_an_answer_nobody_knows(channel: str) -> None:
    assert send(channel, NoAnswer("ReadTimeoutError")).status is DeliveryStatus.UNKNOWN


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b""),
        reply(200, b"<html>"),
        reply(200, {}),
        reply(200, []),
        reply(200, {"messages": []}),
        reply(200, {"ok": True}),
        reply(500, b"<html>"),
        reply(502, b""),
        reply(504, {"message": "upstream timed out"}),
    ],
    ids=str,
)
@every_channel
def test_after_an_unreadable_answer_nobody_knows(channel: str, answer: Reply) -> None:
    assert send(channel, answer).status is DeliveryStatus.UNKNOWN


@every_channel
@settings(max_examples=60, deadline=None)
@given(status=st.sampled_from([200, 302, 400, 403, 429, 500, 503]), document=any_json)
def test_no_answer_breaks_sending(channel: str, status: int, document: Any) -> None:
    try:
        delivery = send(channel, reply(status, document))
    except (ProviderUnavailable, ConfigurationRefused):
        assert status >= 300
    else:
        accepted = delivery.status is DeliveryStatus.ACCEPTED
        assert accepted == bool(delivery.provider_message_id)
        assert not accepted or status == 200


@every_channel
def test_no_secret_appears_in_an_error(channel: str) -> None:
    secrets = PROVIDERS[channel].secret.values()
    adapter = PROVIDERS[channel].outbound(Answering(reply(200)))
    told: list[str] = []
    for answer in (reply(429, b""), reply(500, {"ok": False, "error_code": 500}), reply(418, b"")):
        try:
            told.append(repr(send(channel, answer)))
        except SportelloError as error:
            told.append(repr(error) + str(error.__cause__) + str(error.__context__))
    inbound = PROVIDERS[channel].inbound()
    with pytest.raises(Unauthenticated) as raised:
        inbound.authenticate(signed(channel, b"{}", "somebody else's secret"))
    told.extend((repr(raised.value), repr(vars(adapter)), repr(vars(inbound))))
    assert len(told) == 6
    assert not [secret for secret in secrets for words in told if secret in words]
