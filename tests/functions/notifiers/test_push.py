import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.providers.providers import Providers
from notifiers import push
from notifiers.push import Push
from notifiers.push.ciphers import public_key
from notifiers.push.keys import PushKeyEnvironment
from notifiers.push.message import LIFE_SECONDS, MAX_BODY_BYTES, life_seconds, topic_of
from notifiers.push.subscription import Subscription
from sportello.errors import (
    EndpointGone,
    ForbiddenUrl,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
)
from sportello.messaging.outbound_http import Reply
from sportello.model import written
from sportello.people.notifying.notifier import Notification, OfferLinks
from support.browser import Browser, decoded, proof_in
from support.builders import CONVERSATION, NOW
from support.clouds.quick_moto import aws
from support.notices import HOSTILE, OFFERED, notice, spoken_by, strangers_texts

SEED = "a" * 64
CONTACT = "mailto:desk@example.com"
LINKS = OfferLinks(accept="https://d.example/a", decline="https://d.example/d")
ADDRESS = Browser().subscription() | {"language": "en", "time_zone": "UTC"}


@pytest.fixture(autouse=True)
def contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_CONTACT", CONTACT)


class PushService:
    """Gives the answers it is made with, the last of them for ever, and keeps what it was sent."""

    def __init__(self, *statuses: int, headers: Mapping[str, str] | None = None) -> None:
        self._statuses = list(statuses or (201,))
        self._headers = headers or {}
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.calls.append((url, body, dict(headers)))
        status = self._statuses[min(len(self.calls), len(self._statuses)) - 1]
        return Reply(status=status, headers=self._headers, body=b"")

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(Browser().read(body)) for _, body, _ in self.calls]

    @property
    def headers(self) -> dict[str, str]:
        return self.calls[-1][2]


def ring(service: PushService, notification: Notification, now: datetime = NOW) -> str:
    return Push(lambda: SEED, service, lambda: now).notify(notification)


def pushed(notification: Notification, now: datetime = NOW) -> PushService:
    service = PushService()
    ring(service, notification, now)
    return service


# What the browser gets


def test_an_offer_is_shown_with_all_that_the_page_needs() -> None:
    (document,) = pushed(notice(address=ADDRESS, links=LINKS)).documents
    assert document == {
        "notice": "conversation.offered",
        "tag": topic_of(notice()),
        "silent": False,
        "title": "A customer is waiting",
        "body": "Queue: sales\nPriority: high\nOpen until: 10:01\nAnswer due: 10:05\n"
        "Waiting since: 09:58\nChannel: whatsapp",
        "conversation_id": CONVERSATION,
        "offer_id": "handoff-2-0",
        "expires_at": "2026-03-04T10:01:00Z",
        "accept": {"title": "Accept", "url": "https://d.example/a"},
        "decline": {"title": "Decline", "url": "https://d.example/d"},
    }


def test_what_ends_an_offer_takes_the_rings_place_in_silence() -> None:
    ringing = pushed(notice(address=ADDRESS))
    over = pushed(notice("offer.accepted", {"offer_id": "handoff-2-0"}, address=ADDRESS))
    assert over.headers["topic"] == ringing.headers["topic"]
    (rung,), (ended,) = ringing.documents, over.documents
    assert (rung["tag"], rung["silent"]) == (ended["tag"], False)
    assert (ended["title"], ended["silent"]) == ("A colleague has this customer.", True)


@pytest.mark.parametrize(
    "other",
    [
        notice(data=OFFERED | {"offer_id": "handoff-2-1"}),
        notice(conversation_id="f" * 32),
        notice("clock.breaching", {"queue": "sales"}),
    ],
)
def test_what_is_about_something_else_takes_nothings_place(other: Notification) -> None:
    assert topic_of(other) != topic_of(notice())


@given(offer=st.text(max_size=50), conversation=st.text(max_size=40))
def test_a_topic_is_what_a_push_service_takes(offer: str, conversation: str) -> None:
    about = notice(data={"offer_id": offer}, conversation_id=conversation, id=conversation)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", topic_of(about))


def test_nothing_of_the_customers_is_shown_unless_it_is_asked_for() -> None:
    (document,) = pushed(notice(address=ADDRESS)).documents
    assert "Niccolò" not in str(document)
    (document,) = pushed(notice(address=ADDRESS | {"show_words": True})).documents
    assert document["body"].startswith("Customer: Niccolò “Il mio pacco è in ritardo”\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_longest_words_of_a_stranger_fit(text: str) -> None:
    service = pushed(notice(data=spoken_by(text), address=ADDRESS | {"show_words": True}))
    (_, body, _) = service.calls[0]
    assert len(body) <= MAX_BODY_BYTES
    assert service.documents[0]["title"] == "A customer is waiting"


@given(text=strangers_texts)
def test_strangers_words_are_in_the_body_alone(text: str) -> None:
    shown = notice(data=spoken_by(text), address=ADDRESS | {"show_words": True}, links=LINKS)
    plain = notice(address=ADDRESS, links=LINKS)
    (ours,), (theirs,) = pushed(plain).documents, pushed(shown).documents
    assert {**ours, "body": ""} == {**theirs, "body": ""}
    assert len(theirs["body"].splitlines()) <= 7


def test_links_that_are_too_long_are_left_out() -> None:
    links = OfferLinks(accept=f"https://d.example/{'a' * 4_000}", decline="https://d.example/d")
    service = pushed(notice(address=ADDRESS, links=links))
    assert len(service.calls[0][1]) <= MAX_BODY_BYTES
    assert not {"accept", "decline"} & service.documents[0].keys()


# What the push service gets


def test_it_is_told_how_long_and_how_urgently_and_nothing_of_what() -> None:
    ((url, body, headers),) = pushed(notice(address=ADDRESS)).calls
    assert url == ADDRESS["endpoint"]
    assert headers["content-encoding"] == "aes128gcm"
    assert (headers["ttl"], headers["urgency"]) == ("60", "high")
    assert b"customer" not in body
    everything = str(headers)
    assert CONVERSATION not in everything
    assert "handoff" not in everything


def test_it_can_prove_whom_the_call_is_from() -> None:
    claims = proof_in(pushed(notice(address=ADDRESS)).headers["authorization"]).claims
    assert claims["aud"] == "https://push.example.net"
    assert claims["sub"] == CONTACT


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        (NOW + timedelta(minutes=5), 300),
        (NOW + timedelta(seconds=1), 10),
        (NOW - timedelta(hours=1), 10),
        (NOW + timedelta(days=9), 86_400),
    ],
)
def test_a_ring_lives_until_its_offer_ends(until: datetime, seconds: int) -> None:
    ringing = notice(data=OFFERED | {"expires_at": written(until)}, address=ADDRESS)
    assert pushed(ringing).headers["ttl"] == str(seconds)


