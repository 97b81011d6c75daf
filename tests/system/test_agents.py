"""Who is at work is asked, one after another, until somebody has the conversation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.cloud.observing import wait_until
from local.cloud.web import Answer, call
from local.providers.customers import WhatsAppCustomer
from support.clouds.agents_at_work import AgentAtWork
from support.clouds.driven_desk import (
    PATIENCE_SECONDS,
    DrivenDesk,
    Measured,
    conversation_in,
    seconds_between,
)

pytestmark = pytest.mark.system

COUNTER = "counter"
FOR_THE_COUNTER = "Vorrei parlare con una persona dello sportello fiori"
OFFER_SECONDS = 120
ONE_CHAT = 2
"""Units."""

SWEPT_WITHIN_SECONDS = 70

SOONER_THAN_SWEPT_SECONDS = 40
"""By the times that are stored."""


def queues(**counter: Any) -> dict[str, Any]:
    """Return a queue of these tests beside the one in which the others leave things waiting."""
    tier = {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": 60}
    routing = {"offer_seconds": OFFER_SECONDS}
    first_day = {"tiers": [tier], "alert_endpoints": ["supervisors"]}
    return {
        "queues": {
            "default": first_day,
            COUNTER: {"tiers": [tier], "routing": routing, **counter},
        }
    }


@pytest.fixture(scope="module")
def counter(desk: DrivenDesk) -> Iterator[None]:
    """Whoever speaks of flowers comes to a queue of its own."""
    rule = {"name": "flowers", "queue": COUNTER, "words": ["fiori"]}
    with desk.settings(queues=queues()), desk.settings(routing={"rules": [rule]}):
        yield


@pytest.fixture(scope="module")
def staff(desk: DrivenDesk) -> tuple[AgentAtWork, AgentAtWork]:
    bruno, carla = (AgentAtWork.engaged(desk, name) for name in ("bruno", "carla"))
    carla.has_bell()
    return bruno, carla


@pytest.fixture
def at_the_counter(
    request: pytest.FixtureRequest, staff: tuple[AgentAtWork, AgentAtWork]
) -> Iterator[tuple[AgentAtWork, AgentAtWork]]:
    """Two who serve the counter, with nothing in hand; both go home in the end."""
    request.getfixturevalue("counter")
    for agent in staff:
        agent.has_profile(queues=[COUNTER])
    with at_home_afterwards(*staff):
        yield staff


@contextmanager
def at_home_afterwards(*agents: AgentAtWork) -> Iterator[None]:
    try:
        yield
    finally:
        for agent in agents:
            agent.be("offline")


def waiting(desk: DrivenDesk, text: str = FOR_THE_COUNTER) -> tuple[WhatsAppCustomer, str]:
    customer = desk.whatsapp_customer()
    customer.write(text)
    return customer, conversation_in(desk.await_sent(customer))


def owner(desk: DrivenDesk, conversation_id: str) -> tuple[str, str]:
    found = desk.conversation(conversation_id)["owner"]
    return found["kind"], found["name"]


def told(desk: DrivenDesk, conversation_id: str, event: str) -> list[dict[str, Any]]:
    return [e["detail"] for e in desk.timeline(conversation_id) if e["type"] == event]


def test_whoever_comes_to_work_is_asked_without_any_settings(
    desk: DrivenDesk, measured: Measured
) -> None:
    dora = AgentAtWork.engaged(desk, "dora")
    with at_home_afterwards(dora):
        dora.be("available")
        _, conversation_id = waiting(desk, "Vorrei parlare con una persona")
        offer_id = dora.await_offer(conversation_id)
        (offered,) = told(desk, conversation_id, "AgentOffered")
        assert (offered["agent_id"], offered["offer_id"]) == (dora.id, offer_id)
        assert offered["reason"] == "longest_idle"
        (handed,) = told(desk, conversation_id, "HandoffRequested")
        late = seconds_between(handed["at"], offered["at"])
        measured(f"{late:6.3f} s  from the handoff to the offer to the one who is at work")

        accepted = dora.act(conversation_id, "accept", {"offer_id": offer_id}).expect(200)
        assert accepted.document()["owner"]["name"] == dora.id
        assert conversation_id in [held["conversation_id"] for held in dora.me()["held"]]
        # The bell that rings beside is told that it may stop.
        told_to = desk.await_ring(conversation_id, "offer.accepted").path.rpartition("/")[2]
        rung = [each for each in desk.log(conversation_id) if each["type"] == "ConversationOffered"]
        assert [told_to] == rung[-1]["endpoints"]
        dora.act(conversation_id, "resolve").expect(200)
        assert conversation_id not in [held["conversation_id"] for held in dora.me()["held"]]


def test_who_is_full_is_asked_again_the_moment_there_is_room(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork], measured: Measured
) -> None:
    bruno, _ = at_the_counter
    bruno.has_profile(queues=[COUNTER], capacity=ONE_CHAT)
    bruno.be("available")
    _, first = waiting(desk)
    bruno.take(first)
    _, second = waiting(desk)
    desk.await_settled(second)
    assert bruno.offer_of(second) == ""
    explained = desk.ask("GET", f"/conversations/{second}/routing").expect(200).document()
    assert explained["queue"] == COUNTER
    assert explained["queues"][0]["rule"] == "flowers"
    reasons = {each["agent_id"]: each["reason"] for each in explained["next"]["others"]}
    assert (explained["next"]["agent"], reasons[bruno.id]) == (None, "no_room")
    refused = bruno.act(second, "accept").expect(409).document()
    assert refused["type"] == "/problems/no-room"

    bruno.act(first, "resolve").expect(200)
    offer_id = bruno.await_offer(second)
    (resolved,) = told(desk, first, "ConversationResolved")
    (offered,) = told(desk, second, "AgentOffered")
    freed = seconds_between(resolved["at"], offered["at"])
    measured(f"{freed:6.3f} s  from a chat that was resolved to the offer of the next one")
    assert freed < SOONER_THAN_SWEPT_SECONDS, "the sweep, a minute later, was not needed"
    bruno.act(second, "accept", {"offer_id": offer_id}).expect(200)
    bruno.act(second, "resolve").expect(200)


def test_when_an_agent_goes_the_customer_who_waits_is_brought_to_another(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork]
) -> None:
    bruno, carla = at_the_counter
    bruno.be("available")
    _, conversation_id = waiting(desk)
    bruno.take(conversation_id)
    carla.be("available")
    bruno.be("offline")
    carla.take(conversation_id)
    assert owner(desk, conversation_id) == ("agent", carla.id)
    kinds = [(each["kind"], each["name"]) for each in told(desk, conversation_id, "OwnerChanged")]
    assert kinds[-3:] == [("agent", bruno.id), ("queue", COUNTER), ("agent", carla.id)]
    first, again = told(desk, conversation_id, "HandoffRequested")
    assert first["queue"] == again["queue"] == COUNTER
    carla.act(conversation_id, "resolve").expect(200)


def test_when_one_declines_the_next_one_is_asked_in_the_same_call(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork]
) -> None:
    bruno, carla = at_the_counter
    bruno.be("available")
    _, conversation_id = waiting(desk)
    offer_id = bruno.await_offer(conversation_id)
    carla.be("available")
    bruno.act(conversation_id, "decline", {"offer_id": offer_id}).expect(200)
    assert carla.offer_of(conversation_id) != ""
    assert bruno.offer_of(conversation_id) == ""
    late = bruno.act(conversation_id, "accept", {"offer_id": offer_id}).expect(409).document()
    assert late["type"] == "/problems/not-allowed"
    carla.take(conversation_id)
    ended = [each["outcome"] for each in told(desk, conversation_id, "AgentOfferEnded")]
    assert ended == ["declined", "accepted"]
    carla.act(conversation_id, "resolve").expect(200)


def test_when_one_lets_it_ring_out_the_next_one_is_asked(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork], measured: Measured
) -> None:
    bruno, carla = at_the_counter
    bruno.be("available")
    with desk.settings(queues=queues(routing={"offer_seconds": 8})):
        _, conversation_id = waiting(desk)
        bruno.await_offer(conversation_id)
        carla.be("available")
        carla.await_bell(conversation_id, "conversation.offered")
    first, second = told(desk, conversation_id, "AgentOffered")[:2]
    assert (first["agent_id"], second["agent_id"]) == (bruno.id, carla.id)
    (unheard,) = told(desk, conversation_id, "AgentOfferEnded")[:1]
    assert unheard["outcome"] == "expired"
    late = seconds_between(first["expires_at"], second["at"])
    measured(f"{late:6.3f} s  from an offer that nobody answered to the next one")
    assert 0 <= late < SOONER_THAN_SWEPT_SECONDS
    carla.act(conversation_id, "accept").expect(200)
    carla.act(conversation_id, "resolve").expect(200)


def test_when_a_line_is_lost_the_customer_who_waits_is_brought_to_another(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork], measured: Measured
) -> None:
    """Nobody says so: the presence is believed no more, and the sweep comes once a minute."""
    bruno, carla = at_the_counter
    bruno.be("available")
    _, conversation_id = waiting(desk)
    bruno.take(conversation_id)
    carla.be("available")
    wish = {"presence": "busy", "for_seconds": 10}
    until = bruno.ask("PUT", "/agents/me/presence", wish).expect(200).document()["presence_until"]
    wait_until(
        lambda: carla.offer_of(conversation_id),
        seconds=PATIENCE_SECONDS + SWEPT_WITHIN_SECONDS,
        what="offer to the other",
    )
    offered = told(desk, conversation_id, "AgentOffered")[-1]
    late = seconds_between(until, offered["at"])
    measured(f"{late:6.1f} s  from the end of a presence to the offer to the next agent")
    carla.take(conversation_id)
    carla.act(conversation_id, "resolve").expect(200)


def test_a_conversation_is_handed_to_a_colleague_with_a_note_and_taken_over(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork]
) -> None:
    bruno, carla = at_the_counter
    auditor = AgentAtWork.engaged(desk, "adele", "admin")
    for agent in at_the_counter:
        agent.be("available")
    customer, conversation_id = waiting(desk)
    bruno_or_carla = {agent.name: agent for agent in at_the_counter}
    asked = wait_until(
        lambda: [a for a in bruno_or_carla.values() if a.offer_of(conversation_id)],
        seconds=PATIENCE_SECONDS,
        what="offer to one of two",
    )[0]
    other = carla if asked is bruno else bruno
    asked.take(conversation_id)
    note = "Chiede del mazzo di peonie, è già la terza volta"
    handed = {"agent_id": other.id, "note": note}
    asked.act(conversation_id, "transfer", handed).expect(200)
    other.take(conversation_id)
    assert owner(desk, conversation_id) == ("agent", other.id)
    notes = [e for e in desk.timeline(conversation_id) if e["type"] == "NoteWritten"]
    assert [entry["text"] for entry in notes] == [note]
    assert all(note not in sent.body for sent in desk.sent_to(customer))

    refused = asked.act(conversation_id, "take-over").expect(403).document()
    assert refused["type"] == "/problems/forbidden"
    taken = desk.act(conversation_id, "take-over", role="supervisor").expect(200).document()
    assert taken["owner"]["kind"] == "agent"
    assert taken["owner"]["name"] not in {asked.id, other.id}
    if other is carla:
        carla.await_bell(conversation_id, "conversation.taken_over")
    desk.act(conversation_id, "resolve", role="supervisor").expect(200)
    assert carla.me()["load"] == bruno.me()["load"] == 0

    acts = acts_about(auditor, conversation_id)
    assert [(act["permission"], act["agent_id"], act["status"]) for act in acts] == [
        ("work_conversations", asked.id, 200),
        ("work_conversations", asked.id, 200),
        ("work_conversations", other.id, 200),
        ("take_over", asked.id, 403),
        ("take_over", taken["owner"]["name"], 200),
        ("work_conversations", taken["owner"]["name"], 200),
    ]
    desk.ask("GET", "/audit", role="supervisor").expect(403)


def acts_about(auditor: AgentAtWork, conversation_id: str) -> list[dict[str, Any]]:
    """Return what was audited of a conversation, oldest first."""
    page = auditor.ask("GET", f"/audit?conversation={conversation_id}").expect(200).document()
    return list(reversed(page["acts"]))


def test_a_link_is_looked_at_in_vain_and_answers_once(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork]
) -> None:
    _, carla = at_the_counter
    carla.be("available")
    _, conversation_id = waiting(desk)
    ring = carla.await_bell(conversation_id, "conversation.offered")
    links = json.loads(ring.body)["data"]["links"]

    for method in ("HEAD", "GET", "GET"):
        looked_at = follow(desk, links["accept"], method).expect(200)
        assert looked_at.headers["cache-control"] == "no-store"
    assert "<form" in looked_at.body.decode()
    assert carla.offer_of(conversation_id) != ""
    forged = links["accept"][:-4] + ("AAAA" if not links["accept"].endswith("AAAA") else "BBBB")
    follow(desk, forged, "POST").expect(403)
    assert owner(desk, conversation_id) == ("queue", COUNTER)

    assert "sua" in follow(desk, links["accept"], "POST").expect(200).body.decode()
    assert owner(desk, conversation_id) == ("agent", carla.id)
    follow(desk, links["accept"], "POST").expect(410)
    follow(desk, links["decline"], "POST").expect(200)
    assert owner(desk, conversation_id) == ("agent", carla.id)
    carla.act(conversation_id, "resolve").expect(200)


def follow(desk: DrivenDesk, link: str, method: str) -> Answer:
    """Call a link where the emulator has the API that it is made out for."""
    token = link.rpartition("/answers/")[2]
    return call(
        method, f"{desk.stack.webhook_base}/answers/{token}", headers={"accept-language": "it"}
    )


@pytest.mark.usefixtures("counter")
def test_a_ladder_goes_round_again_until_somebody_takes_it(desk: DrivenDesk) -> None:
    # An offer that is over before its ring leaves rings nobody: a slow machine needs seconds.
    tier = {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": 6}
    impatient = {"tiers": [tier], "first_pause_seconds": 2, "longest_pause_seconds": 2}
    with desk.settings(queues=queues(**impatient)):
        _, conversation_id = waiting(desk)
        desk.await_entry(
            conversation_id,
            lambda entry: entry["type"] == "LadderExhausted" and entry["detail"]["ladder_round"],
            what="second round in vain",
        )
        wait_until(
            lambda: len(desk.rings(conversation_id, "conversation.offered")) > 2,
            seconds=PATIENCE_SECONDS,
            what="ring of the third round",
        )
        desk.act(conversation_id, "accept").expect(200)
    desk.await_ring(conversation_id, "offer.accepted")
    desk.await_settled(conversation_id)
    desk.act(conversation_id, "resolve").expect(200)
    rounds = [each["ladder_round"] for each in told(desk, conversation_id, "LadderExhausted")]
    assert rounds == list(range(len(rounds)))
    rung = desk.rings(conversation_id, "conversation.offered")
    assert len(rung) == len(told(desk, conversation_id, "ConversationOffered"))


def test_where_agents_are_not_asked_the_conversation_is_given_to_one(
    desk: DrivenDesk, at_the_counter: tuple[AgentAtWork, AgentAtWork]
) -> None:
    _, carla = at_the_counter
    carla.be("available")
    with desk.settings(queues=queues(routing={"assignment": "assign"})):
        _, conversation_id = waiting(desk)
        carla.await_bell(conversation_id, "conversation.assigned")
    assert owner(desk, conversation_id) == ("agent", carla.id)
    assert told(desk, conversation_id, "AgentAssigned")[0]["agent_id"] == carla.id
    carla.act(conversation_id, "resolve").expect(200)
