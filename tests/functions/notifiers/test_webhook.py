import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from local.providers.providers import Providers
from notifiers import webhook
from notifiers.webhook import Webhook, webhook_id
from sportello.errors import EndpointGone, ForbiddenUrl, NotConfigured, ProviderUnavailable
from sportello.messaging.outbound_http import Reply
from sportello.messaging.webhook_signatures import WebhookSecret
from sportello.people.notifying.notifier import Notification, OfferLinks
from support.builders import CONVERSATION, NOW
from support.clouds.quick_moto import aws
from support.template import ROOT

KEY = base64.b64encode(b"a made-up signing key of ours").decode()
OTHER_KEY = base64.b64encode(b"a made-up key of other people").decode()
URL = "https://desk.example/ring"

NOTICE = Notification(
    id=f"{CONVERSATION}/offer:handoff-2-7:desk",
    notice="conversation.offered",
    at=NOW,
    conversation_id=CONVERSATION,
    channel="whatsapp",
    endpoint="desk",
    address={"url": URL},
    data={"offer_id": "handoff-2-7", "customer": {"display_name": "Niccolò"}, "channel": "spoofed"},
)


class Endpoint:
    """An agents' endpoint that gives one answer and keeps what it was sent."""

    def __init__(self, status: int = 204, headers: Mapping[str, str] | None = None) -> None:
        self._reply = Reply(status=status, headers=headers or {}, body=b"")
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.calls.append((url, body, dict(headers)))
        return self._reply


def ring(endpoint: Endpoint, *notices: Notification, **keys: str) -> None:
    secret = WebhookSecret.model_validate(keys or {"signing_key": KEY})
    notifier = Webhook(lambda: secret, endpoint, lambda: datetime.now(UTC))
    for notice in notices or (NOTICE,):
        notifier.notify(notice)


def test_the_notice_says_what_when_and_of_which_conversation() -> None:
    endpoint = Endpoint()
    ring(endpoint)
    [(url, body, headers)] = endpoint.calls
    assert url == URL
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "type": "conversation.offered",
        "timestamp": "2026-03-04T10:00:00Z",
        "data": {
            "offer_id": "handoff-2-7",
            "customer": {"display_name": "Niccolò"},
            "conversation_id": CONVERSATION,
            "channel": "whatsapp",
            "endpoint": "desk",
        },
    }


def test_an_offer_to_one_person_has_the_links_of_both_answers() -> None:
    endpoint = Endpoint()
    links = OfferLinks(accept="https://d.example/answers/1", decline="https://d.example/answers/2")
    ring(endpoint, NOTICE.model_copy(update={"agent_id": "anna", "links": links}))
    [(_, body, _)] = endpoint.calls
    assert json.loads(body)["data"]["links"] == links.model_dump()


# Signature


def test_a_receiver_with_the_key_verifies_the_signature() -> None:
    endpoint = Endpoint()
    ring(endpoint)
    [(_, body, headers)] = endpoint.calls
    assert Verifier(KEY).verify(body, headers) == json.loads(body)


@pytest.mark.parametrize("key", [f"whsec_{KEY}", KEY.rstrip("=")])
def test_the_key_may_carry_its_prefix_and_lack_its_padding(key: str) -> None:
    endpoint = Endpoint()
    ring(endpoint, signing_key=key)
    [(_, body, headers)] = endpoint.calls
    assert Verifier(KEY).verify(body, headers)
    assert Verifier(key).verify(body, headers)


def test_while_the_key_changes_old_and_new_receivers_verify() -> None:
    endpoint = Endpoint()
    ring(endpoint, signing_key=KEY, previous_signing_key=OTHER_KEY)
    [(_, body, headers)] = endpoint.calls
    assert Verifier(KEY).verify(body, headers)
    assert Verifier(OTHER_KEY).verify(body, headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "body", "key"])
