"""Time in the deployed bundle: late chats, promises, snoozes, edited settings, and explanations."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.cloud.observing import wait_until
from support.clouds.driven_desk import (
    DrivenDesk,
    Measured,
    conversation_in,
    said_in,
    seconds_between,
)

pytestmark = pytest.mark.system

LIVE_CHAT = {"seconds": 20, "warn_after_fraction": 0.5}
CLOCKS_FIRED = 60
CLOCK_GRAIN_SECONDS = 0.001
"""Histories are stamped in milliseconds."""
ROME = ZoneInfo("Europe/Rome")


def policies(**targets: dict[str, Any]) -> dict[str, Any]:
    return {"policies": [{"name": "tested", "targets": targets}]}


def waiting_for_people(desk: DrivenDesk) -> str:
    customer = desk.whatsapp_customer()
    customer.write("Vorrei parlare con una persona")
    return conversation_in(desk.await_sent(customer))


def clocks(desk: DrivenDesk, conversation_id: str) -> dict[str, dict[str, Any]]:
    answer = desk.ask("GET", f"/conversations/{conversation_id}/clocks").expect(200).document()
    return {clock["kind"]: clock for clock in answer["clocks"]}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def counted(clock: dict[str, Any]) -> float:
    spans = [span for span in clock["explanation"]["spans"] if span["counted"]]
    return sum(seconds_between(span["start"], span["end"]) for span in spans)


def test_a_chat_that_nobody_answers_breaches_after_20_seconds(
    desk: DrivenDesk, measured: Measured
) -> None:
    with desk.settings(sla_policies=policies(first_response=LIVE_CHAT, queue_wait={"seconds": 30})):
        conversation_id = waiting_for_people(desk)
        desk.await_ring(conversation_id, "clock.breaching", seconds=60)
    written = next(e for e in desk.timeline(conversation_id) if e["type"] == "MessageReceived")
    breach = next(
        entry
        for entry in desk.timeline(conversation_id)
        if entry["type"] == "ClockAdvanced" and entry["detail"]["state"] == "breaching"
    )
    after = seconds_between(
        clocks(desk, conversation_id)["first_response"]["started_at"], breach["at"]
    )
    measured(f"{after:6.3f} s  from a chat's message to the breach of its 20 s")
    assert 18 <= after <= 22
    assert instant(written["at"]) <= instant(breach["at"])
    desk.act(conversation_id, "resolve").expect(200)


def test_timers_fire_when_they_are_due(desk: DrivenDesk, measured: Measured) -> None:
    """Measures executions of `sla_timer` at scale 1: from the second slept for to the tick."""
    machine = desk.resource("SlaTimerStateMachine")
    step_functions = desk.laptop.client("stepfunctions")
    now = datetime.now(UTC)
    # Whole seconds: the tick itself waits for what a Timestamp is cut by.
    due = [
        now.replace(microsecond=0) + timedelta(seconds=7 + number // 4)
        for number in range(CLOCKS_FIRED)
    ]
    started = [
        step_functions.start_execution(
            stateMachineArn=machine,
            name=f"accuracy-{now:%H%M%S}-{number}",
            input=json.dumps({"conversation_id": "0" * 32, "wake_at": at.isoformat()}),
        )["executionArn"]
        for number, at in enumerate(due)
    ]
    wait_until(
        lambda: all(
            step_functions.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
            for execution in started
        ),
        seconds=60,
        what="the end of all timers",
    )
    late = sorted(
        (fired_at(step_functions, execution) - at).total_seconds()
        for execution, at in zip(started, due, strict=True)
    )
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    measured(
        f"{p50:6.3f} s  p50, {p99:.3f} s p99, {late[-1]:.3f} s max: fired minus due, "
        f"{len(late)} timers"
    )
    assert late[0] >= -CLOCK_GRAIN_SECONDS, "a timer woke before it was due"
    assert p99 < 2


def fired_at(step_functions: Any, execution: str) -> datetime:
    history = step_functions.get_execution_history(executionArn=execution, maxResults=100)
    moment: datetime = next(
        event["timestamp"]
        for event in history["events"]
        if event.get("stateEnteredEventDetails", {}).get("name") == "Tick"
    )
    return moment


def test_an_edited_policy_reaches_the_clocks_that_run(desk: DrivenDesk) -> None:
    with desk.settings(sla_policies=policies(first_response={"seconds": 3_600})):
        conversation_id = waiting_for_people(desk)
        before = clocks(desk, conversation_id)["first_response"]
        with desk.settings(sla_policies=policies(first_response={"seconds": 7_200})):
            desk.await_entry(
                conversation_id,
                lambda entry: entry["type"] == "ClockChanged",
                what="a clock fitted to the policy",
            )
            longer = clocks(desk, conversation_id)["first_response"]
    assert seconds_between(before["due_at"], longer["due_at"]) == 3_600
    assert longer["policy_version"] > before["policy_version"]
    assert [r["reason"] for r in longer["explanation"]["revisions"]] == ["started", "policy"]
    assert counted(longer) == 7_200
    desk.act(conversation_id, "resolve").expect(200)


def test_a_deadline_over_a_closure_explains_itself(desk: DrivenDesk) -> None:
    opening = datetime.now(ROME).date() + timedelta(days=4)
    hours = {
        "time_zone": "Europe/Rome",
        "special": {opening.isoformat(): [["09:00", "13:00"]]},
        "closed": [{"first": (opening - timedelta(days=1)).isoformat(), "label": "Trasloco"}],
        "weekly": {"mon-sun": [["09:00", "09:01"]]},
    }
    with desk.settings(
        opening_hours={"calendars": {"default": hours}},
        sla_policies=policies(first_response={"seconds": 600}),
    ):
        conversation_id = waiting_for_people(desk)
        clock = clocks(desk, conversation_id)["first_response"]
    assert counted(clock) == 600
    closed = [s["label"] for s in clock["explanation"]["spans"] if s["reason"] == "closed"]
    assert closed == ["Trasloco"]
    assert instant(clock["due_at"]).astimezone(ROME).date() == opening
    desk.act(conversation_id, "resolve").expect(200)


def test_a_snoozed_conversation_rings_when_its_time_comes(desk: DrivenDesk) -> None:
    conversation_id = waiting_for_people(desk)
    desk.act(conversation_id, "accept").expect(200)
    until = datetime.now(UTC) + timedelta(seconds=6)
    asked = {"until": until.isoformat()}
    desk.ask("POST", f"/conversations/{conversation_id}/snooze", asked).expect(200)
    assert desk.conversation(conversation_id)["lifecycle"] == "snoozed"
    desk.await_ring(conversation_id, "snooze.ended")
    woken = next(e for e in desk.timeline(conversation_id) if e["type"] == "SnoozeEnded")
    assert 0 <= (instant(woken["at"]) - until).total_seconds() < 2
    desk.act(conversation_id, "resolve").expect(200)


def test_a_silent_agent_loses_the_conversation_to_its_queue(desk: DrivenDesk) -> None:
    silence = {"seconds": 8, "at_breach": {"reassign": True}}
    with desk.settings(sla_policies=policies(agent_silence=silence)):
        conversation_id = waiting_for_people(desk)
        desk.act(conversation_id, "accept").expect(200)
        desk.await_ring(conversation_id, "conversation.reassigned", seconds=40)
        conversation = desk.conversation(conversation_id)
    assert conversation["owner"]["kind"] == "queue"
    assert conversation["handoff_reason"] == "agent_silent"
    desk.act(conversation_id, "resolve").expect(200)


def test_thanks_after_the_matter_is_settled_reopen_nothing(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write("Vorrei parlare con una persona")
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.reply(conversation_id, "Eccomi, il pacco parte oggi.").expect(202)
    desk.act(conversation_id, "resolve").expect(200)
    desk.await_sent(customer, containing="parte oggi")
    customer.write("Perfetto, grazie mille!")
    desk.await_entry(
        conversation_id, lambda entry: "grazie mille" in entry["text"], what="the thanks"
    )
    conversation = desk.conversation(conversation_id)
    assert (conversation["lifecycle"], conversation["owner"]["kind"]) == ("resolved", "nobody")


def test_a_wait_ends_up_in_the_report(desk: DrivenDesk) -> None:
    with desk.settings(sla_policies=policies(first_response={"seconds": 300})):
        since = datetime.now(UTC) - timedelta(minutes=1)
        conversation_id = waiting_for_people(desk)
        waiting = desk.ask("GET", "/queues/default/waiting?limit=100").expect(200).document()
        assert conversation_id in [known["conversation_id"] for known in waiting["conversations"]]
        desk.reply(conversation_id, "Buongiorno, mi dica.").expect(202)
    until = datetime.now(UTC) + timedelta(minutes=1)
    path = (
        f"/reports/service-level?from={since:%Y-%m-%dT%H:%M:%SZ}&to={until:%Y-%m-%dT%H:%M:%SZ}"
        "&interval=hour&threshold_seconds=300&definition=strict"
    )
    report = desk.ask("GET", path, role="supervisor").expect(200).document()
    (total,) = [t for t in report["totals"] if t["queue"] is None and t["channel"] is None]
    assert total["figures"]["offered"] >= 1
    assert total["figures"]["service_levels"][0]["definition"] == "strict"
    desk.act(conversation_id, "resolve").expect(200)


def test_a_promise_that_is_not_kept_is_apologised_for(desk: DrivenDesk) -> None:
    """The shortest promise is a minute."""
    queue = {
        "tiers": [{"name": "only", "endpoints": ["front-desk"], "ring_seconds": 1}],
        "alert_endpoints": ["supervisors"],
        "promise_when_unanswered": {"within_seconds": 60},
    }
    customer = desk.whatsapp_customer()
    with desk.settings(queues={"queues": {"default": queue}}):
        customer.write("Vorrei parlare con una persona")
        conversation_id = conversation_in(desk.await_sent(customer))
        promised = desk.await_sent(customer, containing="risponderemo entro")
        sorry = desk.await_sent(customer, containing="ce ne scusiamo", seconds=90)
    assert "entro" in said_in(promised)
    assert said_in(sorry).startswith("Ci eravamo impegnati")
    assert clocks(desk, conversation_id)["promise"]["state"] == "breaching"
    desk.reply(conversation_id, "Eccomi, scusi l'attesa.").expect(202)
    assert clocks(desk, conversation_id)["promise"]["state"] == "breached"
    desk.act(conversation_id, "resolve").expect(200)