@pytest.mark.parametrize("expires_at", [None, 7, "soon", ""])
def test_what_has_no_end_lives_for_an_hour(expires_at: Any) -> None:
    assert life_seconds(notice(data={"expires_at": expires_at}), NOW) == LIFE_SECONDS


# What it answers


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_is_done(status: int) -> None:
    service = PushService(status)
    assert ring(service, notice(address=ADDRESS)) == ""
    assert len(service.calls) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_not_rung_again(status: int) -> None:
    with pytest.raises(EndpointGone):
        ring(PushService(status), notice(address=ADDRESS))


@pytest.mark.parametrize("status", [301, 307, 401, 403, 406, 408, 425, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with pytest.raises(ProviderUnavailable, match=str(status)):
        ring(PushService(status), notice(address=ADDRESS))


def test_a_refused_key_is_called_that() -> None:
    with pytest.raises(ProviderUnavailable, match="refuses our key"):
        ring(PushService(403), notice(address=ADDRESS))


def test_what_it_cannot_read_is_not_tried_again() -> None:
    with pytest.raises(Rejected) as rejected:
        ring(PushService(400), notice(address=ADDRESS))
    assert not isinstance(rejected.value, EndpointGone)


def test_what_is_too_large_is_pushed_once_more_without_words_and_links() -> None:
    service = PushService(413, 201)
    ring(service, notice(address=ADDRESS | {"show_words": True}, links=LINKS))
    whole, brief = service.documents
    assert "Niccolò" in whole["body"]
    assert "Niccolò" not in brief["body"]
    assert brief.keys() == whole.keys() - {"accept", "decline"}


@pytest.mark.parametrize(("links", "calls"), [(LINKS, 2), (None, 1)])
def test_what_is_too_large_with_nothing_left_to_leave_out_is_given_up(
    links: OfferLinks | None, calls: int
) -> None:
    service = PushService(413)
    with pytest.raises(Rejected):
        ring(service, notice(address=ADDRESS, links=links))
    assert len(service.calls) == calls


def test_its_wish_to_be_left_alone_is_passed_on() -> None:
    service = PushService(429, headers={"retry-after": "120"})
    with pytest.raises(ProviderUnavailable) as busy:
        ring(service, notice(address=ADDRESS))
    assert busy.value.retry_after_seconds == 120


# As it is deployed


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUSH_SECRET", "push")
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "false")
    with aws():
        document = json.dumps({"key_seed": SEED})
        boto3.client("secretsmanager").create_secret(Name="push", SecretString=document)
        yield


@pytest.mark.usefixtures("deployed")
def test_the_browser_knows_us_by_the_key_of_the_secret(
    providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "true")
    browser = Browser(f"{providers.url}/agents/desk")
    push.notifier.notify(notice(address=browser.subscription()))
    (call,) = providers.log.calls()
    assert call.path == "/agents/desk"
    proof = proof_in(dict(call.headers)["authorization"])
    assert decoded(proof.public_key) == public_key(SEED)
    assert proof.claims["aud"] == providers.url


@pytest.mark.usefixtures("deployed")
def test_a_private_endpoint_is_neither_kept_nor_rung(providers: Providers) -> None:
    for url in (f"{providers.url}/agents/desk", "https://127.0.0.1/p", "https://[::1]/p"):
        address = Browser(url).subscription()
        (fault,) = push.notifier.faults(Subscription.model_validate(address))
        assert fault.field == "endpoint"
        with pytest.raises(ForbiddenUrl):
            push.notifier.notify(notice(address=address))
    assert list(providers.log.calls()) == []


def test_where_push_is_not_deployed_it_says_which_parameter_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUSH_SECRET", "")
    with pytest.raises(NotConfigured, match="PushNotifier"):
        push.notifier.notify(notice(address=ADDRESS))


@pytest.mark.parametrize("document", ["{}", '{"key_seed": "short"}', '{"key_seed": 7}', "seed"])
def test_a_secret_without_its_seed_is_said_to_be_wrong_and_not_shown(
    document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSH_SECRET", "push")
    with aws():
        boto3.client("secretsmanager").create_secret(Name="push", SecretString=document)
        with pytest.raises(NotConfigured) as wrong:
            push.notifier.notify(notice(address=ADDRESS))
    assert "short" not in str(wrong.value)
    assert PushKeyEnvironment.load().push_secret in str(wrong.value)
