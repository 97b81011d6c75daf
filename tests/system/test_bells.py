"""Every kind of bell, as deployed: one agent who has them all is asked, and answers by one."""

import base64
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.cloud.observing import wait_until
from local.cloud.web import call
from local.providers.colleagues import SlackColleague, rings
from local.providers.provider_calls import Call
from support.clouds.agents_at_work import AgentAtWork
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk, conversation_in

pytestmark = pytest.mark.system

SLACK_USER, SLACK_ROOM = "U024BE7LH", "C024BE91L"
TELEPHONE, MAILBOX = "+393331234567", "eva.reperibile@example.org"
CUSTOMERS_WORDS = "Vorrei parlare con una persona della mia mongolfiera"


@pytest.fixture(scope="module")
def agent(desk: DrivenDesk) -> AgentAtWork:
    eva = AgentAtWork.engaged(desk, "eva")
    desk.private |= {TELEPHONE, MAILBOX}
    own: dict[str, dict[str, Any]] = {
        "post": {"notifier": "email", "to": MAILBOX, "language": "it"},
        "phone": {"notifier": "sms", "to": TELEPHONE, "language": "it"},
        "card": {"notifier": "teams", "url": f"{desk.stack.provider_base}/teams/eva"},
        "browser": {
            "notifier": "push",
            "endpoint": f"{desk.stack.provider_base}/push/eva",
            "keys": {"p256dh": _a_public_key(), "auth": _base64(secrets.token_bytes(16))},
        },
    }
    for name, endpoint in own.items():
        eva.ask("PUT", f"/agents/me/endpoints/{name}", endpoint).expect(200)
    return eva


@pytest.fixture(scope="module")
def rung(desk: DrivenDesk, agent: AgentAtWork) -> Iterator[str]:
    """Return the conversation that an agent is asked for, and a room in Slack with her."""
    room = {"notifier": "slack", "channel": SLACK_ROOM, "agents": {SLACK_USER: agent.id}}
    endpoints = desk.ask("GET", "/settings/agent_endpoints", role="supervisor").document()
    documents = {**endpoints["document"]["endpoints"], "room": room}
    tier = {"name": "first_line", "endpoints": ["room"], "ring_seconds": 300}
    queue = {"tiers": [tier], "routing": {"offer_seconds": 300}}
    with (
        desk.settings(agent_endpoints={"endpoints": documents}),
        desk.settings(queues={"queues": {"default": queue}}),
    ):
        agent.be("available")
        customer = desk.whatsapp_customer()
        customer.write(CUSTOMERS_WORDS)
        conversation_id = conversation_in(desk.await_sent(customer))
        agent.await_offer(conversation_id)
        yield conversation_id
        agent.act(conversation_id, "resolve")
        agent.be("offline")


@pytest.mark.usefixtures("rung")
def test_a_mail_has_links_and_no_word_of_the_customer(desk: DrivenDesk) -> None:
    mail = await_in(desk, "/_ministack/ses/messages", MAILBOX)
    assert "desk@example.com" in mail
    assert len(set(links_in(mail))) == 2
    assert "mongolfiera" not in mail


@pytest.mark.usefixtures("rung")
def test_a_text_message_says_that_somebody_waits(desk: DrivenDesk) -> None:
    message = await_in(desk, "/_ministack/sns/sms-messages", TELEPHONE)
    assert "Sportello" in message
    assert "mongolfiera" not in message


def test_a_push_leaves_encrypted(desk: DrivenDesk, rung: str) -> None:
    pushed = desk.calls.wait_for(
        lambda call: call.channel == "push", seconds=PATIENCE_SECONDS, what="push"
    )
    headers = {name.lower(): value for name, value in pushed.headers.items()}
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert rung not in pushed.body


@pytest.mark.usefixtures("rung")
def test_a_card_in_teams_has_links_of_its_agent(desk: DrivenDesk) -> None:
    card = desk.calls.wait_for(
        lambda call: call.channel == "teams", seconds=PATIENCE_SECONDS, what="card"
    )
    assert len(set(links_in(card.body))) == 2


def test_a_button_in_slack_accepts_once_and_only_with_the_signature_of_slack(
    desk: DrivenDesk, agent: AgentAtWork, rung: str
) -> None:
    """The last test here: it takes what the others are rung for."""
    posted = wait_until(
        lambda: rings(desk.calls.calls("slack")), seconds=PATIENCE_SECONDS, what="ring in Slack"
    )[-1]
    eva, stranger = (SlackColleague(desk.stack, user) for user in (SLACK_USER, "U0G9QF9C6"))
    forged = eva.press("accept", posted, signing_secret="0" * 32)
    assert forged.status in {401, 403}
    stranger.press("accept", posted).expect(200)
    assert desk.conversation(rung)["owner"]["kind"] == "queue"
    eva.press("accept", posted).expect(200)
    owner = desk.conversation(rung)["owner"]
    assert (owner["kind"], owner["name"]) == ("agent", agent.id)

    def without_buttons(call: Call) -> bool:
        return call.path.endswith("/chat.update") and posted.message_id in call.body

    desk.calls.wait_for(without_buttons, seconds=PATIENCE_SECONDS, what="message without buttons")
    health = desk.ask("GET", "/health/endpoints", role="supervisor").expect(200).document()
    states = {each["endpoint"]: each["state"] for each in health["endpoints"]}
    assert states["room"] == "ok"
    # Of people's own bells those that are not well are told.
    assert [name for name in states if name.startswith(f"@{agent.id}/")] == []


def await_in(desk: DrivenDesk, path: str, address: str) -> str:
    """Wait until the emulator shows that something went to an address, and return it."""

    def look() -> str:
        shown = call("GET", f"{desk.stack.aws_endpoint}{path}").expect(200).document()
        messages = json.dumps(shown, ensure_ascii=False)
        return messages if address in messages else ""

    return wait_until(look, seconds=PATIENCE_SECONDS, what=f"message in {path}")


def links_in(text: str) -> list[str]:
    return re.findall(r"https://[^\s\"'<>\\]+/answers/[\w.\-]+", text)


def _a_public_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return _base64(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