def test_nothing_that_is_signed_can_be_changed(header: str) -> None:
    endpoint = Endpoint()
    ring(endpoint)
    [(_, body, headers)] = endpoint.calls
    match header:
        case "body":
            body = body.replace(b"handoff-2-7", b"handoff-2-8")
        case "webhook-timestamp":
            headers[header] = str(int(headers[header]) + 1)
        case "webhook-id":
            headers[header] += "x"
    with pytest.raises(WebhookVerificationError):
        Verifier(OTHER_KEY if header == "key" else KEY).verify(body, headers)


def test_the_documented_way_to_verify_verifies() -> None:
    document = (ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 -- our own documentation
    endpoint = Endpoint()
    ring(endpoint, signing_key=OTHER_KEY, previous_signing_key=KEY)
    [(_, body, headers)] = endpoint.calls
    assert names["is_genuine"](KEY, headers, body)
    assert not names["is_genuine"](KEY, headers, body + b" ")
    assert not names["is_genuine"](KEY, headers | {"webhook-timestamp": "1772618400"}, body)


def test_every_attempt_at_a_notice_has_the_same_short_id_and_others_have_another() -> None:
    endpoint = Endpoint()
    ring(endpoint, NOTICE, NOTICE, NOTICE.model_copy(update={"id": f"{CONVERSATION}/other"}))
    first, again, other = (headers["webhook-id"] for _, _, headers in endpoint.calls)
    assert first == again == webhook_id(NOTICE.id)
    assert other != first
    assert len(first) < 64
    assert CONVERSATION not in first


@pytest.mark.parametrize("key", ["", "short", "not base64 at all, and long enough for a key"])
def test_a_key_that_no_receiver_could_use_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebhookSecret.model_validate({"signing_key": key})
    assert not key or key not in str(refused.value)


# What the endpoint answers


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_success_is_done(status: int) -> None:
    endpoint = Endpoint(status)
    ring(endpoint)
    assert len(endpoint.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 408, 425, 429, 500, 503])
def test_anything_else_asks_for_another_attempt(status: int) -> None:
    with pytest.raises(ProviderUnavailable, match=f"answered {status}"):
        ring(Endpoint(status))


def test_an_endpoint_that_is_gone_says_so_once_for_all() -> None:
    with pytest.raises(EndpointGone):
        ring(Endpoint(410))


def test_the_endpoints_own_wish_is_passed_on() -> None:
    with pytest.raises(ProviderUnavailable) as busy:
        ring(Endpoint(429, {"retry-after": "120"}))
    assert busy.value.retry_after_seconds == 120


# As it is deployed


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AGENT_ENDPOINT_SECRET", "agents")
    with aws():
        document = json.dumps({"signing_key": KEY})
        boto3.client("secretsmanager").create_secret(Name="agents", SecretString=document)
        yield


@pytest.mark.usefixtures("deployed")
def test_the_local_cloud_may_ring_its_own_machine(
    providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "true")
    url = f"{providers.url}/agents/desk?shift=late"
    webhook.notifier.notify(NOTICE.model_copy(update={"address": {"url": url}}))
    [call] = providers.log.calls()
    assert call.path == "/agents/desk?shift=late"
    assert Verifier(KEY).verify(call.body, dict(call.headers)) == json.loads(call.body)


@pytest.mark.usefixtures("deployed")
def test_elsewhere_a_private_endpoint_is_never_rung(
    providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "false")
    https = providers.url.replace("http:", "https:")
    for url in (f"{providers.url}/agents/desk", f"{https}/agents/desk"):
        with pytest.raises(ForbiddenUrl):
            webhook.notifier.notify(NOTICE.model_copy(update={"address": {"url": url}}))
    assert list(providers.log.calls()) == []


def test_without_its_secret_the_notifier_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGENT_ENDPOINT_SECRET", "agents")
    with aws(), pytest.raises(NotConfigured, match="agents"):
        webhook.notifier.notify(NOTICE)
