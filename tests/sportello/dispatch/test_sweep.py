"""What got lost anywhere is found by its age and done; what is merely young is left alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sportello.conversation.decision import EffectWithoutEvent
from sportello.conversation.events import OwnerKind
from sportello.conversation.evolution import RING_GRACE
from sportello.dispatch.backlog import GRACE, STATE_GRACE
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.sla.settings import SlaSettings
from sportello.table.agents.agent_items import SETTLED_WITHIN
from support.builders import CONVERSATION, a_receipt, seconds
from support.clouds.swept_desk import Sweep
from support.clouds.working_desk import ONE_TARGET, WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"


@pytest.fixture
def sweep() -> Iterator[Sweep]:
    with working_desk() as office:
        yield Sweep(office)


def test_an_idle_desk_has_nothing_to_sweep(sweep: Sweep) -> None:
    assert sweep.after(timedelta(days=1)) == 0


def test_a_message_whose_wake_up_got_lost_is_triaged(sweep: Sweep) -> None:
    item_id = sweep.office.write(QUESTION)
    assert sweep.after(GRACE - seconds(1)) == 0
    assert sweep.after(seconds(2)) == 1
    assert [item_ids for item_ids, _ in sweep.dispatcher.triaged] == [[item_id]]
    assert [message.author for message in sweep.office.messages()] == ["bot"]


def test_lost_messages_of_one_conversation_are_one_turn(sweep: Sweep) -> None:
    item_ids = [sweep.office.write(text) for text in ("Buongiorno", QUESTION)]
    sweep.after(GRACE + seconds(1))
    ((triaged, _name),) = sweep.dispatcher.triaged
    assert sorted(triaged) == sorted(item_ids)
    assert len(sweep.office.messages()) == 1


def test_a_lost_receipt_is_applied(sweep: Sweep) -> None:
    sweep.office.say(QUESTION)
    key = sweep.office.messages()[0].key
    receipt = a_receipt(DeliveryStatus.READ, tracker(CONVERSATION, key))
    sweep.office.keep(receipt)
    sweep.after(GRACE + seconds(1))
    assert sweep.office.state.status_of(key) is DeliveryStatus.READ
    assert sweep.dispatcher.triaged == []


def test_a_lost_effect_is_carried_out(sweep: Sweep) -> None:
    sweep.office.say(QUESTION)
    sweep.after(GRACE + seconds(1))
    keys = {record.effect.key for record in sweep.office.effects()}
    assert set(sweep.dispatcher.carried_out) == keys
    (message,) = sweep.office.messages()
    sweep.dispatcher.carried_out.clear()
    sweep.after(seconds(1))
    assert sweep.dispatcher.carried_out == []
    sweep.after(timedelta(minutes=10))
    assert sweep.dispatcher.carried_out == [message.key]


def test_a_message_that_is_out_is_left_alone(sweep: Sweep) -> None:
    sweep.office.say(QUESTION)
    sweep.office.deliver()
    (message,) = sweep.office.messages()
    others = {record.effect.key for record in sweep.office.effects()} - {message.key}
    assert others
    sweep.after(timedelta(days=1))
    assert set(sweep.dispatcher.carried_out) == others


def test_a_turn_left_behind_is_tried_again(sweep: Sweep) -> None:
    sweep.office.receive(sweep.office.write(QUESTION), turn_id="turn-1")
    sweep.nothing_left()
    assert sweep.after(seconds(90) + STATE_GRACE - seconds(1)) == 0
    assert sweep.after(seconds(2)) == 1
    assert sweep.office.run("turn-1").outcome == "superseded"
    assert [message.author for message in sweep.office.messages()] == ["bot"]


def test_after_three_attempts_a_turn_goes_to_people(sweep: Sweep) -> None:
    sweep.office.receive(sweep.office.write(QUESTION), turn_id="turn-1")
    sweep.dispatcher.start_triage = lambda *_: sweep.office.receive(turn_id=f"{sweep.office.now}")  # type: ignore[assignment, method-assign] # each attempt crashes after taking the turn
    attempts = []
    for _ in range(3):
        sweep.nothing_left()
        sweep.after(seconds(100))
        turn = sweep.office.state.turn
        attempts.append(turn.attempt if turn else 0)
    assert attempts[:2] == [2, 3]
    assert sweep.office.state.owner.kind is OwnerKind.QUEUE
    assert sweep.office.state.handoff_reason == "bot_failed"


def rung_for_a_day(office: WorkingDesk) -> None:
    """Have the first tier ring, so long that nobody is left to wait unrung."""
    tiers = [{"name": "all", "endpoints": ["desk"], "ring_seconds": 86_400}]
    office.configure(QueueSettings, queues={"default": {"tiers": tiers}})
    office.escalating.offer(CONVERSATION, office.state.handoff_id, 0, "token-1", office.now)


def test_a_timer_that_got_lost_is_replaced(sweep: Sweep) -> None:
    sweep.office.configure(SlaSettings, **ONE_TARGET)
    sweep.office.say(UNKNOWN)
    rung_for_a_day(sweep.office)
    sweep.nothing_left()
    assert sweep.after(seconds(240)) == 0
    assert sweep.after(STATE_GRACE + seconds(1)) == 1
    assert [clock.state for clock in sweep.office.state.clocks] == ["imminent"]
    timers = [w for w in sweep.office.workflows() if w.machine == "sla_timer"]
    assert [timer.input["wake_at"] for timer in timers] == [
        "2026-03-04T10:04:00Z",
        "2026-03-04T10:05:00Z",
    ]


def test_a_clock_that_breached_long_ago_leaves_nothing_to_sweep(sweep: Sweep) -> None:
    sweep.office.configure(SlaSettings, **ONE_TARGET)
    sweep.office.say(UNKNOWN)
    rung_for_a_day(sweep.office)
    sweep.nothing_left()
    sweep.after(timedelta(hours=1))
    sweep.nothing_left()
    assert [clock.state for clock in sweep.office.state.clocks] == ["breaching"]
    assert sweep.after(timedelta(hours=1)) == 0


def test_who_waits_and_is_not_rung_is_rung_anew_once_it_is_overdue(
    sweep: Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep.office.say(UNKNOWN)
    sweep.nothing_left()
    assert sweep.after(RING_GRACE + STATE_GRACE - seconds(1)) == 0
    assert sweep.after(seconds(2)) == 1
    ladders = [w for w in sweep.office.workflows() if w.machine == "escalation"]
    assert sweep.office.state.handoff_id in {ladder.input["handoff_id"] for ladder in ladders}
    assert len(ladders) == 2
    assert '"Stranded":[1.0]' in capsys.readouterr().out
    sweep.nothing_left()
    assert sweep.after(seconds(30)) == 0


def test_what_cannot_be_done_keeps_nothing_else_from_being_done(sweep: Sweep) -> None:
    sweep.office.say(QUESTION)
    (message,) = sweep.office.messages()
    sweep.dispatcher.broken.add(message.key)
    sweep.office.pass_time(seconds(1))
    item_id = sweep.office.write(UNKNOWN)
    sweep.after(GRACE + seconds(1))
    assert [item_ids for item_ids, _ in sweep.dispatcher.triaged] == [[item_id]]
    assert f"FX#{message.key}" in sweep.office.undone()


def test_a_decision_at_fault_keeps_nothing_else_from_being_swept(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_fault(*_: object) -> None:
        raise EffectWithoutEvent("NotifyAgents")

    sweep.office.say(UNKNOWN)  # a clock runs, and effects wait to be carried out
    monkeypatch.setattr(sweep.office.ticking, "tick", at_fault)
    monkeypatch.setattr(sweep.dispatcher, "carry_out", at_fault)
    late = sweep.office.write(QUESTION)
    assert sweep.after(timedelta(days=1)) > 1
    assert [item_ids for item_ids, _ in sweep.dispatcher.triaged] == [[late]]


def test_sweeping_twice_at_once_does_everything_once(sweep: Sweep) -> None:
    sweep.office.write(QUESTION)
    sweep.after(GRACE + seconds(1))
    before = [message.key for message in sweep.office.messages()]
    sweep.after(seconds(0))
    assert [message.key for message in sweep.office.messages()] == before
    assert sweep.office.state.bot_answers == 1


def test_the_sweep_is_counted(sweep: Sweep, capsys: Any) -> None:
    sweep.office.write(QUESTION)
    sweep.after(GRACE + seconds(1))
    assert '"Swept":[1.0]' in capsys.readouterr().out.replace(" ", "")


# --- agents ---------------------------------------------------------------------------------------


def available(sweep: Sweep, agent_id: str) -> None:
    now = sweep.office.now
    agents = sweep.office.table.agents
    agents.set_presence(agent_id, Presence.AVAILABLE, now + timedelta(hours=1), now)


def test_an_agent_whose_wake_up_got_lost_is_settled(sweep: Sweep) -> None:
    available(sweep, "anna")
    assert sweep.after(SETTLED_WITHIN + STATE_GRACE - seconds(1)) == 0
    assert sweep.after(seconds(2)) == 1
    assert sweep.dispatcher.settled == [("anna", True)]


def test_an_agent_is_looked_at_when_time_changes_what_they_can_be_given(sweep: Sweep) -> None:
    available(sweep, "anna")
    agents = sweep.office.table.agents
    agents.note_settled(agents.record("anna"), sweep.office.now + timedelta(minutes=30))
    assert sweep.after(timedelta(minutes=30)) == 0
    assert sweep.after(STATE_GRACE + seconds(1)) == 1
    assert sweep.dispatcher.settled == [("anna", True)]


def test_an_agent_whom_nobody_settles_is_put_into_the_queue_every_few_minutes(
    sweep: Sweep,
) -> None:
    available(sweep, "anna")
    sweep.every_minute(60)
    assert 9 <= len(sweep.dispatcher.settled) <= 12
