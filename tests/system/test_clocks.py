"""Clocks act on time, and a ladder that nobody answers is climbed to its end."""

import json

import pytest

from local.provider_calls import Call
from support.driven_desk import DrivenDesk, Measured, conversation_in, seconds_between

pytestmark = pytest.mark.system

CUSTOMERS = 5
TIERS = [
    {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": 2},
    {"name": "second_line", "endpoints": ["supervisors"], "ring_seconds": 2},
]
IMPATIENT = {
    "queues": {"queues": {"default": {"tiers": TIERS, "alert_endpoints": ["supervisors"]}}},
    "sla_policies": {"policies": [{"name": "impatient", "first_response_seconds": 12}]},
}


def test_an_unanswered_handoff_breaches_on_time_and_exhausts_its_ladder(
    desk: DrivenDesk, measured: Measured
) -> None:
    before = desk.metrics(channel="whatsapp")["Breached"]
    customers = [desk.whatsapp_customer() for _ in range(CUSTOMERS)]
    with desk.settings(**IMPATIENT):
        conversations = []
        for customer in customers:
            customer.write("Vorrei parlare con una persona")
            conversations.append(conversation_in(desk.await_sent(customer)))
        for conversation_id in conversations:
            desk.await_ring(conversation_id, "clock.breaching")
            desk.await_ring(conversation_id, "ladder.exhausted")
        desk.await_settled(*conversations)

    late = [seconds_late(desk, conversation_id) for conversation_id in conversations]
    measured(f"{max(late):6.3f} s  at most between due time and breach, over {CUSTOMERS} clocks:")
    measured(f"          {', '.join(f'{seconds:.3f}' for seconds in late)}")
    assert all(0 <= seconds < 2 for seconds in late)
    desk.await_metric("Breached", before + CUSTOMERS, channel="whatsapp")

    for conversation_id in conversations:
        rings = [notice(call) for call in desk.rings(conversation_id)]
        assert (
            rings.index(("front-desk", "conversation.offered", 1))
            < rings.index(("supervisors", "conversation.offered", 2))
            < rings.index(("supervisors", "ladder.exhausted", None))
        )
        for kind in ("clock.imminent", "clock.breaching"):
            assert rings.count(("supervisors", kind, None)) == 1
        kept = [entry["type"] for entry in desk.timeline(conversation_id)]
        assert kept.count("LadderExhausted") == 1
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
