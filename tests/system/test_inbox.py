"""Agents' lists and searching in the deployed stack, under its own permissions."""

import secrets
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from local.cloud.observing import wait_until
from local.providers.customers import WhatsAppCustomer
from support.clouds.agents_at_work import AgentAtWork
from support.clouds.driven_desk import (
    PATIENCE_SECONDS,
    DrivenDesk,
    Measured,
    conversation_in,
)

pytestmark = pytest.mark.system

FOR_A_PERSON = "Vorrei parlare con una persona"
ODD = "Il mio armadillo violoncellista è arrivato rotto"
"""What no other test says."""


@pytest.fixture(scope="module")
def elena(desk: DrivenDesk) -> AgentAtWork:
    return AgentAtWork.engaged(desk, "ines")


@pytest.fixture
def waiting(desk: DrivenDesk) -> tuple[WhatsAppCustomer, str]:
    """A customer who waits for a person, and the conversation."""
    customer = desk.whatsapp_customer()
    customer.write(FOR_A_PERSON)
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.await_ring(conversation_id, "conversation.offered")
    return customer, conversation_id


def rows(agent: AgentAtWork, view: str) -> dict[str, Any]:
    """Read a list to its end."""
    listed: dict[str, Any] = {}
    cursor = ""
    while True:
        query = {"view": view, "limit": 50, **({"cursor": cursor} if cursor else {})}
        page = agent.ask("GET", f"/inbox?{urlencode(query)}").expect(200).document()
        listed |= {row["conversation_id"]: row for row in page["rows"]}
        cursor = page["cursor"]
        if not cursor:
            return listed


def hits(agent: AgentAtWork, query: str) -> dict[str, Any]:
    answer = agent.ask("GET", f"/search?{urlencode({'q': query})}").expect(200).document()
    return {hit["row"]["conversation_id"]: hit for hit in answer["hits"]}


def count(agent: AgentAtWork, view: str) -> int:
    counts = agent.ask("GET", "/inbox/counts").expect(200).document()["counts"]
    number: int = counts[view]["count"]
    return number


def test_a_conversation_goes_from_list_to_list(
    elena: AgentAtWork, waiting: tuple[WhatsAppCustomer, str]
) -> None:
    customer, conversation_id = waiting
    row = wait_until(
        lambda: rows(elena, "waiting").get(conversation_id, {}),
        seconds=PATIENCE_SECONDS,
        what="row of who waits",
    )
    assert row["name"] == customer.name
    assert row["last_words"]["text"] == FOR_A_PERSON
    assert row["due"]["kind"] == "first_response"
    assert count(elena, "waiting") > 0
    elena.act(conversation_id, "accept", {"over_capacity": True}).expect(200)
    assert conversation_id in rows(elena, "mine")
    wait_until(
        lambda: conversation_id not in rows(elena, "waiting"),
        seconds=PATIENCE_SECONDS,
        what="end of the wait in the list",
    )
    assert count(elena, "mine") == 1
    elena.act(conversation_id, "resolve").expect(200)
    assert conversation_id not in rows(elena, "mine")
    wait_until(
        lambda: conversation_id in rows(elena, "closed"),
        seconds=PATIENCE_SECONDS,
        what="row of what is closed",
    )


def test_what_was_written_is_found(
    elena: AgentAtWork, waiting: tuple[WhatsAppCustomer, str], measured: Measured
) -> None:
    customer, conversation_id = waiting
    customer.write(ODD)
    since = time.monotonic()
    wait_until(
        lambda: conversation_id in hits(elena, "armadillo VIOLONCELLISTA"),
        seconds=PATIENCE_SECONDS,
        what="hit of what was written",
    )
    measured(f"a message is found by its words after {time.monotonic() - since:.1f} s")
    assert hits(elena, "armadillo VIOLONCELLISTA")[conversation_id]["snippet"] == ODD
    surname = customer.name.split()[1]
    for query in (surname[:6], customer.name, f"+{customer.phone}", conversation_id):
        assert conversation_id in hits(elena, query), query
    assert hits(elena, f"armadillo {secrets.token_hex(4)}") == {}
    elena.act(conversation_id, "accept", {"over_capacity": True}).expect(200)
    elena.act(conversation_id, "resolve").expect(200)
