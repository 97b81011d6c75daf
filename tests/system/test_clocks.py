"""Clocks act on time, and a ladder that nobody answers is climbed to its end."""

import json

import pytest

from local.providers.provider_calls import Call
from support.clouds.driven_desk import DrivenDesk, Measured, conversation_in, seconds_between

pytestmark = pytest.mark.system

CLOCKS = 5


def queues(*, ring_seconds: int) -> dict[str, object]:
    tiers = [
        {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": ring_seconds},
        {"name": "second_line", "endpoints": ["supervisors"], "ring_seconds": ring_seconds},
    ]
    # Climbed once in a test: the next round begins after its end.
    once = {"first_pause_seconds": 600, "longest_pause_seconds": 600}
    return {"queues": {"default": {"tiers": tiers, "alert_endpoints": ["supervisors"], **once}}}


def sla_policies(seconds: int) -> dict[str, object]:
    # Warned of early, so that a cold start then is over when the clock falls due.
    first_response = {"seconds": seconds, "warn_after_fraction": 0.4}
    return {"policies": [{"name": "impatient", "targets": {"first_response": first_response}}]}


def test_a_ladder_that_nobody_answers_is_climbed_to_its_end(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    # An offer that is over before its ring leaves rings nobody: a slow machine needs seconds.
    with desk.settings(queues=queues(ring_seconds=6)):
        customer.write("Vorrei parlare con una persona")
        conversation_id = conversation_in(desk.await_sent(customer))
        desk.await_ring(conversation_id, "ladder.exhausted")
        desk.await_settled(conversation_id)

    rung = [notice(call) for call in desk.rings(conversation_id)]
    assert [ring for ring in rung if ring[1] != "offer.expired"] == [
        ("front-desk", "conversation.offered", 1),
        ("supervisors", "conversation.offered", 2),
        ("supervisors", "ladder.exhausted", None),
    ]
    # Each tier is told that it may stop ringing; rings of one moment come in any order.
    assert sorted(ring for ring in rung if ring[1] == "offer.expired") == [
        ("front-desk", "offer.expired", None),
        ("supervisors", "offer.expired", None),
    ]
    kept = [entry["type"] for entry in desk.timeline(conversation_id)]
    assert kept.count("LadderExhausted") == 1
    assert desk.conversation(conversation_id)["owner"]["kind"] == "queue"
    desk.act(conversation_id, "accept").expect(200)
    desk.act(conversation_id, "resolve").expect(200)


def test_an_unanswered_handoff_breaches_its_clock_within_two_seconds(
    desk: DrivenDesk, measured: Measured
) -> None:
    before = desk.metrics(channel="whatsapp")["Breached"]
    conversations = []
    with desk.settings(queues=queues(ring_seconds=60), sla_policies=sla_policies(12)):
        for _ in range(CLOCKS):
            customer = desk.whatsapp_customer()
            customer.write("Vorrei parlare con una persona")
            conversations.append(conversation_in(desk.await_sent(customer)))
        for conversation_id in conversations:
            desk.await_ring(conversation_id, "clock.breaching")
        desk.await_settled(*conversations)

    late = [seconds_late(desk, conversation_id) for conversation_id in conversations]
    measured(f"{max(late):6.3f} s  at most between due time and breach, over {CLOCKS} clocks:")
    measured(f"          {', '.join(f'{seconds:.3f}' for seconds in late)}")
    assert all(0 <= seconds < 2 for seconds in late)
    desk.await_metric("Breached", before + CLOCKS, channel="whatsapp")
    for conversation_id in conversations:
        rung = [notice(call) for call in desk.rings(conversation_id)]
        for kind in ("clock.imminent", "clock.breaching"):
            assert rung.count(("supervisors", kind, None)) == 1
        desk.act(conversation_id, "resolve").expect(200)


def notice(call: Call) -> tuple[str, str, int | None]:
    document = json.loads(call.body)
    return call.path.rpartition("/")[2], document["type"], document["data"].get("tier")


def seconds_late(desk: DrivenDesk, conversation_id: str) -> float:
    (breach,) = (
        entry
        for entry in desk.timeline(conversation_id)
        if entry["type"] == "ClockAdvanced" and entry["detail"]["state"] == "breaching"
    )
    return seconds_between(breach["detail"]["due_at"], breach["at"])
